import { type CheckContext, type Measurement, quantileAtLeast } from '@preopen/core';
import type { LatencyRecorder } from './recorder.ts';

/** What a look at the requests so far came to. */
export interface LatencyFound {
  readonly measurements: readonly Measurement[];
  readonly notMeasured: readonly { readonly metric: string; readonly reason: string }[];
}

/** Requests before the first of the early looks; each further one comes after twice as many. */
const leastEarly = 10;

/**
 * Numbers of requests, below the first look's, after which it is asked whether a limit is surely missed already: where the first
 * look takes longer than the budget, as with a slow service, one that misses it by far is not waited for.
 */
export function earlyLooks(minSamples: number): readonly number[] {
  const counts: number[] = [];
  for (let count = leastEarly; count < minSamples; count *= 2) counts.push(count);
  return counts;
}

/**
 * What percentiles are at least, from a handful of requests, where that surely misses a limit. It can never keep one.
 * @param quantiles with the metrics that they are
 * @returns `undefined` where no limit is missed, or where none is asked for
 */
export function surelyMissed(
  recorder: LatencyRecorder,
  {
    quantiles,
    timeoutMs,
    how,
  }: {
    readonly quantiles: readonly { readonly metric: string; readonly q: number }[];
    readonly timeoutMs: number;
    readonly how: string;
  },
  undecided: CheckContext['undecided'],
): LatencyFound | undefined {
  const durationsMs = recorder.durationsMs('response', { failedMs: timeoutMs });
  const samples = durationsMs.length;
  // Of requests that fail there is no latency to speak of.
  if (recorder.ledger().ok < samples / 2) return undefined;
  const floors = quantiles.map(({ metric, q }): Measurement => {
    const least = quantileAtLeast(durationsMs, q);
    // At least nothing: true of every duration, and undecided wherever something is asked.
    const floor = { metric, unit: 'ms', samples: Math.max(1, samples), bound: 'at-least' } as const;
    return least === undefined
      ? { ...floor, value: 0, how }
      : {
          ...floor,
          value: least.value,
          how: `${how}; in each fifth of ${samples} requests, one after the other, half took so long or longer`,
        };
  });
  const isAsked = undecided(floors.map((floor) => ({ ...floor, value: 0 })));
  if (!isAsked || undecided(floors)) return undefined;
  return {
    measurements: floors.filter(({ value }) => value > 0),
    notMeasured: floors
      .filter(({ value }) => value === 0)
      .map(({ metric }) => ({
        metric,
        reason: `a limit was surely missed after ${samples} requests, too few for this figure`,
      })),
  };
}
