// Extremes and ranks of assembly/rolling.as as plain loops, from which the kernels may not differ in a bit.
import { minimumOf, missing, type Shape } from '../../src/operators/shape.ts';

/** Highest (sign 1) or lowest (−1) values; fills the ages if they are asked for. */
export function plainExtreme(
  a: Float64Array,
  { days, stocks }: Shape,
  window: number,
  sign: 1 | -1,
  age: Float64Array | undefined,
): Float64Array {
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

/** Rank of today's value among each stock's last `window` sessions over their number, ties shared: in (0, 1]. */
export function plainRank(a: Float64Array, { days, stocks }: Shape, window: number): Float64Array {
  const out = missing(a.length);
  const needed = minimumOf(window);
  const count = new Int32Array(stocks);
  const below = new Float64Array(stocks);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    count.fill(0);
    below.fill(0);
    for (let day = Math.max(0, t - window + 1); day <= t; day++) {
      const from = day * stocks;
      for (let i = 0; i < stocks; i++) {
        const difference = a[row + i]! - a[from + i]!;
        if (Number.isNaN(difference)) continue;
        count[i]!++;
        below[i]! += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      }
    }
    for (let i = 0; i < stocks; i++) if (count[i]! >= needed) out[row + i] = (below[i]! + 0.5) / count[i]!;
  }
  return out;
}
