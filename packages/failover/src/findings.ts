import type { Experiment } from './experiment.ts';
import type { Fault } from './fault.ts';
import { type ProbeLog, quality } from './probe-log.ts';
import type { Measured } from './recovery-figures.ts';
import { answerCounts } from './run-experiment.ts';

/** Mistakes in how a service is made that an experiment can prove, each by what only that mistake looks like. */
export type FindingKind =
  | 'does-not-end' //            asked to end, it stays and must be killed
  | 'does-not-start' //          it was started again and did not come back
  | 'crashed' //                 it ended of a fault that takes nothing from it that it cannot do without
  | 'never-recovers' //          nothing is answered although the fault is gone
  | 'stays-degraded' //          a share of the requests still fails although the fault is gone
  | 'flapping' //                it answers again, and then fails again and again
  | 'stale-as-fresh' //          the answer to another request, with nothing that says so
  | 'wrong-answers' //           other answers than without the fault, with nothing that says so
  | 'unusable-answers' //        success, with no finite prediction for each row
  | 'no-deadline' //             requests hang for as long as an upstream does
  | 'retry-storm' //             a failing upstream gets more requests than a sound one
  | 'unbounded-queue' //         requests wait behind a backlog, and none is refused
  | 'held-up-by-wrong-requests' // right requests wait for wrong ones
  | 'trusts-wall-clock' //       it fails, or makes wait, when nothing but the wall clock is off
  | 'not-drained' //             asked to end, it drops what is under way
  | 'memory-kept' //             memory grows on although the fault is gone
  | 'lost-after-answer' //       acknowledged, and not in its own journal
  | 'done-twice'; //             one request, two entries in its own journal

/** A mistake that was seen, in a sentence for whoever has to mend it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly sentence: string;
}

/** Requests due right after the undo may still meet what is being taken away. */
const settleMs = 300;
/** Fewer than so many requests may be the machine's doing. */
const fewest = 10;
/** Answers so much later than usual wait for something. */
const lateMs = 250;
/** Longer than the machine makes anything wait that is not stuck. */
const stuckMs = 1000;
/** Failures further apart than this, with good answers between, are separate bursts. */
const burstGapMs = 300;
/** A request sent so shortly before may meet a kept connection as it is closed: no server can help that. */
const onTheWayMs = 10;
/** Collected garbage and buffers make up less. */
const keptBytes = 64 * 2 ** 20;

const isGoodAt = (log: ProbeLog, i: number): boolean => log.good[i] === 1;
const isRefusedAt = (log: ProbeLog, i: number): boolean => log.good[i] === 0 && log.lost?.[i] !== 1;
const tookMs = (log: ProbeLog, i: number): number => log.doneMs[i]! - log.dueMs[i]!;

/** How many requests due in `[fromMs, toMs)` are so. */
function countDue(log: ProbeLog, fromMs: number, toMs: number, isSo: (i: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < log.count; i++) if (log.dueMs[i]! >= fromMs && log.dueMs[i]! < toMs && isSo(i)) count++;
  return count;
}

/** Bursts of at least three failures after the first good answer from a moment on, with good answers between them. */
function burstsAfter(log: ProbeLog, fromMs: number, toMs: number): number {
  let bursts = 0;
  let inBurst = 0;
  let lastFailureMs = Number.NEGATIVE_INFINITY;
  let hasAnswered = false;
  let goodSince = 0;
  for (let i = 0; i < log.count; i++) {
    const dueMs = log.dueMs[i]!;
    if (dueMs < fromMs || dueMs >= toMs) continue;
    if (isGoodAt(log, i)) {
      hasAnswered = true;
      goodSince++;
      continue;
    }
    // A request that hangs may hang for the machine's sake; one that is turned away at once does not.
    if (!hasAnswered || tookMs(log, i) > burstGapMs) continue;
    if (dueMs - lastFailureMs > burstGapMs && goodSince > 2) inBurst = 0;
    if (++inBurst === 3) bursts++;
    lastFailureMs = dueMs;
    goodSince = 0;
  }
  return bursts;
}

/** Ends that a program brings about itself: an exit code, or a signal that a defect raises. */
const isOwnEnd = (how: string): boolean => /^code [1-9]|^SIG(ABRT|SEGV|BUS|ILL|FPE|TRAP|XFSZ)$/.test(how);

/** Without memory a program may end: how soon it is back is what counts then. */
const takesMemory = ({ id }: Fault): boolean => id === 'memory' || id === 'memory-limit';

const seconds = (ms: number, digits = 1): string => `${(ms / 1000).toFixed(digits)} s`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

