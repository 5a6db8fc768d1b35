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
 * drifts, and values are taken relative to the block's first, so that a high level costs no digits: whenever there is a value
 * today, it is in the window.
 * Source of the blocks: van Herk, Pattern Recognition Letters 13(7), 1992.
 */
export function rollingMoments(a: Float64Array, shape: Shape, window: number): Moments {
  const mean = missing(a.length);
  const deviation = missing(a.length);
  fillMoments(a, shape, window, mean, deviation);
  return { mean, deviation };
}

/** Fills what is asked for; a mean alone takes half the time. */
function fillMoments(
  a: Float64Array,
  { days, stocks }: Shape,
  window: number,
  mean: Float64Array | undefined,
  deviation: Float64Array | undefined,
): void {
  checkWindow('rollingMoments', window);
  const needed = minimumOf(window);
  const anchor = new Float64Array(stocks).fill(Number.NaN);
  const count = new Int32Array(stocks);
  // Growing sums of the block: of x − anchor and of its square.
  const head = new Float64Array(stocks);
  const headSquares = new Float64Array(stocks);
  // Sums from a day of the block before to its end, one row for each day; a row of zeros ends them.
  const tail = new Float64Array((window + 1) * stocks);
  const tailSquares = new Float64Array(deviation ? (window + 1) * stocks : 0);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    const left = row - window * stocks;
    const inBlock = t % window;
    if (inBlock === 0) {
      head.fill(0);
      headSquares.fill(0);
      firstOfBlock(a, row, stocks, window, anchor);
      if (t > 0) sumTail(a, row, stocks, window, anchor, tail, deviation ? tailSquares : undefined);
    }
    // The window starts at the next day of the block before; in the first block nothing is before.
    const part = (inBlock + 1) * stocks;
    for (let i = 0; i < stocks; i++) {
      const value = a[row + i]!;
      if (left >= 0 && !Number.isNaN(a[left + i]!)) count[i]!--;
      if (Number.isNaN(value)) continue;
      const n = ++count[i]!;
      const x = value - anchor[i]!;
      const grown = head[i]! + x;
      head[i] = grown;
      if (deviation) headSquares[i]! += x * x;
      if (n < needed) continue;
      const sum = grown + tail[part + i]!;
      if (mean) mean[row + i] = anchor[i]! + sum / n;
      if (!deviation) continue;
      const squares = headSquares[i]! + tailSquares[part + i]!;
      const spread = squares - (sum * sum) / n;
      // Equal values differ by rounding alone.
      deviation[row + i] = spread > 1e-14 * squares ? Math.sqrt(spread / (n - 1)) : 0;
    }
  }
}

/** The first value of each stock in the block that begins with `row`; what is missing until its end is asked for by no day. */
function firstOfBlock(a: Float64Array, row: number, stocks: number, window: number, anchor: Float64Array): void {
  const end = Math.min(a.length, row + window * stocks);
  for (let i = 0; i < stocks; i++) {
    let at = row + i;
    while (at < end && Number.isNaN(a[at]!)) at += stocks;
    anchor[i] = at < end ? a[at]! : Number.NaN;
  }
}

/** Sums of the block that ends before `row`, backwards; row `k` of the tail holds days `k` to the end of the block. */
function sumTail(
  a: Float64Array,
  row: number,
  stocks: number,
  window: number,
  anchor: Float64Array,
  tail: Float64Array,
  tailSquares: Float64Array | undefined,
): void {
  for (let k = window - 1; k >= 0; k--) {
    const from = row - (window - k) * stocks;
    const own = k * stocks;
    const next = own + stocks;
    for (let i = 0; i < stocks; i++) {
      const value = a[from + i]!;
      const x = Number.isNaN(value) ? 0 : value - anchor[i]!;
      tail[own + i] = tail[next + i]! + x;
      if (tailSquares) tailSquares[own + i] = tailSquares[next + i]! + x * x;
    }
  }
}

/** Mean of the last `window` sessions; see {@link rollingMoments}. */
export function rollingMean(a: Float64Array, shape: Shape, window: number): Float64Array {
  const mean = missing(a.length);
  fillMoments(a, shape, window, mean, undefined);
  return mean;
}

/** Sample standard deviation of the last `window` sessions; see {@link rollingMoments}. */
export function rollingDeviation(a: Float64Array, shape: Shape, window: number): Float64Array {
  const deviation = missing(a.length);
  fillMoments(a, shape, window, undefined, deviation);
  return deviation;
}
