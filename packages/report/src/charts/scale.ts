import type { Unit } from '@preopen/core';

/** A unit as an axis shows it: the factor that makes its numbers short, and its name. */
export interface DisplayUnit {
  readonly factor: number;
  readonly name: string;
}

/** The prefix under which the largest of some values has one to four digits. */
export function displayUnit(unit: Unit | 'percent' | undefined, largest: number): DisplayUnit {
  const size = Math.abs(largest);
  switch (unit) {
    case 'bytes':
      if (size >= 1e12) return { factor: 1e-12, name: 'TB' };
      if (size >= 1e9) return { factor: 1e-9, name: 'GB' };
      if (size >= 1e6) return { factor: 1e-6, name: 'MB' };
      return size >= 1e3 ? { factor: 1e-3, name: 'kB' } : { factor: 1, name: 'B' };
    case 'ms':
      if (size >= 10_000) return { factor: 1e-3, name: 's' };
      return size > 0 && size < 1 ? { factor: 1e3, name: 'µs' } : { factor: 1, name: 'ms' };
    case 's':
      if (size >= 10_800) return { factor: 1 / 3600, name: 'h' };
      if (size >= 600) return { factor: 1 / 60, name: 'min' };
      return size > 0 && size < 1 ? { factor: 1e3, name: 'ms' } : { factor: 1, name: 's' };
    case 'percent':
      return { factor: 100, name: '%' };
    case '1/s':
      return size >= 1e6 ? { factor: 1e-6, name: 'M/s' } : { factor: 1, name: '/s' };
    default:
      return { factor: 1, name: '' };
  }
}

/** Formats are dear to make and few: one for each number of decimals. */
const formats = Array.from(
  { length: 7 },
  (_, decimals) => new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
);
const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A number on an axis: no more digits than its step needs. */
export function tickText(value: number, step: number): string {
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(Math.abs(step) || 1) + 1e-9)));
  const text = formats[decimals]!.format(Math.abs(value));
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** Steps that people count in. */
function niceStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const share = raw / power;
  return power * (share <= 1.0001 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

/** An axis: its ends, where its numbers stand, and how they are written. */
export interface Ticks {
  readonly min: number;
  readonly max: number;
  readonly at: readonly number[];
  readonly text: (value: number) => string;
}

/** Axes have six decimals at most. */
const leastOnAxis = 1e-9;

/** A linear axis around values, with round numbers at its ends unless the ends are given. */
export function linearTicks(low: number, high: number, count: number, ends?: readonly [number, number]): Ticks {
  // Steps between ends that differ by rounding alone could not be counted: there is no number between them. What is smaller
  // than the last decimal of an axis is nothing there.
  const size = Math.max(Math.abs(low), Math.abs(high));
  const isOne = high - low <= size * 1e-9 || size < leastOnAxis;
  const around = size < leastOnAxis ? 1 : size;
  const [from, to] = ends ?? (isOne ? [low - around / 2, high + around / 2] : [low, high]);
  const step = niceStep(to - from, count);
  // 47 × 0.02 is not quite 0.94: an axis that ends beside its last number is refused by the renderer.
  const times = (k: number): number => (k === 0 ? 0 : Number((k * step).toPrecision(12)));
  const min = ends ? from : times(Math.floor(from / step + 1e-9));
  const max = ends ? to : times(Math.ceil(to / step - 1e-9));
  const at: number[] = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) at.push(times(k));
  return { min, max, at, text: (value) => tickText(value, step) };
}

/** A logarithmic axis; positions are powers of ten, so that ends and numbers are given as logarithms. */
export function logTicks(low: number, high: number, few = false): Ticks {
  const least = Math.log10(low);
  const most = Math.log10(high);
  const steps = most - least > (few ? 1.2 : 3.2) ? [1] : most - least > 1.2 ? [1, 2, 5] : [1, 1.5, 2, 3, 5, 7];
  const all: number[] = [];
  for (let power = Math.floor(least) - 1; power <= Math.ceil(most); power++)
    for (const step of steps) all.push(power + Math.log10(step));
  const min = all.filter((at) => at <= least + 1e-9).at(-1)!;
  const max = all.find((at) => at >= most - 1e-9 && at > min)!;
  const at = all.filter((value) => value >= min - 1e-9 && value <= max + 1e-9);
  return {
    min,
    max,
    at,
    text: (value) => threeDigits.format(10 ** value),
  };
}

/** The number of nines in a share: 0.9 is 1, 0.99 is 2. */
export const nines = (share: number): number => -Math.log10(Math.max(1e-9, 1 - share));

/** An axis of percentiles up to the largest share below 1. */
export function ninesTicks(shares: readonly number[]): Ticks {
  const most = Math.max(0, ...shares.filter((share) => share < 1));
  const known = [0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999];
  const max = Math.max(1.05, nines(most) + 0.05);
  const at = known.map(nines).filter((value) => value <= max);
  return {
    min: 0,
    max,
    at,
    text: (value) => `${Number((100 * (1 - 10 ** -value)).toPrecision(7))}`,
  };
}
