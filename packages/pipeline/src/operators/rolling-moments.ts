import { checkWindow, minimumOf, missing, type Shape } from './shape.ts';

/** Moments of the values in a window that ends today. */
export interface Moments {
  readonly mean: Float64Array;
  /** Sample standard deviation. */
  readonly deviation: Float64Array;
}

/**
 * Mean and deviation of each stock's last `window` sessions, today included. Missing ones are left out; with fewer than
 * half of the window, or nothing today, there is no value.
 *
 * One pass, whatever the window: time is cut into blocks as long as the window, so that each window is the end of one
 * block and the start of the next; both parts are sums that grow. Nothing is ever subtracted from a sum, so that nothing
 * drifts, and values are taken relative to the last one before the block, so that a high level costs no digits.
 * Source of the blocks: van Herk, Pattern Recognition Letters 13(7), 1992.
 */
export function rollingMoments(a: Float64Array, { days, stocks }: Shape, window: number): Moments {
  checkWindow('rollingMoments', window);
  const mean = missing(a.length);
  const deviation = missing(a.length);
  const needed = minimumOf(window);
  const anchor = new Float64Array(stocks).fill(Number.NaN);
  const count = new Int32Array(stocks);
  // Growing sums of the block: of x − anchor and of its square.
  const head = new Float64Array(stocks);
  const headSquares = new Float64Array(stocks);
  // Sums from a day of the block before to its end, one row for each day.
  const tail = new Float64Array(window * stocks);
  const tailSquares = new Float64Array(window * stocks);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    const inBlock = t % window;
    if (inBlock === 0) {
      head.fill(0);
      headSquares.fill(0);
      if (t > 0) sumTail(a, row, stocks, window, { anchor, tail, tailSquares });
    }
    // The window starts at the next day of the block before; the last day of a block has a window of its own block.
    const part = (inBlock + 1) * stocks;
    const hasTail = t >= window && inBlock + 1 < window;
    for (let i = 0; i < stocks; i++) {
      const value = a[row + i]!;
      if (t >= window && !Number.isNaN(a[row - window * stocks + i]!)) count[i]!--;
      if (Number.isNaN(value)) continue;
      count[i]!++;
      if (Number.isNaN(anchor[i]!)) anchor[i] = value;
      const x = value - anchor[i]!;
      head[i]! += x;
      headSquares[i]! += x * x;
      const n = count[i]!;
      if (n < needed) continue;
      const sum = hasTail ? head[i]! + tail[part + i]! : head[i]!;
      const squares = hasTail ? headSquares[i]! + tailSquares[part + i]! : headSquares[i]!;
      mean[row + i] = anchor[i]! + sum / n;
      const spread = squares - (sum * sum) / n;
      // Equal values differ by rounding alone.
      deviation[row + i] = spread > 1e-14 * squares ? Math.sqrt(spread / (n - 1)) : 0;
    }
  }
  return { mean, deviation };
}

interface Tail {
  readonly anchor: Float64Array;
  readonly tail: Float64Array;
  readonly tailSquares: Float64Array;
}

/** Sums of the block that ends before `row`, backwards; row `k` of the tail holds days `k` to the end of the block. */
function sumTail(a: Float64Array, row: number, stocks: number, window: number, into: Tail): void {
  const { anchor, tail, tailSquares } = into;
  for (let i = 0; i < stocks; i++) {
    for (let back = 1; back <= window; back++) {
      const value = a[row - back * stocks + i]!;
      if (Number.isNaN(value)) continue;
      anchor[i] = value;
      break;
    }
  }
  for (let k = window - 1; k >= 0; k--) {
    const from = row - (window - k) * stocks;
    const own = k * stocks;
    const isLast = k === window - 1;
    for (let i = 0; i < stocks; i++) {
      const value = a[from + i]!;
      const x = Number.isNaN(value) ? 0 : value - anchor[i]!;
      tail[own + i] = x + (isLast ? 0 : tail[own + stocks + i]!);
      tailSquares[own + i] = x * x + (isLast ? 0 : tailSquares[own + stocks + i]!);
    }
  }
}

/** Mean of the last `window` sessions; see {@link rollingMoments}. */
export function rollingMean(a: Float64Array, shape: Shape, window: number): Float64Array {
  return rollingMoments(a, shape, window).mean;
}

/** Sample standard deviation of the last `window` sessions; see {@link rollingMoments}. */
export function rollingDeviation(a: Float64Array, shape: Shape, window: number): Float64Array {
  return rollingMoments(a, shape, window).deviation;
}
