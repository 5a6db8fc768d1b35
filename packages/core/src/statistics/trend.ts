import { normalCdf, normalQuantile } from './distributions.ts';
import { midranks } from './rank-tests.ts';

/** Exact probability that Kendall's S of `n` values without ties is at least `s`, from the counts of inversions. */
function exactUpperTail(n: number, s: number): number {
  let counts = Float64Array.of(1);
  for (let i = 2; i <= n; i++) {
    const next = new Float64Array(counts.length + i - 1);
    counts.forEach((count, inversions) => {
      for (let more = 0; more < i; more++) next[inversions + more]! += count;
    });
    counts = next;
  }
  const pairs = (n * (n - 1)) / 2;
  let upper = 0;
  let all = 0;
  counts.forEach((count, inversions) => {
    all += count;
    if (pairs - 2 * inversions >= s) upper += count;
  });
  return upper / all;
}

/**
 * Mann–Kendall test for a monotone trend, two-sided; tie-corrected, exact for up to 10 values without ties.
 * @returns `s` (concordant minus discordant pairs), `z` (with continuity correction), `p`, Kendall’s `tau` (tau-b)
 * Source: Mann, Econometrica 13, 1945; Kendall, Rank Correlation Methods, 1975
 */
export function mannKendall(values: ArrayLike<number>): { s: number; z: number; p: number; tau: number } {
  const n = values.length;
  if (n < 3) throw new RangeError(`a trend needs at least 3 values, got ${n}`);
  let s = 0;
  for (let j = 1; j < n; j++) for (let i = 0; i < j; i++) s += Math.sign(values[j]! - values[i]!);
  const { ranks } = midranks(values);
  const groups = new Map<number, number>();
  for (const rank of ranks) groups.set(rank, (groups.get(rank) ?? 0) + 1);
  let correction = 0;
  let tiedPairs = 0;
  for (const ties of groups.values()) {
    correction += ties * (ties - 1) * (2 * ties + 5);
    tiedPairs += (ties * (ties - 1)) / 2;
  }
  const pairs = (n * (n - 1)) / 2;
  const tau = pairs === tiedPairs ? 0 : s / Math.sqrt(pairs * (pairs - tiedPairs));
  const variance = (n * (n - 1) * (2 * n + 5) - correction) / 18;
  const z = variance === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
  const exact = n <= 10 && tiedPairs === 0;
  const p = exact ? Math.min(1, 2 * exactUpperTail(n, Math.abs(s))) : Math.min(1, 2 * (1 - normalCdf(Math.abs(z))));
  return { s, z, p, tau };
}

/**
 * Theil–Sen slope: the median of the slopes of all pairs, with Sen's interval.
 * Source: Sen, Journal of the American Statistical Association 63, 1968
 * @param x strictly different abscissae are not needed; pairs with equal x are left out
 */
export function theilSen(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { confidence = 0.95 }: { confidence?: number } = {},
): { slope: number; intercept: number; low: number; high: number } {
  const n = x.length;
  if (n !== y.length || n < 2) throw new RangeError(`a slope needs at least 2 pairs, got ${n} and ${y.length}`);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let j = 1; j < n; j++) {
    for (let i = 0; i < j; i++) {
      if (x[j] !== x[i]) slopes[count++] = (y[j]! - y[i]!) / (x[j]! - x[i]!);
    }
  }
  if (count === 0) throw new RangeError('a slope needs two different x');
  const ascending = slopes.subarray(0, count).sort();
  const median = (values: Float64Array): number => {
    const middle = values.length >> 1;
    return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
  };
  const slope = median(ascending);
  const residuals = Float64Array.from({ length: n }, (_, i) => y[i]! - slope * x[i]!).sort();
  const half = normalQuantile(1 - (1 - confidence) / 2) * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const lowRank = Math.floor((count - half) / 2) - 1;
  const highRank = Math.ceil((count + half) / 2);
  return {
    slope,
    intercept: median(residuals),
    low: lowRank < 0 ? Number.NEGATIVE_INFINITY : ascending[lowRank]!,
    high: highRank >= count ? Number.POSITIVE_INFINITY : ascending[highRank]!,
  };
}
