import type { Interval } from '../measurement.ts';
import { type BootstrapOptions, percentileInterval, type Statistic } from './bootstrap.ts';

/** Autocovariances of lags 0 to `lags`. */
function autocovariances(series: Float64Array, lags: number): Float64Array {
  const n = series.length;
  let mean = 0;
  for (const value of series) mean += value / n;
  const covariances = new Float64Array(lags + 1);
  for (let k = 0; k <= lags; k++) {
    let sum = 0;
    for (let i = k; i < n; i++) sum += (series[i]! - mean) * (series[i - k]! - mean);
    covariances[k] = sum / n;
  }
  return covariances;
}

/** First of `run` correlations in a row within the threshold; `undefined` where there is no such row. */
function firstQuietLag(covariances: Float64Array, run: number, threshold: number): number | undefined {
  let quiet = 0;
  for (let lag = 1; lag < covariances.length; lag++) {
    quiet = Math.abs(covariances[lag]! / covariances[0]!) < threshold ? quiet + 1 : 0;
    if (quiet === run) return lag - run + 1;
  }
  return undefined;
}

/**
 * Mean block length for the stationary bootstrap of a mean, chosen from the data.
 * Source: Politis & White, Econometric Reviews 23(1), 2004, with the correction of Patton, Politis & White, 28(4), 2009;
 * the bandwidth is twice the first negligible lag, as in Patton's own code
 * @param series in time order; fewer than 8 values, or all equal ones, give 1
 */
export function automaticBlockLength(series: Float64Array): number {
  const n = series.length;
  // The variance of equal values is not always 0 in floating point.
  if (n < 8 || series.every((value) => value === series[0])) return 1;
  const run = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
  const lags = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + run);
  const covariances = autocovariances(series, lags);
  const quietLag = firstQuietLag(covariances, run, 2 * Math.sqrt(Math.log10(n) / n));
  const bandwidth = quietLag === undefined ? lags : Math.min(lags, 2 * quietLag);
  let slope = 0;
  let density = covariances[0]!;
  for (let k = 1; k <= bandwidth; k++) {
    // Flat-top window: all of the near lags, less and less of the far ones.
    const weight = Math.min(1, 2 * (1 - k / bandwidth));
    slope += 2 * weight * k * covariances[k]!;
    density += 2 * weight * covariances[k]!;
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const length = density === 0 ? longest : Math.cbrt((slope / density) ** 2 * n);
  return Math.min(longest, Math.max(1, length));
}

/**
 * Stationary block bootstrap for a series in time order: blocks of random length keep its dependence.
 * Source: Politis & Romano, Journal of the American Statistical Association 89, 1994
 * @param options.meanBlockLength in observations; `auto` (the default) is `automaticBlockLength`
 * @throws RangeError for an empty series
 */
export function stationaryBootstrapInterval(
  series: Float64Array,
  statistic: Statistic,
  options: BootstrapOptions & { readonly meanBlockLength?: number | 'auto' },
): Interval {
  const { random, confidence = 0.95, resamples = 2000, meanBlockLength = 'auto' } = options;
  const n = series.length;
  if (n === 0) throw new RangeError('bootstrap of an empty series');
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
