// Profiles against processes whose truth is known: the share of two functions with 70 : 30 of the work, pauses of the garbage
// collector against V8's own trace, the predicted cost of a heap snapshot against the real one, and who is named for a leak.
// `node scripts/verify-profiles.mjs [--leaks 20] [--cpu-interval 1000]`
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  detectLeak,
  nodeHeap,
  profileMemory,
  readHeapSnapshot,
  readProcessMemory,
  refuseSnapshot,
  snapshotCost,
  startProbeServer,
  summarizeCpu,
} from '@preopen/profiler';

const { values } = parseArgs({ options: { leaks: { type: 'string' }, 'cpu-interval': { type: 'string' } } });
const leaks = Number(values.leaks ?? 3);
const say = (text) => process.stdout.write(`${text}\n`);
let failures = 0;
const check = (holds, text) => {
  if (!holds) failures++;
  say(`${holds ? 'ok  ' : 'FAIL'} ${text}`);
};
const workDir = mkdtempSync(join(tmpdir(), 'preopen-verify-profiles-'));
const { signal } = new AbortController();
const script = (name, text) => {
  const path = join(workDir, name);
  writeFileSync(path, text);
  return path;
};

/** A Node process that answers, and that does what is written to it, a line for a turn. */
async function withNode(text, use, flags = []) {
  const probes = await startProbeServer();
  const child = spawn(process.execPath, [...flags, '-e', text], {
    env: { ...process.env, ...probes.environment(process.env) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  /** Waits for one more mark of the child. */
  let marks = 0;
  const turn = async () => {
    child.stdin.write('\n');
    marks++;
    while (output.split('\u0001').length - 1 < marks)
      await new Promise((resolve) => child.stdout.once('data', resolve));
  };
  try {
    while (probes.processes().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await use({ node: probes.processes()[0], turn, child, output: () => output });
  } finally {
    child.kill();
    await probes.close();
  }
}

/** In µs; else that of `--cpu`. */
const cpuIntervalMicroseconds = Number(values['cpu-interval'] ?? 500);
/**
 * Of about 8 ms. A process is often woken by a sample, so that samples fall on the same places of each burst of the same length: where
 * the first function ends may always be just before a sample, or just after it, by the speed of the machine.
 */
const burstLengths = [0.93, 1, 1.07, 1.15];

async function hotFunctions(length) {
  const truthPath = join(workDir, 'truth.json');
  const path = script(
    'hot.cjs',
    `
// The same loop in both, so that only the counts differ; and a rest between, which is no work.
function seventy() { let s = 0; for (let i = 0; i < ${7e5 * length}; i++) s += Math.sqrt(s + i); return s; }
function thirty() { let s = 0; for (let i = 0; i < ${3e5 * length}; i++) s += Math.sqrt(s + i); return s; }
const tookMs = { seventy: 0, thirty: 0 };
function timed(work) { const beganMs = performance.now(); work(); tookMs[work.name] += performance.now() - beganMs; }
let k = 0;
const timer = setInterval(() => { timed(seventy); timed(thirty); if (++k === 80) clearInterval(timer); }, 90);
process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(truthPath)}, JSON.stringify(tookMs)));`,
  );
  const { recordings } = await profileMemory(
    { kind: 'command', command: [process.execPath, path] },
    { workDir, signal, record: { cpuIntervalMicroseconds } },
  );
  const { functions, idleMs, durationMs } = summarizeCpu(
    JSON.parse(readFileSync(recordings[0].cpuProfilePath, 'utf8')),
  );
  const sharesOf = (seventyMs, thirtyMs) => {
    const share = (100 * seventyMs) / (seventyMs + thirtyMs);
    return { share, text: `${share.toFixed(1)} : ${(100 - share).toFixed(1)}` };
  };
  const msOf = (name) => functions.find(({ functionName }) => functionName === name)?.selfMs ?? 0;
  const told = sharesOf(msOf('seventy'), msOf('thirty'));
  const { seventy, thirty } = JSON.parse(readFileSync(truthPath, 'utf8'));
  check(
    Math.abs(told.share - 70) <= 3,
    `of 70 : 30 of work in bursts of ${((seventy + thirty) / 80).toFixed(1)} ms the profile says ${told.text}, and the clock ${sharesOf(seventy, thirty).text}; idle ${((100 * idleMs) / durationMs).toFixed(0)} % of the time is in neither`,
  );
}

async function collections() {
  const churn = `
const keep = []; let k = 0;
process.stdin.on('data', function work() {
  for (let i = 0; i < 300; i++) { const rows = Array.from({ length: 5000 }, (_, j) => ({ j, v: [j, j] })); if (i % 5 === 0) keep.push(rows); if (keep.length > 20) keep.shift(); }
  setTimeout(() => process.stdout.write('\\u0001'), 50);
});`;
  await withNode(
    churn,
    async ({ node, turn, output }) => {
      await turn();
      await node.startGcEvents();
      const before = output().length;
      await turn();
      const { pauseMs, kind } = await node.gcEvents();
      // V8's trace has lines for scavenges (1) and for collections of the old space (4); the beginning of incremental marking
      // (8), which stands still as well, has none.
      const own = pauseMs.filter((_, i) => kind[i] === 1 || kind[i] === 4);
      const ours = own.reduce((sum, ms) => sum + ms, 0);
      // "… 12.3 (20.1) -> 4.5 (20.1) MB, pooled: 0 MB, 1.93 / 0.00 ms …". Source: V8, heap/gc-tracer.cc
      const traced = [
        ...output()
          .slice(before)
          .matchAll(/(?:Scavenge|Mark-Compact)[^\n]*?, ([\d.]+) \/ [\d.]+ {1,2}ms/g),
      ].map(([, ms]) => Number(ms));
      const theirs = traced.reduce((sum, ms) => sum + ms, 0);
      check(
        Math.abs(ours / theirs - 1) <= 0.05,
        `pauses for ${own.length} collections: ${ours.toFixed(1)} ms, and ${theirs.toFixed(1)} ms of ${traced.length} in V8's trace (${((ours / theirs - 1) * 100).toFixed(1)} %)`,
      );
    },
    ['--trace-gc'],
  );
}

async function snapshotGate() {
  const heap = (objects) => `
const kept = []; for (let i = 0; i < ${objects}; i++) kept.push({ a: i, b: [i, i] });
process.stdin.on('data', () => process.stdout.write('\\u0001'));`;
  await withNode(heap(400_000), async ({ node, turn, child }) => {
    await turn();
    await node.settle();
    const predicted = snapshotCost(await node.heap());
    const allowance = { memoryBytes: 4e9, pauseMs: 60_000 };
    check(refuseSnapshot(predicted, allowance) === undefined, 'a snapshot of 400,000 small objects is allowed in 4 GB');
    const before = readProcessMemory(child.pid).rssBytes;
    const beganMs = performance.now();
    const path = await node.writeSnapshot(join(workDir, 'gate.heapsnapshot'));
    const pauseMs = performance.now() - beganMs;
    const memoryBytes = readProcessMemory(child.pid).peakRssBytes - before;
    const graph = await readHeapSnapshot(path);
    const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
    check(
      predicted.memoryBytes >= memoryBytes && predicted.memoryBytes < memoryBytes * 1.67,
      `${graph.nodes.toLocaleString('en-US')} nodes: ${mb(predicted.memoryBytes)} more were predicted and ${mb(memoryBytes)} taken (×${(predicted.memoryBytes / memoryBytes).toFixed(2)}); ${(predicted.pauseMs / 1000).toFixed(1)} s were predicted and ${(pauseMs / 1000).toFixed(1)} s taken`,
    );
  });
  await withNode(heap(3_000_000), async ({ node, turn }) => {
    await turn();
    const refused = refuseSnapshot(snapshotCost(await node.heap()), { memoryBytes: 2e9, pauseMs: 60_000 });
    check(refused !== undefined, `a snapshot of three million objects is refused in 2 GB: ${refused}`);
  });
}

async function attribution() {
  let classes = 0;
  let functions = 0;
  for (let k = 1; k <= leaks; k++) {
    const text = `
class Planted${k} { constructor(i) { this.values = new Array(${30 + k * 6}).fill(i); } }
const kept = new Map(); const cache = []; let i = 0;
function plant${k}() { kept.set(i, new Planted${k}(i)); }
function score() { const rows = []; for (let j = 0; j < 200; j++) rows.push({ j, s: [j] }); cache.push(rows); if (cache.length > 30) cache.shift(); }
process.stdin.on('data', function iteration() { i++; score(); plant${k}(); process.stdout.write('\\u0001'); });`;
    await withNode(text, async ({ node, turn }) => {
      const { verdict, culprit } = await detectLeak(nodeHeap(node), turn);
      const named = culprit?.constructorName;
      // V8 places the array that the constructor fills in the constructor.
      const first = culprit?.allocatedBy[0]?.functionName;
      if (named === `Planted${k}`) classes++;
      if ([`plant${k}`, `Planted${k}`].includes(first)) functions++;
      say(`     leak ${k}: ${verdict}, class ${named}, allocated by ${first}`);
    });
  }
  check(classes === leaks, `the planted class is named in ${classes} of ${leaks}`);
  check(functions === leaks, `the planted place comes first in ${functions} of ${leaks}`);
}

try {
  for (const length of burstLengths) await hotFunctions(length);
  await collections();
  await snapshotGate();
  await attribution();
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
