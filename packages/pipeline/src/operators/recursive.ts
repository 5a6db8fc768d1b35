import { missing, type Shape } from './shape.ts';

/**
 * Exponential moving average of each stock with weight `alpha` for today; starts at its first value, waits while there is
 * none.
 * @param alpha in (0, 1]; 2 / (n + 1) for a span of n, 1 / n for Wilder's average of n
 */
export function exponentialMean(a: Float64Array, { stocks }: Shape, alpha: number): Float64Array {
  if (!(alpha > 0 && alpha <= 1)) throw new RangeError(`exponentialMean: expected alpha in (0, 1], got ${alpha}`);
  const out = missing(a.length);
  const state = missing(stocks);
  for (let row = 0; row < a.length; row += stocks) {
    for (let i = 0; i < stocks; i++) {
      const value = a[row + i]!;
      if (Number.isNaN(value)) continue;
      state[i] = Number.isNaN(state[i]!) ? value : state[i]! + alpha * (value - state[i]!);
      out[row + i] = state[i]!;
    }
  }
  return out;
}

/** Sum of all values of a stock so far. */
export function runningSum(a: Float64Array, { stocks }: Shape): Float64Array {
  const out = missing(a.length);
  const state = new Float64Array(stocks);
  for (let row = 0; row < a.length; row += stocks) {
    for (let i = 0; i < stocks; i++) {
      const value = a[row + i]!;
      if (Number.isNaN(value)) continue;
      state[i]! += value;
      out[row + i] = state[i]!;
    }
  }
  return out;
}

/** Sessions in a row, today included, in which a stock's value has the sign of today's; negative for negative values. */
export function streak(a: Float64Array, { stocks }: Shape): Float64Array {
  const out = missing(a.length);
  const state = new Float64Array(stocks);
  for (let row = 0; row < a.length; row += stocks) {
    for (let i = 0; i < stocks; i++) {
      const value = a[row + i]!;
      if (Number.isNaN(value)) continue;
      const sign = Math.sign(value);
      state[i] = sign === 0 ? 0 : Math.sign(state[i]!) === sign ? state[i]! + sign : sign;
      out[row + i] = state[i]!;
    }
  }
  return out;
}
