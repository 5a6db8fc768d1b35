// A heap of 1 GB compared between two marks without ending the target or the profiler: large arrays by snapshots; small
// objects, whose snapshot is refused for its predicted cost, by live allocations. And a Python process that collects its
// garbage when asked to, judged by what it holds resident.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compareKinds,
  countKinds,
  detectLeak,
  growingSites,
  readHeapSnapshot,
  readProcessMemory,
  refuseSnapshot,
  residentMemory,
  snapshotCost,
  startProbeServer,
  usualAllowance,
} from '@preopen/profiler';

const say = (text) => process.stdout.write(`${text}\n`);
let failures = 0;
const check = (holds, text) => {
  if (!holds) failures++;
  say(`${holds ? 'ok  ' : 'FAIL'} ${text}`);
};

/** A Node process with a heap of a kind, which makes 1000 objects of `Planted` more for each line it reads. */
async function withHeap(fill, use) {
  const probes = await startProbeServer();
  const script = `
class Planted { constructor(i) { this.values = [i, i]; } }
const kept = []; const planted = [];
${fill}
process.stdin.on('data', function plant() { for (let i = 0; i < 1000; i++) planted.push(new Planted(i)); process.stdout.write('.'); });
process.stdout.write('.');`;
  const child = spawn(process.execPath, ['--max-old-space-size=4096', '-e', script], {
    env: { ...process.env, ...probes.environment(process.env) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = () => new Promise((resolve) => child.stdout.once('data', resolve));
  try {
    await said();
    // It says hello once its event loop turns.
    while (probes.processes().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const [node] = probes.processes();
    const plant = () => {
      const done = said();
      child.stdin.write('\n');
      return done;
    };
    await use(node, plant, child.pid);
    check(child.exitCode === null, 'the target is still there');
  } finally {
    child.kill();
    await probes.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'preopen-verify-heaps-'));
try {
  await withHeap(
    'for (let i = 0; i < 1000; i++) kept.push(new Array(125_000).fill(i + 0.5));',
    async (node, plant, pid) => {
      const { heapBytes } = await node.settle();
      check(heapBytes > 0.95e9, `heap of large arrays: ${(heapBytes / 1e6).toFixed(0)} MB`);
      const refused = refuseSnapshot(snapshotCost(await node.heap()), usualAllowance());
      check(refused === undefined, 'its snapshot is allowed');
      const mark = async (name) => {
        const beganMs = performance.now();
        const path = await node.writeSnapshot(join(folder, `${name}.heapsnapshot`));
        const graph = await readHeapSnapshot(path);
        rmSync(path);
        say(
          `     mark ${name}: ${graph.nodes.toLocaleString('en-US')} objects in ${((performance.now() - beganMs) / 1000).toFixed(1)} s`,
        );
        return countKinds(graph);
      };
      const before = await mark('before');
      await plant();
      const change = compareKinds(before, await mark('after')).find(({ name }) => name === 'Planted');
      check(
        change?.countChange === 1000,
        `1000 objects of Planted were made; the comparison says ${change?.countChange}`,
      );
      say(`     the target's own peak: ${(readProcessMemory(pid).peakRssBytes / 1e9).toFixed(2)} GB`);
    },
  );
  await withHeap('for (let i = 0; i < 9_000_000; i++) kept.push({ a: i, b: [i, i] });', async (node, plant) => {
    const { heapBytes } = await node.settle();
    check(heapBytes > 0.9e9, `heap of small objects: ${(heapBytes / 1e6).toFixed(0)} MB`);
    const refused = refuseSnapshot(snapshotCost(await node.heap()), usualAllowance());
    check(refused !== undefined, `its snapshot is refused: ${refused}`);
    await node.startAllocations(512);
    const before = await node.allocations();
    await plant();
    await node.settle();
    const [site] = growingSites(before, await node.allocations());
    await node.stopAllocations();
    check(
      ['plant', 'Planted'].includes(site?.functionName),
      `most of what is new was allocated by ${site?.functionName}`,
    );
  });

  const python = spawn(
    'python3',
    [
      '-c',
      `
import gc, sys
kept = []
for line in sys.stdin:
    if line == "work\\n":
        junk = [[i] for i in range(50)]; junk.append(junk)
        kept.append(bytes(1024 if sys.argv[1] == "leak" else 0))
    else:
        gc.collect()
    sys.stdout.write(".\\n"); sys.stdout.flush()`,
      'leak',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ask = (line) =>
    new Promise((resolve) => {
      python.stdout.once('data', resolve);
      python.stdin.write(line);
    });
  try {
    await ask('settle\n');
    // The shell of a version manager may stand before Python; it replaces itself before it answers.
    const target = residentMemory(
      () => [python.pid],
      () => ask('settle\n'),
    );
    const report = await detectLeak(target, () => ask('work\n'));
    check(report.verdict === 'leak', `Python, 1 KB kept per iteration: ${report.reasons.join('; ')}`);
  } finally {
    python.kill();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
