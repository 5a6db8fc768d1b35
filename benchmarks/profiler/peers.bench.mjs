// Beside other profilers of memory: what they cost a Python program, what they miss of a spike just before the end, what a look
// costs, and who names a leaking class in three heap snapshots how fast. Peers are taken from folders outside the repository:
//   python3 -m venv V && V/bin/pip install memray psrecord      PREOPEN_PEERS_PYTHON=V/bin/python
//   (in a folder P) npm install memlab pidusage                 PREOPEN_PEERS_NODE=P
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { countKinds, profileMemory, readHeapSnapshot, readProcessMemory, startProbeServer } from '@preopen/profiler';

const workDir = mkdtempSync(join(tmpdir(), 'preopen-bench-peers-'));
const { signal } = new AbortController();
const peerPython = process.env.PREOPEN_PEERS_PYTHON;
const peerBin = peerPython && dirname(peerPython);
const peerRequire =
  process.env.PREOPEN_PEERS_NODE && createRequire(join(process.env.PREOPEN_PEERS_NODE, 'package.json'));
const python =
  peerPython ?? spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();
const program = (name) => (peerBin && existsSync(join(peerBin, name)) ? join(peerBin, name) : undefined);
const rows = [];
const row = (name, unit, ours, peer, note) =>
  rows.push({
    name,
    unit,
    better: 'lower',
    ours,
    peer,
    ratio: peer && peer.value > 0 ? ours / peer.value : null,
    ...(note ? { note } : {}),
  });
const absent = (what) => `${what} is not installed: see the head of this file`;
const run = (command, args) => {
  const beganMs = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: workDir });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(-500)}`);
  return { tookMs: performance.now() - beganMs, stdout };
};

/** Time of a fixed piece of work, best of rounds that take turns. */
async function slowdown() {
  const work = `
rows = []
for k in range(12):
    rows = [[float(i * j % 97) for j in range(12)] for i in range(20000)]
    total = sum(sum(r) for r in rows)`;
  const memray = program('memray');
  const ways = {
    plain: async () => run(python, ['-c', work]).tookMs,
    ours: async () => {
      const { startMs, endMs } = await profileMemory(
        { kind: 'command', command: [python, '-c', work] },
        { workDir, signal },
      );
      return endMs - startMs;
    },
    tracemalloc: async () => run(python, ['-X', 'tracemalloc', '-c', work]).tookMs,
    ...(memray ? { memray: async () => run(memray, ['run', '-q', '-f', '-o', 'out.bin', '-c', work]).tookMs } : {}),
  };
  const best = {};
  for (let round = 0; round < 4; round++)
    for (const [name, once] of Object.entries(ways))
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, await once());
  const times = (name) => best[name] / best.plain;
  for (const name of ['memray', 'tracemalloc']) {
    const peer = best[name] === undefined ? null : { name, value: times(name) };
    row(
      'time of a Python program that is profiled, over its time alone',
      '×',
      times('ours'),
      peer,
      peer ? 'ours is the timeline and the peak; the peer names who allocates' : absent(name),
    );
  }
}

/** What is missed of 300 MB that are there just before the end. */
async function spike() {
  const text = `
