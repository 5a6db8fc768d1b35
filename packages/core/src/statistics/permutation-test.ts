import { mean } from 'simple-statistics';
import type { Random } from '../random.ts';
import type { Statistic } from './bootstrap.ts';

/** Calls back with every way to choose `size` of the numbers below `count`, as a mask. */
function forEachChoice(count: number, size: number, visit: (chosen: Uint8Array) => void): void {
  const chosen = new Uint8Array(count);
  const choose = (from: number, left: number): void => {
    if (left === 0) {
      visit(chosen);
      return;
    }
    for (let i = from; i <= count - left; i++) {
      chosen[i] = 1;
      choose(i + 1, left - 1);
      chosen[i] = 0;
    }
  };
  choose(0, size);
}

function numberOfChoices(count: number, size: number): number {
  let choices = 1;
  for (let i = 0; i < size; i++) choices = (choices * (count - i)) / (i + 1);
  return Math.round(choices);
}

/**
 * Permutation test of the difference of a statistic between two groups, two-sided: the share of arrangements at least as
 * far apart as the one seen. All arrangements where there are at most `permutations`, else that many random ones with
 * the one seen counted in, so that p is never 0.
 * Source: Phipson & Smyth, Statistical Applications in Genetics and Molecular Biology 9(1), 2010
 * @param options.statistic of one group; the mean unless given
 * @returns `difference` of the statistic, `a` less `b`
 * @throws RangeError if a group is empty
 */
export function permutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: { readonly statistic?: Statistic; readonly permutations?: number; readonly random: Random },
): { difference: number; p: number; exact: boolean } {
  const { statistic = (values) => mean(Array.from(values)), permutations = 10_000, random } = options;
  const m = a.length;
  const n = b.length;
  if (m === 0 || n === 0) throw new RangeError(`a permutation test needs values on both sides, got ${m} and ${n}`);
  const pooled = Float64Array.from([...Array.from(a), ...Array.from(b)]);
  const ofA = statistic(pooled.slice(0, m));
  const ofB = statistic(pooled.slice(m));
  const difference = ofA - ofB;
  // The same values in another order may differ in the last digits.
  const margin = 1e-12 * Math.max(Math.abs(ofA), Math.abs(ofB));
  const isAsFar = (first: Float64Array, second: Float64Array): boolean =>
    Math.abs(statistic(first) - statistic(second)) >= Math.abs(difference) - margin;

  const choices = numberOfChoices(m + n, m);
  if (choices <= permutations) {
    let extreme = 0;
    forEachChoice(m + n, m, (chosen) => {
      const first = pooled.filter((_, i) => chosen[i] === 1);
      const second = pooled.filter((_, i) => chosen[i] === 0);
      if (isAsFar(first, second)) extreme++;
    });
    return { difference, p: extreme / choices, exact: true };
  }
  const shuffled = pooled.slice();
  let extreme = 1;
  for (let i = 0; i < permutations; i++) {
    random.shuffle(shuffled);
    if (isAsFar(shuffled.slice(0, m), shuffled.slice(m))) extreme++;
  }
  return { difference, p: extreme / (permutations + 1), exact: false };
}
