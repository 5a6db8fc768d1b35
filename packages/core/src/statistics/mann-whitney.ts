import { normalCdf } from './distributions.ts';
import { midranks } from './midranks.ts';

/** Number of arrangements that give each U, for groups of `m` and `n` values without ties. */
function arrangementsByU(m: number, n: number): Float64Array {
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

function exactP(u: number, m: number, n: number): number {
  const smaller = Math.min(u, m * n - u);
  let below = 0;
  let all = 0;
  arrangementsByU(m, n).forEach((count, at) => {
    all += count;
    if (at <= smaller) below += count;
  });
  return Math.min(1, (2 * below) / all);
}

/**
 * Mann–Whitney U test, two-sided. Exact without ties where `m × n` is at most 400, else normal with the corrections for
 * ties and continuity. The values of each group must be independent: runs, never the requests of one run.
 * Source: Mann & Whitney, Annals of Mathematical Statistics 18(1), 1947
 * @returns `u` of `a` (pairs that `a` wins, ties half); `effect`, the rank-biserial correlation in [−1, 1]: 1 if all of
 *   `a` lie above all of `b`. Vargha and Delaney's A12 is `(1 + effect) / 2`.
 * @throws RangeError if a group is empty
 */
export function mannWhitneyU(a: ArrayLike<number>, b: ArrayLike<number>): { u: number; p: number; effect: number } {
  const m = a.length;
  const n = b.length;
  if (m === 0 || n === 0) throw new RangeError(`Mann–Whitney U needs values on both sides, got ${m} and ${n}`);
  const { ranks, ties } = midranks([...Array.from(a), ...Array.from(b)]);
  let rankSum = 0;
  for (let i = 0; i < m; i++) rankSum += ranks[i]!;
  const u = rankSum - (m * (m + 1)) / 2;
  const effect = (2 * u) / (m * n) - 1;
  if (ties.length === 0 && m * n <= 400) return { u, p: exactP(u, m, n), effect };
  const total = m + n;
  const tieTerm = ties.reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = ((m * n) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  if (variance <= 0) return { u, p: 1, effect };
  const z = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / Math.sqrt(variance);
  return { u, p: Math.min(1, 2 * normalCdf(-z)), effect };
}
