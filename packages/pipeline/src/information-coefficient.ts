import { InputError, type Interval, type Random, stationaryBootstrapInterval } from '@preopen/core';
import { midranks } from './operators/midranks.ts';
import type { Shape } from './operators/shape.ts';

/** Fewer pairs than this say nothing of a day. */
export const minPairs = 20;

/** How predictions are held against returns: by ranks (Spearman) or by their values (Pearson). */
export type Correlation = 'rank' | 'pearson';

/**
 * Information coefficient of each day: correlation of predictions with the returns that followed, over the stocks that
 * have both. By ranks, ties share theirs.
 * @param predictions `[days × stocks]`, row-major by day, any scale; `NaN` is no prediction
 * @param forwardReturns same shape, as ratios; `NaN` is halted or not listed
 * @returns `[days]`; `NaN` where a day has fewer than 20 pairs or one side is all ties
 * @throws InputError if the shapes differ
 * Source: Grinold & Kahn, Active Portfolio Management, 2nd ed., 2000
 */
export function informationCoefficients(
  predictions: Float64Array,
  forwardReturns: Float64Array,
  { days, stocks }: Shape,
  correlation: Correlation = 'rank',
): Float64Array {
  if (predictions.length !== days * stocks || forwardReturns.length !== days * stocks) {
    throw new InputError(
      `information coefficient: ${predictions.length} predictions and ${forwardReturns.length} returns for ${days} days × ${stocks} stocks; both need one per cell.`,
    );
  }
  const coefficients = new Float64Array(days).fill(Number.NaN);
  const x = new Float64Array(stocks);
  const y = new Float64Array(stocks);
  for (let t = 0; t < days; t++) {
    let count = 0;
    for (let at = t * stocks; at < (t + 1) * stocks; at++) {
      if (!Number.isFinite(predictions[at]!) || !Number.isFinite(forwardReturns[at]!)) continue;
      x[count] = predictions[at]!;
      y[count] = forwardReturns[at]!;
      count++;
    }
    if (count < minPairs) continue;
    if (correlation === 'rank') {
      for (const row of [x.subarray(0, count), y.subarray(0, count)]) midranks(row, row);
    }
    coefficients[t] = pearson(x, y, count);
  }
  return coefficients;
}

function pearson(x: Float64Array, y: Float64Array, count: number): number {
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < count; i++) {
    sumX += x[i]!;
    sumY += y[i]!;
  }
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < count; i++) {
    const dx = x[i]! - sumX / count;
    const dy = y[i]! - sumY / count;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/** What daily coefficients come to. */
export interface IcSummary {
  readonly mean: number;
  /** Mean over standard deviation of the days. */
  readonly informationRatio: number;
  readonly days: number;
  readonly interval: Interval;
}

/**
 * Mean of daily coefficients with a stationary-bootstrap interval: neighbouring days are not independent.
 * @param daily `NaN` days are left out
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

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
