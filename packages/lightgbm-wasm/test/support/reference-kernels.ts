/** The kernels of `assembly/` in plain TypeScript, over arrays instead of addresses. */

/** Adds pairs to `[gradient, hessian]` cells by bin, in row order. */
export function histogramOf(bins: ArrayLike<number>, pairs: Float32Array, binCount: number): Float64Array {
  const cells = new Float64Array(2 * binCount);
  for (let i = 0; i < bins.length; i++) {
    cells[2 * bins[i]!]! += pairs[2 * i]!;
    cells[2 * bins[i]! + 1]! += pairs[2 * i + 1]!;
  }
  return cells;
}

export function pairsOfRows(pairs: Float32Array, rows: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: 2 * rows.length }, (_, i) => pairs[2 * rows[i >> 1]! + (i & 1)]!);
}

export function fixedMostFrequent(cells: Float64Array, bin: number, gradient: number, hessian: number): Float64Array {
  const fixed = cells.slice();
  let g = gradient;
  let h = hessian;
  for (let other = 0; other < cells.length / 2; other++) {
    if (other === bin) continue;
    g -= cells[2 * other]!;
    h -= cells[2 * other + 1]!;
  }
  fixed[2 * bin] = g;
  fixed[2 * bin + 1] = h;
  return fixed;
}

export function partitioned(
  bins: ArrayLike<number>,
  rows: readonly number[],
  goesRight: Uint8Array,
): [number[], number[]] {
  return [rows.filter((row) => !goesRight[bins[row]!]), rows.filter((row) => goesRight[bins[row]!])];
}

export function summedPairs(pairs: Float32Array, rows: readonly number[]): [number, number] {
  let g = 0;
  let h = 0;
  for (const row of rows) {
    g += pairs[2 * row]!;
    h += pairs[2 * row + 1]!;
  }
  return [g, h];
}

export function squaredErrorPairs(scores: Float64Array, labels: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * scores.length }, (_, i) => (i & 1 ? 1 : scores[i >> 1]! - labels[i >> 1]!));
}

/** How many thresholds lie below each value; missing values count as `instead`, +inf as above all. */
export function codesOf(
  values: readonly number[],
  thresholds: Float64Array,
  instead: number,
  isZeroMissing: boolean,
): number[] {
  return values.map((value) => {
    const isMissing = Number.isNaN(value) || (isZeroMissing && Math.abs(value) <= Math.fround(1e-35));
    if (isMissing && instead === Number.POSITIVE_INFINITY) return thresholds.length;
    return thresholds.filter((threshold) => threshold < (isMissing ? instead : value)).length;
  });
}
