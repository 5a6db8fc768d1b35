// Holds this package against faults whose true effect is known.
// Usage: node scripts/verify.mjs [V1 V3 …] [--json]; without ids all of them, about 15 minutes on a quiet machine.
// Experiments on real sockets stand behind a noise gate: what is disturbed by other work on the machine is repeated, and after
// three times it is `not-measured`, never passed. Ends with 1 if an experiment failed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startNoiseProbe, startService, systemClock } from '@preopen/core';
import {
  available,
  defineExperiment,
  faultFilePrefix,
  identify,
  journalFolder,
  killProcess,
  openJournal,
  pauseProcess,
  runExperiment,
  sweepJournals,
} from '@preopen/failover';
import { killedExperiments } from './killed-experiments.mjs';
import { manyRecoveries, shapes } from './recovery-shapes.mjs';
import { verificationsAsked } from './verifications-asked.mjs';

const known = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const { wanted, asJson } = verificationsAsked(process.argv.slice(2), known);
const folder = mkdtempSync(join(tmpdir(), `${faultFilePrefix}verify-`));
// What this script sets up itself must go also when it is killed: by the guardian, or by `preopen failover undo`.
const ownJournal = await openJournal(journalFolder());
ownJournal.before({ kind: 'remove', path: folder });
const journalDir = join(folder, 'journal');
const { signal } = new AbortController();
const say = (text) => process.stderr.write(`${text}\n`);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const seeds = (from, count) => Array.from({ length: count }, (_, i) => from + i);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Share of the machine that others may take; above it a timing proves nothing. */
const mostForeignShare = 0.25;

/** This process and all that it started, at whatever remove: the service, its control twin, helpers of the fault. */
function ownPids() {
  const own = new Set([process.pid]);
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        return [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
      } catch {
        return [];
      }
    });
  // Parents have smaller numbers than their children, until numbers begin again.
  for (let known = 0; known < own.size; ) {
    known = own.size;
    for (const [pid, parent] of parents) if (own.has(parent)) own.add(pid);
  }
  return [...own];
}

/** Runs something on real processes until the machine was quiet meanwhile, three times at most. */
async function gated(measure) {
  for (let attempt = 0; attempt < 3; attempt++) {
    const probe = startNoiseProbe({ clock: systemClock, ownPids });
    let found;
    try {
      found = await measure();
    } finally {
      const noise = await probe.stop();
      if (found) found.foreignShare = noise.foreignCpuShare ?? 0;
    }
    if (found.foreignShare <= mostForeignShare) return found;
    say(`  disturbed: others took ${(found.foreignShare * 100).toFixed(0)} % of the machine`);
  }
  return { isDisturbed: true };
}

/** A service of its own process, as `startService` gives it. */
async function aService() {
  writeFileSync(
    join(folder, 'model.mjs'),
    'export default { features: 4, predict: (values, rows) => Float64Array.from({ length: rows }, (_, i) => values[4 * i]) };',
  );
  return startService(
    { kind: 'module', name: 'verify', module: './model.mjs', model: 'model' },
    { clock: systemClock, signal, workDir: join(folder, 'logs'), configDir: folder },
  );
}

const short = {
  steadyState: { warmUpMs: 300, baselineMs: 1500, tolerance: { absoluteMs: 3, holdMs: 1500 } },
  workload: { ratePerSecond: 500, rows: 5 },
  horizonMs: 10_000,
};

const experiment = (service, input, seed) =>
  runExperiment(defineExperiment({ ...short, ...input }), {
    service,
    clock: systemClock,
    signal,
    seed,
    workDir: join(folder, 'work'),
    journalDir,
  });