function findingsOfTheEnd({ fault, horizonMs }: Experiment, found: Measured): Finding[] {
  const { restartProblem, overdueMs, diedOf, recovery, log, undoMs, endMs } = found;
  const list: Finding[] = [];
  if (overdueMs !== undefined)
    list.push({
      kind: 'does-not-end',
      sentence: `The service was still there ${seconds(overdueMs, 0)} after it was asked to end (SIGTERM) and had to be killed: a deployment waits for it in vain and then takes away whatever is under way. Handle SIGTERM: take no new requests, answer those that were begun, then end`,
    });
  if (diedOf !== undefined && isOwnEnd(diedOf) && !takesMemory(fault))
    list.push({
      kind: 'crashed',
      sentence: `The service ended under the fault (${diedOf}): an error that nobody catches takes all other requests with it. Catch it where the request is handled`,
    });
  if (restartProblem !== undefined) {
    list.push({ kind: 'does-not-start', sentence: `The service did not come back: ${restartProblem}` });
    return list;
  }
  const { timeToFirstSuccessMs: firstMs } = recovery;
  if (firstMs === undefined) {
    // A wrong answer is none that is good, and yet one: that is a finding of its own.
    if (countDue(log, undoMs, endMs, (i) => log.quality?.[i] === quality.wrong) > 0) return list;
    list.push({
      kind: 'never-recovers',
      sentence: `Nothing was answered within ${seconds(Math.min(horizonMs, endMs - undoMs), 0)} after the fault was undone: it does not recover by itself. What it gave up (a connection, a slot of a pool, a breaker) must be tried again`,
    });
    return list;
  }
  // A service that has just come back is still being connected to.
  const lastFromMs = Math.max(endMs - 2000, undoMs + firstMs + 1000);
  const due = countDue(log, lastFromMs, endMs, () => true);
  const failing = countDue(log, lastFromMs, endMs, (i) => !isGoodAt(log, i));
  if (recovery.timeToSteadyStateMs === undefined && failing >= fewest && failing > 0.05 * due)
    list.push({
      kind: 'stays-degraded',
      sentence: `${seconds(endMs - undoMs, 0)} after the fault was undone ${failing} of ${due} requests still failed`,
    });
  const bursts = burstsAfter(log, undoMs + settleMs, endMs);
  if (bursts >= 2)
    list.push({
      kind: 'flapping',
      sentence: `After the fault was undone it answered and failed again ${bursts} times: a breaker that opens on what it still remembers, or retries in step. Forget the failures of before, add jitter`,
    });
  return list;
}

function findingsInAnswers({ fault }: Experiment, found: Measured): Finding[] {
  const { answers, log, faultMs, endMs } = found;
  const list: Finding[] = [];
  const counts = answerCounts(log, faultMs, endMs);
  if (answers.isComparable && counts.wrong > 0) {
    const other = answers.ofAnotherRequest;
    list.push(
      other * 2 >= counts.wrong
        ? {
            kind: 'stale-as-fresh',
            sentence: `${counts.wrong} answers were wrong and nothing said so; ${Math.min(other, counts.wrong)} of them are the answer to another request, as from a cache. Mark what is stale (x-degraded, warning: 110), or refuse`,
          }
        : {
            kind: 'wrong-answers',
            sentence: `${counts.wrong} answers were wrong and nothing said so. Mark what is computed from less (x-degraded), or refuse`,
          },
    );
  }
  // What our own proxy does to answers on their way to the load is no fault of the service.
  const unusable =
    fault.network === 'before the service' ? 0 : countDue(log, faultMs, endMs, (i) => log.unusable?.[i] === 1);
  if (unusable > 0)
    list.push({
      kind: 'unusable-answers',
      sentence: `${unusable} answers said success and held no finite prediction for each row (NaN, infinite, missing or not readable). Refuse (503) what cannot be computed`,
    });
  return list;
}

