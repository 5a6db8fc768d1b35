import { type Interval, type Random, stationaryBootstrapInterval } from '@preopen/core';

/** Fewer pairs than this say nothing of a day. */
export const minPairs = 20;

/** Fills `ranks` with the midranks of the first `count` of `values`, in the order of `index`. */
function rankInto(values: Float64Array, index: Uint32Array, ranks: Float64Array): void {
  index.sort((a, b) => values[a]! - values[b]!);
  const n = index.length;
  for (let from = 0; from < n; ) {
    let to = from;
    while (to + 1 < n && values[index[to + 1]!] === values[index[from]!]) to++;
    for (let k = from; k <= to; k++) ranks[index[k]!] = (from + to) / 2;
    from = to + 1;
  }
}

/**
 * Rank information coefficient of each day: Spearman correlation, midranks for ties, of predictions with the returns that
 * followed.
 * @param predictions `[days × stocks]`, row-major by day, any scale; `NaN` is no prediction
 * @param forwardReturns same shape, as ratios; `NaN` is halted or not listed
 * @returns `[days]`; `NaN` where a day has fewer than 20 pairs or one side is all ties
 * @throws RangeError if the shapes differ
 * Source: Grinold & Kahn, Active Portfolio Management, 2nd ed., 2000
 */
export function informationCoefficients(
  predictions: Float64Array,
  forwardReturns: Float64Array,
  shape: { readonly days: number; readonly stocks: number },
): Float64Array {
  const { days, stocks } = shape;
  if (predictions.length !== days * stocks || forwardReturns.length !== days * stocks) {
    throw new RangeError(
      `information coefficient: ${predictions.length} predictions and ${forwardReturns.length} returns for ${days} × ${stocks}`,
    );
  }
  const coefficients = new Float64Array(days).fill(Number.NaN);
  const x = new Float64Array(stocks);
  const y = new Float64Array(stocks);
  const rankX = new Float64Array(stocks);
  const rankY = new Float64Array(stocks);
  for (let t = 0; t < days; t++) {
    let count = 0;
    for (let i = 0; i < stocks; i++) {
      const prediction = predictions[t * stocks + i]!;
      const outcome = forwardReturns[t * stocks + i]!;
      if (!Number.isFinite(prediction) || !Number.isFinite(outcome)) continue;
      x[count] = prediction;
      y[count] = outcome;
      count++;
    }
    if (count < minPairs) continue;
    const index = Uint32Array.from({ length: count }, (_, i) => i);
    rankInto(x, index, rankX);
    rankInto(y, index, rankY);
    const mean = (count - 1) / 2;
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (let i = 0; i < count; i++) {
      xy += (rankX[i]! - mean) * (rankY[i]! - mean);
      xx += (rankX[i]! - mean) ** 2;
      yy += (rankY[i]! - mean) ** 2;
    }
    if (xx > 0 && yy > 0) coefficients[t] = xy / Math.sqrt(xx * yy);
  }
  return coefficients;
}

/** What daily coefficients come to. */
export interface IcSummary {
  readonly mean: number;
  /** Mean over standard deviation of the days. */
  readonly informationRatio: number;
  readonly days: number;
  readonly interval: Interval;
}

const meanOf = (values: Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/**
 * Mean of daily coefficients with a stationary-bootstrap interval: neighbouring days are not independent.
 * @returns `undefined` for fewer than 5 days
 */
export function informationCoefficient(
  daily: Float64Array,
  options: { readonly random: Random; readonly confidence?: number },
): IcSummary | undefined {
  const values = daily.filter((value) => !Number.isNaN(value));
  if (values.length < 5) return undefined;
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return {
    mean,
    informationRatio: mean / Math.sqrt(squares / (values.length - 1)),
    days: values.length,
    interval: stationaryBootstrapInterval(values, meanOf, { ...options, resamples: 4000 }),
  };
}
