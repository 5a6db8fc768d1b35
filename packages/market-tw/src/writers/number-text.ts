const zero = 0x30;
const digits = new Uint8Array(20);

/**
 * Writes a number as `String` would: the shortest text that reads back as the same number; nothing for `NaN`.
 * Whole numbers and prices of two decimals, which is nearly all of a panel, are written digit by digit.
 * @returns where the text ends
 */
export function writeNumber(value: number, bytes: Uint8Array, at: number): number {
  if (Number.isNaN(value)) return at;
  const magnitude = value < 0 ? -value : value;
  if (magnitude <= 9_000_000_000_000) {
    const hundredths = Math.round(magnitude * 100);
    if (hundredths / 100 === magnitude) return writeHundredths(hundredths, value < 0, bytes, at);
  }
  const text = String(value);
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function writeHundredths(hundredths: number, isNegative: boolean, bytes: Uint8Array, start: number): number {
  let at = start;
  if (isNegative) bytes[at++] = 0x2d;
  const cents = hundredths % 100;
  let whole = (hundredths - cents) / 100;
  let count = 0;
  // Whole numbers below 2³¹ divide as integers, several times faster.
  while (whole > 0x7fffffff) {
    const rest = whole % 10;
    digits[count++] = rest;
    whole = (whole - rest) / 10;
  }
  let small = whole | 0;
  do {
    const next = (small / 10) | 0;
    digits[count++] = small - next * 10;
    small = next;
  } while (small > 0);
  while (count > 0) bytes[at++] = zero + digits[--count]!;
  if (cents === 0) return at;
  bytes[at++] = 0x2e;
  bytes[at++] = zero + ((cents / 10) | 0);
  if (cents % 10 !== 0) bytes[at++] = zero + (cents % 10);
  return at;
}
