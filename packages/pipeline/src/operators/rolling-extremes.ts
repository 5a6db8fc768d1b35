import { checkWindow, minimumOf, missing, type Shape } from './shape.ts';

/** An extreme of a window that ends today. */
export interface Extreme {
  readonly value: Float64Array;
  /** Sessions since it; the latest one where several are equal. */
  readonly age: Float64Array;
}

/**
 * Highest (or lowest) value of each stock's last `window` sessions, today included, and its age. Missing ones are left
 * out; with fewer than half of the window, or nothing today, there is no value. One pass by van Herk's blocks.
 */
export function rollingExtreme(a: Float64Array, shape: Shape, window: number, side: 'highest' | 'lowest'): Extreme {
  const age = missing(a.length);
  return { value: extremeValue(a, shape, window, side === 'highest' ? 1 : -1, age), age };
}

/** Highest (sign 1) or lowest (−1) values; fills the ages if they are asked for. */
function extremeValue(
  a: Float64Array,
  { days, stocks }: Shape,
  window: number,
  sign: 1 | -1,
  age: Float64Array | undefined,
): Float64Array {
  checkWindow('rollingExtreme', window);
  const value = missing(a.length);
  const needed = minimumOf(window);
  const count = new Int32Array(stocks);
  const head = new Float64Array(stocks);
  const headDay = new Int32Array(stocks);
  const tail = new Float64Array(window * stocks);
  const tailDay = age && new Int32Array(window * stocks);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    const inBlock = t % window;
    if (inBlock === 0) {
      head.fill(Number.NEGATIVE_INFINITY);
      if (t > 0) fillTail(a, t, stocks, window, sign, tail, tailDay);
    }
    const part = (inBlock + 1) * stocks;
    const hasTail = t >= window && inBlock + 1 < window;
    for (let i = 0; i < stocks; i++) {
      if (t >= window && !Number.isNaN(a[row - window * stocks + i]!)) count[i]!--;
      if (Number.isNaN(a[row + i]!)) continue;
      count[i]!++;
      const x = sign * a[row + i]!;
      if (x >= head[i]!) {
        head[i] = x;
        headDay[i] = t;
      }
      if (count[i]! < needed) continue;
      const isOld = hasTail && tail[part + i]! > head[i]!;
      value[row + i] = sign * (isOld ? tail[part + i]! : head[i]!);
      if (age && tailDay) age[row + i] = t - (isOld ? tailDay[part + i]! : headDay[i]!);
    }
  }
  return value;
}

function fillTail(
  a: Float64Array,
  t: number,
  stocks: number,
  window: number,
  sign: number,
  tail: Float64Array,
  tailDay: Int32Array | undefined,
): void {
  for (let k = window - 1; k >= 0; k--) {
    const day = t - window + k;
    const own = k * stocks;
    for (let i = 0; i < stocks; i++) {
      const value = sign * a[day * stocks + i]!;
      const isLast = k === window - 1;
      const best = isLast ? Number.NEGATIVE_INFINITY : tail[own + stocks + i]!;
      // A missing value compares as false.
      const isBetter = value > best;
      tail[own + i] = isBetter ? value : best;
      if (tailDay) tailDay[own + i] = isBetter || isLast ? day : tailDay[own + stocks + i]!;
    }
  }
}

/** Highest value of the last `window` sessions. */
export function rollingHighest(a: Float64Array, shape: Shape, window: number): Float64Array {
  return extremeValue(a, shape, window, 1, undefined);
}

/** Lowest value of the last `window` sessions. */
export function rollingLowest(a: Float64Array, shape: Shape, window: number): Float64Array {
  return extremeValue(a, shape, window, -1, undefined);
}
