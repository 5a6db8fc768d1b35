// The pairs of assembly/rolling.as as plain loops, from which the kernels may not differ in a bit.
import type { PairMoments } from '../../src/operators/rolling-pair.ts';
import { minimumOf, missing, type Shape } from '../../src/operators/shape.ts';

/** Sums of a stock in one part of a window: of a, b, aa, bb, ab. */
const channels = 5;

/** Fills the moments, or the correlation alone: one column to write in place of five. */
export function plainPair(
  a: Float64Array,
  b: Float64Array,
  { days, stocks }: Shape,
  window: number,
  out: PairMoments | Float64Array,
): void {
  const correlation = out instanceof Float64Array ? out : undefined;
  const moments = out instanceof Float64Array ? undefined : out;
  const needed = Math.max(3, minimumOf(window));
  const anchors = { a: missing(stocks), b: missing(stocks) };
  const count = new Int32Array(stocks);
  const head = new Float64Array(channels * stocks);
  const tail = new Float64Array(channels * stocks * window);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    const inBlock = t % window;
    if (inBlock === 0) {
      head.fill(0);
      firstOfBlock(a, b, row, stocks, window, anchors);
      if (t > 0) sumTail(a, b, row, stocks, window, anchors, tail);
    }
    const hasTail = t >= window && inBlock + 1 < window;
    for (let i = 0; i < stocks; i++) {
      const at = row + i;
      if (t >= window) {
        const left = at - window * stocks;
        if (!Number.isNaN(a[left]! + b[left]!)) count[i]!--;
      }
      if (Number.isNaN(a[at]! + b[at]!)) continue;
      count[i]!++;
      const x = a[at]! - anchors.a[i]!;
      const y = b[at]! - anchors.b[i]!;
      const h = i * channels;
      head[h]! += x;
      head[h + 1]! += y;
      head[h + 2]! += x * x;
      head[h + 3]! += y * y;
      head[h + 4]! += x * y;
      const n = count[i]!;
      if (n < needed) continue;
      const p = ((inBlock + 1) * stocks + i) * channels;
      const sumA = hasTail ? head[h]! + tail[p]! : head[h]!;
      const sumB = hasTail ? head[h + 1]! + tail[p + 1]! : head[h + 1]!;
      const squaresA = hasTail ? head[h + 2]! + tail[p + 2]! : head[h + 2]!;
      const squaresB = hasTail ? head[h + 3]! + tail[p + 3]! : head[h + 3]!;
      const products = hasTail ? head[h + 4]! + tail[p + 4]! : head[h + 4]!;
      const spreadA = squaresA - (sumA * sumA) / n;
      const spreadB = squaresB - (sumB * sumB) / n;
      const varianceA = spreadA > 1e-14 * squaresA ? spreadA / (n - 1) : 0;
      const varianceB = spreadB > 1e-14 * squaresB ? spreadB / (n - 1) : 0;
      const covariance = (products - (sumA * sumB) / n) / (n - 1);
      if (correlation) {
        const scale = Math.sqrt(varianceA * varianceB);
        if (scale > 0) correlation[at] = Math.max(-1, Math.min(1, covariance / scale));
      }
      if (!moments) continue;
      moments.meanA[at] = anchors.a[i]! + sumA / n;
      moments.meanB[at] = anchors.b[i]! + sumB / n;
      moments.varianceA[at] = varianceA;
      moments.varianceB[at] = varianceB;
      moments.covariance[at] = covariance;
    }
  }
}

/** The first pair of each stock in the block that begins with `row`. */
function firstOfBlock(
  a: Float64Array,
  b: Float64Array,
  row: number,
  stocks: number,
  window: number,
  anchors: { readonly a: Float64Array; readonly b: Float64Array },
): void {
  const end = Math.min(a.length, row + window * stocks);
  for (let i = 0; i < stocks; i++) {
    let at = row + i;
    while (at < end && Number.isNaN(a[at]! + b[at]!)) at += stocks;
    anchors.a[i] = at < end ? a[at]! : Number.NaN;
    anchors.b[i] = at < end ? b[at]! : Number.NaN;
  }
}

function sumTail(
  a: Float64Array,
  b: Float64Array,
  row: number,
  stocks: number,
  window: number,
  anchors: { readonly a: Float64Array; readonly b: Float64Array },
  tail: Float64Array,
): void {
  const width = stocks * channels;
  for (let k = window - 1; k >= 0; k--) {
    const from = row - (window - k) * stocks;
    const own = k * width;
    if (k === window - 1) tail.fill(0, own, own + width);
    else tail.copyWithin(own, own + width, own + 2 * width);
    for (let i = 0; i < stocks; i++) {
      const at = from + i;
      if (Number.isNaN(a[at]! + b[at]!)) continue;
      const x = a[at]! - anchors.a[i]!;
      const y = b[at]! - anchors.b[i]!;
      const p = own + i * channels;
      tail[p]! += x;
      tail[p + 1]! += y;
      tail[p + 2]! += x * x;
      tail[p + 3]! += y * y;
      tail[p + 4]! += x * y;
    }
  }
}
