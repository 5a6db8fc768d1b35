import { kernels } from './kernels.ts';
import { checkWindow, minimumOf, missing, type Shape } from './shape.ts';
import { byTiles } from './tiles.ts';

/** How two columns move together in a window that ends today. */
export interface PairMoments {
  readonly meanA: Float64Array;
  readonly meanB: Float64Array;
  /** Sample variances and covariance. */
  readonly varianceA: Float64Array;
  readonly varianceB: Float64Array;
  readonly covariance: Float64Array;
}

/**
 * Moments of two columns over the last `window` sessions in which both have a value; at least three, half of the window,
 * and one today. One pass by the blocks of `rollingMoments`.
 */
export function rollingPair(a: Float64Array, b: Float64Array, shape: Shape, window: number): PairMoments {
  const columns = Array.from({ length: 5 }, () => new Float64Array(a.length));
  fillPair(a, b, shape, window, columns);
  const [meanA, meanB, varianceA, varianceB, covariance] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { meanA, meanB, varianceA, varianceB, covariance };
}

/** Fills the five moments, or the correlation if one column is given. */
function fillPair(a: Float64Array, b: Float64Array, shape: Shape, window: number, outputs: Float64Array[]): void {
  checkWindow('rollingPair', window);
  const needed = Math.max(3, minimumOf(window));
  byTiles(
    { inputs: [a, b], outputs, shape, stateRows: 5 * window + 13 },
    ({ inputs, outputs: filled, state, width }) => {
      const [first, second] = [inputs[0]!, inputs[1]!];
      const [correlation, moments] = filled.length === 1 ? [filled[0]!, 0] : [0, filled[0]!];
      kernels().pairs(first, second, width, shape.days, window, needed, state, correlation, moments);
    },
  );
}

/** Pearson correlation of two columns over the last `window` sessions; missing where either does not move. */
export function rollingCorrelation(a: Float64Array, b: Float64Array, shape: Shape, window: number): Float64Array {
  const correlation = new Float64Array(a.length);
  fillPair(a, b, shape, window, [correlation]);
  return correlation;
}

/** A straight line through the last `window` sessions, by least squares. */
export interface Trend {
  /** Change per session. */
  readonly slope: Float64Array;
  /** Share of the variance that the line explains. */
  readonly rSquared: Float64Array;
  /** Today's value less that of the line. */
  readonly residual: Float64Array;
}

/** Least squares of a column on time over the last `window` sessions. */
export function rollingTrend(a: Float64Array, shape: Shape, window: number): Trend {
  const time = new Float64Array(a.length);
  for (let at = 0; at < time.length; at++) time[at] = Math.floor(at / shape.stocks);
  const pair = rollingPair(a, time, shape, window);
  const slope = missing(a.length);
  const rSquared = missing(a.length);
  const residual = missing(a.length);
  for (let at = 0; at < a.length; at++) {
    const variance = pair.varianceB[at]!;
    if (!(variance > 0)) continue;
    slope[at] = pair.covariance[at]! / variance;
    residual[at] = a[at]! - pair.meanA[at]! - slope[at]! * (time[at]! - pair.meanB[at]!);
    if (pair.varianceA[at]! > 0) rSquared[at] = (slope[at]! * pair.covariance[at]!) / pair.varianceA[at]!;
  }
  return { slope, rSquared, residual };
}
