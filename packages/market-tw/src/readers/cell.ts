/** What `parseNumber` gives for bytes that are no number; no price file holds an infinite figure. */
export const notANumber: number = Number.POSITIVE_INFINITY;

const comma = 0x2c;
const dash = 0x2d;
const dot = 0x2e;
const space = 0x20;
const zero = 0x30;

/** Nine digits and a point. */
const mostShortBytes = 10;
const powersOfTen = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));
const latin = new TextDecoder('latin1');

/**
 * The number in `bytes[start, end)`: `NaN` for none (empty, dashes, `nan`, `null`), `notANumber` for anything else.
 * Thousands commas are passed over. A decimal of up to 15 digits is one exact division, so it comes out as `Number` would.
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length > 0 && length <= mostShortBytes) {
    // Nearly all cells: up to nine digits, which stay a small integer, and perhaps a point.
    let short = 0;
    let point = -1;
    let i = start;
    for (; i < end; i++) {
      const digit = bytes[i]! - zero;
      if (digit >= 0 && digit <= 9) short = short * 10 + digit;
      else if (digit === dot - zero && point < 0 && length > 1) point = i;
      else break;
    }
    if (i === end && (point >= 0 || length < mostShortBytes))
      return point < 0 ? short : short / powersOfTen[end - point - 1]!;
  }
  return parseAnyNumber(bytes, start, end);
}

function parseAnyNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let last = end;
  while (at < last && bytes[at]! <= space) at++;
  while (last > at && bytes[last - 1]! <= space) last--;
  if (at === last) return Number.NaN;
  let isNegative = false;
  const first = bytes[at]!;
  if (first === dash || first === 0x2b) {
    isNegative = first === dash;
    if (++at === last) return isNegative ? Number.NaN : notANumber;
  }
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (let i = at; i < last; i++) {
    const byte = bytes[i]!;
    if (byte >= zero && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - zero);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === dot && decimals < 0) decimals = 0;
    // A comma separates thousands only between digits before the point.
    else if (!(byte === comma && decimals < 0 && digits > 0)) return unusualNumber(bytes, at, last, isNegative);
  }
  if (digits === 0) return notANumber;
  if (digits > 15) return longDecimal(bytes, at, last, isNegative);
  const value = decimals > 0 ? mantissa / powersOfTen[decimals]! : mantissa;
  return isNegative && value !== 0 ? -value : value;
}

/** Digits, commas and at most one point, as was seen: more of them than one exact division can do. */
function longDecimal(bytes: Uint8Array, start: number, end: number, isNegative: boolean): number {
  if (end - start > 40) return notANumber;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    .toString('latin1')
    .replaceAll(',', '');
  return isNegative ? -Number(text) || 0 : Number(text);
}

/** Exponents, and the words for “none”. */
function unusualNumber(bytes: Uint8Array, start: number, end: number, isNegative: boolean): number {
  if (end - start > 40) return notANumber;
  const text = latin.decode(bytes.subarray(start, end));
  if (/^(-+|nan|null|none|n\/?a)$/i.test(text)) return Number.NaN;
  if (!/^\d*\.?\d*(e[+-]?\d+)?$/i.test(text.replaceAll(',', ''))) return notANumber;
  const value = Number(text.replaceAll(',', ''));
  if (!Number.isFinite(value)) return notANumber;
  return isNegative ? -value || 0 : value;
}

/** Days since 1970-01-01 of a civil date; `undefined` if there is no such day. Source: Howard Hinnant, days_from_civil. */
function civilDay(year: number, month: number, day: number): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (isLeap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (month < 1 || month > 12 || day < 1 || day > length) return undefined;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** A year as files write it: of the Republic (two or three digits; 1 is 1912) or of our era (four). */
const gregorian = (year: number, digits: number): number => (digits <= 3 ? year + 1911 : year);

/**
 * Day number of a date in `bytes[start, end)`; −1 if it is none. Known are `2020-03-19`, `2020/03/19`, `20200319`,
 * years of the Republic in the same forms (`109/03/19`, `93/02/11`, `1090319`), and a time of day behind (`T00:00:00`),
 * which must be midnight. Parts may lack leading zeros where they are separated.
 */
export function parseDay(bytes: Uint8Array, start: number, end: number): number {
  return parseIsoDay(bytes, start, end) ?? parseAnyDay(bytes, start, end);
}

/** `2020-03-19`, the commonest form; `undefined` for any other. */
function parseIsoDay(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start !== 10 || bytes[start + 4] !== dash || bytes[start + 7] !== dash) return undefined;
  let whole = 0;
  for (let i = start; i < end; i++) {
    if (i === start + 4 || i === start + 7) continue;
    const digit = bytes[i]! - zero;
    if (digit < 0 || digit > 9) return undefined;
    whole = whole * 10 + digit;
  }
  return inRange(Math.floor(whole / 10_000), Math.floor(whole / 100) % 100, whole % 100);
}

function parseAnyDay(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let last = end;
  while (at < last && bytes[at]! <= space) at++;
  // TWSE marks some days with a star (U+FF0A in UTF-8, A1AF in Big5).
  while (last > at && (bytes[last - 1]! <= space || bytes[last - 1]! >= 0x80 || bytes[last - 1] === 0x2a)) last--;
  const parts = [0, 0, 0];
  const digits = [0, 0, 0];
  let part = 0;
  let separator = 0;
  let i = at;
  for (; i < last; i++) {
    const byte = bytes[i]!;
    if (byte >= zero && byte <= 0x39) {
      if (++digits[part]! > 8) return -1;
      parts[part] = parts[part]! * 10 + (byte - zero);
    } else if ((byte === dash || byte === 0x2f) && part < 2 && (separator === 0 || separator === byte)) {
      separator = byte;
      part++;
    } else break;
  }
  if (i < last && !isMidnight(bytes, i, last)) return -1;
  if (part === 0) {
    const whole = parts[0]!;
    const count = digits[0]!;
    // yyyymmdd, or yyymmdd and yymmdd of the Republic.
    if (count < 6 || count > 8) return -1;
    return inRange(gregorian(Math.floor(whole / 10_000), count - 4), Math.floor(whole / 100) % 100, whole % 100);
  }
  if (part !== 2 || digits[0]! < 2 || digits[0]! > 4) return -1;
  if (digits[1]! < 1 || digits[1]! > 2 || digits[2]! < 1 || digits[2]! > 2) return -1;
  return inRange(gregorian(parts[0]!, digits[0]!), parts[1]!, parts[2]!);
}

const midnight = /^[T ]00:00(:00(\.0+)?)?(Z|\+00:?00|\+08:?00)?$/;

const isMidnight = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start <= 40 && midnight.test(latin.decode(bytes.subarray(start, end)));

/** The exchange opened in 1962; a year far ahead is a mistake. */
function inRange(year: number, month: number, day: number): number {
  return year < 1962 || year > 2200 ? -1 : (civilDay(year, month, day) ?? -1);
}
