import { DataError } from '../errors.ts';

const MOST_QUERY_ROWS = 10_000;

let discounts: Float64Array | undefined;

/** The discount of each rank, 1 / log2(2 + rank), up to LightGBM's longest query. */
export function rankDiscounts(): Float64Array {
  discounts ??= Float64Array.from({ length: MOST_QUERY_ROWS }, (_, rank) => 1 / Math.log2(2 + rank));
  return discounts;
}

/** The gain of each relevance label; `2^label - 1` where none are given. */
export function labelGains(given: readonly number[]): Float64Array {
  return given.length > 0 ? Float64Array.from(given) : Float64Array.from({ length: 31 }, (_, label) => 2 ** label - 1);
}

/**
 * Checks relevance labels and query sizes.
 * @throws DataError
 */
export function checkRelevance(label: Float32Array, queryStart: Uint32Array, gains: Float64Array): void {
  const bad = label.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= gains.length);
  if (bad >= 0) {
    throw new DataError(
      `ranking: label ${bad} is ${label[bad]}; labels are whole numbers from 0 to ${gains.length - 1} (see label_gain).`,
    );
  }
  for (let query = 0; query + 1 < queryStart.length; query++) {
    const rows = queryStart[query + 1]! - queryStart[query]!;
    if (rows > MOST_QUERY_ROWS) {
      throw new DataError(`ranking: query ${query} has ${rows} rows; LightGBM ranks at most ${MOST_QUERY_ROWS}.`);
    }
  }
}

/** The greatest discounted gain of the first ranks, for each of `ranks` (ascending). */
export function idealGains(label: Float32Array, gains: Float64Array, ranks: readonly number[]): Float64Array {
  const discount = rankDiscounts();
  const sorted = Float32Array.from(label).sort().reverse();
  const ideal = new Float64Array(ranks.length);
  let sum = 0;
  let at = 0;
  ranks.forEach((rank, i) => {
    for (; at < Math.min(rank, sorted.length); at++) sum += discount[at]! * gains[sorted[at]!]!;
    ideal[i] = sum;
  });
  return ideal;
}

/** Row numbers by score, highest first; equal scores stay in row order. */
export function byScore(scores: Float64Array, start: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  return order.sort((a, b) => scores[start + b]! - scores[start + a]! || a - b);
}
