import { gammaln } from 'simple-statistics';
import type { Interval } from '../measurement.ts';

/**
 * Interval for a quantile of independent observations, from order statistics alone: exact binomial ranks, whatever the
 * distribution. An end that the sample is too small for is infinite.
 * Not for latencies under load, which depend on each other: see `batchQuantileInterval`.
 * Source: David & Nagaraja, Order Statistics, 3rd ed., 2003, §7.1
 * @param ascending sorted values
 * @param q in (0, 1)
 * @throws RangeError if `q` is not in (0, 1)
 */
export function orderStatisticInterval(
  ascending: Float64Array,
  q: number,
  { confidence = 0.95 }: { confidence?: number } = {},
): Interval {
  if (!(q > 0 && q < 1)) throw new RangeError(`an interval for the quantile ${q}: expected one between 0 and 1`);
  const n = ascending.length;
  const tail = (1 - confidence) / 2;
  const deviation = Math.sqrt(n * q * (1 - q));
  // Beyond 12 standard deviations the binomial distribution holds less than rounding does.
  const first = Math.max(0, Math.floor(n * q - 12 * deviation - 12));
  const last = Math.min(n, Math.ceil(n * q + 12 * deviation + 12));
  const logOdds = Math.log(q) - Math.log1p(-q);
  let logMass =
    gammaln(n + 1) - gammaln(first + 1) - gammaln(n - first + 1) + first * Math.log(q) + (n - first) * Math.log1p(-q);
  let cumulative = 0;
  let lowRank = first;
  let highRank = n + 1;
  for (let k = first; k <= last; k++) {
    // The k-th smallest lies above the quantile if at most k − 1 values lie below it: probability `cumulative`.
    if (cumulative <= tail) lowRank = k;
    cumulative += Math.exp(logMass);
    if (cumulative >= 1 - tail) {
      highRank = k + 1;
      break;
    }
    logMass += Math.log((n - k) / (k + 1)) + logOdds;
  }
  return {
    low: lowRank >= 1 ? ascending[lowRank - 1]! : Number.NEGATIVE_INFINITY,
    high: highRank <= n ? ascending[highRank - 1]! : Number.POSITIVE_INFINITY,
    confidence,
    method: 'order-statistic',
  };
}
