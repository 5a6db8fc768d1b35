import { missing, type Shape } from './shape.ts';

// One function for each operation, not one that takes a callback: a callback per value would allocate its result.

/** a + b. */
export function add(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = a[at]! + b[at]!;
  return out;
}

/** a − b. */
export function subtract(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = a[at]! - b[at]!;
  return out;
}

/** a · b. */
export function multiply(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = a[at]! * b[at]!;
  return out;
}

/** a / b; missing where b is 0. */
export function divide(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = b[at] === 0 ? Number.NaN : a[at]! / b[at]!;
  return out;
}

/** a / b − 1, the change from b to a; missing where b is 0. */
export function change(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = b[at] === 0 ? Number.NaN : a[at]! / b[at]! - 1;
  return out;
}

/** factor · a + offset. */
export function scale(a: Float64Array, factor: number, offset = 0): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = factor * a[at]! + offset;
  return out;
}

/** Natural logarithm; missing below and at 0. */
export function logarithm(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = a[at]! > 0 ? Math.log(a[at]!) : Number.NaN;
  return out;
}

/** |a|. */
export function absolute(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = Math.abs(a[at]!);
  return out;
}

/** √a; missing below 0. */
export function squareRoot(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = Math.sqrt(a[at]!);
  return out;
}

/** a where it is above 0, else 0. */
export function positivePart(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = a[at]! < 0 ? 0 : a[at]!;
  return out;
}

/** 1 where a > b, else 0. */
export function isAbove(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) {
    const difference = a[at]! - b[at]!;
    out[at] = difference > 0 ? 1 : difference <= 0 ? 0 : Number.NaN;
  }
  return out;
}

/** The larger of both. */
export function larger(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = Math.max(a[at]!, b[at]!);
  return out;
}

/** The smaller of both. */
export function smaller(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = Math.min(a[at]!, b[at]!);
  return out;
}

/** Any function of one column, value by value. For rare things: it allocates for each value. */
export function map(a: Float64Array, f: (a: number) => number): Float64Array {
  return a.map(f);
}

/** The value of so many sessions before; missing in the first ones. A negative number would look ahead and is refused. */
export function delay(a: Float64Array, { stocks }: Shape, days: number): Float64Array {
  if (!Number.isInteger(days) || days < 0)
    throw new RangeError(`delay: ${days} is not a number of past sessions; a negative one would look ahead`);
  const out = missing(a.length);
  out.set(a.subarray(0, Math.max(0, a.length - days * stocks)), Math.min(a.length, days * stocks));
  return out;
}

/** The last value there was; missing before a stock's first. */
export function fillForward(a: Float64Array, { stocks }: Shape): Float64Array {
  const out = a.slice();
  for (let at = stocks; at < out.length; at++) if (Number.isNaN(out[at]!)) out[at] = out[at - stocks]!;
  return out;
}
