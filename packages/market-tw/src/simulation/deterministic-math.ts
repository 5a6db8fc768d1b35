/**
 * Exponential and logarithm from sums and products alone. Those of `Math` may differ in the last bit from one engine or
 * release to the next, and a bit is enough to move a price by a tick; IEEE 754 fixes +, −, ×, ÷ and √ everywhere.
 */

const steps = 32;
const stepsPerUnit = steps / Math.LN2;
/** ln 2 / 32 in two parts; the first has 36 binary places, so that its products with step numbers are exact. */
const stepHigh = Math.floor((Math.LN2 / steps) * 2 ** 36) / 2 ** 36;
const stepLow = Math.LN2 / steps - stepHigh;

/** 2^(j/32), by square roots. */
const fractions = Float64Array.from({ length: steps }, (_, j) => {
  let value = 1;
  let root = 2;
  for (let bit = steps >> 1; bit > 0; bit >>= 1) {
    root = Math.sqrt(root);
    if (j & bit) value *= root;
  }
  return value;
});

const lowestPower = -1022;
const powers = new Float64Array(1023 - lowestPower + 1);
powers[-lowestPower] = 1;
for (let k = 1; k <= 1023; k++) powers[k - lowestPower] = powers[k - 1 - lowestPower]! * 2;
for (let k = -1; k >= lowestPower; k--) powers[k - lowestPower] = powers[k + 1 - lowestPower]! / 2;

/** e^x to about 1e-15; 0 below −700 and infinite above 700. */
export function exp(x: number): number {
  if (x < -700) return 0;
  if (x > 700) return Number.POSITIVE_INFINITY;
  const n = Math.floor(x * stepsPerUnit + 0.5);
  const r = x - n * stepHigh - n * stepLow;
  // |r| ≤ 0.011: what is left out is below 1e-16.
  const tail = r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720)))));
  const scale = powers[(n >> 5) - lowestPower]! * fractions[n & 31]!;
  return scale + scale * tail;
}

/** e^x of the first `count` places, in place: the bits of `exp`, and in a loop of its own no number is boxed. */
export function expColumn(values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) values[i] = exp(values[i]!);
}

/** Natural logarithm to about 1e-15 of positive numbers; NaN below 0, −∞ at 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  // x = m × 2^k with m from √½ to √2; doubling and halving are exact.
  let m = x;
  let k = 0;
  while (m >= 4294967296) {
    m /= 4294967296;
    k += 32;
  }
  while (m < 1 / 4294967296) {
    m *= 4294967296;
    k -= 32;
  }
  while (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  while (m < Math.SQRT1_2) {
    m *= 2;
    k--;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  // The odd terms of the series, written out: a loop of constants is not folded.
  let sum = (((1 / 23) * q + 1 / 21) * q + 1 / 19) * q + 1 / 17;
  sum = (((sum * q + 1 / 15) * q + 1 / 13) * q + 1 / 11) * q + 1 / 9;
  sum = (((sum * q + 1 / 7) * q + 1 / 5) * q + 1 / 3) * q + 1;
  return k * Math.LN2 + 2 * s * sum;
}
