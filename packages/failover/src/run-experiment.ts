import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type Clock, createRandom, type RunningService } from '@preopen/core';
import { waitUntil } from '@preopen/latency';
import type { Experiment } from './experiment.ts';
import type { Preparation, Undo } from './fault.ts';
import { type HealthWatch, watchHealth } from './health.ts';
import { journalEnd, type RequestLedger, readJournalIds, reconcile } from './ledger.ts';
import { residentBytes } from './memory.ts';
import { indicesDue, type ProbeLog, quality } from './probe-log.ts';
import type { ProcessIdentity } from './processes.ts';
import { type Baseline, baselineOf, type Recovery, recoveryOf, whyNotSteady } from './recovery.ts';
import { faultSite } from './site.ts';
import { journalFolder, openJournal } from './undo/journal.ts';
import { type AnswersKnown, startWorkload, type Workload } from './workload.ts';

/** What an experiment needs beside its own data. */
export interface ExperimentContext {
  readonly service: RunningService;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly seed: number;
  /** A folder for whatever the fault needs. */
  readonly workDir: string;
  /** A process that we did not start and that the user allowed by name. */
  readonly external?: ProcessIdentity | undefined;
  /** Other traffic than that of the experiment. */
  readonly startTraffic?: (service: RunningService) => Workload;
  /** Folder of the undo journal. Default: the user's own. */
  readonly journalDir?: string;
  /** Told what is being done, in words. */
  readonly tell?: (message: string) => void;
}

/** Requests at the service against requests sent, where something between them counts. */
export interface RetryAmplification {
  readonly before: number;
  /** From the fault to the end. */
  readonly after: number;
}

/** What an experiment found. Without a steady state before the fault nothing can be said of the time after it. */
export type ExperimentOutcome =
  | { readonly outcome: 'not-measured'; readonly reason: string }
  | {
      readonly outcome: 'measured';
      readonly baseline: Baseline;
      readonly recovery: Recovery;
      /** From the fault until the service said so itself, by its health or by marked answers; `undefined` if it did not. */
      readonly timeToDetectMs: number | undefined;
      readonly startMs: number;
      readonly faultMs: number;
      readonly undoMs: number;
      readonly endMs: number;
      readonly log: ProbeLog;
      readonly answers: AnswersKnown;
      readonly memory: { readonly beforeBytes: number; readonly afterBytes: number } | undefined;
      readonly retries: RetryAmplification | undefined;
      /** Every request against the target's own journal, where it keeps one. */
      readonly ledger: RequestLedger | undefined;
      readonly problems: readonly (readonly [message: string, count: number])[];
      /** How the service ended under the fault, if it did without being killed by it, and was started again by us. */
      readonly diedOf: string | undefined;
      /** Why the service did not come back, if it did not. */
      readonly restartProblem: string | undefined;
    };

/** How often the observation asks whether the target is steady again. */
const lookEveryMs = 500;
/** What was due last may still be under way: it waits for the next look. */
const underWayMs = 100;

/** Looks for a steady stretch under traffic, at most three times: something else on the machine may just have ended. */
async function steadyState(
  { steadyState: { baselineMs, tolerance } }: Experiment,
  workload: Workload,
  wait: (durationMs: number) => Promise<void>,
  clock: Clock,
): Promise<{ readonly baseline: Baseline } | { readonly reason: string }> {
  let reason = '';
  for (let attempt = 0; attempt < 3; attempt++) {
    const fromMs = clock.nowMs();
    await wait(baselineMs);
    const toMs = clock.nowMs() - underWayMs;
    const log = workload.log();
    const why = whyNotSteady(log, fromMs, toMs, tolerance);
    if (why === undefined) return { baseline: baselineOf(log, fromMs, toMs) };
    reason = why;
  }
  return { reason: `no steady state before the fault: ${reason}` };
}

/** When an answer first was marked as degraded, from a moment on. */
function firstMarkedMs({ count, doneMs, quality: worth }: ProbeLog, fromMs: number): number | undefined {
  let first: number | undefined;
  for (let i = 0; i < count; i++) {
    const atMs = doneMs[i]!;
    if (worth?.[i] === quality.marked && atMs >= fromMs && (first === undefined || atMs < first)) first = atMs;
  }
  return first;
}

function timeToDetect(health: HealthWatch, log: ProbeLog, faultMs: number): number | undefined {
  const seen = [health.firstUnwellMs(faultMs), firstMarkedMs(log, faultMs)].filter((atMs) => atMs !== undefined);
  return seen.length === 0 ? undefined : Math.min(...seen) - faultMs;
}

/** Counts requests at the service, if something between it and the load can. */
function retryCounter(preparation: Preparation | undefined, workload: Workload) {
  const { upstreamRequests } = preparation ?? {};
  const sent = (): number => workload.log().count;
  let at = upstreamRequests === undefined ? undefined : { upstream: upstreamRequests(), sent: sent() };
  /** Requests at the service for each that was sent since the last call. */
  return (): number | undefined => {
    if (!at || !upstreamRequests) return undefined;
    const now = { upstream: upstreamRequests(), sent: sent() };
    const ratio = (now.upstream - at.upstream) / Math.max(1, now.sent - at.sent);
    at = now;
    return ratio;
  };
}

/**
 * Runs an experiment. Whatever happens, what was injected is undone, also when this process is killed.
 * @throws the signal's reason; Error in words if a fault could not be injected, or not be undone
 */
