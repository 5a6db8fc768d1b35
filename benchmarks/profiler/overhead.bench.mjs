// What profiling costs the target under load, and the profiler itself.
// The timeline: one process with an even piece of work is kept busy without a pause, and the watchers, processes of their own as
// on the command line, are stopped and let go on in short blocks (off-on-on-off or on-off-off-on, drawn), so that what differs
// between processes, and what drifts, falls on both sides. A virtual machine is faster and slower by some percent for a second or two:
// blocks of 200 ms tell twice as much in the same time as blocks of a second (tried on a series with no watcher in it), and of the
// rounds the highest and the lowest tenth are left out, where the machine stood still. Blocks begin with the switch itself: what a
// watcher has put off while it stood still, such as what it reads once a second, is in them, twice as often as without the stops.
// Sampling of allocations: a process with work that allocates is sampled and not sampled in the same kind of blocks, at one interval
// after the other, and every two rounds a process of its own, since no two are equally fast. V8 collects all garbage as sampling
// ends, which makes what comes after faster or slower by a tenth: so it is collected before each block, sampled or not; and the
// young generation has one size, which would else be found anew each time.
// The floor: what a process takes that wakes up as often and does nothing, or reads one small file; without it nobody can tell what
// could be saved.
// Its own CPU is measured in blocks of some seconds besides, of all watchers at once, each by the kernel's account of it.
// MINUTES=8 npm run bench -- profiler/overhead        for as long as that; 3 without
// PART=timeline|moving|sampling|cpu                   that part alone, for all of the time; `moving`: the timeline of a target whose
//                                                     size is another one at each look; `cpu`: the watchers' own CPU beside the same
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
const timelineShare = { timeline: 1, moving: 1, cpu: 1, sampling: 0 }[part] ?? 0.45;
const blockMs = 200;
/** Of one watcher, before the next: what it reads by the clock falls then into its blocks twice as often as without the stops, no more. */
const roundsAtOnce = 20;
/** Of all rounds, at each end. */
const leftOut = 0.1;
const ownCpuBlockMs = 4000;
const samplingBlockMs = 750;
/** After a collection of all garbage. */
const samplingSettleMs = 250;
const oneYoungSize = ['--min-semi-space-size=16', '--max-semi-space-size=16'];
/** Of one process. */
const samplingRounds = 2;
/** Enough that the target never waits for the next request, whoever else is on the machine. */
const connections = 4;
/** Code is compiled by then: of a target, and of what wakes up a hundred times a second. */
const warmUpMs = 3000;
const wakerWarmUpMs = 30_000;
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
/** How often the threads of a process have gone to sleep so far. Source: proc(5) */
const sleeps = (pid) =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const text = readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1');
    return sum + Number(text.slice(text.indexOf('\nvoluntary_ctxt_switches:')).split(/\s+/)[2]);
  }, 0);
