import { InputError, type Random } from '@preopen/core';

/** A moment of a load profile; between two of them the rate goes evenly from one to the other. */
export interface RatePoint {
  readonly atMs: number;
  readonly ratePerSecond: number;
}

/** When requests are to be sent, independent of the answers: an open loop. Rates are per second. */
export type Arrivals =
  | { readonly kind: 'constant' | 'poisson'; readonly ratePerSecond: number }
  /** Gaps with a coefficient of variation of one's own: 0 is constant, 1 Poisson, above 1 bursts. */
  | { readonly kind: 'gamma'; readonly ratePerSecond: number; readonly variation: number }
  /** The rate goes evenly from one to another; beyond `durationMs` it stays. */
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number; readonly durationMs: number }
  /** Rates one after the other, each for `stepMs`; the last one stays. */
  | { readonly kind: 'step'; readonly ratesPerSecond: readonly number[]; readonly stepMs: number }
  /** A base rate, and a higher one from `atMs` for `durationMs`. */
  | {
      readonly kind: 'spike';
      readonly ratePerSecond: number;
      readonly peakPerSecond: number;
      readonly atMs: number;
      readonly durationMs: number;
    }
  /** Any shape, such as that of a trading day: rates at ascending moments, even in between; ends with the last. */
  | { readonly kind: 'profile'; readonly points: readonly RatePoint[] }
  /** Recorded times, in milliseconds from the start, ascending; played at `speed`, 1 unless given. */
  | { readonly kind: 'trace'; readonly timesMs: readonly number[]; readonly speed?: number };

/** Arrivals whose rate changes: drawn by thinning from a process of the highest rate. */
type Changing = Extract<Arrivals, { kind: 'ramp' | 'step' | 'spike' | 'profile' }>;

function rateAt(arrivals: Changing, sinceStartMs: number): number {
  switch (arrivals.kind) {
    case 'ramp': {
      const share = Math.min(1, sinceStartMs / arrivals.durationMs);
      return arrivals.fromPerSecond + share * (arrivals.toPerSecond - arrivals.fromPerSecond);
    }
    case 'step': {
      const { ratesPerSecond, stepMs } = arrivals;
      return ratesPerSecond[Math.min(ratesPerSecond.length - 1, Math.floor(sinceStartMs / stepMs))]!;
    }
    case 'spike': {
      const inPeak = sinceStartMs >= arrivals.atMs && sinceStartMs < arrivals.atMs + arrivals.durationMs;
      return inPeak ? arrivals.peakPerSecond : arrivals.ratePerSecond;
    }
    case 'profile': {
      const { points } = arrivals;
      const next = points.findIndex(({ atMs }) => atMs > sinceStartMs);
      if (next <= 0) return points.at(next)?.ratePerSecond ?? 0;
      const before = points[next - 1]!;
      const after = points[next]!;
      const share = (sinceStartMs - before.atMs) / (after.atMs - before.atMs);
      return before.ratePerSecond + share * (after.ratePerSecond - before.ratePerSecond);
    }
  }
}

function ratesOf(arrivals: Changing): readonly number[] {
  switch (arrivals.kind) {
    case 'ramp':
      return [arrivals.fromPerSecond, arrivals.toPerSecond];
    case 'step':
      return arrivals.ratesPerSecond;
    case 'spike':
      return [arrivals.ratePerSecond, arrivals.peakPerSecond];
    case 'profile':
      return arrivals.points.map(({ ratePerSecond }) => ratePerSecond);
  }
}

function assertRates(rates: readonly number[]): void {
  const highest = Math.max(0, ...rates);
  if (!(highest > 0) || !rates.every((rate) => rate >= 0 && Number.isFinite(rate))) {
    throw new InputError(
      `arrivals: expected rates per second of 0 or more, one of them above 0, got ${rates.join(', ') || 'none'}.`,
    );
  }
}

/**
 * Standard gamma variate of a shape, for any shape above 0.
 * Source: Marsaglia & Tsang, ACM Transactions on Mathematical Software 26(3), 2000
 */
function gammaVariate(shape: number, random: Random): number {
  if (shape < 1) return gammaVariate(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

function* traceTimesMs({ timesMs, speed = 1 }: Extract<Arrivals, { kind: 'trace' }>): Generator<number> {
  if (!(speed > 0)) throw new InputError(`trace: expected a speed above 0, got ${speed}.`);
  let before = 0;
  for (const timeMs of timesMs) {
    if (!(timeMs >= before)) throw new InputError(`trace: times must ascend from 0, got ${timeMs} after ${before}.`);
    yield timeMs / speed;
    before = timeMs;
  }
}

/** Source of thinning: Lewis & Shedler, Naval Research Logistics Quarterly 26(3), 1979 */
function* thinnedTimesMs(arrivals: Changing, random: Random): Generator<number> {
  const rates = ratesOf(arrivals);
  assertRates(rates);
  const highest = Math.max(...rates);
  const endMs = arrivals.kind === 'profile' ? arrivals.points.at(-1)!.atMs : Number.POSITIVE_INFINITY;
  for (let timeMs = 0; ; ) {
    timeMs += (1000 * random.exponential()) / highest;
    if (timeMs >= endMs) return;
    if (random.uniform() * highest < rateAt(arrivals, timeMs)) yield timeMs;
  }
}

/**
 * Times at which requests are due, in milliseconds from the start, one after the other and without end (but for a trace
 * and a profile). `constant` sends evenly, `gamma` with gaps of its variation; those of changing rate are Poisson processes.
 * @throws InputError for rates that are not above 0, or times that do not ascend
 */
export function* arrivalTimesMs(arrivals: Arrivals, random: Random): Generator<number> {
  switch (arrivals.kind) {
    case 'trace':
      return yield* traceTimesMs(arrivals);
    case 'constant':
      assertRates([arrivals.ratePerSecond]);
      // A product and no sum: after hours the last request is as punctual as the first.
      for (let i = 0; ; i++) yield (i * 1000) / arrivals.ratePerSecond;
    case 'poisson':
      assertRates([arrivals.ratePerSecond]);
      for (let timeMs = 0; ; ) {
        timeMs += (1000 * random.exponential()) / arrivals.ratePerSecond;
        yield timeMs;
      }
    case 'gamma': {
      const { ratePerSecond, variation } = arrivals;
      assertRates([ratePerSecond]);
      if (!(variation > 0)) throw new InputError(`gamma arrivals: expected a variation above 0, got ${variation}.`);
      const shape = 1 / variation ** 2;
      for (let timeMs = 0; ; ) {
        timeMs += (1000 * gammaVariate(shape, random)) / (shape * ratePerSecond);
        yield timeMs;
      }
    }
    case 'profile':
      if (!arrivals.points.every(({ atMs }, i, points) => (i === 0 ? atMs === 0 : atMs > points[i - 1]!.atMs))) {
        throw new InputError('profile: expected points at ascending times, the first at 0 ms.');
      }
      return yield* thinnedTimesMs(arrivals, random);
    default:
      return yield* thinnedTimesMs(arrivals, random);
  }
}

/** Every `lanes`-th time, from the `lane`-th on: what one of several generators sends, so that all send each once. */
export function* laneOf(times: Iterable<number>, lane: number, lanes: number): Generator<number> {
  let i = 0;
  for (const timeMs of times) if (i++ % lanes === lane) yield timeMs;
}
