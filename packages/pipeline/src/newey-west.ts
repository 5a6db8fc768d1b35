/** Mean of an autocorrelated series with a standard error that allows for it. */
export interface NeweyWest {
  readonly mean: number;
  readonly standardError: number;
  readonly t: number;
  readonly lags: number;
}

/**
 * Newey–West standard error of a mean, Bartlett weights, without small-sample correction.
 * Source: Newey & West, Econometrica 55(3), 1987; default lags ⌊4 (n / 100)^(2/9)⌋, Review of Economic Studies 61, 1994
 * @param series in time order, finite, at least two
 */
export function neweyWest(series: Float64Array, lags?: number): NeweyWest {
  const n = series.length;
  const used = Math.min(n - 1, lags ?? Math.floor(4 * (n / 100) ** (2 / 9)));
  let mean = 0;
  for (const value of series) mean += value / n;
  let variance = 0;
  for (let lag = 0; lag <= used; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (series[t]! - mean) * (series[t - lag]! - mean);
    variance += (lag === 0 ? 1 : 2 * (1 - lag / (used + 1))) * sum;
  }
  const standardError = Math.sqrt(variance) / n;
  return { mean, standardError, t: mean / standardError, lags: used };
}
