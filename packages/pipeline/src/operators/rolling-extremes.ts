import { kernels } from './kernels.ts';
import { checkWindow, minimumOf, type Shape } from './shape.ts';
import { byTiles } from './tiles.ts';

/** An extreme of a window that ends today. */
export interface Extreme {
  readonly value: Float64Array;
  /** Sessions since it; the latest one where several are equal. */
  readonly age: Float64Array;
}

/**
 * Highest (or lowest) value of each stock's last `window` sessions, today included, and its age. Missing ones are left
 * out; with fewer than half of the window, or nothing today, there is no value. One pass by van Herk's blocks.
 */
export function rollingExtreme(a: Float64Array, shape: Shape, window: number, side: 'highest' | 'lowest'): Extreme {
  const age = new Float64Array(a.length);
  return { value: extremeValue(a, shape, window, side === 'highest' ? 1 : -1, age), age };
}

/** Highest (sign 1) or lowest (−1) values; fills the ages if they are asked for. */
function extremeValue(a: Float64Array, shape: Shape, window: number, sign: 1 | -1, age?: Float64Array): Float64Array {
  checkWindow('rollingExtreme', window);
  const value = new Float64Array(a.length);
  const outputs = age ? [value, age] : [value];
  byTiles({ inputs: [a], outputs, shape, stateRows: 2 * window + 5 }, ({ inputs, outputs: filled, state, width }) => {
    const needed = minimumOf(window);
    kernels().extreme(inputs[0]!, width, shape.days, window, needed, state, sign, filled[0]!, filled[1] ?? 0);
  });
  return value;
}

/** Highest value of the last `window` sessions. */
export function rollingHighest(a: Float64Array, shape: Shape, window: number): Float64Array {
  return extremeValue(a, shape, window, 1);
}

/** Lowest value of the last `window` sessions. */
export function rollingLowest(a: Float64Array, shape: Shape, window: number): Float64Array {
  return extremeValue(a, shape, window, -1);
}
