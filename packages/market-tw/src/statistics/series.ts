/** Correlation of the places where both are numbers; NaN with fewer than `least` of them or where one side is constant. */
export function correlation(a: Float64Array, b: Float64Array, least = 8): number {
  let count = 0;
  let meanA = 0;
  let meanB = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let t = 0; t < a.length; t++) {
    const x = a[t]!;
    const y = b[t]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    count++;
    const dx = x - meanA;
    const dy = y - meanB;
    meanA += dx / count;
    meanB += dy / count;
    aa += dx * (x - meanA);
    bb += dy * (y - meanB);
    ab += dx * (y - meanB);
  }
  return count < least || aa < 1e-18 || bb < 1e-18 ? Number.NaN : ab / Math.sqrt(aa * bb);
}

/** Mean of the numbers among the values; NaN of none. */
export function meanOfFinite(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** Median of the numbers among the values; NaN of none. */
export function medianOfFinite(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return Number.NaN;
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Standard deviation of the numbers among the values, by n − 1; NaN of fewer than two. */
export function deviationOfFinite(values: Float64Array): number {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    const difference = value - mean;
    mean += difference / count;
    squares += difference * (value - mean);
  }
  return count < 2 ? Number.NaN : Math.sqrt(squares / (count - 1));
}

/** Fourth moment over squared variance less 3: 0 for a normal. */
export function excessKurtosis(values: Float64Array): number {
  const mean = meanOfFinite(values);
  let count = 0;
  let second = 0;
  let fourth = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const square = (value - mean) * (value - mean);
    count++;
    second += square;
    fourth += square * square;
  }
  return count < 4 || second === 0 ? Number.NaN : (count * fourth) / (second * second) - 3;
}

/**
 * Tail index of the largest absolute values: the smaller, the fatter.
 * @param share part of the values that is the tail
 * Source: Hill, Annals of Statistics 3(5), 1975
 */
export function hillIndex(values: Float64Array, share: number): number {
  const sizes = values
    .filter((value) => !Number.isNaN(value))
    .map(Math.abs)
    .sort();
  const tail = Math.floor(sizes.length * share);
  if (tail < 10) return Number.NaN;
  const threshold = sizes[sizes.length - 1 - tail]!;
  if (threshold <= 0) return Number.NaN;
  let sum = 0;
  for (let k = sizes.length - tail; k < sizes.length; k++) sum += Math.log(sizes[k]! / threshold);
  return tail / sum;
}
