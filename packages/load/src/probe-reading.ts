import { exceedanceBound, quantile, sortedCopy } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { effectiveSamplesAbove, type RateReading } from './capacity-search.ts';
import { isTooBusy, shortOfSockets } from './load-state.ts';

/** What “sustained” means for one rate. */
export interface ProbeLimit {
  /** Response times from the intended start must keep this P95. */
  readonly p95Ms: number;
  /** Share of failed requests that is allowed. Default 0.01. */
  readonly errorShare?: number;
}

/** What a rate that was tried came to. */
export interface ProbeReading extends RateReading {
  readonly achievedPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly errorShare: number;
}

/** Part at the start of a probe that is not judged: the queue begins empty. */
const settlingShare = 0.1;
/** A backlog that lasts so many times the latency limit will not be worked off. */
const hopelessBacklog = 4;

/**
 * So much later than without the generator's lag may an answer be at most: once for its sending, once for its reading.
 * Source: departures from a queue are max-plus linear in its arrivals; Baccelli et al., Synchronization and Linearity, 1992
 */
const mostByLag = 2;

/** Whether answers at the end take much longer than at the start: what is behind is not caught up with. */
function grows(responseMs: Float64Array, leastMs: number): boolean {
  const quarter = responseMs.length >> 2;
  if (quarter < 5) return false;
  const median = (values: Float64Array): number => values.toSorted()[values.length >> 1]!;
  const last = median(responseMs.slice(-quarter));
  return last > 3 * median(responseMs.slice(0, quarter)) && last > leastMs;
}

/** How long a probe waits for an answer, which counts as at least that where none comes. */
export const timeoutOf = (limitMs: number): number => Math.max(2000, limitMs * 10);

/** Requests under way that amount to a backlog of so many latency limits; a burst of a few is none. */
export const mostWaiting = (ratePerSecond: number, limitMs: number): number =>
  Math.max(20, (ratePerSecond * hopelessBacklog * limitMs) / 1000);

/** What a probe left behind, whoever sent it. */
export interface Probed {
  readonly recorder: LatencyRecorder;
  readonly problems: readonly (readonly [message: string, count: number])[];
  /** Whether it was given up because too many requests were waiting. */
  readonly stopped: boolean;
  /** Until all had ended. */
  readonly spanMs: number;
  readonly late?: string | undefined;
  readonly spoiled?: string | undefined;
  /** Share of the time in which the thread that sent was busy. */
  readonly busyShare?: number | undefined;
}

/**
 * What a probe says of its rate: held, refuted, or nothing, where the generator was late or the service's answers are
 * missing.
 */
export function readProbe(probed: Probed, offeredPerSecond: number, limit: ProbeLimit): ProbeReading {
  const { p95Ms: limitMs, errorShare: allowed = 0.01 } = limit;
  const { recorder, problems, stopped, spanMs, late, spoiled } = probed;
  const isBusy = isTooBusy(probed.busyShare);
  const ledger = recorder.ledger();
  const ended = ledger.scheduled - ledger.aborted - ledger.pending;
  const failedMs = timeoutOf(limitMs);
  const from = Math.floor(recorder.count * settlingShare);
  const response = recorder.durationsMs('response', { failedMs, from });
  const ascending = sortedCopy(response);
  const at = (q: number): number => (ascending.length > 0 ? quantile(ascending, q) : Number.POSITIVE_INFINITY);
  const errorShare = ended === 0 ? 1 : (ended - ledger.ok) / ended;
  const longestLagMs = longestLag(recorder);
  const shareFrom = (leastMs: number): number =>
    response.length === 0 ? 1 : response.filter((ms) => ms >= leastMs).length / response.length;
  const reading = {
    offeredPerSecond,
    achievedPerSecond: (ledger.ok * 1000) / spanMs,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    errorShare,
    requests: response.length,
    shareAbove: shareFrom(limitMs),
    shareBeyondLag: isBusy ? 0 : shareFrom(limitMs + mostByLag * longestLagMs),
    exceedance: exceedanceBound(response, limitMs),
    effectiveSamples: effectiveSamplesAbove(response, limitMs),
  };
  const short = shortOfSockets(problems);
  const overloaded = short === undefined ? whyOverloaded() : undefined;
  // What was given up, or failed, has no times: those that are left are the fast ones and hold nothing.
  const isIncomplete = overloaded === undefined && (stopped || errorShare > allowed);
  const nothing =
    spoiled ?? (isIncomplete ? `generator-limited: ${short ?? late ?? 'it was late, and requests failed'}` : undefined);
  return {
    ...reading,
    ...(overloaded === undefined ? {} : { overloaded }),
    ...(late === undefined ? {} : { late }),
    ...(nothing === undefined ? {} : { spoiled: nothing }),
  };

  function whyOverloaded(): string | undefined {
    // The backlog may be the generator's own.
    if (isBusy || mostByLag * longestLagMs > (hopelessBacklog * limitMs) / 2) return undefined;
    if (stopped) return `more than ${hopelessBacklog * limitMs} ms of requests were waiting`;
    if (errorShare > allowed) {
      return `${(errorShare * 100).toFixed(1)} % of the requests failed (${problems[0]?.[0] ?? ''})`;
    }
    return grows(response, limitMs / 2 + mostByLag * longestLagMs)
      ? 'response times grew from start to end'
      : undefined;
  }
}

/** Of all requests, those that were cut off too. */
function longestLag({ dueMs, dispatchedMs }: LatencyRecorder): number {
  return dueMs.reduce((most, ms, slot) => Math.max(most, dispatchedMs[slot]! - ms), 0);
}