function findingsInTraffic({ fault, workload }: Experiment, found: Measured): Finding[] {
  const { log, baseline, faultMs, undoMs, endMs, retries, diedOf } = found;
  const list: Finding[] = [];
  const { timeoutMs } = workload;
  const isInterrupted = diedOf !== undefined || fault.id === 'kill' || fault.id === 'terminate' || takesMemory(fault);
  if (!isInterrupted && fault.network !== 'before the service') {
    const isLate = (i: number): boolean => tookMs(log, i) > Math.max(lateMs, 10 * baseline.p95Ms);
    const late = countDue(log, undoMs + settleMs, endMs, isLate);
    const refused = countDue(log, faultMs, endMs, (i) => isRefusedAt(log, i));
    // A service that bounds its queue refuses most of what it cannot serve.
    if (late >= 2 * fewest && refused < late / 4)
      list.push({
        kind: 'unbounded-queue',
        sentence: `${late} requests that came after the fault was undone had to wait behind those from before (up to ${seconds(found.recovery.slowestMs)}), and ${refused === 0 ? 'none was' : `only ${refused} were`} refused: a queue with no limit. Refuse (503) what cannot be answered in time`,
      });
  }
  if (fault.network === 'behind the service') {
    const hung = countDue(log, faultMs, undoMs, (i) => !isGoodAt(log, i) && tookMs(log, i) >= timeoutMs);
    // While the upstream hung, that is: what was due last is answered after the undo, whether calls have a time-out or not.
    const isAnswered = (i: number): boolean => tookMs(log, i) < timeoutMs && log.doneMs[i]! < undoMs;
    const answered = countDue(log, faultMs + settleMs, undoMs, isAnswered);
    // Behind a backlog requests hang also where each call has its time-out; but then some get through.
    if (hung >= fewest && (list.length === 0 || answered < hung / 10))
      list.push({
        kind: 'no-deadline',
        sentence: `${hung} requests hung until their client gave up after ${seconds(timeoutMs)}, because an upstream did: calls to it have no time-out, or one that is longer than the client’s. Give up sooner and answer 503 or a marked fallback`,
      });
    if (retries && retries.during > 2 * retries.before && retries.before > 0)
      list.push({
        kind: 'retry-storm',
        sentence: `During the fault ${retries.during.toFixed(1)} requests reached the upstream for each one sent (${retries.before.toFixed(1)} before): retries. Retry once, with a pause and jitter, and not when most of them fail`,
      });
  }
  if (fault.id === 'exceptions' && diedOf === undefined) {
    const isHeldUp = (i: number): boolean =>
      !isGoodAt(log, i) || tookMs(log, i) > Math.max(lateMs, 10 * baseline.p95Ms);
    const heldUp = countDue(log, faultMs, undoMs, isHeldUp);
    if (heldUp >= fewest)
      list.push({
        kind: 'held-up-by-wrong-requests',
        sentence: `${heldUp} right requests failed or waited over ${seconds(lateMs, 2)} beside wrong ones: reading a wrong request blocks the others. Bound what parsing may take, check sizes first`,
      });
  }
  if (fault.isOfClock) {
    const isHeldUp = (i: number): boolean => !isGoodAt(log, i) || tookMs(log, i) > stuckMs;
    const heldUp = countDue(log, faultMs, endMs, isHeldUp);
    if (heldUp >= fewest)
      list.push({
        kind: 'trusts-wall-clock',
        sentence: `${heldUp} requests failed or waited over ${seconds(stuckMs, 0)}, and nothing but the wall clock was off: ages, time-outs or rates are taken from it. Take them from a clock that only goes forward (performance.now(), time.monotonic())`,
      });
  }
  if (fault.id === 'terminate') {
    let dropped = 0;
    for (let i = 0; i < log.count; i++)
      if (log.dueMs[i]! < faultMs - onTheWayMs && log.doneMs[i]! >= faultMs && !isGoodAt(log, i)) dropped++;
    if (dropped > 1)
      list.push({
        kind: 'not-drained',
        sentence: `${dropped} requests that were under way when it was asked to end (SIGTERM) got no answer: take no new ones, finish those, then end`,
      });
  }
  return list;
}

function findingsInState({ memory, ledger }: Measured): Finding[] {
  const list: Finding[] = [];
  if (memory && memory.afterBytes - memory.beforeBytes > keptBytes && memory.afterBytes > 1.5 * memory.beforeBytes)
    list.push({
      kind: 'memory-kept',
      sentence: `Memory grew from ${megabytes(memory.beforeBytes)} to ${megabytes(memory.afterBytes)} and did not come back: something is kept for each request since the fault`,
    });
  if (ledger && ledger.lostAfterAnswer > 0)
    list.push({
      kind: 'lost-after-answer',
      sentence: `${ledger.lostAfterAnswer} requests were answered as done and are missing from the target’s own journal: it answers before it writes. Write and flush first, then answer`,
    });
  if (ledger && ledger.duplicated > 0)
    list.push({
      kind: 'done-twice',
      sentence: `${ledger.duplicated} entries of the target’s own journal are second ones for the same request: a retry or a replay that is not idempotent. Write by id`,
    });
  return list;
}

/**
 * The mistakes that an experiment has proved. None is found without a cause that only such a mistake has; a slow recovery alone
 * is a figure and no finding.
 */
export function findingsOf(experiment: Experiment, found: Measured): readonly Finding[] {
  return [
    ...findingsOfTheEnd(experiment, found),
    ...findingsInAnswers(experiment, found),
    ...findingsInTraffic(experiment, found),
    ...findingsInState(found),
  ];
}
