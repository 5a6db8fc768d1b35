/**
 * `printf("%.{digits}g")`: what LightGBM writes its numbers with (17 digits read back to the same double).
 * Trailing zeros are dropped, exponents have at least two digits, infinities are `inf`.
 */
export function formatSignificant(value: number, digits: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const magnitude = Math.abs(value);
  const rounded = roundedHalfEven(magnitude, digits);
  const exponentAt = rounded.indexOf('e');
  const exponent = Number(rounded.slice(exponentAt + 1));
  const mantissa = rounded[0]! + rounded.slice(2, exponentAt);
  const sign = value < 0 ? '-' : '';
  let end = mantissa.length;
  while (end > 1 && mantissa.charCodeAt(end - 1) === 48) end--;
  if (exponent < -4 || exponent >= digits) {
    const power = Math.abs(exponent);
    const fraction = end > 1 ? `.${mantissa.slice(1, end)}` : '';
    return `${sign}${mantissa[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power < 10 ? '0' : ''}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${mantissa.slice(0, end)}`;
  if (end <= exponent + 1) return sign + mantissa.slice(0, end).padEnd(exponent + 1, '0');
  return `${sign}${mantissa.slice(0, exponent + 1)}.${mantissa.slice(exponent + 1, end)}`;
}

/** JavaScript rounds an exact tie up, C to the even digit; a tie shows as one digit more that is the last, a 5. */
function roundedHalfEven(magnitude: number, digits: number): string {
  const up = magnitude.toExponential(digits - 1);
  if (magnitude.toExponential(digits).charCodeAt(digits + 1) !== 53) return up;
  const exact = magnitude.toExponential(60);
  const rest = exact.slice(digits + 1, exact.indexOf('e'));
  if (rest[0] !== '5' || !/^50*$/.test(rest)) return up;
  const down = exact.slice(0, digits + 1);
  // The last digit that stays; the first one stands before the point.
  const last = down.charCodeAt(digits === 1 ? 0 : digits) - 48;
  return last % 2 === 0 ? `${down}${exact.slice(exact.indexOf('e'))}` : up;
}