/** The pid given last on this machine, to a process or a thread. Source: proc(5) */
const youngestPid = () => Number(readFileSync('/proc/loadavg', 'utf8').trim().split(' ').at(-1));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const trimmedMean = (values) => {
  const sorted = Float64Array.from(values).sort();
  const out = Math.floor(sorted.length * leftOut);
  return mean(sorted.subarray(out, sorted.length - out));
};
const percent = (log) => 100 * Math.expm1(log);
const shuffled = (list) =>
  list
    .map((one) => ({ one, at: random.uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
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

/** @returns when a block began and ended, what CPU time target and watcher used in it, and how often the watcher went to sleep */
async function block(targetPid, { watcherPid, lengthMs = blockMs } = {}) {
  const now = () => ({
    ms: nowMs(),
    target: cpuMs(targetPid),
    watcher: watcherPid ? cpuMs(watcherPid) : 0,
    sleeps: watcherPid ? sleeps(watcherPid) : 0,
  });
  const began = now();
  await sleep(lengthMs);
  const ended = now();
  return {
    fromMs: began.ms,
    toMs: ended.ms,
    targetCpuMs: ended.target - began.target,
    watcherCpuMs: ended.watcher - began.watcher,
    watcherSleeps: ended.sleeps - began.sleeps,
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
    const { low, high } = stationaryBootstrapInterval(differences, trimmedMean, { random, confidence: 0.95 });
    return rowOf(
      `more ${what} ${name}`,
      limit,
      percent(trimmedMean(differences)),
      `95 % interval (stationary bootstrap) ${percent(low).toFixed(2)} to ${percent(high).toFixed(2)} % over ${differences.length} rounds of four blocks of ${lengthMs} ms, without the highest and the lowest tenth; ${percent(mean(differences)).toFixed(2)} % with them`,
    );
  });
}

/** Starts processes that watch a target or only wake up, and has their code compiled. */
async function startWatchers(list) {
  const beganMs = nowMs();
  const started = await Promise.all(
    list.map(async ([name, limit, command, ...args]) => {
      const child = start(args, { stdio: ['ignore', 'pipe', 'inherit'] }, command);
      await said(child);
      return { name, limit, child, startMs: cpuMs(child.pid) };
    }),
  );
  // Watchers have said so only after that time; those that only wake up are quicker to.
  const waitMs = beganMs + wakerWarmUpMs - nowMs();
  if (waitMs > 0) await sleep(waitMs);
  return started;
}

const watcher = (pid, intervalMs) => [process.execPath, path('watcher.mjs'), String(pid), String(intervalMs)];

/**
 * What watchers take for themselves, and processes that wake up as often and do nothing, or read one small file. None is stopped
 * meanwhile: a watch that costs too much holds itself back, and while it stood still it would save up for what comes.
 */
async function ownCpuRows(endMs) {
  const target = await busyTarget('moving');
  const statm = `/proc/${target.pid}/statm`;
  const compiled = join(workDir, 'waker');
  const hasC = spawnSync('cc', ['-O2', '-o', compiled, path('waker.c')], { stdio: 'ignore' }).status === 0;
  const waker = [process.execPath, path('waker.mjs'), '10'];
  const all = await startWatchers([
    ...(hasC ? [['a program in C that wakes up at 100 Hz', null, compiled, '10']] : []),
    ...(hasC ? [['a program in C that wakes up at 100 Hz and reads one file', null, compiled, '10', statm]] : []),
    ['a thread of Node that wakes up at 100 Hz', null, ...waker],
    ['a thread of Node that wakes up at 100 Hz and reads one file', null, ...waker, statm],
    ['the profiler at 50 Hz of a size that moves', 1, ...watcher(target.pid, 20)],
    ['the profiler at 100 Hz of a size that moves', 1, ...watcher(target.pid, 10)],
  ]);
  const blocksOf = new Map(all.map((one) => [one, []]));
  while (nowMs() < endMs) {
    const blocks = await Promise.all(
      all.map(({ child }) => block(target.pid, { watcherPid: child.pid, lengthMs: ownCpuBlockMs })),
    );
    for (const [k, one] of all.entries()) blocksOf.get(one).push(blocks[k]);
  }
  for (const { child } of all) child.kill('SIGKILL');
  await target.end();
  return all.map((one) => ({ ...ownCpuRow(one, blocksOf.get(one)), name: `CPU of ${one.name}` }));
}

/** CPU of a watcher while it was let go on. */
function ownCpuRow({ limit }, blocks) {
  const shares = Float64Array.from(blocks, (one) => (100 * one.watcherCpuMs) / (one.toMs - one.fromMs));
  const { low, high } = stationaryBootstrapInterval(shares, mean, { random, confidence: 0.95 });
  const seconds = blocks.reduce((sum, one) => sum + one.toMs - one.fromMs, 0) / 1000;
  const rate = blocks.reduce((sum, one) => sum + one.watcherSleeps, 0) / seconds;
  return {
    ...rowOf('', limit, mean(shares), ''),
    unit: '% of a core',
    note: `95 % interval (stationary bootstrap) ${low.toFixed(3)} to ${high.toFixed(3)} over ${blocks.length} blocks, ${seconds.toFixed(0)} s in all, beside a target that is never idle; its threads went to sleep ${rate.toFixed(1)} times a second`,
  };
}

async function timelineRows(endMs) {
  const isMoving = part === 'moving';
  const target = await busyTarget(isMoving ? 'moving' : 'steady');
  const ofWhat = isMoving ? ' of a size that moves' : '';
  const asleep = 'process.stdout.write("."); setInterval(() => {}, 1e6)';
  const modes = (
    await startWatchers([
      ['nothing (control: a process that sleeps)', null, process.execPath, '-e', asleep],
      [`timeline at 50 Hz${ofWhat}`, 1, ...watcher(target.pid, 20)],
      [`timeline at 100 Hz${ofWhat}`, 1, ...watcher(target.pid, 10)],
    ])
  ).map((one) => ({ ...one, rounds: [] }));
  for (const { child } of modes) child.kill('SIGSTOP');
  const pidsBegan = { ms: nowMs(), pid: youngestPid() };
  while (nowMs() < endMs) {
    for (const { child, rounds } of shuffled(modes)) {
      for (let k = 0; k < roundsAtOnce; k++) {
        const blocks = [];
        let isOn = false;
        for (const wanted of turns()) {
          if (wanted !== isOn) child.kill(wanted ? 'SIGCONT' : 'SIGSTOP');
          isOn = wanted;
          blocks.push({ isOn, ...(await block(target.pid, { watcherPid: child.pid })) });
        }
        if (isOn) child.kill('SIGSTOP');
        rounds.push(blocks);
      }
    }
  }
  for (const { child } of modes) child.kill('SIGKILL');
  // Each of them is a process that might be the target's, and is asked for its parent.
  const startedPerSecond = (1000 * (youngestPid() - pidsBegan.pid)) / (nowMs() - pidsBegan.ms);
  const perRequest = await target.end();
  return modes.flatMap((mode) => {
    const { name, limit, startMs, rounds } = mode;
    const rows = overheadRows({
      name,
      limit,
      lengthMs: blockMs,
      rounds: rounds.map((blocks) => blocks.map((one) => ({ isOn: one.isOn, ...perRequest(one) }))),
    });
    if (limit === null) return rows;
    const own = ownCpuRow(
      mode,
      rounds.flat().filter(({ isOn }) => isOn),
    );
    return [
      ...rows,
      {
        ...own,
        name: `CPU of the profiler itself, ${name}`,
        note: `${own.note}; ${startedPerSecond.toFixed(1)} processes and threads were started a second by whoever else is on the machine`,
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
  const timelineEndMs = beganMs + minutes * timelineShare * 60_000;
  const rows = [];
  if (part === 'cpu') rows.push(...(await ownCpuRows(timelineEndMs)));
  else if (part !== 'sampling') rows.push(...(await timelineRows(timelineEndMs)));
  if (part === undefined || part === 'sampling') rows.push(...(await samplingRows(beganMs + minutes * 60_000)));
  console.log(JSON.stringify({ rows }));
} finally {
  // A stopped process does not end by anything less.
  for (const child of children) child.kill('SIGKILL');
  rmSync(workDir, { recursive: true, force: true });
}
