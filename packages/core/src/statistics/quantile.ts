/** An ascending copy; the order of arrival in `values` is left alone. */
export function sortedCopy(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * Nearest-rank quantile: the smallest value with at least the share `q` of the sample at or below it.
 * @param ascending sorted values, at least one
 * @param q in [0, 1]
 * @throws RangeError for an empty sample
 */
export function quantile(ascending: Float64Array, q: number): number {
  const n = ascending.length;
  if (n === 0) throw new RangeError('quantile of an empty sample');
  // 0.07 × 100 is 7.000000000000001 in floating point; without the margin its rank would be one too high.
  const rank = Math.ceil(q * n - 1e-9);
  return ascending[Math.min(n, Math.max(1, rank)) - 1]!;
}
