/** Bits after the point in the fixed-point numbers that the table is computed with. */
const BITS = 180n;
const STEPS = 128;

/** ⌊√n⌋, by Newton's iteration from above. */
function root(n: bigint): bigint {
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** 2^(i/128) as the nearest double, and the share of it by which that is too small. */
interface Powers {
  readonly nearest: Float64Array;
  readonly lack: Float64Array;
}

function powersOfTwo(): Powers {
  let step = 2n << BITS;
  for (let i = 1; i < STEPS; i *= 2) step = root(step << BITS);
  const nearest = new Float64Array(STEPS);
  const lack = new Float64Array(STEPS);
  for (let i = 0, power = 1n << BITS; i < STEPS; i++, power = (power * step) >> BITS) {
    const mantissa = (power + (1n << (BITS - 53n))) >> (BITS - 52n);
    const rounded = mantissa << (BITS - 52n);
    nearest[i] = Number(mantissa) * 2 ** -52;
    lack[i] = Number(((power - rounded) << 200n) / rounded) * 2 ** -200;
  }
  return { nearest, lack };
}

let table: Powers | undefined;

/** `a * b + c` with one rounding; numbers far from the ends of the range. */
function fusedMultiplyAdd(a: number, b: number, c: number): number {
  // Dekker's product and Knuth's sum: both errors exact.
  const product = a * b;
  const shiftedA = 134217729 * a;
  const highA = shiftedA - (shiftedA - a);
  const lowA = a - highA;
  const shiftedB = 134217729 * b;
  const highB = shiftedB - (shiftedB - b);
  const lowB = b - highB;
  const lost = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
  const sum = product + c;
  const back = sum - product;
  return sum + (product - (sum - back) + (c - back) + lost);
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

const STEPS_PER_UNIT = 184.6649652337873; // 128 / ln 2
const STEP_HIGH = 0.005415212348111709; // ln 2 / 128 in two parts, the first with room for a factor
const STEP_LOW = 1.2864023111638346e-14;
const SHIFT = 6755399441055744; // 1.5 · 2^52

/**
 * e^x with the bits of the C library that LightGBM runs on: glibc since 2.28, on processors with fused multiplication.
 * `Math.exp` differs from it in the last place for about one number in ten.
 * Source: the method and its constants are those of ARM's optimized routines, `math/exp.c` (table of 128, order 5).
 */
export function cExp(x: number): number {
  // Beyond, results are infinite, zero or subnormal.
  if (!(x > -708 && x < 709)) return Math.exp(x);
  if (Math.abs(x) < 2 ** -54) return 1 + x;
  table ??= powersOfTwo();
  const steps = fusedMultiplyAdd(STEPS_PER_UNIT, x, SHIFT) - SHIFT;
  const index = steps & (STEPS - 1);
  const r = fusedMultiplyAdd(steps, -STEP_LOW, x - steps * STEP_HIGH);
  const square = r * r;
  const low = fusedMultiplyAdd(r, 0.16666666666665886, 0.49999999999996786);
  const high = fusedMultiplyAdd(r, 0.008333335853059549, 0.0416666808410674);
  const first = fusedMultiplyAdd(square, low, table.lack[index]! + r);
  const more = fusedMultiplyAdd(square * square, high, first);
  const power = table.nearest[index]!;
  words[0] = 0;
  words[1] = (1023 + (steps - index) / STEPS) << 20;
  // Far below 1 the library needs the product twice, and so rounds it by itself.
  return (x <= -512 ? power + power * more : fusedMultiplyAdd(power, more, power)) * double[0]!;
}
