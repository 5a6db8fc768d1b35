// What profiling costs the target under load, and the profiler itself.
// The timeline: one process with an even piece of work is kept busy without a pause, and the watchers, processes of their own as
// on the command line, are stopped and let go on in short blocks (off-on-on-off or on-off-off-on, drawn), so that what differs
// between processes, and what drifts, falls on both sides.
// Sampling of allocations: a process with work that allocates is sampled and not sampled in the same kind of blocks, at one interval
// after the other, and every two rounds a process of its own, since no two are equally fast. V8 collects all garbage as sampling
// ends, which makes what comes after faster or slower by a tenth: so it is collected before each block, sampled or not; and the
// young generation has one size, which would else be found anew each time.
// The floor: what a process takes that wakes up as often and does nothing, or reads one small file; without it nobody can tell what
// could be saved.
// MINUTES=8 npm run bench -- profiler/overhead        for as long as that; 3 without
// PART=timeline|moving|sampling                       that part alone, for all of the time; `moving`: the timeline of a target whose
//                                                     size is another one at each look
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom, stationaryBootstrapInterval } from '@preopen/core';
import { startProbeServer } from '@preopen/profiler';

const minutes = Number(process.env.MINUTES ?? 3);
const part = process.env.PART;
/** Of all the time, for the timeline. */
const timelineShare = { timeline: 1, moving: 1, sampling: 0 }[part] ?? 0.45;
const blockMs = 1000;
const samplingBlockMs = 750;
/** After a collection of all garbage. */
const samplingSettleMs = 250;
const oneYoungSize = ['--min-semi-space-size=16', '--max-semi-space-size=16'];
const floorMs = 6000;
/** Of one process. */
const samplingRounds = 2;
/** What has just been switched is not measured. */
const settleMs = 60;
/** Enough that the target never waits for the next request, whoever else is on the machine. */
const connections = 4;
/** Code is compiled by then. */
const warmUpMs = 3000;
const random = createRandom(1, 'overhead');
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
const workDir = mkdtempSync(join(tmpdir(), 'preopen-bench-overhead-'));
const children = new Set();
const start = (args, options, command = process.execPath) => {
  const child = spawn(command, args, options);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
};
const said = (child) => new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
/** CPU time of all threads of a process so far, in ms. Source: the kernel's sched-stats.rst */
const cpuMs = (pid) =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );
/** The pid given last on this machine, to a process or a thread. Source: proc(5) */
const youngestPid = () => Number(readFileSync('/proc/loadavg', 'utf8').trim().split(' ').at(-1));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (log) => 100 * Math.expm1(log);
/** On and off, with what drifts on both sides. */
const turns = () => (random.uniform() < 0.5 ? [false, true, true, false] : [true, false, false, true]);

