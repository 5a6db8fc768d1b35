import { midranks } from '@preopen/core';

/** A place at which a series changed, as far as can be told: a suspicion, never a verdict. */
export interface ChangePoint {
  /** Index of the first value after the change. */
  readonly at: number;
  /** After against before − 1. */
  readonly change: number;
}

/** Most values that are looked at: those since the last change, at most so many. */
export const scanWindow = 60;

const leastBefore = 8;
const leastAfter = 4;
/** Smaller changes are no news. */
const leastChange = 0.05;

/**
 * What the largest standardised rank sum over all splits exceeds in 0.2 % of series without a change, by length.
 * From 100,000 permutations a length; the search for the best split is paid for here, which is where other change-point
 * tools raise false alarms. Lengths between take the next longer one's value.
 */
const critical: readonly (readonly [length: number, z: number])[] = [
  [12, 2.72],
  [16, 3.05],
  [20, 3.24],
  [24, 3.37],
  [30, 3.46],
  [40, 3.58],
  [50, 3.63],
  [60, 3.69],
];

const centred = (values: readonly number[]): number[] => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.map((x) => x - mean);
};

/** Lag-1 correlation of ranks around the means of both sides, corrected for having taken two means away. */
function autocorrelation(ranks: readonly number[], split: number): number {
  const rest = [...centred(ranks.slice(0, split)), ...centred(ranks.slice(split))];
  const n = rest.length;
  let lagged = 0;
  let squared = 0;
  for (let i = 0; i < n; i++) {
    squared += rest[i]! ** 2;
    if (i > 0) lagged += rest[i]! * rest[i - 1]!;
  }
  const raw = squared > 0 ? lagged / squared : 0;
  return Math.min(Math.max(raw + (1 + 3 * raw) / n + 1 / n, 0), 0.9);
}

/** Hodges–Lehmann shift of the logarithms, as a ratio − 1: the middle of all quotients after ÷ before. */
function shift(before: readonly number[], after: readonly number[]): number {
  const quotients = before.flatMap((a) => after.map((b) => b / a)).toSorted((x, y) => x - y);
  const half = quotients.length / 2;
  const middle =
    quotients.length % 2 === 1 ? quotients[Math.floor(half)]! : Math.sqrt(quotients[half - 1]! * quotients[half]!);
  return middle - 1;
}

/**
 * The most likely change in a series, if three guards let it pass: it must be rarer than 0.2 % by chance, the search for
 * the split included; after allowing for values that follow each other; and at least 5 % in size.
 * @param values positive, oldest first; at most the last 60 are looked at
 * @returns `undefined` below 12 values, or where nothing stands out
 */
export function guardedScan(values: readonly number[]): ChangePoint | undefined {
  const skipped = Math.max(0, values.length - scanWindow);
  const window = values.slice(skipped);
  const n = window.length;
  const limit = critical.find(([length]) => length >= n)?.[1];
  if (n < leastBefore + leastAfter || limit === undefined) return undefined;
  const ranks = Array.from(midranks(window).ranks);
  let sum = 0;
  let best = 0;
  let split = 0;
  for (let t = 1; t <= n - leastAfter; t++) {
    sum += ranks[t - 1]!;
    if (t < leastBefore) continue;
    const z = Math.abs(sum - (t * (n + 1)) / 2) / Math.sqrt((t * (n - t) * (n + 1)) / 12);
    if (z > best) [best, split] = [z, t];
  }
  if (split === 0) return undefined;
  const phi = autocorrelation(ranks, split);
  if (best * Math.sqrt((1 - phi) / (1 + phi)) < limit) return undefined;
  const change = shift(window.slice(0, split), window.slice(split));
  return Math.abs(change) >= leastChange ? { at: skipped + split, change } : undefined;
}

/**
 * All changes of a series as they would have been found while it grew, one value at a time: after each the scan begins
 * anew from the change.
 */
export function changePoints(values: readonly number[]): (ChangePoint & { readonly foundAt: number })[] {
  const found: (ChangePoint & { readonly foundAt: number })[] = [];
  let from = 0;
  for (let end = leastBefore + leastAfter; end <= values.length; end++) {
    const hit = guardedScan(values.slice(from, end));
    if (!hit) continue;
    found.push({ at: from + hit.at, change: hit.change, foundAt: end - 1 });
    from += hit.at;
  }
  return found;
}
