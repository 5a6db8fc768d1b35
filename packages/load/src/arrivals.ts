import { InputError, type Random } from '@preopen/core';

/** When requests are to be sent, independent of the answers: an open loop. Rates are per second. */
export type Arrivals =
  | { readonly kind: 'constant' | 'poisson'; readonly ratePerSecond: number }
  /** The rate goes evenly from one to another; beyond `durationMs` it stays. */
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number; readonly durationMs: number }
  /** A base rate, and a higher one from `atMs` for `durationMs`. */
  | {
      readonly kind: 'spike';
      readonly ratePerSecond: number;
      readonly peakPerSecond: number;
      readonly atMs: number;
      readonly durationMs: number;
    }
  /** Recorded times, in milliseconds from the start, ascending. */
  | { readonly kind: 'trace'; readonly timesMs: readonly number[] };

/** The arrival rate at a time since the start. */
function rateAt(arrivals: Exclude<Arrivals, { kind: 'trace' }>, sinceStartMs: number): number {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return arrivals.ratePerSecond;
    case 'ramp': {
      const share = Math.min(1, sinceStartMs / arrivals.durationMs);
      return arrivals.fromPerSecond + share * (arrivals.toPerSecond - arrivals.fromPerSecond);
    }
    case 'spike': {
      const inPeak = sinceStartMs >= arrivals.atMs && sinceStartMs < arrivals.atMs + arrivals.durationMs;
      return inPeak ? arrivals.peakPerSecond : arrivals.ratePerSecond;
    }
  }
}

function highestRate(arrivals: Exclude<Arrivals, { kind: 'trace' }>): number {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return arrivals.ratePerSecond;
    case 'ramp':
      return Math.max(arrivals.fromPerSecond, arrivals.toPerSecond);
    case 'spike':
      return Math.max(arrivals.ratePerSecond, arrivals.peakPerSecond);
  }
}

/**
 * Times at which requests are due, in milliseconds from the start, one after the other and without end (but for a trace).
 * `constant` sends evenly; all others are Poisson processes, those of changing rate by thinning.
 * Source of thinning: Lewis & Shedler, Naval Research Logistics Quarterly 26(3), 1979
 * @throws InputError for rates that are not above 0, or a trace that does not ascend
 */
export function* arrivalTimesMs(arrivals: Arrivals, random: Random): Generator<number> {
  if (arrivals.kind === 'trace') {
    let before = 0;
    for (const timeMs of arrivals.timesMs) {
      if (!(timeMs >= before)) throw new InputError(`trace: times must ascend from 0, got ${timeMs} after ${before}.`);
      yield timeMs;
      before = timeMs;
    }
    return;
  }
  const highest = highestRate(arrivals);
  if (!(highest > 0) || !Number.isFinite(highest))
    throw new InputError(`arrivals: expected a rate above 0 per second, got ${highest}.`);
  if (arrivals.kind === 'constant') {
    for (let i = 0; ; i++) yield (i * 1000) / arrivals.ratePerSecond;
  }
  for (let timeMs = 0; ; ) {
    timeMs += (1000 * random.exponential()) / highest;
    if (random.uniform() * highest < rateAt(arrivals, timeMs)) yield timeMs;
  }
}