/** A target that is kept busy until `end`, which gives what a block took per request. */
async function busyTarget(kind, { environment = {}, flags = [] } = {}) {
  const answersPath = join(workDir, `answers-${random.uniform()}`);
  const target = start([...flags, path('target.mjs'), kind], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await said(target);
  const asker = start([path('asker.mjs'), port, String(connections), answersPath], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return {
    pid: target.pid,
    async end() {
      const ended = new Promise((resolve) => asker.once('close', resolve));
      asker.stdin.end();
      await ended;
      target.kill('SIGKILL');
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
      return ({ fromMs, toMs, targetCpuMs }) => {
        const [from, to] = [firstAt(fromMs), firstAt(toMs)];
        const timeMs = (answeredMs[to - 1] - answeredMs[from]) / (to - 1 - from);
        return { timeMs, cpuMs: (timeMs * targetCpuMs) / (toMs - fromMs) };
      };
    },
  };
}

/** @returns when a block began and ended, and what CPU time target and watcher used in it */
async function block(targetPid, { watcherPid, lengthMs = blockMs } = {}) {
  await sleep(settleMs);
  const began = { ms: nowMs(), target: cpuMs(targetPid), watcher: watcherPid ? cpuMs(watcherPid) : 0 };
  await sleep(lengthMs);
  const ended = { ms: nowMs(), target: cpuMs(targetPid), watcher: watcherPid ? cpuMs(watcherPid) : 0 };
  return {
    fromMs: began.ms,
    toMs: ended.ms,
    targetCpuMs: ended.target - began.target,
    watcherCpuMs: ended.watcher - began.watcher,
  };
}

const figures = [
  ['timeMs', 'time per request under'],
  ['cpuMs', 'CPU time of the target per request under'],
];
const rowOf = (name, limit, ours, note) => ({
  name,
  unit: '%',
  better: 'lower',
  ours,
  peer: limit === null ? null : { name: 'limit', value: limit },
  ratio: limit === null ? null : ours / limit,
  note,
});

/** One difference a round: what is the same in its four blocks, and what drifts over them, is gone from it. */
function overheadRows({ name, limit, rounds, lengthMs }) {
  return figures.map(([figure, what]) => {
    const differences = Float64Array.from(rounds, (blocks) => {
      const of = (isOn) => mean(blocks.filter((one) => one.isOn === isOn).map((one) => Math.log(one[figure])));
      return of(true) - of(false);
    });
    const { low, high } = stationaryBootstrapInterval(differences, mean, { random, confidence: 0.95 });
    return rowOf(
      `more ${what} ${name}`,
      limit,
      percent(mean(differences)),
      `95 % interval (stationary bootstrap) ${percent(low).toFixed(2)} to ${percent(high).toFixed(2)} % over ${differences.length} rounds of four blocks of ${lengthMs} ms`,
    );
  });
}

/** CPU of processes that wake up a hundred times a second, one after the other. */
async function floorRows(targetPid) {
  const statm = `/proc/${targetPid}/statm`;
  const compiled = join(workDir, 'waker');
  const hasC = spawnSync('cc', ['-O2', '-o', compiled, path('waker.c')], { stdio: 'ignore' }).status === 0;
  const wakers = [
    ...(hasC ? [['a program in C that wakes up', compiled, ['10']]] : []),
    ...(hasC ? [['a program in C that wakes up and reads one file', compiled, ['10', statm]]] : []),
    ['a thread of Node that wakes up', process.execPath, [path('waker.mjs'), '10']],
    ['a thread of Node that wakes up and reads one file', process.execPath, [path('waker.mjs'), '10', statm]],
  ];
  const rows = [];
  for (const [name, command, args] of wakers) {
    const child = start(args, { stdio: ['ignore', 'pipe', 'inherit'] }, command);
    await said(child);
    await sleep(warmUpMs);
    const began = { ms: nowMs(), cpu: cpuMs(child.pid) };
    await sleep(floorMs);
    const share = (100 * (cpuMs(child.pid) - began.cpu)) / (nowMs() - began.ms);
    child.kill('SIGKILL');
    rows.push({ ...rowOf(`CPU at 100 Hz of ${name}`, null, share, 'the floor'), unit: '% of a core' });
  }
  return rows;
}

async function timelineRows(endMs) {
  const isMoving = part === 'moving';
  const target = await busyTarget(isMoving ? 'moving' : 'steady');
  const ofWhat = isMoving ? ' of a size that moves' : '';
  const floor = await floorRows(target.pid);
  const watcher = async (args) => {
    const child = start(args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await said(child);
    return { child, startMs: cpuMs(child.pid) };
  };
  const timeline = (intervalMs) => watcher([path('watcher.mjs'), String(target.pid), String(intervalMs)]);
  const asleep = ['-e', 'process.stdout.write("."); setInterval(() => {}, 1e6)'];
  const modes = await Promise.all(
    [
      ['nothing (control: a process that sleeps)', null, watcher(asleep)],
      [`timeline at 50 Hz${ofWhat}`, 1, timeline(20)],
      [`timeline at 100 Hz${ofWhat}`, 1, timeline(10)],
    ].map(async ([name, limit, started]) => {
      const { child, startMs } = await started;
      return { name, limit, watch: child, startMs, rounds: [] };
    }),
  );
  for (const { watch } of modes) watch.kill('SIGSTOP');
  const pidsBegan = { ms: nowMs(), pid: youngestPid() };
  while (nowMs() < endMs) {
    for (const { watch, rounds } of modes) {
      const blocks = [];
      let isOn = false;
      for (const wanted of turns()) {
        if (wanted !== isOn) watch.kill(wanted ? 'SIGCONT' : 'SIGSTOP');
        isOn = wanted;
        blocks.push({ isOn, ...(await block(target.pid, { watcherPid: watch.pid })) });
      }
      if (isOn) watch.kill('SIGSTOP');
      rounds.push(blocks);
    }
  }
  for (const { watch } of modes) watch.kill('SIGKILL');
  // Each of them is a process that might be the target's, and is asked for its parent.
  const startedPerSecond = (1000 * (youngestPid() - pidsBegan.pid)) / (nowMs() - pidsBegan.ms);
  const perRequest = await target.end();
  const watching = modes.flatMap(({ name, limit, startMs, rounds }) => {
    const rows = overheadRows({
      name,
      limit,
      lengthMs: blockMs,
      rounds: rounds.map((blocks) => blocks.map((one) => ({ isOn: one.isOn, ...perRequest(one) }))),
    });
    if (limit === null) return rows;
    const on = rounds.flat().filter(({ isOn }) => isOn);
    const sum = (of) => on.reduce((total, one) => total + of(one), 0);
    const share = (100 * sum((one) => one.watcherCpuMs)) / sum((one) => one.toMs - one.fromMs);
    const seconds = (sum((one) => one.toMs - one.fromMs) / 1000).toFixed(0);
    return [
      ...rows,
      {
        ...rowOf(
          `CPU of the profiler itself, ${name}`,
          limit,
          share,
          `over ${seconds} s beside a target that is never idle; ${startedPerSecond.toFixed(1)} processes and threads were started a second by whoever else is on the machine`,
        ),
        unit: '% of a core',
      },
      {
        ...rowOf(
          `CPU time of the profiler’s first half minute, ${name}`,
          null,
          startMs,
          'with the start of Node and of the thread, and V8 compiling what runs often',
        ),
        unit: 'ms',
      },
    ];
  });
  return [...floor, ...watching];
}

async function samplingRows(endMs) {
  const modes = [
    { name: 'nothing (control)', limit: null, intervalBytes: null, rounds: [] },
    ...[512, 128, 32].map((kib) => ({
      name: `allocations every ${kib} KiB`,
      limit: 5,
      intervalBytes: kib * 1024,
      rounds: [],
    })),
  ];
  const probes = await startProbeServer();
  try {
    // An interval needs two rounds.
    while (nowMs() < endMs || modes[0].rounds.length < 2) {
      const target = await busyTarget('scoring', { environment: probes.environment(process.env), flags: oneYoungSize });
      const node = probes.processes().find(({ pid }) => pid === target.pid);
      await sleep(warmUpMs);
      const taken = [];
      for (let round = 0; round < samplingRounds; round++) {
        for (const { rounds, intervalBytes } of modes) {
          const blocks = [];
          for (const isOn of turns()) {
            await node.settle();
            if (isOn && intervalBytes) await node.startAllocations(intervalBytes, true);
            await sleep(samplingSettleMs);
            blocks.push({ isOn, ...(await block(target.pid, { lengthMs: samplingBlockMs })) });
            if (isOn && intervalBytes) await node.stopAllocations();
          }
          taken.push({ rounds, blocks });
        }
      }
      const perRequest = await target.end();
      for (const { rounds, blocks } of taken)
        rounds.push(blocks.map((one) => ({ isOn: one.isOn, ...perRequest(one) })));
    }
  } finally {
    await probes.close();
  }
  return modes.flatMap(({ name, limit, rounds }) => overheadRows({ name, limit, rounds, lengthMs: samplingBlockMs }));
}

try {
  const beganMs = nowMs();
  const rows = part === 'sampling' ? [] : await timelineRows(beganMs + minutes * timelineShare * 60_000);
  if (part === undefined || part === 'sampling') rows.push(...(await samplingRows(beganMs + minutes * 60_000)));
  console.log(JSON.stringify({ rows }));
} finally {
  // A stopped process does not end by anything less.
  for (const child of children) child.kill('SIGKILL');
  rmSync(workDir, { recursive: true, force: true });
}
