import { kernelWords } from './kernels.ts';
import type { Shape } from './shape.ts';

/**
 * Stocks that are computed together: their columns and sums stay in the cache, and the kernels' memory stays small. No
 * power of two, whose rows would fall into the same cache lines.
 */
const tileStocks = 250;
const wordBytes = 8;

/** Addresses of a tile's columns, each `[days × width]`. */
export interface Tile {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Of so many rows as were asked for, each of `width` doubles. */
  readonly state: number;
  /** Even: an odd number of stocks has a missing one behind it. */
  readonly width: number;
}

/** Copies columns `[days × stocks]` into the kernels' memory, some stocks at a time, and what was made of them out of it. */
export function byTiles(
  work: {
    readonly inputs: readonly Float64Array[];
    readonly outputs: readonly Float64Array[];
    readonly shape: Shape;
    readonly stateRows: number;
  },
  run: (tile: Tile) => void,
): void {
  const { inputs, outputs, stateRows } = work;
  const { days, stocks } = work.shape;
  const widest = Math.min(tileStocks, stocks + (stocks & 1));
  const words = kernelWords(wordBytes * widest * (days * (inputs.length + outputs.length) + stateRows));
  for (let first = 0; first < stocks; first += tileStocks) {
    const count = Math.min(tileStocks, stocks - first);
    const width = count + (count & 1);
    const size = days * width;
    for (const [k, column] of inputs.entries()) {
      for (let t = 0, at = k * size; t < days; t++, at += width) {
        words.set(column.subarray(t * stocks + first, t * stocks + first + count), at);
        if (count < width) words[at + count] = Number.NaN;
      }
    }
    run({
      inputs: inputs.map((_, k) => k * size * wordBytes),
      outputs: outputs.map((_, k) => (inputs.length + k) * size * wordBytes),
      state: (inputs.length + outputs.length) * size * wordBytes,
      width,
    });
    for (const [k, column] of outputs.entries()) {
      for (let t = 0, at = (inputs.length + k) * size; t < days; t++, at += width)
        column.set(words.subarray(at, at + count), t * stocks + first);
    }
  }
}
