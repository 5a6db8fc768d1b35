/** Powers of ten as LightGBM multiplies them up: exact to 1e22, off by a unit in the last place here and there above. */
function powerOfTen(base: number, power: number): number {
  if (power === 0) return 1;
  if (power % 2 === 0) return powerOfTen(base * base, power / 2);
  if (power % 3 === 0) return powerOfTen(base * base * base, power / 3);
  return base * powerOfTen(base, power - 1);
}

const fractions = Array.from({ length: 64 }, (_, digits) => powerOfTen(10, digits));

function scaleOf(exponent: number): number {
  let rest = Math.min(exponent, 308);
  let scale = 1;
  for (; rest >= 50; rest -= 50) scale *= 1e50;
  for (; rest >= 8; rest -= 8) scale *= 1e8;
  for (; rest > 0; rest--) scale *= 10;
  return scale;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?)(\d*))?$/;

function digitsValue(digits: string): number {
  let value = 0;
  for (let i = 0; i < digits.length; i++) value = value * 10 + (digits.charCodeAt(i) - 48);
  return value;
}

/**
 * A decimal as LightGBM reads tables unless `precise_float_parser` is set: digit by digit in double precision, so that
 * some come out one unit in the last place beside the nearest double. Bins and thresholds of a model depend on it.
 * @returns NaN for what is not a decimal
 */
export function legacyDecimal(text: string): number {
  const parts = DECIMAL.exec(text);
  if (!parts || !/\d/.test(text)) return Number.NaN;
  const [, sign, whole = '', fraction, exponentSign, exponent] = parts;
  let value = digitsValue(whole);
  if (fraction !== undefined) {
    value += digitsValue(fraction) / (fractions[fraction.length] ?? powerOfTen(10, fraction.length));
  }
  if (exponent !== undefined) {
    const scale = scaleOf(digitsValue(exponent));
    value = exponentSign === '-' ? value / scale : value * scale;
  }
  return sign === '-' ? -value : value;
}
