const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The next double above. NaN and +inf stay. */
export function nextUp(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0]! += value > 0 ? 1n : -1n;
  return double[0];
}

/** Whether `b`, which is not below `a`, is at most one unit in the last place above it. */
export function isSameOrdered(a: number, b: number): boolean {
  // Most neighbours are far apart; finding the next double is costly.
  if (b - a > Math.abs(b) * 1e-15 && b - a > Number.MIN_VALUE) return false;
  return b <= nextUp(a);
}

/** LightGBM's kEpsilon, 1e-15f. */
export const EPSILON: number = Math.fround(1e-15);

/** Values this close to 0 are written as 0, so that no -0 appears in a model. */
export function zeroIfTiny(value: number): number {
  return value >= -1.0000000180025095e-35 && value <= 1.0000000180025095e-35 ? 0 : value;
}

/** `(int)(x + 0.5)`. */
export function rounded(value: number): number {
  return Math.trunc(value + 0.5);
}
