import { kernels } from './kernels.ts';
import { checkWindow, minimumOf, type Shape } from './shape.ts';
import { byTiles } from './tiles.ts';

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
  const out = { mean: new Float64Array(a.length), deviation: new Float64Array(a.length) };
  fillMoments(a, shape, window, out);
  return out;
}

function fillMoments(a: Float64Array, shape: Shape, window: number, out: Partial<Moments>): void {
  checkWindow('rollingMoments', window);
  const outputs = [out.mean, out.deviation].filter((column) => column !== undefined);
  byTiles({ inputs: [a], outputs, shape, stateRows: 2 * window + 6 }, ({ inputs, outputs: filled, state, width }) => {
    const mean = out.mean ? filled[0]! : 0;
    const deviation = out.deviation ? filled.at(-1)! : 0;
    kernels().moments(inputs[0]!, width, shape.days, window, minimumOf(window), state, mean, deviation);
  });
}

/** Mean of the last `window` sessions; see {@link rollingMoments}. */
export function rollingMean(a: Float64Array, shape: Shape, window: number): Float64Array {
  const mean = new Float64Array(a.length);
  fillMoments(a, shape, window, { mean });
  return mean;
}

/** Sample standard deviation of the last `window` sessions; see {@link rollingMoments}. */
export function rollingDeviation(a: Float64Array, shape: Shape, window: number): Float64Array {
  const deviation = new Float64Array(a.length);
  fillMoments(a, shape, window, { deviation });
  return deviation;
}