/** Ten outages against their truth: each that was measured on a quiet machine must be right. */
async function outages(times, toleranceMs, one) {
  const rows = [];
  for (let i = 0; i < times; i++) {
    const found = await gated(() => one(i + 1));
    if (found.isDisturbed || found.reason)
      rows.push({ reason: found.reason ?? 'the machine was disturbed three times' });
    else rows.push({ trueMs: found.trueMs, outageMs: found.outageMs, errorMs: found.outageMs - found.trueMs });
    say(`  ${i + 1}: ${JSON.stringify(rows.at(-1))}`);
  }
  const measured = rows.filter(({ reason }) => reason === undefined);
  const right = measured.filter(({ errorMs }) => Math.abs(errorMs) <= toleranceMs);
  const worst = Math.max(...measured.map(({ errorMs }) => Math.abs(errorMs)));
  return {
    state: right.length < measured.length ? 'failed' : measured.length < times ? 'not-measured' : 'passed',
    text: `${right.length} of ${measured.length} measured within ±${toleranceMs} ms, worst ${worst.toFixed(1)} ms; ${times - measured.length} not measured`,
  };
}

const experiments = [
  {
    id: 'V1',
    title: 'a 500 ms SIGSTOP is an outage of 500 ± 20 ms, ten of ten',
    async run() {
      const service = await aService();
      try {
        return await outages(10, 20, async (seed) => {
          const found = await experiment(service, { fault: pauseProcess(500) }, seed);
          return found.outcome === 'measured' ? { trueMs: 500, outageMs: found.recovery.outageMs } : found;
        });
      } finally {
        await service.stop();
      }
    },
  },
  {
    id: 'V2',
    title: 'a kill with a supervisor that restarts after 2.0 s is 2.0 s and the own start, ± 50 ms, ten of ten',
    async run() {
      const log = join(folder, 'supervisor.ndjson');
      const service = await startService(
        {
          kind: 'command',
          name: 'supervised',
          model: 'model',
          command: [process.execPath, here('supervised.mjs'), '{port}', log, '2000'],
          readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
        },
        { clock: systemClock, signal, workDir: join(folder, 'logs'), configDir: folder },
      );
      try {
        return await outages(10, 50, async (seed) => {
          writeFileSync(log, '');
          const found = await experiment(service, { fault: killProcess({ by: 'supervisor' }) }, seed);
          if (found.outcome !== 'measured') return found;
          const events = readFileSync(log, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
          // The control twin is supervised as well, and writes when it is ready for the first time.
          const end = events.find(({ event }) => event === 'end');
          const ready = events.find(({ event, atMs }) => event === 'ready' && atMs > end.atMs);
          return { trueMs: ready.atMs - end.atMs, outageMs: found.recovery.outageMs };
        });
      } finally {
        await service.stop();
      }
    },
  },
  {
    id: 'V3',
    title: 'kill −9 of the tester during every kind of fault leaves nothing behind',
    run: killedTesters,
  },
  {
    id: 'V6',
    title: 'kill −9 of a whole experiment during every kind of fault of `preopen failover list` leaves nothing behind',
    run: killedInEveryFault,
  },
  {
    id: 'V4',
    title: 'a steady target without any fault: 50 runs, no recovery and no outage invented',
    async run() {
      const noFault = {
        id: 'nothing',
        title: 'nothing at all',
        touches: 'address',
        reaches: 'target',
        durationMs: 200,
        probe: async () => available,
        inject: async () => async () => undefined,
      };
      const service = await aService();
      let measured = 0;
      let invented = 0;
      let worstMs = 0;
      try {
        for (const seed of seeds(1, 50)) {
          const found = await gated(() => experiment(service, { fault: noFault }, seed));
          if (found.isDisturbed || found.outcome !== 'measured') continue;
          measured++;
          const { timeToSteadyStateMs, outageMs, failed } = found.recovery;
          worstMs = Math.max(worstMs, outageMs);
          // Half of the shortest outage that anybody would speak of: a pause of 100 ms.
          if (timeToSteadyStateMs !== 0 || failed > 0 || outageMs > 50) {
            invented++;
            say(`  seed ${seed}: ${JSON.stringify(found.recovery)}`);
          }
        }
      } finally {
        await service.stop();
      }
      return {
        state: invented > 0 ? 'failed' : measured < 50 ? 'not-measured' : 'passed',
        text: `${invented} invented in ${measured} of 50 that were measured; longest silence ${worstMs.toFixed(1)} ms`,
      };
    },
  },
  {
    id: 'V5',
    title: 'the recovery estimator on five shapes and no fault, 100 fresh draws each, in virtual time',
    async run() {
      // Other seeds than those that the estimator was made with.
      const found = Object.keys(shapes).map((shape) => manyRecoveries(shape, seeds(5001, 100)));
      for (const one of found) say(`  ${JSON.stringify(one)}`);
      const early = found.reduce((sum, { earlyBeyondSecond }) => sum + earlyBeyondSecond, 0);
      const residual = found.reduce((sum, { recoveredFromResidual }) => sum + recoveredFromResidual, 0);
      const medians = found.map(({ medianErrorMs }) => Math.abs(medianErrorMs ?? 0));
      const covered = found.reduce((sum, one) => sum + one.covered, 0) / found.reduce((sum, one) => sum + one.runs, 0);
      const isGood = early === 0 && residual === 0 && Math.max(...medians) <= 250 && covered >= 0.95;
      return {
        state: isGood ? 'passed' : 'failed',
        text: `${early} early by more than 1 s, ${residual} “recovered” from a residual, largest median error ${Math.max(...medians).toFixed(0)} ms, interval holds the truth in ${(covered * 100).toFixed(1)} %`,
      };
    },
  },
];

/** A small file system of a folder's own, if that may be made here; taken off again when all is over, whoever is left. */
function mountSmallDisk(path) {
  mkdirSync(path);
  ownJournal.before({ kind: 'unmount', path });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path]).status === 0;
}

