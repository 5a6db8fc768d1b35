import { ModelFormatError } from '../errors.ts';
import { numberParser } from '../internal/number-parser.ts';

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

/** Whole numbers of 32 bits between single spaces. */
export function wholeList(text: string, place: Place): Int32Array {
  return numberParser().wholes(text) ?? badList(text, place);
}

function badList(text: string, place: Place): never {
  const bad = text.split(' ').find((word) => !/^-?\d{1,10}$/.test(word) || Math.abs(Number(word)) >= 2 ** 31);
  throw new ModelFormatError(`"${(bad ?? text).slice(0, 40)}" is not a whole number`, place);
}

/** Decimal numbers between spaces, exactly `count` of them. */
export function numberList(text: string, place: Place, count: number): Float64Array {
  const parsed = numberParser().numbers(text);
  if (!parsed) throw new ModelFormatError('holds characters that are not of numbers', place);
  const { values } = parsed;
  for (let i = 0; i < parsed.hard.length; i += 3) {
    const word = text.slice(parsed.hard[i + 1], parsed.hard[i + 2]);
    const value = parseDecimal(word);
    if (value === undefined) throw new ModelFormatError(`"${word.slice(0, 40)}" is not a number`, place);
    values[parsed.hard[i]!] = value;
  }
  if (values.length !== count) {
    throw new ModelFormatError(`has ${values.length} numbers, expected ${count}`, place);
  }
  return values;
}