export async function runExperiment(
  experiment: Experiment,
  { service, clock, signal, seed, workDir, external, tell = () => undefined, ...rest }: ExperimentContext,
): Promise<ExperimentOutcome> {
  const wait = (durationMs: number): Promise<void> => waitUntil(clock.nowMs() + durationMs, clock, signal);
  const { fault, durationMs, steadyState: steady } = experiment;
  const journal = await openJournal(rest.journalDir ?? journalFolder());
  const random = (purpose: string) => createRandom(seed, `failover/${fault.id}/${purpose}`);
  const site = faultSite({ service, journal, clock, signal, random, workDir, external });
  let preparation: Preparation | undefined;
  let workload: Workload | undefined;
  let health: HealthWatch | undefined;
  try {
    const availability = await fault.probe(site);
    if (!availability.isAvailable) return { outcome: 'not-measured', reason: `needs ${availability.needs}` };
    await mkdir(site.workDir, { recursive: true });
    preparation = await fault.prepare?.(site);
    const seen = preparation?.service ?? service;
    const { acknowledgements } = experiment.workload;
    const journalFrom = acknowledgements === undefined ? 0 : journalEnd(acknowledgements);
    workload = rest.startTraffic?.(seen) ?? startWorkload(seen, experiment.workload, { clock, signal, seed });
    health = watchHealth(seen, clock);
    tell('finding the steady state');
    await wait(steady.warmUpMs);
    const startMs = clock.nowMs();
    const retries = retryCounter(preparation, workload);
    const found = await steadyState(experiment, workload, wait, clock);
    if ('reason' in found) return { outcome: 'not-measured', reason: found.reason };
    const { baseline } = found;
    workload.stopLearning?.();
    const beforeRatio = retries();
    const beforeBytes = residentBytes(site.processes());

    tell(`${fault.title}: being injected`);
    const faultMs = clock.nowMs();
    let undo: Undo = async () => undefined;
    let undoMs: number;
    try {
      undo = await fault.inject(site);
      tell(fault.title);
      if (durationMs > 0) await wait(Math.max(0, durationMs - (clock.nowMs() - faultMs)));
    } finally {
      try {
        await undo();
      } finally {
        await journal.undoAll();
      }
      undoMs = clock.nowMs();
    }
    // A service that ends of it, now or a little later, has a supervisor in production; here that is us.
    let diedOf: string | undefined;
    const supervise = async (): Promise<void> => {
      if (fault.isRestartedByOthers || site.restartProblem !== undefined) return;
      const ended = await site.ended();
      if (ended === undefined) return;
      diedOf ??= ended;
      await site.restart();
    };
    await supervise();
    tell('undone, waiting for steady state');

    const { tolerance } = steady;
    let endMs = undoMs;
    for (;;) {
      await wait(lookEveryMs);
      await supervise();
      endMs = clock.nowMs();
      const sinceUndoMs = endMs - undoMs;
      if (sinceUndoMs >= experiment.horizonMs + tolerance.holdMs) break;
      // Answers to the newest requests are still under way; they would look like failures.
      const settled = recoveryOf(workload.log(), baseline, { faultMs, undoMs, endMs: endMs - lookEveryMs }, tolerance);
      const { timeToSteadyStateMs } = settled;
      if (timeToSteadyStateMs !== undefined && sinceUndoMs > timeToSteadyStateMs + tolerance.holdMs + lookEveryMs)
        break;
    }
    const afterRatio = retries();
    const afterBytes = residentBytes(site.processes());
    await workload.stop();
    const log = workload.log();
    return {
      outcome: 'measured',
      baseline,
      recovery: recoveryOf(log, baseline, { faultMs, undoMs, endMs: endMs - lookEveryMs }, tolerance),
      timeToDetectMs: timeToDetect(health, log, faultMs),
      startMs,
      faultMs,
      undoMs,
      endMs: endMs - lookEveryMs,
      log,
      answers: workload.answers?.() ?? { isComparable: false, reason: 'the traffic does not compare answers' },
      memory: beforeBytes === undefined || afterBytes === undefined ? undefined : { beforeBytes, afterBytes },
      retries: beforeRatio === undefined ? undefined : { before: beforeRatio, after: afterRatio! },
      ledger:
        acknowledgements === undefined || workload.idOf === undefined
          ? undefined
          : reconcile(log, workload.idOf, readJournalIds(acknowledgements, journalFrom)),
      problems: workload.problems?.() ?? [],
      diedOf,
      restartProblem: site.restartProblem,
    };
  } finally {
    health?.stop();
    try {
      await workload?.stop();
      await preparation?.release();
      await site.settled();
    } finally {
      await journal.undoAll().finally(() => journal.close());
      rmSync(site.workDir, { recursive: true, force: true });
    }
  }
}

/** Counts of what the answers to the requests due in a time were worth. */
export interface AnswerCounts {
  readonly right: number;
  readonly marked: number;
  readonly wrong: number;
  /** Answers that there was nothing to compare with. */
  readonly unknown: number;
  readonly missing: number;
}

/** What the answers to the requests due in `[fromMs, toMs)` were worth. */
export function answerCounts(log: ProbeLog, fromMs: number, toMs: number): AnswerCounts {
  const counts = { right: 0, marked: 0, wrong: 0, unknown: 0, missing: 0 };
  const { from, to } = indicesDue(log, fromMs, toMs);
  const nameOf = ['unknown', 'right', 'marked', 'wrong'] as const;
  for (let i = from; i < to; i++) {
    const worth = log.quality?.[i] ?? quality.unknown;
    if (worth === quality.unknown && !log.good[i]) counts.missing++;
    else counts[nameOf[worth]!]++;
  }
  return counts;
}
