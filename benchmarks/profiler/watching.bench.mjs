// What watching a target costs the measuring process: CPU of a core and resident memory, beside `top` at the same pace.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const seconds = 10;
const watcher = `
  import { startNoiseProbe, systemClock } from '@preopen/core';
  import { watchMemory } from '@preopen/profiler';
  const pid = Number(process.argv[1]);
  const watch = watchMemory({ pids: () => [pid], clock: systemClock });
  const probe = startNoiseProbe({ clock: systemClock, ownPids: () => [process.pid, pid] });
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, ${seconds * 1000}));
  const used = process.cpuUsage(before);
  watch.stop();
  await probe.stop();
  console.log(JSON.stringify({ cpuS: (used.user + used.system) / 1e6, rssBytes: process.resourceUsage().maxRSS * 1024 }));
`;

const target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
try {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', watcher, String(target.pid)], {
    encoding: 'utf8',
    cwd: new URL('../../packages/cli', import.meta.url),
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const ours = JSON.parse(run.stdout);
  // 20 ms is our pace; top's CPU time is read from /proc before it ends.
  let peer = null;
  if (spawnSync('top', ['-v'], { stdio: 'ignore' }).status === 0) {
    const top = spawn('top', ['-b', '-d', '0.02', '-n', String(seconds * 50), '-p', String(target.pid)], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000 - 200));
    const fields = readFileSync(`/proc/${top.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    peer = (Number(fields[11]) + Number(fields[12])) / 100;
    top.kill();
  }
  const rows = [
    {
      name: 'CPU while watching a target at 50 Hz, with the noise probe',
      unit: '% of a core',
      better: 'lower',
      ours: (100 * ours.cpuS) / seconds,
      peer: peer === null ? null : { name: 'top -d 0.02 -p PID (no noise probe)', value: (100 * peer) / seconds },
      ratio: peer === null ? null : ours.cpuS / peer,
      note: 'limit 5 %',
    },
    {
      name: 'resident memory of the measuring process',
      unit: 'MB',
      better: 'lower',
      ours: ours.rssBytes / 1e6,
      peer: { name: 'limit', value: 100 },
      ratio: ours.rssBytes / 1e8,
      note: 'Node itself takes about 45 MB of it',
    },
  ];
  console.log(JSON.stringify({ rows }));
} finally {
  target.kill();
}
