/**
 * Ranks from 1; ties share the mean of theirs.
 * @param values finite
 * @returns the ranks in the order of `values`, and the sizes of the groups of equal values
 */
export function midranks(values: ArrayLike<number>): { ranks: Float64Array; ties: readonly number[] } {
  const n = values.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(n);
  const ties: number[] = [];
  for (let i = 0; i < n; ) {
    let j = i;
    while (j + 1 < n && values[order[j + 1]!] === values[order[i]!]) j++;
    if (j > i) ties.push(j - i + 1);
    for (let k = i; k <= j; k++) ranks[order[k]!] = (i + j) / 2 + 1;
    i = j + 1;
  }
  return { ranks, ties };
}