/**
 * A process that is to be killed; it ends as well when this one does, however that ends: by its standard input, which it
 * watches from its first line on, and, where it is frozen or hangs, by the journal.
 */
function spawnDoomed(args, { stdio: [, ...stdio], ...options }) {
  const child = spawn(process.execPath, args, { ...options, stdio: ['pipe', ...stdio] });
  const identity = identify(child.pid);
  if (identity) ownJournal.before({ kind: 'end', ...identity });
  return child;
}

/** Whole experiments, killed during every kind of fault that `preopen failover list` names; what this machine does not permit is said. */
async function killedInEveryFault() {
  const small = join(folder, 'small-disk');
  const isMounted = mountSmallDisk(small);
  let rows;
  try {
    rows = await killedExperiments({ folder, small, say, spawnDoomed });
  } finally {
    if (isMounted) spawnSync('umount', [small]);
  }
  const tried = rows.filter(({ said }) => said === 'in effect');
  const dirty = rows.filter(({ left }) => left.length > 0);
  const not = rows.filter(({ said }) => said !== 'in effect').map(({ fault, said }) => `${fault} (${said})`);
  const slowest = Math.max(...tried.map(({ cleanMs }) => cleanMs));
  // A fault that needs what this machine does not have is no failure, and was not tried either.
  const isPermitted = rows.every(({ said }) => said === 'in effect' || said.startsWith('needs '));
  return {
    state: dirty.length > 0 ? 'failed' : isPermitted ? 'passed' : 'not-measured',
    text: `${tried.length} of ${rows.length} were in effect when the tester was killed; ${dirty.length} left something; all gone within ${slowest} ms${not.length > 0 ? `; not tried: ${not.join(', ')}` : ''}`,
  };
}

/** What of a fault is still there: frozen, limited, grouped or helper processes, files, mounts, journals. */
function residues(victim, before, work) {
  const left = [];
  const status = readFileSync(`/proc/${victim}/status`, 'utf8');
  if (/^State:\s+T/m.test(status)) left.push('frozen');
  if (readFileSync(`/proc/${victim}/limits`, 'utf8') !== before.limits) left.push('limits');
  if (readFileSync(`/proc/${victim}/cgroup`, 'utf8') !== before.cgroup) left.push('control group');
  if (readFileSync('/proc/self/mounts', 'utf8') !== before.mounts) left.push('mount');
  for (const name of readdirSync(work)) if (name.startsWith('preopen-fault-')) left.push(name);
  if (statSync(work).mode !== before.mode) left.push('permissions');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const isHelper = command.includes('/burner.js') && readFileSync(`/proc/${pid}/stat`, 'utf8').includes(' ');
      if (isHelper && !before.pids.has(pid)) left.push(`helper ${pid}`);
    } catch {
      // It ended meanwhile.
    }
  }
  if (existsSync(journalDir) && readdirSync(journalDir).length > 0) left.push('journal');
  return left;
}

