import { Lcg } from './lcg.ts';
import type { Parameters } from './parameters.ts';

/** Rows of one random stream: LightGBM seeds a generator per block, so that threads draw alike. */
const BLOCK = 1024;

/** Which rows the next tree is grown on. */
export interface RowSampler {
  /**
   * Draws rows, or keeps the last draw.
   * @param pairs gradient pairs; one-side sampling scales those of the rows it draws
   * @param rows receives the rows in the bag, ascending
   * @returns how many are in the bag, or `undefined` for "as before"
   */
  draw(iteration: number, pairs: Float32Array, rows: Uint32Array): number | undefined;
}

function blockRandoms(rowCount: number, seed: number): Lcg[] {
  return Array.from({ length: Math.ceil(rowCount / BLOCK) }, (_, block) => new Lcg(seed + block));
}

/** Bagging by one fraction, or by one for rows with positive labels and one for the others. */
function bagging(
  parameters: Parameters,
  rowCount: number,
  isPositive: Uint8Array | undefined,
  expectedRows: number,
): RowSampler {
  const { bagging_fraction, pos_bagging_fraction, neg_bagging_fraction, bagging_freq, bagging_seed } = parameters;
  const randoms = blockRandoms(rowCount, bagging_seed);
  const fraction = (row: number): number => {
    if (!isPositive) return bagging_fraction;
    return isPositive[row] ? pos_bagging_fraction : neg_bagging_fraction;
  };
  let bagRows = expectedRows;
  return {
    draw(iteration, _pairs, rows) {
      // The first draw is always made; after a draw of every row LightGBM makes no more.
      const isDue = iteration === 0 || (bagRows < rowCount && iteration % bagging_freq === 0);
      if (!isDue) return undefined;
      let count = 0;
      for (let row = 0; row < rowCount; row++) {
        if (randoms[Math.floor(row / BLOCK)]!.uniform() < fraction(row)) rows[count++] = row;
      }
      bagRows = count;
      return count;
    },
  };
}

/** Gradient-based one-side sampling: all rows of large gradients, some of the others, scaled up. */
function oneSide(parameters: Parameters, rowCount: number, outputs: number): RowSampler {
  const { top_rate, other_rate, learning_rate, bagging_seed } = parameters;
  const randoms = blockRandoms(rowCount, bagging_seed);
  const { fround } = Math;
  return {
    draw(iteration, pairs, rows) {
      // No sampling until the first trees have brought the scores into reach.
      if (iteration < Math.trunc(fround(1) / learning_rate))
        return iteration === 0 ? allRows(rows, rowCount) : undefined;
      const sizes = new Float32Array(rowCount);
      for (let k = 0; k < outputs; k++) {
        for (let row = 0; row < rowCount; row++) {
          const at = 2 * (k * rowCount + row);
          sizes[row]! += Math.abs(fround(pairs[at]! * pairs[at + 1]!));
        }
      }
      const top = Math.max(1, Math.trunc(rowCount * top_rate));
      const others = Math.trunc(rowCount * other_rate);
      const threshold = sizes.slice().sort()[rowCount - top]!;
      const factor = fround(fround(rowCount - top) / others);
      let count = 0;
      let large = 0;
      for (let row = 0; row < rowCount; row++) {
        if (sizes[row]! >= threshold) {
          rows[count++] = row;
          large++;
          continue;
        }
        const needed = others - (count - large);
        const left = rowCount - row - (top - large);
        if (!(randoms[Math.floor(row / BLOCK)]!.uniform() < needed / left)) continue;
        rows[count++] = row;
        for (let k = 0; k < outputs; k++) {
          const at = 2 * (k * rowCount + row);
          pairs[at]! *= factor;
          pairs[at + 1]! *= factor;
        }
      }
      return count;
    },
  };
}

function allRows(rows: Uint32Array, rowCount: number): number {
  for (let row = 0; row < rowCount; row++) rows[row] = row;
  return rowCount;
}

/**
 * The row sampling that the parameters ask for.
 * @returns `undefined` if every tree is grown on all rows
 */
export function createRowSampler(
  parameters: Parameters,
  label: Float32Array,
  outputs: number,
  positiveRows: number,
): RowSampler | undefined {
  const rowCount = label.length;
  const { bagging_freq, bagging_fraction, pos_bagging_fraction: positive, neg_bagging_fraction: negative } = parameters;
  if (parameters.data_sample_strategy === 'goss') return oneSide(parameters, rowCount, outputs);
  if (bagging_freq <= 0) return undefined;
  const isBalanced = (positive < 1 || negative < 1) && positiveRows > 0;
  const expected = isBalanced
    ? Math.trunc(positiveRows * positive) + Math.trunc((rowCount - positiveRows) * negative)
    : Math.trunc(bagging_fraction * rowCount);
  if (!(isBalanced || bagging_fraction < 1)) return undefined;
  const isPositive = isBalanced ? Uint8Array.from(label, (y) => (y > 0 ? 1 : 0)) : undefined;
  return bagging(parameters, rowCount, isPositive, expected);
}
