/** Bits after the point in the fixed-point numbers below. */
const BITS = 140n;
const ONE = 1n << BITS;

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);

/** ln((1 + z) / (1 - z)) for a fixed-point z of at most 1/3: 2 (z + z³/3 + z⁵/5 + …). */
function logOfRatio(z: bigint): bigint {
  const square = (z * z) >> BITS;
  let sum = 0n;
  for (let power = z, k = 1n; power !== 0n && power !== -1n; power = (power * square) >> BITS, k += 2n)
    sum += power / k;
  return 2n * sum;
}

const LN2 = logOfRatio(ONE / 3n);

function toDouble(fixed: bigint): number {
  const size = fixed < 0n ? -fixed : fixed;
  const drop = BigInt(Math.max(size.toString(2).length - 64, 0));
  // A sticky last bit keeps the rounding to the nearest double right.
  const isExact = (size >> drop) << drop === size;
  const value = Number((size >> drop) | (isExact ? 0n : 1n)) * 2 ** Number(drop - BITS);
  return fixed < 0n ? -value : value;
}

/** The natural logarithm of a positive finite number, fixed-point. */
function fixedLog(value: number): bigint {
  // Subnormal numbers are scaled into the normal range.
  const isSmall = value < 2 ** -1000;
  double[0] = isSmall ? value * 2 ** 100 : value;
  const exponent = Number(bits[0]! >> 52n) - 1023 - (isSmall ? 100 : 0);
  const mantissa = ((bits[0]! & ((1n << 52n) - 1n)) | (1n << 52n)) << (BITS - 52n);
  const isLarge = mantissa > (ONE * 4n) / 3n;
  const m = isLarge ? mantissa >> 1n : mantissa;
  const z = ((m - ONE) << BITS) / (m + ONE);
  return logOfRatio(z) + BigInt(exponent + (isLarge ? 1 : 0)) * LN2;
}

/**
 * The double nearest to the natural logarithm. `Math.log` may be a unit in the last place beside it, and the score that
 * a training starts from is seen in every leaf of the first tree; C libraries give the nearest almost always.
 */
export function nearestLog(value: number): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY) || value === 1) return Math.log(value);
  return toDouble(fixedLog(value));
}

/** The double nearest to the logarithm to base 2 of a positive finite number. */
export function nearestLog2(value: number): number {
  return toDouble((fixedLog(value) << BITS) / LN2);
}
