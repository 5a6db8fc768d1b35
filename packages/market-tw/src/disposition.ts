import { InputError } from '@preopen/core';
import type { Market } from './panel.ts';
import type { Basis } from './tick-table.ts';

/** What the attention tests look at, after the close. Ratios: 0.32 is 32 %. */
export interface AttentionWindow {
  readonly market: Market;
  /** Sum of the last six sessions’ returns. */
  readonly sixSessionChange: number;
  /** The same sums of the market and of the stock’s industry. */
  readonly marketSixSessionChange: number;
  readonly industrySixSessionChange: number;
  /** Last close less the first of the six, NT$. */
  readonly firstToLastTwd: number;
  /** Today’s volume over its mean of sixty sessions. */
  readonly volumeRatio: number;
  /** Shares traded over shares issued, over six sessions and today. */
  readonly sixSessionTurnover: number;
  readonly todayTurnover: number;
}

/** The tests of the attention list that are implemented; the exchange has more. */
export type AttentionTest = 'cumulative-change' | 'change-and-price' | 'change-and-volume' | 'turnover';

/**
 * Which attention tests a stock meets after the close; `cumulative-change` is the first one of the rules.
 * Source: TWSE rules on attention (FL007226 Art. 2, 4, 11) and TPEx’s
 */
export function attentionTests(window: AttentionWindow): AttentionTest[] {
  const isTwse = window.market === 'TWSE';
  const change = Math.abs(window.sixSessionChange);
  const away = Math.min(
    Math.abs(window.sixSessionChange - window.marketSixSessionChange),
    Math.abs(window.sixSessionChange - window.industrySixSessionChange),
  );
  const smaller = isTwse ? 0.25 : 0.23;
  const tests: [AttentionTest, boolean][] = [
    ['cumulative-change', change > (isTwse ? 0.32 : 0.3) && away >= 0.2],
    ['change-and-price', change > smaller && Math.abs(window.firstToLastTwd) >= (isTwse ? 50 : 40)],
    ['change-and-volume', change > 0.25 && window.volumeRatio >= 5],
    ['turnover', window.sixSessionTurnover > 0.5 && window.todayTurnover >= 0.1],
  ];
  return tests.filter(([, isMet]) => isMet).map(([test]) => test);
}

/** What the attention tests during trading look at: how things stand at a moment. Ratios to the reference price. */
export interface IntradayAttentionWindow {
  readonly volumeShares: number;
  /** (high − low) / reference, and that of the index. */
  readonly range: number;
  readonly marketRange: number;
  /** Last price over the reference less 1, and that of the index. */
  readonly change: number;
  readonly marketChange: number;
}

/** The tests during trading that are implemented. They are announced at once, and do not count towards disposition. */
export type IntradayAttentionTest = 'intraday-range' | 'intraday-change';

/** Below 3,000 lots nothing is announced. */
export const leastAttentionShares = 3_000_000;

/**
 * Which attention tests a stock meets during trading: a range above 9 % and 5 points wider than the index's, or a change
 * above 6 % and 4 points away from the index's.
 * Source: press on TWSE's rules on attention, as of 2021 to 2026
 */
export function intradayAttentionTests(window: IntradayAttentionWindow): IntradayAttentionTest[] {
  const { volumeShares, range, marketRange, change, marketChange } = window;
  if (volumeShares < leastAttentionShares) return [];
  const tests: IntradayAttentionTest[] = [];
  // Differences of ratios carry rounding: 0.12 − 0.07 is a little less than 0.05.
  const slack = 1e-12;
  if (range > 0.09 && range - marketRange >= 0.05 - slack) tests.push('intraday-range');
  if (Math.abs(change) > 0.06 && Math.abs(change - marketChange) >= 0.04 - slack) tests.push('intraday-change');
  return tests;
}

/** Why a stock comes under disposition. */
export type DispositionCause = 'first-test-3-running' | 'any-5-running' | 'any-6-of-10' | 'any-12-of-30';

/**
 * Whether attention has come so often that disposition follows.
 * @param history tests met by session, the latest last; an empty list is a session without attention
 * Source: TWSE disposition rules, FL007225 Art. 6
 */
export function dispositionCause(history: readonly (readonly AttentionTest[])[]): DispositionCause | undefined {
  const last = (sessions: number): (readonly AttentionTest[])[] => history.slice(-sessions);
  const count = (sessions: number): number => last(sessions).filter((tests) => tests.length > 0).length;
  if (history.length >= 3 && last(3).every((tests) => tests.includes('cumulative-change')))
    return 'first-test-3-running';
  if (count(5) === 5) return 'any-5-running';
  if (count(10) >= 6) return 'any-6-of-10';
  if (count(30) >= 12) return 'any-12-of-30';
  return undefined;
}

/** How a stock under disposition trades. */
export interface DispositionTerms {
  /** A call auction about every so many minutes. */
  readonly auctionMinutes: number;
  readonly sessions: number;
  /** Orders that are paid for, or covered, beforehand; lots of 1,000 shares. */
  readonly prepaid: 'all' | { readonly singleOrderLots: number; readonly dayLots: number };
  readonly basis: Basis;
}

/** What the terms depend on. */
export interface DispositionCase {
  /** First day of the disposition. */
  readonly date: string;
  /** An earlier disposition began within the last thirty sessions. */
  readonly isRepeated?: boolean;
  /** Day trading above 60 % was among the causes (counts since 2021-08-27). */
  readonly isDayTraded?: boolean;
  /** An interval that the exchange announced for the case, such as 10 or 60 minutes for full-delivery stocks. */
  readonly announcedMinutes?: number;
}

/**
 * The terms of a disposition: auctions about every 5 minutes the first time, 20 if repeated. Full-delivery stocks have had
 * 10 (2005) and 60 (a case of 2021); give such an interval as `announcedMinutes`.
 * Source: TWSE FL007225; press on cases of 2021 to 2026
 */
export function dispositionTerms(given: DispositionCase): DispositionTerms {
  const { date, isRepeated = false, isDayTraded = false, announcedMinutes } = given;
  if (announcedMinutes !== undefined && !(announcedMinutes > 0))
    throw new InputError(`dispositionTerms: expected announced minutes above 0, got ${announcedMinutes}.`);
  return {
    auctionMinutes: announcedMinutes ?? (isRepeated ? 20 : 5),
    sessions: isDayTraded && date >= '2021-08-27' ? 12 : 10,
    prepaid: isRepeated || announcedMinutes !== undefined ? 'all' : { singleOrderLots: 10, dayLots: 30 },
    basis: 'sourced',
  };
}
