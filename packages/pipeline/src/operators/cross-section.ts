import { centredRanks } from './midranks.ts';
import { missing, type Shape } from './shape.ts';

/**
 * Rank of each stock among those of its day, in [−0.5, 0.5]; ties share their mean rank, a lone value gets 0.
 * Free of scale and outliers, and the same for a market of any size.
 */
export function crossSectionalRank(a: Float64Array, { days, stocks }: Shape): Float64Array {
  const out = new Float64Array(a.length);
  for (let row = 0; row < days * stocks; row += stocks)
    centredRanks(a.subarray(row, row + stocks), out.subarray(row, row + stocks));
  return out;
}

/** Each value less the mean of its day. */
export function demean(a: Float64Array, shape: Shape): Float64Array {
  const mean = crossSectionalMean(a, shape);
  for (let at = 0; at < a.length; at++) mean[at] = a[at]! - mean[at]!;
  return mean;
}

/** Mean of each day, the same for every stock that has a value. */
export function crossSectionalMean(a: Float64Array, { days, stocks }: Shape): Float64Array {
  const out = missing(a.length);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    let sum = 0;
    let count = 0;
    for (let at = row; at < row + stocks; at++) {
      if (Number.isNaN(a[at]!)) continue;
      sum += a[at]!;
      count++;
    }
    for (let at = row; at < row + stocks; at++) if (!Number.isNaN(a[at]!)) out[at] = sum / count;
  }
  return out;
}

/** Each value in standard deviations (sample) of its day from the day's mean; missing where all are equal. */
export function crossSectionalScore(a: Float64Array, { days, stocks }: Shape): Float64Array {
  const out = missing(a.length);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    let sum = 0;
    let count = 0;
    for (let at = row; at < row + stocks; at++) {
      if (Number.isNaN(a[at]!)) continue;
      sum += a[at]!;
      count++;
    }
    const mean = sum / count;
    let squares = 0;
    for (let at = row; at < row + stocks; at++) if (!Number.isNaN(a[at]!)) squares += (a[at]! - mean) * (a[at]! - mean);
    if (!(squares > 0)) continue;
    const deviation = Math.sqrt(squares / (count - 1));
    for (let at = row; at < row + stocks; at++) out[at] = (a[at]! - mean) / deviation;
  }
  return out;
}

/** Values beyond the day's quantiles `share` and 1 − `share` are put on them (linear between neighbours). */
export function winsorise(a: Float64Array, { days, stocks }: Shape, share: number): Float64Array {
  if (!(share >= 0 && share < 0.5)) throw new RangeError(`winsorise: expected a share in [0, 0.5), got ${share}`);
  const out = a.slice();
  const sorted = new Float64Array(stocks);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    let count = 0;
    for (let at = row; at < row + stocks; at++) if (!Number.isNaN(a[at]!)) sorted[count++] = a[at]!;
    if (count === 0) continue;
    const values = sorted.subarray(0, count).sort();
    const low = quantileOf(values, share);
    const high = quantileOf(values, 1 - share);
    for (let at = row; at < row + stocks; at++) out[at] = a[at]! < low ? low : a[at]! > high ? high : a[at]!;
  }
  return out;
}

function quantileOf(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const lower = Math.floor(position);
  const rest = position - lower;
  return rest === 0 ? sorted[lower]! : sorted[lower]! + rest * (sorted[lower + 1]! - sorted[lower]!);
}

/**
 * Mean of each stock's group (its sector, say) on each day, for every member that has a value.
 * @param groups `[stocks]`, whole numbers from 0
 */
export function groupMean(a: Float64Array, { days, stocks }: Shape, groups: Int32Array): Float64Array {
  const out = missing(a.length);
  let groupCount = 0;
  for (const group of groups) groupCount = Math.max(groupCount, group + 1);
  const sum = new Float64Array(groupCount);
  const count = new Int32Array(groupCount);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    sum.fill(0);
    count.fill(0);
    for (let i = 0; i < stocks; i++) {
      const value = a[row + i]!;
      if (Number.isNaN(value)) continue;
      sum[groups[i]!]! += value;
      count[groups[i]!]!++;
    }
    for (let i = 0; i < stocks; i++)
      if (!Number.isNaN(a[row + i]!)) out[row + i] = sum[groups[i]!]! / count[groups[i]!]!;
  }
  return out;
}

/**
 * What is left of each value after its group's mean and the part that goes with `exposure` (size, say) are taken out:
 * residual of the day's least squares on group dummies and the exposure. Missing where either is.
 */
export function neutralise(
  a: Float64Array,
  shape: Shape,
  by: { readonly groups: Int32Array; readonly exposure?: Float64Array },
): Float64Array {
  const { exposure } = by;
  if (exposure === undefined) {
    const mean = groupMean(a, shape, by.groups);
    for (let at = 0; at < a.length; at++) mean[at] = a[at]! - mean[at]!;
    return mean;
  }
  // Frisch–Waugh: take the groups out of both, then regress one on the other.
  const present = a.map((value, at) => (Number.isNaN(exposure[at]!) ? Number.NaN : value));
  const exposed = exposure.map((value, at) => (Number.isNaN(a[at]!) ? Number.NaN : value));
  const y = neutralise(present, shape, { groups: by.groups });
  const x = neutralise(exposed, shape, { groups: by.groups });
  for (let row = 0; row < a.length; row += shape.stocks) {
    let xx = 0;
    let xy = 0;
    for (let at = row; at < row + shape.stocks; at++) {
      if (Number.isNaN(y[at]!)) continue;
      xx += x[at]! * x[at]!;
      xy += x[at]! * y[at]!;
    }
    const slope = xx > 0 ? xy / xx : 0;
    for (let at = row; at < row + shape.stocks; at++) y[at] = y[at]! - slope * x[at]!;
  }
  return y;
}
