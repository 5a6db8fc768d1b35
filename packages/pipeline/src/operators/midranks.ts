import { kernels, kernelWords } from './kernels.ts';

const wordBytes = 8;
/** What the kernel counts digits in, in words. */
const countWords = 2048;

/**
 * Midranks of a row, from 0: ties share the mean of theirs. By a radix sort in WebAssembly, whose time hardly depends on the
 * values.
 * @param ranks as long as `values`, or `values` itself: gets the rank of each value at its place, `NaN` for `NaN`
 * @returns how many values there are
 */
export function midranks(values: Float64Array, ranks: Float64Array): number {
  const { length } = values;
  const words = kernelWords(wordBytes * (4 * length + countWords));
  words.set(values);
  const count = kernels().midranks(0, length, 2 * length * wordBytes, length * wordBytes);
  ranks.set(words.subarray(length, 2 * length));
  return count;
}

/** Midranks of a row within [−0.5, 0.5]; a lone value gets 0. Arguments as of `midranks`. */
export function centredRanks(values: Float64Array, ranks: Float64Array): void {
  const last = midranks(values, ranks) - 1;
  for (let i = 0; i < ranks.length; i++) ranks[i] = last > 0 ? ranks[i]! / last - 0.5 : ranks[i]! * 0;
}
