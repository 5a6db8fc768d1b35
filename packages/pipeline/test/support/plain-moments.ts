// The moments of assembly/rolling.as as plain loops, from which the kernels may not differ in a bit.
import { minimumOf, type Shape } from '../../src/operators/shape.ts';

/** Fills what is asked for. */
export function plainMoments(
  a: Float64Array,
  { days, stocks }: Shape,
  window: number,
  mean: Float64Array | undefined,
  deviation: Float64Array | undefined,
): void {
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
