// Figures over the last `window` rows of columns `[days × width]`, row-major by day, two neighbours at a time: `width` is even.
// NaN is missing. Time is cut into blocks as long as the window: a window is the end of one block and the start of the next.
// `head` holds what grows over the block so far, `tail` one row for each day of the block before: from that day to its end;
// its last row is what nothing comes to. (van Herk, Pattern Recognition Letters 13(7), 1992.)

const pair: usize = 16;

// @ts-ignore: decorator
@inline
function isThere(value: v128): v128 {
  return f64x2.eq(value, value);
}

/** Fills `count` doubles. */
function fill(at: usize, count: usize, value: f64): void {
  const both = f64x2.splat(value);
  for (const end = at + (count << 3); at < end; at += pair) v128.store(at, both);
}

/** How many values the window has: one comes, one that is a window old goes. */
// @ts-ignore: decorator
@inline
function counted(count: usize, comes: v128, goes: v128): v128 {
  const one = f64x2.splat(1);
  const n = f64x2.add(f64x2.sub(v128.load(count), v128.and(goes, one)), v128.and(comes, one));
  v128.store(count, n);
  return n;
}

/** The first value of each stock in the block; what is missing until its end is asked for by no day. */
function firstOfBlock(column: usize, width: usize, days: i32, anchor: usize): void {
  for (let i: usize = 0; i < width; i++) {
    let at = column + (i << 3);
    let value = load<f64>(at);
    for (let t = 1; value != value && t < days; t++) {
      at += width << 3;
      value = load<f64>(at);
    }
    store<f64>(anchor + (i << 3), value);
  }
}

/**
 * Mean and sample deviation. Sums are of values less the block's first, so that a high level costs no digits.
 * @param state `(2 · window + 6) · width` doubles
 * @param mean `[days × width]`; 0: not wanted
 * @param deviation likewise
 */
export function moments(
  a: usize, width: usize, days: i32, window: i32, needed: f64, state: usize, mean: usize, deviation: usize,
): void {
  const row = width << 3;
  const anchor = state, count = anchor + row, head = count + row, headSquares = head + row;
  const tail = headSquares + row, tailSquares = tail + (<usize>window + 1) * row;
  fill(state, (2 * <usize>window + 6) * width, 0);
  const missing = f64x2.splat(NaN), least = f64x2.splat(needed), one = f64x2.splat(1), rounding = f64x2.splat(1e-14);
  for (let t = 0; t < days; t++) {
    const today = a + <usize>t * row;
    const inBlock = t % window;
    if (inBlock == 0) {
      fill(head, 2 * width, 0);
      firstOfBlock(today, width, min(window, days - t), anchor);
      if (t > 0) {
        for (let k = window - 1; k > 0; k--) {
          const day = today - <usize>(window - k) * row, own = <usize>k * row;
          for (let i: usize = 0; i < row; i += pair) {
            const value = v128.load(day + i);
            const x = v128.and(f64x2.sub(value, v128.load(anchor + i)), isThere(value));
            v128.store(tail + own + i, f64x2.add(v128.load(tail + own + row + i), x));
            if (deviation)
              v128.store(tailSquares + own + i, f64x2.add(v128.load(tailSquares + own + row + i), f64x2.mul(x, x)));
          }
        }
      }
    }
    const part = <usize>(inBlock + 1) * row;
    const gone = today - <usize>window * row;
    for (let i: usize = 0; i < row; i += pair) {
      const value = v128.load(today + i);
      const comes = isThere(value);
      const n = counted(count + i, comes, t >= window ? isThere(v128.load(gone + i)) : f64x2.splat(0));
      const from = v128.load(anchor + i);
      const x = v128.and(f64x2.sub(value, from), comes);
      const grown = f64x2.add(v128.load(head + i), x);
      v128.store(head + i, grown);
      const sum = f64x2.add(grown, v128.load(tail + part + i));
      const isOwed = v128.and(comes, f64x2.ge(n, least));
      if (mean) v128.store(mean + <usize>t * row + i, v128.bitselect(f64x2.add(from, f64x2.div(sum, n)), missing, isOwed));
      if (deviation) {
        const grownSquares = f64x2.add(v128.load(headSquares + i), f64x2.mul(x, x));
        v128.store(headSquares + i, grownSquares);
        const squares = f64x2.add(grownSquares, v128.load(tailSquares + part + i));
        const spread = f64x2.sub(squares, f64x2.div(f64x2.mul(sum, sum), n));
        // Equal values differ by rounding alone.
        const moves = f64x2.gt(spread, f64x2.mul(rounding, squares));
        const result = v128.and(f64x2.sqrt(f64x2.div(spread, f64x2.sub(n, one))), moves);
        v128.store(deviation + <usize>t * row + i, v128.bitselect(result, missing, isOwed));
      }
    }
  }
}

/**
 * Highest value (sign 1) or lowest (−1), and the sessions since, the latest where several are equal.
 * @param state `(2 · window + 5) · width` doubles
 * @param age 0: not wanted
 */