import mmap, os, sys, time
time.sleep(0.5)
data = mmap.mmap(-1, 300_000_000)
for i in range(0, 300_000_000, 4096): data[i] = 1
sys.stderr.write(open("/proc/self/status").read().split("VmHWM:")[1].split()[0] + "\\n")
os._exit(0)`;
  const miss = (bytes, truth) => 100 * Math.abs(bytes / truth - 1);
  const truthOf = (stderr) => Number(stderr.trim().split('\n').at(-1)) * 1024;
  const { timeline, lastWords } = await profileMemory(
    { kind: 'command', command: [python, '-c', text] },
    { workDir, signal },
  );
  const ours = miss(timeline.peak.bytes, Number(lastWords.at(-1)) * 1024);
  const name = 'peak missed of a spike just before the end';
  if (program('psrecord')) {
    const child = spawn(python, ['-c', text], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const log = join(workDir, 'psrecord.txt');
    const recorder = spawn(
      program('psrecord'),
      [String(child.pid), '--log', log, '--interval', '0.02', '--include-children'],
      { stdio: 'ignore' },
    );
    await Promise.all([child, recorder].map((one) => new Promise((resolve) => one.once('close', resolve))));
    const columns = readFileSync(log, 'utf8')
      .split('\n')
      .slice(1)
      .filter(Boolean)
      .map((line) => Number(line.trim().split(/\s+/)[2]));
    row(name, '%', ours, {
      name: 'psrecord, every 20 ms',
      value: miss(Math.max(...columns) * 2 ** 20, truthOf(stderr)),
    });
  } else row(name, '%', ours, null, absent('psrecord'));
  let pidusage;
  try {
    pidusage = peerRequire?.('pidusage');
  } catch {
    // Said below.
  }
  if (!pidusage) {
    row(name, '%', ours, null, absent('pidusage'));
    return;
  }
  const child = spawn(python, ['-c', text], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  let highest = 0;
  const timer = setInterval(
    () =>
      pidusage(child.pid).then(
        ({ memory }) => (highest = Math.max(highest, memory)),
        () => {},
      ),
    20,
  );
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  row(name, '%', ours, { name: 'pidusage, every 20 ms', value: miss(highest, truthOf(stderr)) });
  const looks = 300;
  let beganMs = performance.now();
  for (let i = 0; i < looks; i++) readProcessMemory(process.pid);
  const own = (1000 * (performance.now() - beganMs)) / looks;
  beganMs = performance.now();
  for (let i = 0; i < looks; i++) await pidusage(process.pid);
  row(
    'time of one look at a process',
    'µs',
    own,
    { name: 'pidusage', value: (1000 * (performance.now() - beganMs)) / looks },
    'ours also reads the high-water mark, swap and threads',
  );
}

/** A planted class in three snapshots: 97 more in each. */
async function leakingClass() {
  const probes = await startProbeServer();
  const text = `
class PlantedOrder { constructor(i) { this.id = i; this.lots = [i]; } }
const kept = []; const noise = [];
process.stdin.on('data', () => { for (let i = 0; i < 97; i++) kept.push(new PlantedOrder(i)); noise.push(String(Math.random())); process.stdout.write('.'); });
setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', text], {
    env: { ...process.env, ...probes.environment(process.env) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const paths = [];
  try {
    while (probes.processes().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const [node] = probes.processes();
    for (const name of ['baseline', 'target', 'final']) {
      child.stdin.write('\n');
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await node.settle();
      paths.push(await node.writeSnapshot(join(workDir, `${name}.heapsnapshot`)));
    }
  } finally {
    child.kill();
    await probes.close();
  }
  const beganMs = performance.now();
  const counts = [];
  for (const path of paths) counts.push(countKinds(await readHeapSnapshot(path)));
  const countOf = (kinds, name) =>
    [...kinds.values()].filter((kind) => kind.name === name).reduce((sum, kind) => sum + kind.count, 0);
  const names = new Set([...counts[2].values()].map(({ name }) => name));
  const exact = [...names].filter((name) => {
    const [a, b, c] = counts.map((kinds) => countOf(kinds, name));
    return b - a === 97 && c - b === 97;
  });
  const tookMs = performance.now() - beganMs;
  const found = exact.includes('PlantedOrder')
    ? `ours: ${exact.length} kinds grew by 97 each time, PlantedOrder among them`
    : 'ours did NOT find PlantedOrder';
  const name = 'a leaking class in three heap snapshots';
  let memlab;
  try {
    const manifest = peerRequire?.resolve('memlab/package.json');
    memlab = manifest && join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.memlab);
  } catch {
    // Said below.
  }
  if (!memlab) {
    row(name, 's', tookMs / 1000, null, `${found}; ${absent('memlab')}`);
    return;
  }
  const args = [
    'find-leaks',
    '--baseline',
    paths[0],
    '--target',
    paths[1],
    '--final',
    paths[2],
    '--work-dir',
    join(workDir, 'memlab'),
  ];
  const peer = run(process.execPath, [memlab, ...args]);
  const said = peer.stdout.includes('PlantedOrder') ? 'memlab names PlantedOrder' : 'memlab’s own filter finds no leak';
  row(name, 's', tookMs / 1000, { name: 'memlab find-leaks', value: peer.tookMs / 1000 }, `${found}; ${said}`);
}

try {
  await slowdown();
  await spike();
  await leakingClass();
  console.log(JSON.stringify({ rows }));
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
