/**
 * Operators on `[days × stocks]` columns, row-major by day. `NaN` is missing: a halted or unlisted stock takes no part.
 * Each value of day `t` is worked out from days up to `t` alone, so that no factor can look ahead.
 */

/** What a factor is computed on. */
export interface Shape {
  readonly days: number;
  readonly stocks: number;
}

/** Value by value; `NaN` where either is missing. */
export function combine(a: Float64Array, b: Float64Array, f: (a: number, b: number) => number): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = f(a[at]!, b[at]!);
  return out;
}

/** Value by value. */
export function map(a: Float64Array, f: (a: number) => number): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = f(a[at]!);
  return out;
}

/** The value of so many sessions before; `NaN` in the first ones. A negative number would look ahead and is refused. */
export function delay(a: Float64Array, { stocks }: Shape, days: number): Float64Array {
  if (days < 0) throw new RangeError(`delay: ${days} days would look ahead`);
  const out = new Float64Array(a.length).fill(Number.NaN);
  out.set(a.subarray(0, Math.max(0, a.length - days * stocks)), days * stocks);
  return out;
}

/** Figures of the values in a window of days that ends today. */
interface WindowFigures {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation. */
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/**
 * A figure of the last `window` days of each stock, today included. Missing days are left out; fewer than half of the
 * window, or no value today, gives `NaN`.
 */
export function rolling(
  a: Float64Array,
  { days, stocks }: Shape,
  window: number,
  figure: (w: WindowFigures) => number,
): Float64Array {
  const out = new Float64Array(a.length).fill(Number.NaN);
  const needed = Math.max(2, Math.ceil(window / 2));
  // One object is filled again and again: nothing is allocated per value.
  const w = { count: 0, mean: 0, deviation: 0, least: 0, most: 0 };
  for (let t = 0; t < days; t++) {
    const first = Math.max(0, t - window + 1);
    if (t - first + 1 < needed) continue;
    for (let i = 0; i < stocks; i++) {
      const at = t * stocks + i;
      if (Number.isNaN(a[at]!)) continue;
      let count = 0;
      let sum = 0;
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      for (let s = first; s <= t; s++) {
        const value = a[s * stocks + i]!;
        if (Number.isNaN(value)) continue;
        count++;
        sum += value;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (count < needed) continue;
      const mean = sum / count;
      let squares = 0;
      for (let s = first; s <= t; s++) {
        const value = a[s * stocks + i]!;
        if (!Number.isNaN(value)) squares += (value - mean) * (value - mean);
      }
      w.count = count;
      w.mean = mean;
      w.deviation = Math.sqrt(squares / (count - 1));
      w.least = least;
      w.most = most;
      out[at] = figure(w);
    }
  }
  return out;
}

/** Correlation of two columns over the last `window` days of each stock. */
export function rollingCorrelation(
  a: Float64Array,
  b: Float64Array,
  { days, stocks }: Shape,
  window: number,
): Float64Array {
  const out = new Float64Array(a.length).fill(Number.NaN);
  const needed = Math.max(3, Math.ceil(window / 2));
  for (let t = needed - 1; t < days; t++) {
    const first = Math.max(0, t - window + 1);
    for (let i = 0; i < stocks; i++) {
      let count = 0;
      let sumA = 0;
      let sumB = 0;
      let aa = 0;
      let bb = 0;
      let ab = 0;
      for (let s = first; s <= t; s++) {
        const x = a[s * stocks + i]!;
        const y = b[s * stocks + i]!;
        if (Number.isNaN(x) || Number.isNaN(y)) continue;
        count++;
        sumA += x;
        sumB += y;
        aa += x * x;
        bb += y * y;
        ab += x * y;
      }
      if (count < needed) continue;
      const varianceA = aa - (sumA * sumA) / count;
      const varianceB = bb - (sumB * sumB) / count;
      if (varianceA > 0 && varianceB > 0)
        out[t * stocks + i] = (ab - (sumA * sumB) / count) / Math.sqrt(varianceA * varianceB);
    }
  }
  return out;
}

/**
 * Rank of each stock among those of its day, in [−0.5, 0.5]; ties share their mean rank, a lone value gets 0.
 * Free of scale and outliers, and the same for a market of any size.
 */
export function crossSectionalRank(a: Float64Array, { days, stocks }: Shape): Float64Array {
  const out = new Float64Array(a.length).fill(Number.NaN);
  const order = new Uint32Array(stocks);
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    let count = 0;
    for (let i = 0; i < stocks; i++) if (!Number.isNaN(a[row + i]!)) order[count++] = i;
    const present = order.subarray(0, count).sort((x, y) => a[row + x]! - a[row + y]! || x - y);
    for (let from = 0; from < count; ) {
      let to = from;
      while (to + 1 < count && a[row + present[to + 1]!] === a[row + present[from]!]) to++;
      const rank = count === 1 ? 0 : (from + to) / 2 / (count - 1) - 0.5;
      for (let k = from; k <= to; k++) out[row + present[k]!] = rank;
      from = to + 1;
    }
  }
  return out;
}

/** Each value less the mean of its day. */
export function demean(a: Float64Array, { days, stocks }: Shape): Float64Array {
  const out = new Float64Array(a.length).fill(Number.NaN);
  for (let t = 0; t < days; t++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < stocks; i++) {
      const value = a[t * stocks + i]!;
      if (!Number.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    for (let i = 0; i < stocks; i++) out[t * stocks + i] = a[t * stocks + i]! - sum / count;
  }
  return out;
}