export function extreme(
  a: usize, width: usize, days: i32, window: i32, needed: f64, state: usize, sign: f64, value: usize, age: usize,
): void {
  const row = width << 3;
  const count = state, head = count + row, headDay = head + row;
  const tail = headDay + row, tailDay = tail + (<usize>window + 1) * row;
  fill(state, (2 * <usize>window + 5) * width, 0);
  fill(tail, (<usize>window + 1) * width, -Infinity);
  const missing = f64x2.splat(NaN), least = f64x2.splat(needed), side = f64x2.splat(sign);
  for (let t = 0; t < days; t++) {
    const today = a + <usize>t * row;
    const inBlock = t % window;
    if (inBlock == 0) {
      fill(head, width, -Infinity);
      if (t > 0) {
        for (let k = window - 1; k > 0; k--) {
          const day = today - <usize>(window - k) * row, own = <usize>k * row;
          const number = f64x2.splat(<f64>(t - window + k));
          for (let i: usize = 0; i < row; i += pair) {
            const x = f64x2.mul(side, v128.load(day + i));
            const best = v128.load(tail + own + row + i);
            // A missing value compares as false.
            const isBetter = f64x2.gt(x, best);
            v128.store(tail + own + i, v128.bitselect(x, best, isBetter));
            if (age) v128.store(tailDay + own + i, v128.bitselect(number, v128.load(tailDay + own + row + i), isBetter));
          }
        }
      }
    }
    const part = <usize>(inBlock + 1) * row;
    const gone = today - <usize>window * row;
    const now = f64x2.splat(<f64>t);
    for (let i: usize = 0; i < row; i += pair) {
      const x = f64x2.mul(side, v128.load(today + i));
      const comes = isThere(x);
      const n = counted(count + i, comes, t >= window ? isThere(v128.load(gone + i)) : f64x2.splat(0));
      const before = v128.load(head + i);
      const isNew = f64x2.ge(x, before);
      const best = v128.bitselect(x, before, isNew);
      v128.store(head + i, best);
      const older = v128.load(tail + part + i);
      const isOlder = f64x2.gt(older, best);
      const isOwed = v128.and(comes, f64x2.ge(n, least));
      const result = f64x2.mul(side, v128.bitselect(older, best, isOlder));
      v128.store(value + <usize>t * row + i, v128.bitselect(result, missing, isOwed));
      if (age) {
        const bestDay = v128.bitselect(now, v128.load(headDay + i), isNew);
        v128.store(headDay + i, bestDay);
        const since = f64x2.sub(now, v128.bitselect(v128.load(tailDay + part + i), bestDay, isOlder));
        v128.store(age + <usize>t * row + i, v128.bitselect(since, missing, isOwed));
      }
    }
  }
}

// Sums of a stock in one part of a window: of a, b, aa, bb, ab. A row of each after the other.
const channels: usize = 5;

// @ts-ignore: decorator
@inline
function grow(to: usize, from: usize, row: usize, x: v128, y: v128): void {
  v128.store(to, f64x2.add(v128.load(from), x));
  v128.store(to + row, f64x2.add(v128.load(from + row), y));
  v128.store(to + 2 * row, f64x2.add(v128.load(from + 2 * row), f64x2.mul(x, x)));
  v128.store(to + 3 * row, f64x2.add(v128.load(from + 3 * row), f64x2.mul(y, y)));
  v128.store(to + 4 * row, f64x2.add(v128.load(from + 4 * row), f64x2.mul(x, y)));
}

/** The first pair of each stock in the block. */
function firstPairOfBlock(a: usize, b: usize, width: usize, days: i32, anchors: usize): void {
  for (let i: usize = 0; i < width; i++) {
    let at = i << 3;
    for (let t = 1; t < days && load<f64>(a + at) + load<f64>(b + at) != load<f64>(a + at) + load<f64>(b + at); t++)
      at += width << 3;
    store<f64>(anchors + (i << 3), load<f64>(a + at));
    store<f64>(anchors + ((width + i) << 3), load<f64>(b + at));
  }
}

/**
 * Moments of two columns over the days on which both have a value.
 * @param state `(5 · window + 13) · width` doubles
 * @param correlation `[days × width]`; 0: not wanted
 * @param momentsOfBoth five columns one after the other: means of a and b, variances of a and b, covariance; 0: not wanted
 */
