import { quantile, sortedCopy } from './quantile.ts';

/** A value that a quantile surely reaches. */
export interface QuantileAtLeast {
  readonly value: number;
  /** One-sided, for batches that do not depend on each other. */
  readonly confidence: number;
}

/** More would ask for more observations; five leave 1 in 100,000 for a P95. */
const batches = 5;
/** A batch of one is an observation, which may be an accident. */
const leastPerBatch = 2;

/**
 * A lower bound for a high quantile from a handful of observations: the least of the lower medians of five consecutive batches.
 *
 * Were the true quantile lower, a share of at most 1 − q would on average be as large as the bound, so that by Markov's
 * inequality half of a batch is in at most 2 (1 − q) of all batches, however much its members depend on each other; that it is in
 * each of five, in the fifth power of that. Nothing is asked of the distribution. What it cannot see is a disturbance as long as
 * the whole sample.
 *
 * Simulated M/M/1 queues, 100,000 runs each: of ten observations the bound was above the true P95 in none at 10 % load, in
 * 0.03 % at 30 %, in 0.5 % at 50 % and in 1.8 % at 70 %; of forty in 0, 0, 0.03 and 0.5 %. It is for services with little to do:
 * at 95 % load neighbours depend on each other for so long that it is wrong in 2 % of 400 observations.
 * @param values in the order of their intended start
 * @param q above 0.5: at or below it nothing can be said
 * @returns `undefined` with fewer than ten observations
 */
export function quantileAtLeast(values: ArrayLike<number>, q: number): QuantileAtLeast | undefined {
  const length = Math.floor(values.length / batches);
  if (length < leastPerBatch || !(q > 0.5 && q < 1)) return undefined;
  let value = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < batches; batch++) {
    const own = Array.from({ length }, (_, i) => values[batch * length + i]!);
    // The lower median: at least half of the batch is as large.
    value = Math.min(value, quantile(sortedCopy(own), 0.5));
  }
  return { value, confidence: 1 - (2 * (1 - q)) ** batches };
}
