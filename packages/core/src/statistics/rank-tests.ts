import type { Random } from '../random.ts';
import { normalCdf } from './distributions.ts';

/** Midranks (1-based; ties share the mean of their ranks), and the tie term Σ(t³ − t). */
export function midranks(values: ArrayLike<number>): { ranks: Float64Array; tieTerm: number } {
  const n = values.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(n);
  let tieTerm = 0;
  for (let i = 0; i < n; ) {
    let j = i;
    while (j + 1 < n && values[order[j + 1]!] === values[order[i]!]) j++;
    const ties = j - i + 1;
    tieTerm += ties ** 3 - ties;
    for (let k = i; k <= j; k++) ranks[order[k]!] = (i + j) / 2 + 1;
    i = j + 1;
  }
  return { ranks, tieTerm };
}

/** Number of ways to reach each U with groups of `m` and `n` values without ties. */
function exactDistribution(m: number, n: number): Float64Array {
  let table: Float64Array[] = Array.from({ length: n + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= m; i++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= n; j++) {
      const ways = new Float64Array(i * j + 1);
      // The largest value is of the first group and beats all j of the second, or is of the second.
      table[j]!.forEach((count, u) => {
        ways[u + j]! += count;
      });
      next[j - 1]!.forEach((count, u) => {
        ways[u]! += count;
      });
      next.push(ways);
    }
    table = next;
  }
  return table[n]!;
}

/**
 * Mann–Whitney U test, two-sided. Exact for small groups without ties, else normal with tie and continuity corrections.
 * @returns `u` of the first group; `effect` is the rank-biserial correlation: 1 if all of `a` lie above all of `b`
 * Source: Mann & Whitney, Annals of Mathematical Statistics 18(1), 1947
 */
export function mannWhitneyU(a: ArrayLike<number>, b: ArrayLike<number>): { u: number; p: number; effect: number } {
  const m = a.length;
  const n = b.length;
  if (m === 0 || n === 0) throw new RangeError('Mann–Whitney U needs values on both sides');
  const { ranks, tieTerm } = midranks([...Array.from(a), ...Array.from(b)]);
  let rankSum = 0;
  for (let i = 0; i < m; i++) rankSum += ranks[i]!;
  const u = rankSum - (m * (m + 1)) / 2;
  const effect = (2 * u) / (m * n) - 1;
  if (tieTerm === 0 && m * n <= 400) {
    const ways = exactDistribution(m, n);
    const smaller = Math.min(u, m * n - u);
    let below = 0;
    let all = 0;
    ways.forEach((count, at) => {
      all += count;
      if (at <= smaller) below += count;
    });
    return { u, p: Math.min(1, (2 * below) / all), effect };
  }
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  if (variance === 0) return { u, p: 1, effect };
  const z = (Math.abs(u - (m * n) / 2) - 0.5) / Math.sqrt(variance);
  return { u, p: Math.min(1, 2 * (1 - normalCdf(Math.max(0, z)))), effect };
}

/**
 * Permutation test of the difference of a statistic between two groups, two-sided.
 * All arrangements where there are few enough, else `permutations` random ones (with the observed one counted in, so
 * that p is never 0).
 * Source: Phipson & Smyth, Statistical Applications in Genetics and Molecular Biology 9(1), 2010
 */
export function permutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: { statistic?: (values: Float64Array) => number; permutations?: number; random: Random },
): { difference: number; p: number; exact: boolean } {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { statistic = mean, permutations = 10_000, random } = options;
  const pooled = Float64Array.from([...Array.from(a), ...Array.from(b)]);
  const m = a.length;
  const difference = statistic(pooled.slice(0, m)) - statistic(pooled.slice(m));
  const asExtreme = (values: Float64Array): boolean =>
    Math.abs(statistic(values.slice(0, m)) - statistic(values.slice(m))) >=
    Math.abs(difference) - 1e-12 * Math.abs(difference);
  let arrangements = 1;
  for (let i = 0; i < m; i++) arrangements = (arrangements * (pooled.length - i)) / (i + 1);
  if (arrangements <= permutations) {
    let extreme = 0;
    let count = 0;
    const chosen: number[] = [];
    const visit = (from: number): void => {
      if (chosen.length === m) {
        const inFirst = new Set(chosen);
        const rest = pooled.filter((_, i) => !inFirst.has(i));
        count++;
        if (asExtreme(Float64Array.from([...chosen.map((i) => pooled[i]!), ...rest]))) extreme++;
        return;
      }
      for (let i = from; i <= pooled.length - (m - chosen.length); i++) {
        chosen.push(i);
        visit(i + 1);
        chosen.pop();
      }
    };
    visit(0);
    return { difference, p: extreme / count, exact: true };
  }
  const shuffled = pooled.slice();
  let extreme = 1;
  for (let i = 0; i < permutations; i++) if (asExtreme(random.shuffle(shuffled))) extreme++;
  return { difference, p: extreme / (permutations + 1), exact: false };
}