export function pairs(
  a: usize, b: usize, width: usize, days: i32, window: i32, needed: f64, state: usize,
  correlation: usize, momentsOfBoth: usize,
): void {
  const row = width << 3, column = <usize>days * row;
  const anchors = state, count = anchors + 2 * row, head = count + row, tail = head + channels * row;
  fill(state, (channels * <usize>window + 13) * width, 0);
  const missing = f64x2.splat(NaN), least = f64x2.splat(needed), zero = f64x2.splat(0), one = f64x2.splat(1);
  const rounding = f64x2.splat(1e-14);
  for (let t = 0; t < days; t++) {
    const past = <usize>t * row;
    const inBlock = t % window;
    if (inBlock == 0) {
      fill(head, channels * width, 0);
      firstPairOfBlock(a + past, b + past, width, min(window, days - t), anchors);
      if (t > 0) {
        for (let k = window - 1; k > 0; k--) {
          const day = past - <usize>(window - k) * row, own = tail + <usize>k * channels * row;
          for (let i: usize = 0; i < row; i += pair) {
            const valueA = v128.load(a + day + i), valueB = v128.load(b + day + i);
            const isBoth = isThere(f64x2.add(valueA, valueB));
            const x = v128.and(f64x2.sub(valueA, v128.load(anchors + i)), isBoth);
            const y = v128.and(f64x2.sub(valueB, v128.load(anchors + row + i)), isBoth);
            grow(own + i, own + channels * row + i, row, x, y);
          }
        }
      }
    }
    const part = tail + <usize>(inBlock + 1) * channels * row;
    const gone = past - <usize>window * row;
    for (let i: usize = 0; i < row; i += pair) {
      const valueA = v128.load(a + past + i), valueB = v128.load(b + past + i);
      const comes = isThere(f64x2.add(valueA, valueB));
      const goes = t >= window ? isThere(f64x2.add(v128.load(a + gone + i), v128.load(b + gone + i))) : zero;
      const n = counted(count + i, comes, goes);
      const fromA = v128.load(anchors + i), fromB = v128.load(anchors + row + i);
      const own = head + i;
      grow(own, own, row, v128.and(f64x2.sub(valueA, fromA), comes), v128.and(f64x2.sub(valueB, fromB), comes));
      const rest = part + i;
      const sumA = f64x2.add(v128.load(own), v128.load(rest));
      const sumB = f64x2.add(v128.load(own + row), v128.load(rest + row));
      const squaresA = f64x2.add(v128.load(own + 2 * row), v128.load(rest + 2 * row));
      const squaresB = f64x2.add(v128.load(own + 3 * row), v128.load(rest + 3 * row));
      const products = f64x2.add(v128.load(own + 4 * row), v128.load(rest + 4 * row));
      const spreadA = f64x2.sub(squaresA, f64x2.div(f64x2.mul(sumA, sumA), n));
      const spreadB = f64x2.sub(squaresB, f64x2.div(f64x2.mul(sumB, sumB), n));
      const less = f64x2.sub(n, one);
      // Equal values differ by rounding alone.
      const varianceA = v128.and(f64x2.div(spreadA, less), f64x2.gt(spreadA, f64x2.mul(rounding, squaresA)));
      const varianceB = v128.and(f64x2.div(spreadB, less), f64x2.gt(spreadB, f64x2.mul(rounding, squaresB)));
      const covariance = f64x2.div(f64x2.sub(products, f64x2.div(f64x2.mul(sumA, sumB), n)), less);
      const isOwed = v128.and(comes, f64x2.ge(n, least));
      if (correlation) {
        const scale = f64x2.sqrt(f64x2.mul(varianceA, varianceB));
        const result = f64x2.max(f64x2.splat(-1), f64x2.min(one, f64x2.div(covariance, scale)));
        const moves = v128.and(isOwed, f64x2.gt(scale, zero));
        v128.store(correlation + past + i, v128.bitselect(result, missing, moves));
      }
      if (momentsOfBoth) {
        const out = momentsOfBoth + past + i;
        v128.store(out, v128.bitselect(f64x2.add(fromA, f64x2.div(sumA, n)), missing, isOwed));
        v128.store(out + column, v128.bitselect(f64x2.add(fromB, f64x2.div(sumB, n)), missing, isOwed));
        v128.store(out + 2 * column, v128.bitselect(varianceA, missing, isOwed));
        v128.store(out + 3 * column, v128.bitselect(varianceB, missing, isOwed));
        v128.store(out + 4 * column, v128.bitselect(covariance, missing, isOwed));
      }
    }
  }
}

/** Rank of today's value among the window's over their number, ties shared: in (0, 1]. No state. */
export function rank(a: usize, width: usize, days: i32, window: i32, needed: f64, out: usize): void {
  const row = width << 3;
  const missing = f64x2.splat(NaN), least = f64x2.splat(needed), zero = f64x2.splat(0);
  const one = f64x2.splat(1), half = f64x2.splat(0.5);
  for (let t = 0; t < days; t++) {
    const today = a + <usize>t * row;
    const first = a + <usize>max(0, t - window + 1) * row;
    for (let i: usize = 0; i < row; i += pair) {
      const value = v128.load(today + i);
      let count = zero, below = zero;
      for (let at = first + i; at <= today + i; at += row) {
        const difference = f64x2.sub(value, v128.load(at));
        count = f64x2.add(count, v128.and(isThere(difference), one));
        below = f64x2.add(below, v128.and(f64x2.gt(difference, zero), one));
        below = f64x2.add(below, v128.and(f64x2.eq(difference, zero), half));
      }
      const isOwed = f64x2.ge(count, least);
      v128.store(out + <usize>t * row + i, v128.bitselect(f64x2.div(f64x2.add(below, half), count), missing, isOwed));
    }
  }
}
