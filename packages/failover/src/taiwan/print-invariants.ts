import type { Print } from '@preopen/core';
import { type Judged, judgeEach, notJudged } from './invariants.ts';
import { asOfMoments, byReceipt, type LiveAnswer, type LiveColumn, maxAgeMs } from './prints.ts';

/** Share of the volatility without its repeats that one with them must have at least, and that one with auctions may have at most. */
const leastVolatility = 0.9;
const mostVolatility = 1.5;

/**
 * Keys whose newest regular price, of all that was received, is fresh or stale at each moment.
 * @param marginMs ages nearer than so much to the limit are neither: where clocks are off, nobody can tell
 */
export function ages(
  prints: readonly Print[],
  stocks: readonly string[],
  marginMs = 0,
): { fresh: string[]; stale: string[] } {
  const fresh: string[] = [];
  const stale: string[] = [];
  for (const asOfMs of asOfMoments) {
    const newest = new Map<string, number>();
    for (const { receivedMs, timeMs, stock, session } of prints)
      if (session === 'regular' && receivedMs <= asOfMs) newest.set(stock, Math.max(newest.get(stock) ?? 0, timeMs));
    for (const stock of stocks) {
      const ageMs = asOfMs - (newest.get(stock) ?? Number.NEGATIVE_INFINITY);
      if (ageMs > maxAgeMs + marginMs) stale.push(`${asOfMs},${stock}`);
      else if (ageMs <= maxAgeMs - marginMs) fresh.push(`${asOfMs},${stock}`);
    }
  }
  return { fresh, stale };
}

const isClaimed = ({ predictions, flagged }: LiveAnswer, key: string): boolean =>
  predictions.has(key) && !flagged.has(key);

/** No price that is fresh is flagged or left out. */
export const judgeFresh = (fresh: Iterable<string>, answer: LiveAnswer): Judged =>
  judgeEach('falseAlarm', fresh, (key) =>
    isClaimed(answer, key)
      ? undefined
      : `${key} has a fresh price and is ${answer.predictions.has(key) ? 'flagged' : 'not predicted'}`,
  );

/** No stale price goes in without a flag, and no fresh one is flagged or left out. */
export function judgeAges(prints: readonly Print[], stocks: readonly string[], answer: LiveAnswer): Judged[] {
  const { fresh, stale } = ages(prints, stocks);
  return [
    judgeEach('unflaggedStale', stale, (key) =>
      isClaimed(answer, key)
        ? `${key} is predicted without a flag, and its price is older than ${maxAgeMs / 1000} s`
        : undefined,
    ),
    judgeFresh(fresh, answer),
  ];
}

/** What is halted, paused or locked is flagged or left out. @param why completes “is predicted without a flag, and …” */
export const judgeFlagged = (
  invariant: 'claimedLive' | 'unflaggedLocked',
  keys: Iterable<string>,
  why: string,
  answer: LiveAnswer,
): Judged =>
  judgeEach(invariant, keys, (key) =>
    isClaimed(answer, key) ? `${key} is predicted without a flag, and ${why}` : undefined,
  );

const notStated = (column: LiveColumn): string => `a column “${column}” in live.csv; the target does not state it`;

/** A volatility from prints that repeat is not below that from the same prints without the repeats. */
export function judgeFlat(keys: readonly string[], answer: LiveAnswer, without: LiveAnswer): Judged {
  const [found, expected] = [answer.stated.volatility, without.stated.volatility];
  const both = keys.filter((key) => found?.has(key) && expected?.has(key));
  if (both.length === 0) return notJudged('flatVolatility', notStated('volatility'));
  return judgeEach('flatVolatility', both, (key) => {
    const [value, least] = [found!.get(key)!, leastVolatility * expected!.get(key)!];
    return value >= least
      ? undefined
      : `${key} has a volatility of ${value} while its last print repeats, and ${expected!.get(key)} without the repeats`;
  });
}

/** A volatility does not take the auction after an interruption for a step from one trade to the next. */
export function judgeResume(keys: readonly string[], answer: LiveAnswer, without: LiveAnswer): Judged {
  const [found, expected] = [answer.stated.volatility, without.stated.volatility];
  const both = keys.filter((key) => found?.has(key) && expected?.has(key));
  if (both.length === 0) return notJudged('resumeJump', notStated('volatility'));
  return judgeEach('resumeJump', both, (key) => {
    const [value, usual] = [found!.get(key)!, expected!.get(key)!];
    return value <= mostVolatility * usual
      ? undefined
      : `${key} has a volatility of ${value} after an auction, and ${usual} where that auction is at the price before it`;
  });
}

/** How many prints of each stock had come, at each moment, after one of the same stock that happened later. Each number counts once. */
export function latePrints(prints: readonly Print[]): Map<string, number> {
  const late = new Map<string, number>();
  const ordered = byReceipt(prints.filter(({ session }) => session === 'regular'));
  const newest = new Map<string, number>();
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  let at = 0;
  for (const asOfMs of asOfMoments) {
    for (; at < ordered.length && ordered[at]!.receivedMs <= asOfMs; at++) {
      const { stock, timeMs, sequence } = ordered[at]!;
      const identity = `${stock},${timeMs},${sequence}`;
      if (seen.has(identity)) continue;
      seen.add(identity);
      const last = newest.get(stock) ?? timeMs;
      counts.set(stock, (counts.get(stock) ?? 0) + (timeMs < last ? 1 : 0));
      newest.set(stock, Math.max(last, timeMs));
    }
    for (const [stock, count] of counts) late.set(`${asOfMs},${stock}`, count);
  }
  return late;
}

/** The count of late prints that is stated is that of those that came late. */
export function judgeLate(prints: readonly Print[], answer: LiveAnswer): Judged {
  const stated = answer.stated.late;
  const expected = [...latePrints(prints)].filter(([key]) => stated?.has(key));
  if (expected.length === 0) return notJudged('lateUncounted', notStated('late'));
  return judgeEach('lateUncounted', expected, ([key, count]) =>
    stated!.get(key) === count ? undefined : `${key}: ${stated!.get(key)} late prints are stated, ${count} had come`,
  );
}

/** Rows stand in the order of the moments that were asked, and are of no others. */
export const judgeMoments = ({ moments }: LiveAnswer): Judged =>
  judgeEach('backwards', moments.entries(), ([row, asOfMs]) => {
    if (!asOfMoments.includes(asOfMs)) return `row ${row + 1} is of the moment ${asOfMs}, which was not asked`;
    return row > 0 && asOfMs < moments[row - 1]!
      ? `row ${row + 1} is of ${asOfMs}, after one of ${moments[row - 1]}`
      : undefined;
  });
