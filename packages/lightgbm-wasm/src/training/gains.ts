import { DataError } from '../errors.ts';
import { nearestLog2 } from './nearest-log.ts';

const MOST_QUERY_ROWS = 10_000;

/** Where the C library's log2 (glibc 2.28 to at least 2.36) is not the nearest double, up to the longest query. */
const LIBRARY_LOG2 = new Map([
  [1621, 10.662668375517542],
  [3242, 11.662668375517542],
  [3393, 11.728345714710978],
  [6484, 12.662668375517542],
  [6786, 12.728345714710978],
  [7957, 12.958008883656943],
]);

let discounts = new Float64Array(0);

/**
 * The discount of each of so many ranks at least, `1 / log2(2 + rank)`, with the C library's logarithm: `Math.log2`
 * has another last place from rank 1373 on, which a cross-section of 2000 stocks reaches.
 */
export function rankDiscounts(ranks: number): Float64Array {
  if (discounts.length < ranks) {
    const before = discounts;
    const count = Math.max(ranks, 2 * before.length);
    discounts = new Float64Array(count);
    discounts.set(before);
    for (let rank = before.length; rank < count; rank++) {
      discounts[rank] = 1 / (LIBRARY_LOG2.get(2 + rank) ?? nearestLog2(2 + rank));
    }
  }
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

/** Rows of the longest query. */
export function longestQuery(queryStart: Uint32Array): number {
  let most = 0;
  for (let query = 0; query + 1 < queryStart.length; query++) {
    most = Math.max(most, queryStart[query + 1]! - queryStart[query]!);
  }
  return most;
}

/** The greatest discounted gain of the first ranks, for each of `ranks` (ascending). */
export function idealGains(label: Float32Array, gains: Float64Array, ranks: readonly number[]): Float64Array {
  const discount = rankDiscounts(label.length);
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
