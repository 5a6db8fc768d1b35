// What profiling costs the target under load, and the profiler itself. One process is kept busy without a pause, and profiling is
// switched on and off within it in short blocks (off-on-on-off or on-off-off-on, drawn), so that what differs between processes,
// and what drifts, falls on both sides. The watchers are processes of their own, as on the command line, and are stopped and let
// go on; sampling is switched over the inspector. All of them take turns within one run.
// MINUTES=8 npm run bench -- profiler/overhead        for as long as that; 3 without
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom, stationaryBootstrapInterval } from '@preopen/core';
import { startProbeServer } from '@preopen/profiler';

const minutes = Number(process.env.MINUTES ?? 3);
const blockMs = Number(process.env.BLOCK_MS ?? 400);
/** What has just been switched is not measured. */
const settleMs = 60;
/** Enough that the target never waits for the next request, whoever else is on the machine. */
const connections = 4;
/** Code is compiled, and the watchers have come to their lasting pace: after ten seconds. */
const warmUpMs = 12_000;
const random = createRandom(1, 'overhead');
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
const workDir = mkdtempSync(join(tmpdir(), 'preopen-bench-overhead-'));
const answersPath = join(workDir, 'answers');
const children = [];
const start = (args, options) => {
  const child = spawn(process.execPath, args, options);
  children.push(child);
  return child;
};
const said = (child) => new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
/** CPU time of all threads of a process so far, in ms. Source: the kernel's sched-stats.rst */
const cpuMs = (pid) =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );

const probes = await startProbeServer();
try {
  const target = start([path('target.mjs')], {
    env: { ...process.env, ...probes.environment(process.env) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await said(target);
  const asker = start([path('asker.mjs'), port, String(connections), answersPath], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const watcher = async (args) => {
    const child = start(args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await said(child);
    return {
      pid: child.pid,
      on: () => child.kill('SIGCONT'),
      off: () => child.kill('SIGSTOP'),
    };
  };
  const timeline = (intervalMs) => watcher([path('watcher.mjs'), String(target.pid), String(intervalMs)]);
  const sampling = (intervalBytes) => ({
    on: () => probes.processes()[0].startAllocations(intervalBytes, true),
    off: () => probes.processes()[0].stopAllocations(),
  });
  const modes = [
    {
      name: 'nothing (control: a process that sleeps)',
      limit: null,
      ...(await watcher(['-e', 'process.stdout.write("."); setInterval(() => {}, 1e6)'])),
    },
    { name: 'timeline at 50 Hz', limit: 0.01, ...(await timeline(20)) },
    { name: 'timeline at 100 Hz', limit: 0.01, ...(await timeline(10)) },
    { name: 'allocations every 512 KiB', limit: 0.05, ...sampling(524_288) },
    { name: 'allocations every 32 KiB', limit: 0.05, ...sampling(32_768) },
  ];
  await sleep(warmUpMs);
  for (const { pid, off } of modes) if (pid) off();

  /** @returns when a block began and ended, and what CPU time the target and the watcher used in it */
  const block = async ({ pid }) => {
    await sleep(settleMs);
    const began = { ms: nowMs(), target: cpuMs(target.pid), watcher: pid ? cpuMs(pid) : 0 };
    await sleep(blockMs);
    const ended = { ms: nowMs(), target: cpuMs(target.pid), watcher: pid ? cpuMs(pid) : 0 };
    return {
      fromMs: began.ms,
      toMs: ended.ms,
      targetCpuMs: ended.target - began.target,
      watcherCpuMs: ended.watcher - began.watcher,
    };
  };
  const rounds = modes.map(() => []);
  const endMs = nowMs() + minutes * 60_000;
  while (nowMs() < endMs) {
    for (const [m, mode] of modes.entries()) {
      const order = random.uniform() < 0.5 ? [false, true, true, false] : [true, false, false, true];
      const blocks = [];
      let isOn = false;
      for (const wanted of order) {
        if (wanted !== isOn) await (wanted ? mode.on() : mode.off());
        isOn = wanted;
        blocks.push({ isOn, ...(await block(mode)) });
      }
      if (isOn) await mode.off();
      rounds[m].push(blocks);
    }
  }
  const askerEnded = new Promise((resolve) => asker.once('close', resolve));
  asker.stdin.end();
  await askerEnded;
  const bytes = readFileSync(answersPath);
  const answeredMs = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  const firstAt = (ms) => {
    let [low, high] = [0, answeredMs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (answeredMs[middle] < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  /** Time, and CPU time of the target, per request of a block. */
  const perRequest = ({ fromMs, toMs, targetCpuMs }) => {
    const [from, to] = [firstAt(fromMs), firstAt(toMs)];
    const timeMs = (answeredMs[to - 1] - answeredMs[from]) / (to - 1 - from);
    return { timeMs, cpuMs: (timeMs * targetCpuMs) / (toMs - fromMs) };
  };

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const percent = (log) => 100 * Math.expm1(log);
  const rows = [];
  for (const [m, { name, limit, pid }] of modes.entries()) {
    for (const [figure, what] of [
      ['timeMs', 'time per request under'],
      ['cpuMs', 'CPU time of the target per request under'],
    ]) {
      // One difference a round: what is the same in its four blocks, and what drifts over them, is gone from it.
      const differences = Float64Array.from(rounds[m], (blocks) => {
        const of = (isOn) =>
          mean(blocks.filter((one) => one.isOn === isOn).map((one) => Math.log(perRequest(one)[figure])));
        return of(true) - of(false);
      });
      const { low, high } = stationaryBootstrapInterval(differences, mean, { random, confidence: 0.95 });
      rows.push({
        name: `more ${what} ${name}`,
        unit: '%',
        better: 'lower',
        ours: percent(mean(differences)),
        peer: limit === null ? null : { name: 'limit', value: limit * 100 },
        ratio: limit === null ? null : percent(mean(differences)) / (limit * 100),
        note: `95 % interval (stationary bootstrap) ${percent(low).toFixed(2)} to ${percent(high).toFixed(2)} % over ${differences.length} rounds of four blocks of ${blockMs} ms`,
      });
    }
    if (pid === undefined || limit === null) continue;
    const on = rounds[m].flat().filter(({ isOn }) => isOn);
    const sum = (of) => on.reduce((total, one) => total + of(one), 0);
    const share = (100 * sum((one) => one.watcherCpuMs)) / sum((one) => one.toMs - one.fromMs);
    rows.push({
      name: `CPU of the profiler itself, ${name}`,
      unit: '% of a core',
      better: 'lower',
      ours: share,
      peer: { name: 'limit', value: 1 },
      ratio: share,
      note: `over ${(sum((one) => one.toMs - one.fromMs) / 1000).toFixed(0)} s beside a target that is never idle`,
    });
  }
  console.log(JSON.stringify({ rows }));
} finally {
  // A stopped process does not end by anything less.
  for (const child of children) child.kill('SIGKILL');
  await probes.close();
  rmSync(workDir, { recursive: true, force: true });
}
