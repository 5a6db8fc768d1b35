import { quantile, sortedCopy } from '@preopen/core';
import type { LatencyRecorder, Ledger } from '@preopen/latency';

/** Whether a stretch of open-loop load says something of the service, or only of the generator. */
export type LoadState =
  | { readonly state: 'valid' }
  | { readonly state: 'generator-limited' | 'inconsistent'; readonly reason: string };

/** What a stretch of load is judged by. */
export interface LoadEvidence {
  readonly recorder: LatencyRecorder;
  /** Latency that is to be judged; without one only the lag itself counts. */
  readonly limitMs?: number;
  /**
   * Share of the time in which the thread that sends was busy, as long as requests were due. One that has no rest reads answers
   * late, and the wait for its connections looks like the service's. Left out for a spinning pacer, which never rests.
   */
  readonly busyShare?: number | undefined;
  /** Requests under way, added up over time by a count of its own. */
  readonly inFlightMs?: number;
  /** What went wrong with requests, and how often: whether the sockets ran out on this side. */
  readonly problems?: readonly (readonly [message: string, count: number])[];
}

/** The lag's P99 may be this part of the latency that is judged. */
const lagShare = 0.05;
/** … and is never asked to be less: a thread is woken in some tenths of a millisecond, on a busy machine in a few. */
const leastLagMs = 5;
/** A thread that sends may be busy for this share of the time. */
const mostBusyShare = 0.9;
/** Requests before the first judgement by a P99. */
const leastRequests = 20;
const mostResidual = 0.02;

/**
 * Little's law: requests under way on average, by the count at the sender, against arrival rate × time under way, from
 * the records. A request that was lost, timed twice or closed under another's number shows here.
 * @returns relative difference; 0 without requests
 */
export function littleResidual(recorder: LatencyRecorder, inFlightMs: number): number {
  let recordedMs = recorder.beyond?.underWayMs ?? 0;
  const { dispatchedMs, doneMs } = recorder;
  for (let slot = 0; slot < recorder.count; slot++) {
    if (recorder.outcomeOf(slot) !== 'pending') recordedMs += doneMs[slot]! - dispatchedMs[slot]!;
  }
  return recordedMs === 0 && inFlightMs === 0
    ? 0
    : Math.abs(inFlightMs - recordedMs) / Math.max(inFlightMs, recordedMs);
}

/**
 * Judges a stretch of load by its own bookkeeping, by the generator's lag (how late it let requests go, other than by
 * waiting for one of the service's busy connections), and by whether its thread had any rest and all the sockets it wanted. A
 * lag near the limit would decide in the service's place.
 */
export function loadState({ recorder, limitMs = 0, busyShare = 0, inFlightMs, problems }: LoadEvidence): LoadState {
  const { scheduled, ...ends } = recorder.ledger();
  const counted = Object.values(ends).reduce((sum, count) => sum + count, 0);
  if (counted !== scheduled)
    return { state: 'inconsistent', reason: `${scheduled} requests were scheduled and ${counted} accounted for` };
  if (inFlightMs !== undefined) {
    const residual = littleResidual(recorder, inFlightMs);
    if (residual > mostResidual) {
      const reason = `Little's law is off by ${(residual * 100).toFixed(1)} %: requests under way and their times do not agree`;
      return { state: 'inconsistent', reason };
    }
  }
  const short = problems === undefined ? undefined : shortOfSockets(problems);
  if (short !== undefined) return { state: 'generator-limited', reason: short };
  if (recorder.count < leastRequests) return { state: 'valid' };
  if (busyShare > mostBusyShare) return { state: 'generator-limited', reason: busyReason(busyShare) };
  const lag = sortedCopy(recorder.durationsMs('lag', { failedMs: 0 }));
  if (lag.length === 0) return { state: 'valid' };
  // Of those that are kept and of those beyond, the worse: neither may hide the other.
  const p99 = Math.max(quantile(lag, 0.99), recorder.beyond?.lag.quantileMs(0.99) ?? 0);
  const most = Math.max(leastLagMs, limitMs * lagShare);
  return p99 > most
    ? {
        state: 'generator-limited',
        reason: `the generator sent 1 % of its requests more than ${p99.toFixed(1)} ms late; ${most.toFixed(1)} ms are allowed`,
      }
    : { state: 'valid' };
}

/** No file or port was left on this side: the service was never asked. */
const ownSockets = /^connect: .*\b(EMFILE|ENFILE|EADDRNOTAVAIL|ENOBUFS)\b/;

/** Whether the generator ran out of sockets, in words; its failures are then none of the service's. */
export function shortOfSockets(problems: readonly (readonly [message: string, count: number])[]): string | undefined {
  const own = problems.filter(([message]) => ownSockets.test(message));
  const first = own[0];
  if (first === undefined) return undefined;
  const count = own.reduce((sum, [, times]) => sum + times, 0);
  return `the generator had no socket for ${count} of its requests (${first[0]}): allow it more (ulimit -n), or ask for fewer connections`;
}

const busyReason = (share: number): string =>
  `a thread that sends was busy ${(share * 100).toFixed(0)} % of the time; ${mostBusyShare * 100} % are allowed`;

/** Whether the generator had no rest: what it saw of slow answers may be its own. */
export const isTooBusy = (busyShare: number | undefined): boolean =>
  busyShare !== undefined && busyShare > mostBusyShare;

/** The books of a run in words: what was scheduled, and how it ended. */
export function ledgerSentence({ scheduled, ...ends }: Ledger): string {
  const parts = Object.entries(ends).flatMap(([outcome, count]) => (count > 0 ? [`${count} ${outcome}`] : []));
  return `Ledger: ${scheduled} scheduled = ${parts.join(' + ') || '0'}.`;
}
