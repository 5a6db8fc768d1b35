import type { Interval } from '../measurement.ts';
import type { Random } from '../random.ts';
import { quantile } from './quantile.ts';

/** A figure of a sample. */
export type Statistic = (values: Float64Array) => number;

interface BootstrapOptions {
  readonly random: Random;
  readonly confidence?: number;
  readonly resamples?: number;
}

function percentileInterval(figures: Float64Array, confidence: number, method: string): Interval {
  const ascending = figures.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(ascending, tail), high: quantile(ascending, 1 - tail), confidence, method };
}

/**
 * Percentile bootstrap for independent values.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13
 */
export function bootstrapInterval(values: Float64Array, statistic: Statistic, options: BootstrapOptions): Interval {
  const { random, confidence = 0.95, resamples = 2000 } = options;
  const drawn = new Float64Array(values.length);
  const figures = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[random.integer(values.length)]!;
    figures[r] = statistic(drawn);
  }
  return percentileInterval(figures, confidence, 'bootstrap');
}

/**
 * Mean block length for the stationary bootstrap of a mean, chosen from the data.
 * Source: Politis & White, Econometric Reviews 23(1), 2004, with the correction of Patton, Politis & White, 28(4), 2009
 */
export function automaticBlockLength(series: Float64Array): number {
  const n = series.length;
  if (n < 8) return 1;
  let mean = 0;
  for (const value of series) mean += value / n;
  const longestLag = Math.ceil(Math.sqrt(n));
  const window = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
  const lags = Math.min(n - 1, longestLag + window);
  const covariance = new Float64Array(lags + 1);
  for (let k = 0; k <= lags; k++) {
    let sum = 0;
    for (let i = k; i < n; i++) sum += (series[i]! - mean) * (series[i - k]! - mean);
    covariance[k] = sum / n;
  }
  if (covariance[0] === 0) return 1;
  // The last lag after which `window` correlations in a row are insignificant.
  const threshold = 2 * Math.sqrt(Math.log10(n) / n);
  let significant = longestLag;
  for (let m = 0; m <= longestLag; m++) {
    let quiet = true;
    for (let k = 1; k <= window && m + k <= lags; k++) {
      if (Math.abs(covariance[m + k]! / covariance[0]!) >= threshold) quiet = false;
    }
    if (quiet) {
      significant = m;
      break;
    }
  }
  const bandwidth = Math.min(lags, 2 * Math.max(1, significant));
  let slope = 0;
  let variance = covariance[0]!;
  for (let k = 1; k <= bandwidth; k++) {
    const ratio = k / bandwidth;
    const weight = ratio <= 0.5 ? 1 : 2 * (1 - ratio);
    slope += 2 * weight * k * covariance[k]!;
    variance += 2 * weight * covariance[k]!;
  }
  const length = variance === 0 ? 1 : ((2 * slope * slope) / (2 * variance * variance)) ** (1 / 3) * n ** (1 / 3);
  return Math.min(Math.max(1, length), Math.ceil(Math.min(3 * Math.sqrt(n), n / 3)));
}

/**
 * Stationary block bootstrap for a series in time order: blocks of random length keep its dependence.
 * Source: Politis & Romano, Journal of the American Statistical Association 89, 1994
 */
export function stationaryBootstrapInterval(
  series: Float64Array,
  statistic: Statistic,
  options: BootstrapOptions & { readonly meanBlockLength?: number | 'auto' },
): Interval {
  const { random, confidence = 0.95, resamples = 2000, meanBlockLength = 'auto' } = options;
  const n = series.length;
  const length = meanBlockLength === 'auto' ? automaticBlockLength(series) : meanBlockLength;
  const drawn = new Float64Array(n);
  const figures = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let at = random.integer(n);
    for (let i = 0; i < n; i++) {
      drawn[i] = series[at]!;
      at = random.uniform() < 1 / length ? random.integer(n) : (at + 1) % n;
    }
    figures[r] = statistic(drawn);
  }
  return percentileInterval(figures, confidence, 'stationary-bootstrap');
}