async function killedTesters() {
  const work = join(folder, 'small');
  const isMounted = mountSmallDisk(work);
  const plain = join(folder, 'plain');
  mkdirSync(plain);
  const faults = [
    'pause',
    'cpu:1',
    'cpu-quota:20%',
    'descriptors',
    'writes',
    'memory-limit',
    `disk-full:${work}`,
    `read-only:${plain}`,
    'exceptions',
  ];
  const rows = [];
  try {
    for (const fault of faults) {
      const server = join(folder, 'victim.mjs');
      writeFileSync(
        server,
        `process.stdin.on('end', () => process.exit(0)).resume();
         const { serveModel } = await import(${JSON.stringify(import.meta.resolve('@preopen/core'))});
         const { url } = await serveModel({ features: 4, predict: (values, rows) => new Float64Array(rows) });
         console.log(url);`,
      );
      const victim = spawnDoomed([server], { stdio: ['ignore', 'pipe', 'inherit'] });
      const url = await new Promise((resolve) => victim.stdout.once('data', (chunk) => resolve(String(chunk).trim())));
      const watched = fault.startsWith('read-only') ? plain : work;
      const before = {
        limits: readFileSync(`/proc/${victim.pid}/limits`, 'utf8'),
        cgroup: readFileSync(`/proc/${victim.pid}/cgroup`, 'utf8'),
        mounts: readFileSync('/proc/self/mounts', 'utf8'),
        mode: statSync(watched).mode,
        pids: new Set(readdirSync('/proc')),
      };
      const tester = spawnDoomed([here('doomed-tester.mjs'), fault, url, victim.pid, folder, journalDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const said = await new Promise((resolve) => {
        tester.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
        tester.once('exit', () => resolve('ended before the fault was in effect'));
      });
      const during = said === 'in effect' ? residues(victim.pid, before, watched) : [];
      tester.kill('SIGKILL');
      const killedMs = performance.now();
      let left = residues(victim.pid, before, watched);
      while (left.length > 0 && performance.now() - killedMs < 5000) {
        await wait(20);
        left = residues(victim.pid, before, watched);
      }
      rows.push({ fault: fault.split(':')[0], said, during, left, undoneMs: Math.round(performance.now() - killedMs) });
      say(`  ${JSON.stringify(rows.at(-1))}`);
      victim.kill('SIGKILL');
      if (left.length > 0) await sweepJournals(journalDir);
    }
  } finally {
    if (isMounted) spawnSync('umount', [work]);
  }
  const tried = rows.filter(({ said }) => said === 'in effect');
  const dirty = tried.filter(({ left }) => left.length > 0);
  const slowest = Math.max(...tried.map(({ undoneMs }) => undoneMs));
  return {
    state: dirty.length > 0 ? 'failed' : tried.length < rows.length ? 'not-measured' : 'passed',
    text: `${tried.length} of ${rows.length} kinds were in effect when the tester was killed; ${dirty.length} left something; undone within ${slowest} ms${
      tried.length < rows.length
        ? `; not: ${rows
            .filter(({ said }) => said !== 'in effect')
            .map(({ fault, said }) => `${fault} (${said})`)
            .join(', ')}`
        : ''
    }`,
  };
}

const results = [];
try {
  for (const { id, title, run } of experiments) {
    if (!wanted.includes(id)) continue;
    say(`${id} ${title}`);
    const found = await run();
    results.push({ id, title, ...found });
    if (!asJson)
      process.stdout.write(`${found.state.toUpperCase().padEnd(12)} ${id} ${title}\n             ${found.text}\n`);
  }
} finally {
  await ownJournal.undoAll();
  await ownJournal.close();
}
if (asJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
process.exitCode = results.some(({ state }) => state === 'failed') ? 1 : 0;
