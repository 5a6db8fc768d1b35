import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type Clock, createRandom, type RunningService } from '@preopen/core';
import { waitUntil } from '@preopen/latency';
import { excusedBy, readTwin } from './control-twin.ts';
import type { Experiment } from './experiment.ts';
import type { Preparation, Undo } from './fault.ts';
import { type HealthWatch, watchHealth } from './health.ts';
import { journalEnd, type RequestLedger, readJournalIds, reconcile } from './ledger.ts';
import { residentBytes } from './memory.ts';
import { indicesDue, type ProbeLog, quality } from './probe-log.ts';
import type { ProcessIdentity } from './processes.ts';
import { type Baseline, baselineOf, limitsOf, type Recovery, recoveryOf, whyNotSteady } from './recovery.ts';
import type { ArrivedOfSent } from './share-interval.ts';
import { faultSite } from './site.ts';
import { withoutStandstills } from './standstill.ts';
import { type ControlTwin, startTwin, type TwinUnderWay, whyNoTwin } from './twin-run.ts';
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
  /** While the fault lasts. */
  readonly during: number;
  /** From the fault to the end. */
  readonly after: number;
  /** The requests behind both. */
  readonly counts: { readonly before: ArrivedOfSent; readonly after: ArrivedOfSent };
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
      /** Whether an unbroken instance ran beside the target, and what it showed. */
      readonly twin: ControlTwin;
      readonly problems: readonly (readonly [message: string, count: number])[];
      /** How the service ended under the fault, if it did without being killed by it, and was started again by us. */
      readonly diedOf: string | undefined;
      /** Why the service did not come back, if it did not. */
      readonly restartProblem: string | undefined;
      /** For how long it had been asked to end when it was ended by force, if it was. */
      readonly overdueMs: number | undefined;
    };

/** How often at most the observation asks whether the target is steady again. */
const lookEveryMs = 500;
/** Looking happens on the thread that sends: what it holds up there must be too little to be taken for the target's. */
const mostLookingShare = 0.01;
/** What was due last may still be under way: it waits for the next look. */
const underWayMs = 100;

/** What is normal for the target, and for its twin where there is one. */
interface Normal {
  readonly baseline: Baseline;
  readonly twin: Baseline | undefined;
}

/**
 * Looks for a steady stretch under traffic, at most three times: something else on the machine may just have ended.
 * Standstills that the twin shows are left out of it.
 */
