import { normalCdf } from './distributions.ts';
import { midranks } from './midranks.ts';

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

/** Variance of Kendall's S under no trend. Source: Kendall, Rank Correlation Methods, 4th ed., 1975, eq. 4.4 without ties in x */
export function kendallVariance(n: number, ties: readonly number[]): number {
  const term = (size: number): number => size * (size - 1) * (2 * size + 5);
  return (term(n) - ties.reduce((sum, size) => sum + term(size), 0)) / 18;
}

/**
 * Mann–Kendall test for a monotone trend, two-sided: exact for up to 10 values without ties, else normal with the
 * corrections for ties and continuity. Values that depend on their neighbours show trends where there are none.
 * Source: Mann, Econometrica 13(3), 1945; Kendall, Rank Correlation Methods, 1975
 * @param values in time order, at least 3; time and work grow with the square of their number
 * @returns `s` (rising less falling pairs), `z`, `p`, and Kendall's `tau` (tau-b) in [−1, 1]
 * @throws RangeError for fewer than 3 values
 */
export function mannKendall(values: ArrayLike<number>): { s: number; z: number; p: number; tau: number } {
  const n = values.length;
  if (n < 3) throw new RangeError(`a trend needs at least 3 values, got ${n}`);
  let s = 0;
  for (let j = 1; j < n; j++) for (let i = 0; i < j; i++) s += Math.sign(values[j]! - values[i]!);
  const { ties } = midranks(values);
  const pairs = (n * (n - 1)) / 2;
  const tiedPairs = ties.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  const tau = pairs === tiedPairs ? 0 : s / Math.sqrt(pairs * (pairs - tiedPairs));
  const variance = kendallVariance(n, ties);
  const z = variance <= 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
  const isExact = n <= 10 && tiedPairs === 0;
  const p = Math.min(1, 2 * (isExact ? exactUpperTail(n, Math.abs(s)) : normalCdf(-Math.abs(z))));
  return { s, z, p, tau };
}
