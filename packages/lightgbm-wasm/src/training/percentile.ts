const keep = (value: number): number => value;

/**
 * LightGBM's percentile of unweighted values: between two order statistics, counted from the largest.
 * @param round `Math.fround` where LightGBM computes in single precision
 */
export function percentile(values: Float64Array, alpha: number, round: (value: number) => number = keep): number {
  const count = values.length;
  if (count <= 1) return values[0]!;
  const sorted = values.slice().sort();
  const fromTop = (rank: number): number => sorted[count - 1 - rank]!;
  const exact = (count - 1) * (1 - alpha);
  const position = Math.trunc(exact) + 1;
  if (position < 1) return fromTop(0);
  if (position >= count) return fromTop(count - 1);
  const share = exact - (position - 1);
  const upper = fromTop(position - 1);
  return round(upper - round(upper - fromTop(position)) * share);
}

/** LightGBM's percentile of weighted values. */
export function weightedPercentile(
  values: Float64Array,
  weights: Float32Array,
  alpha: number,
  round: (value: number) => number = keep,
): number {
  const count = values.length;
  if (count <= 1) return values[0]!;
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  const cumulated = new Float64Array(count);
  let sum = 0;
  order.forEach((row, i) => {
    sum += weights[row]!;
    cumulated[i] = sum;
  });
  const threshold = cumulated[count - 1]! * alpha;
  const found = cumulated.findIndex((value) => value > threshold);
  const position = found < 0 ? count - 1 : Math.min(found, count - 1);
  const value = (at: number): number => values[order[at]!]!;
  if (position === 0 || position === count - 1) return value(position);
  const lower = value(position - 1);
  const upper = value(position);
  const gap = cumulated[position + 1]! - cumulated[position]!;
  if (gap < 1) return round(upper);
  return round(((threshold - cumulated[position]!) / gap) * round(upper - lower) + lower);
}