async function steadyState(
  { steadyState: { baselineMs, tolerance } }: Experiment,
  { workload, twin }: { readonly workload: Workload; readonly twin: TwinUnderWay | undefined },
  wait: (durationMs: number) => Promise<void>,
  clock: Clock,
): Promise<Normal | { readonly reason: string }> {
  let reason = '';
  for (let attempt = 0; attempt < 3; attempt++) {
    const fromMs = clock.nowMs();
    await wait(baselineMs);
    const toMs = clock.nowMs() - underWayMs;
    const twinLog = twin?.log();
    const ofTwin = twinLog && baselineOf(twinLog, fromMs, toMs);
    const reading = twinLog && readTwin(twinLog, ofTwin!, { fromMs, toMs }, tolerance);
    const all = workload.log();
    const limitMs = limitsOf(baselineOf(all, fromMs, toMs), tolerance).p95Ms;
    const log = withoutStandstills(all, excusedBy(reading).standstills, limitMs);
    const why = whyNotSteady(log, fromMs, toMs, tolerance);
    if (why === undefined) return { baseline: baselineOf(log, fromMs, toMs), twin: ofTwin };
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
  /** Requests at the service, and those sent, since the last call. */
  return (): ArrivedOfSent | undefined => {
    if (!at || !upstreamRequests) return undefined;
    const now = { upstream: upstreamRequests(), sent: sent() };
    const since = { arrived: now.upstream - at.upstream, sent: now.sent - at.sent };
    at = now;
    return since;
  };
}

function amplification({
  before,
  during,
  sinceUndo,
}: Readonly<Record<'before' | 'during' | 'sinceUndo', ArrivedOfSent | undefined>>): RetryAmplification | undefined {
  if (!before || !during || !sinceUndo) return undefined;
  const after = { arrived: during.arrived + sinceUndo.arrived, sent: during.sent + sinceUndo.sent };
  const ratio = ({ arrived, sent }: ArrivedOfSent): number => arrived / Math.max(1, sent);
  return { before: ratio(before), during: ratio(during), after: ratio(after), counts: { before, after } };
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
  let twin: TwinUnderWay | undefined;
  try {
    const availability = await fault.probe(site);
    if (!availability.isAvailable) return { outcome: 'not-measured', reason: `needs ${availability.needs}` };
    await mkdir(site.workDir, { recursive: true });
    preparation = await fault.prepare?.(site);
    const seen = preparation?.service ?? service;
    let noTwin = whyNoTwin(experiment, seen, external);
    if (noTwin === undefined) {
      tell('starting a second instance as its control');
      const started = await startTwin(seen, experiment, { clock, signal, seed });
      if ('reason' in started) noTwin = started.reason;
      else twin = started;
    }
    if (fault.touches === 'processes') journal.prepare();
    const { acknowledgements } = experiment.workload;
    const journalFrom = acknowledgements === undefined ? 0 : journalEnd(acknowledgements);
    workload = rest.startTraffic?.(seen) ?? startWorkload(seen, experiment.workload, { clock, signal, seed });
    twin?.begin();
    health = watchHealth(seen, clock);
    tell('finding the steady state');
    await wait(steady.warmUpMs);
    const startMs = clock.nowMs();
    const retries = retryCounter(preparation, workload);
    const found = await steadyState(experiment, { workload, twin }, wait, clock);
    if ('reason' in found) return { outcome: 'not-measured', reason: found.reason };
    const { baseline, twin: normalOfTwin } = found;
    workload.stopLearning?.();
    const arrivedBefore = retries();
    const beforeBytes = residentBytes(site.processes());

    tell(`${fault.title}: being injected`);
    const faultMs = clock.nowMs();
    let undo: Undo = async () => undefined;
    let inEffectMs = faultMs;
    let undoBeginsMs: number;
    let undoMs: number;
    let arrivedDuring: ArrivedOfSent | undefined;
    try {
      undo = await fault.inject(site);
      inEffectMs = clock.nowMs();
      tell(fault.title);
      // From when it is in effect: what a journal or a disk takes before that is no part of it.
      if (durationMs > 0) await wait(durationMs);
    } finally {
      arrivedDuring = retries();
      undoBeginsMs = clock.nowMs();
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
    const supervisedWait = async (durationMs: number): Promise<void> => {
      for (let leftMs = durationMs; leftMs > 0; leftMs -= lookEveryMs) {
        await wait(Math.min(leftMs, lookEveryMs));
        await supervise();
      }
    };
    tell('undone, waiting for steady state');

    const { tolerance } = steady;
    const twinUntil = (toMs: number): ControlTwin => {
      if (!twin || !normalOfTwin) return { ran: false, reason: noTwin! };
      const log = twin.log();
      // What the machine stood still for as the fault came began before it.
      const reading = readTwin(log, normalOfTwin, { fromMs: faultMs - tolerance.windowMs, toMs }, tolerance);
      return { ran: true, log, normal: normalOfTwin, reading };
    };
    const recoveryUntil = (toMs: number, beside: ControlTwin): Recovery => {
      const excuse = excusedBy(beside.ran ? beside.reading : undefined);
      return recoveryOf(
        workload!.log(),
        baseline,
        { faultMs, inEffectMs, undoBeginsMs, undoMs, endMs: toMs, excuse },
        tolerance,
      );
    };
    let endMs = undoMs;
    // Nothing can be held against the hold before there is one.
    let pauseMs = tolerance.windowMs + tolerance.holdMs + lookEveryMs;
    for (;;) {
      await supervisedWait(pauseMs);
      endMs = clock.nowMs();
      const sinceUndoMs = endMs - undoMs;
      if (sinceUndoMs >= experiment.horizonMs + tolerance.holdMs) break;
      // Answers to the newest requests are still under way; they would look like failures.
      const settledMs = endMs - lookEveryMs;
      const { timeToSteadyStateMs } = recoveryUntil(settledMs, twinUntil(settledMs));
      if (timeToSteadyStateMs !== undefined && sinceUndoMs > timeToSteadyStateMs + tolerance.holdMs + lookEveryMs)
        break;
      pauseMs = Math.max(lookEveryMs, (clock.nowMs() - endMs) / mostLookingShare);
    }
    const arrivedAfter = retries();
    const afterBytes = residentBytes(site.processes());
    await workload.stop();
    await twin?.stopTraffic();
    const log = workload.log();
    const lastMs = endMs - lookEveryMs;
    const beside = twinUntil(lastMs);
    return {
      outcome: 'measured',
      baseline,
      recovery: recoveryUntil(lastMs, beside),
      twin: beside,
      timeToDetectMs: timeToDetect(health, log, faultMs),
      startMs,
      faultMs,
      undoMs,
      endMs: lastMs,
      log,
      answers: workload.answers?.() ?? { isComparable: false, reason: 'the traffic does not compare answers' },
      memory: beforeBytes === undefined || afterBytes === undefined ? undefined : { beforeBytes, afterBytes },
      retries: amplification({ before: arrivedBefore, during: arrivedDuring, sinceUndo: arrivedAfter }),
      ledger:
        acknowledgements === undefined || workload.idOf === undefined
          ? undefined
          : reconcile(log, workload.idOf, readJournalIds(acknowledgements, journalFrom)),
      problems: workload.problems?.() ?? [],
      diedOf,
      restartProblem: site.restartProblem,
      overdueMs: site.overdueMs,
    };
  } finally {
    health?.stop();
    try {
      // Whatever becomes of one of them, the other ends as well.
      await Promise.all([workload?.stop(), twin?.stop()]);
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
