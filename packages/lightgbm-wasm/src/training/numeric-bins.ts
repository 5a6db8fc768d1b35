import { ZERO_THRESHOLD } from '../model/tree.ts';
import { isSameOrdered, nextUp } from './doubles.ts';

/** Distinct values of a sample, ascending, and how often each occurs. */
export interface Distinct {
  readonly values: Float64Array;
  readonly counts: Int32Array;
}

/**
 * Distinct values of sorted non-zero values, with `zeroCount` zeros put in their place. Values one unit in the last
 * place apart are one value, the larger.
 */
export function distinctValues(sorted: Float64Array, zeroCount: number): Distinct {
  const count = sorted.length;
  const values = new Float64Array(count + 2);
  const counts = new Int32Array(count + 2);
  let size = 0;
  const push = (value: number, times: number): void => {
    values[size] = value;
    counts[size++] = times;
  };
  if (count === 0 || (sorted[0]! > 0 && zeroCount > 0)) push(0, zeroCount);
  if (count > 0) push(sorted[0]!, 1);
  for (let i = 1; i < count; i++) {
    const before = sorted[i - 1]!;
    const value = sorted[i]!;
    if (before === value || isSameOrdered(before, value)) {
      values[size - 1] = value;
      counts[size - 1]!++;
    } else {
      if (before < 0 && value > 0) push(0, zeroCount);
      push(value, 1);
    }
  }
  if (count > 0 && sorted[count - 1]! < 0 && zeroCount > 0) push(0, zeroCount);
  return { values: values.subarray(0, size), counts: counts.subarray(0, size) };
}

function pushBound(bounds: number[], lower: number, upper: number): boolean {
  const bound = nextUp((lower + upper) / 2);
  if (bounds.length > 0 && isSameOrdered(bounds.at(-1)!, bound)) return false;
  bounds.push(bound);
  return true;
}

/** A bin between any two values, but never fewer than `minDataInBin` rows in one. */
function boundsOfFew({ values, counts }: Distinct, minDataInBin: number): number[] {
  const bounds: number[] = [];
  let gathered = 0;
  for (let i = 0; i < values.length - 1; i++) {
    gathered += counts[i]!;
    if (gathered >= minDataInBin && pushBound(bounds, values[i]!, values[i + 1]!)) gathered = 0;
  }
  bounds.push(Number.POSITIVE_INFINITY);
  return bounds;
}

/** Bins of about equal counts; a value that fills a bin on its own keeps it to itself. */
function boundsOfMany({ values, counts }: Distinct, maxBins: number, total: number, minDataInBin: number): number[] {
  const most = Math.max(Math.min(maxBins, Math.trunc(total / minDataInBin)), 1);
  let mean = total / most;
  const isBig = new Uint8Array(counts.length);
  let restBins = most;
  let restRows = total;
  // Plain loops: samples have 200,000 values, and typed arrays' callbacks cost ten times as much.
  for (let i = 0; i < counts.length; i++) {
    if (counts[i]! < mean) continue;
    isBig[i] = 1;
    restBins--;
    restRows -= counts[i]!;
  }
  mean = restRows / restBins;
  const uppers: number[] = [];
  const lowers: number[] = [values[0]!];
  let gathered = 0;
  for (let i = 0; i < values.length - 1; i++) {
    if (!isBig[i]) restRows -= counts[i]!;
    gathered += counts[i]!;
    if (!(isBig[i] || gathered >= mean || (isBig[i + 1] && gathered >= Math.max(1, mean * 0.5)))) continue;
    uppers.push(values[i]!);
    lowers.push(values[i + 1]!);
    if (uppers.length >= most - 1) break;
    gathered = 0;
    if (isBig[i]) continue;
    restBins--;
    mean = restRows / restBins;
  }
  const bounds: number[] = [];
  uppers.forEach((upper, i) => void pushBound(bounds, upper, lowers[i + 1]!));
  bounds.push(Number.POSITIVE_INFINITY);
  return bounds;
}

function greedyBounds(distinct: Distinct, maxBins: number, total: number, minDataInBin: number): number[] {
  return distinct.values.length <= maxBins
    ? boundsOfFew(distinct, minDataInBin)
    : boundsOfMany(distinct, maxBins, total, minDataInBin);
}

/**
 * Upper bounds of the bins, the last one +inf. Zero has a bin of its own; negatives and positives share the others by
 * their counts.
 * @param total rows in the sample, zeros among them
 */
export function binBounds(distinct: Distinct, maxBins: number, total: number, minDataInBin: number): number[] {
  const { values, counts } = distinct;
  const size = values.length;
  let negativeEnd = 0;
  while (negativeEnd < size && values[negativeEnd]! <= -ZERO_THRESHOLD) negativeEnd++;
  let positiveStart = negativeEnd;
  while (positiveStart < size && !(values[positiveStart]! > ZERO_THRESHOLD)) positiveStart++;
  const rows = (from: number, to: number): number => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += counts[i]!;
    return sum;
  };
  const part = (from: number, to: number): Distinct => ({
    values: values.subarray(from, to),
    counts: counts.subarray(from, to),
  });
  const bounds: number[] = [];
  if (negativeEnd > 0 && maxBins > 1) {
    const negatives = rows(0, negativeEnd);
    const share = Math.trunc((negatives / (total - rows(negativeEnd, positiveStart))) * (maxBins - 1));
    bounds.push(...greedyBounds(part(0, negativeEnd), Math.max(1, share), negatives, minDataInBin));
    bounds[bounds.length - 1] = -ZERO_THRESHOLD;
  }
  const left = maxBins - 1 - bounds.length;
  if (positiveStart < size && left > 0) {
    const positive = part(positiveStart, size);
    bounds.push(ZERO_THRESHOLD, ...greedyBounds(positive, left, rows(positiveStart, size), minDataInBin));
  } else {
    bounds.push(Number.POSITIVE_INFINITY);
  }
  return bounds;
}
