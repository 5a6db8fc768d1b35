/** The percentile `q` of values in ascending order, by nearest rank. */
export const rank = (ascending: Float64Array, q: number): number =>
  ascending[Math.min(ascending.length - 1, Math.max(0, Math.ceil(q * ascending.length) - 1))]!;

/** Bound of a percentile by order statistics, `z` standard errors of its rank away (normal approximation). */
export function percentileBound(ascending: Float64Array, q: number, z: number): number {
  return rank(ascending, q + z * Math.sqrt((q * (1 - q)) / ascending.length));
}

/** Upper Wilson bound of a share. */
export function shareUpper(count: number, n: number, z: number): number {
  if (n === 0) return 1;
  const share = count / n;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return (centre + spread) / (1 + (z * z) / n);
}

/** Lower Wilson bound of a share. */
export const shareLower = (count: number, n: number, z: number): number => 1 - shareUpper(n - count, n, z);
