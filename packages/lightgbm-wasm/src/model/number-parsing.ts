import { ModelFormatError } from '../errors.ts';

/** Where in a model text a number stands. */
export interface Place {
  readonly line: number;
  readonly field: string;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NAMED = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
  ['-nan', Number.NaN],
]);

/** A decimal number as C writes it; `undefined` if the text is none. */
export function parseDecimal(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : NAMED.get(text);
}

/** A whole number within limits. */
export function wholeNumber(text: string, place: Place, least: number, most: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new ModelFormatError(`"${text.slice(0, 40)}" is not a whole number from ${least} to ${most}`, place);
  }
  return value;
}

const SPACE = 32;
const MINUS = 45;
const ZERO = 48;

/** Whole numbers between single spaces. Reads characters itself: a model is mostly such lists. */
export function wholeList(text: string, place: Place): Int32Array {
  if (text === '') return new Int32Array(0);
  const values: number[] = [];
  let value = 0;
  let digits = 0;
  let negative = false;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : SPACE;
    if (code === SPACE) {
      // Two spaces in a row occur only inside lists that are read by other means.
      if (digits === 0 || digits > 10) badList(text, place);
      values.push(negative ? -value : value);
      value = 0;
      digits = 0;
      negative = false;
    } else if (code === MINUS && digits === 0 && !negative) {
      negative = true;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9) badList(text, place);
      value = value * 10 + digit;
      digits++;
    }
  }
  const list = Int32Array.from(values);
  // A number beyond 32 bits would have wrapped; unsigned words are read by numberList.
  for (let i = 0; i < list.length; i++) if (list[i] !== values[i]) badList(text, place);
  return list;
}

function badList(text: string, place: Place): never {
  const bad = text.split(' ').find((word) => !/^-?\d{1,10}$/.test(word) || Math.abs(Number(word)) >= 2 ** 31);
  throw new ModelFormatError(`"${(bad ?? text).slice(0, 40)}" is not a whole number`, place);
}

const PLUS = 43;
const POINT = 46;

/** Powers of ten that are doubles exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** Digits that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;

/**
 * A plain decimal (sign, digits, point) of at most 15 digits: its digits and its power of ten are doubles exactly, so
 * one division rounds correctly.
 * @returns `undefined` for anything else
 */
function shortDecimal(text: string, start: number, end: number): number | undefined {
  let at = start;
  const sign = text.charCodeAt(at);
  if (sign === MINUS || sign === PLUS) at++;
  let digits = 0;
  let mantissa = 0;
  let fraction = -1;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && fraction < 0) {
      fraction = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    mantissa = mantissa * 10 + digit;
    digits++;
    if (fraction >= 0) fraction++;
  }
  if (digits === 0 || digits > EXACT_DIGITS) return undefined;
  const value = fraction > 0 ? mantissa / POWERS[fraction]! : mantissa;
  return sign === MINUS ? -value : value;
}

/** Decimal numbers between spaces, exactly `count` of them. */
export function numberList(text: string, place: Place, count: number): Float64Array {
  // As many numbers as there is text for: a damaged count must not reserve memory.
  const values = new Float64Array(Math.min(count, text.length));
  let found = 0;
  for (let start = 0; start < text.length; ) {
    const space = text.indexOf(' ', start);
    const end = space < 0 ? text.length : space;
    const value = shortDecimal(text, start, end) ?? parseDecimal(text.slice(start, end));
    if (value === undefined) {
      throw new ModelFormatError(`"${text.slice(start, Math.min(end, start + 40))}" is not a number`, place);
    }
    if (found < values.length) values[found] = value;
    found++;
    start = end + 1;
  }
  if (found !== count) throw new ModelFormatError(`has ${found} numbers, expected ${count}`, place);
  return values;
}
