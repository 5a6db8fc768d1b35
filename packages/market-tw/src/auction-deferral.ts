import { dayNumber } from './date.ts';
import { secondsOf } from './sessions.ts';
import type { Cents } from './tick-table.ts';

/** Whether an auction is put off, and when it takes place; seconds since midnight in Taipei. */
export interface Deferral {
  readonly isDeferred: boolean;
  readonly auctionSecond: number;
}

/** A trial price moves by more than 3.5 % from the one before it. */
function isJump(trialCents: readonly Cents[]): boolean {
  return trialCents.some((price, i) => {
    const before = trialCents[i - 1];
    return before !== undefined && Math.abs(price - before) * 1000 > 35 * before;
  });
}

/** The last minute before the open. */
export interface OpeningMinute {
  readonly date: string;
  /** Trial prices published from 08:59 to 09:00, with the last one before, in order. */
  readonly trialCents: readonly Cents[];
  /** Orders cancelled and changed in that minute, over all that was entered before the open. */
  readonly cancelledRatio?: number;
}

/**
 * Whether a stock opens two minutes late: a trial price jumps by more than 3.5 % (since 2015-06-29), or cancels and changes
 * reach 30 % of its pre-open orders (since 2023-03-20).
 * Source: TWSE notes on disclosure before the open, 2015 and 2023-03-20
 */
export function openingDeferral({ date, trialCents, cancelledRatio = 0 }: OpeningMinute): Deferral {
  dayNumber(date);
  const isDeferred = (date >= '2015-06-29' && isJump(trialCents)) || (date >= '2023-03-20' && cancelledRatio >= 0.3);
  return { isDeferred, auctionSecond: secondsOf(isDeferred ? '09:02' : '09:00') };
}

/**
 * Whether a stock closes at 13:33 instead of 13:30: a trial price between 13:29 and 13:30 jumps by more than 3.5 % (since
 * 2012-02-20). Orders are taken again from 13:31.
 * @param trialCents trial prices of that minute with the last one before, in order
 * Source: TWSE’s measure of 2012-02-20, by the press of that day
 */
export function closingDeferral(date: string, trialCents: readonly Cents[]): Deferral {
  dayNumber(date);
  const isDeferred = date >= '2012-02-20' && isJump(trialCents);
  return { isDeferred, auctionSecond: secondsOf(isDeferred ? '13:33' : '13:30') };
}
