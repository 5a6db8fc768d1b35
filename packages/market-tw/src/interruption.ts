import { dayNumber } from './date.ts';
import { secondsOf } from './sessions.ts';
import type { Basis, Cents, Instrument } from './tick-table.ts';

/** The intraday volatility interruption as it stands on a date. Times are seconds since midnight in Taipei. */
export interface InterruptionRule {
  /** Moves beyond this interrupt. */
  readonly thresholdPerMille: number;
  /** What a price is measured from. */
  readonly reference: 'five-minute-mean' | 'previous-trade';
  readonly fromSecond: number;
  /** Later prices are not tested. */
  readonly untilSecond: number;
  readonly durationSeconds: number;
  readonly basis: Basis;
}

/** What the rule depends on. */
export interface InterruptionQuestion {
  readonly date: string;
  readonly board?: 'regular' | 'odd-lot-intraday';
  /** Disposed and altered stocks trade by periodic auctions, also after 2020-03-23. */
  readonly isPeriodic?: boolean;
  readonly instrument?: Instrument;
  /** The day's reference; stocks of at most NT$1 are exempt. */
  readonly referenceCents?: Cents;
  /** New listings without limits are exempt. */
  readonly isFreeListing?: boolean;
}

const windowSeconds = 300;
const firstMinutesUntil = secondsOf('09:05');

/**
 * The rule of a date; `undefined` where there is none. Exempt are warrants, prices up to NT$1 and listings without limit
 * (unverified: the sources name these exemptions for the closing measure).
 * Source: TWSE Operating Rules Art. 58-3 and 58-9; press of 2021-06 on its history; odd-lot rules
 */
export function interruptionRule(question: InterruptionQuestion): InterruptionRule | undefined {
  const { date, board = 'regular', isPeriodic = false, instrument = 'stock' } = question;
  dayNumber(date);
  if (date < (board === 'regular' ? '2002-07-01' : '2020-10-26')) return undefined;
  if (instrument === 'warrant' || question.isFreeListing === true || (question.referenceCents ?? 200) <= 100)
    return undefined;
  const isContinuous = board === 'regular' && !isPeriodic && date >= '2020-03-23';
  return {
    thresholdPerMille: 35,
    reference: isContinuous ? 'five-minute-mean' : 'previous-trade',
    fromSecond: secondsOf('09:00'),
    untilSecond: secondsOf(date >= '2021-06-28' ? '13:25' : '13:20'),
    // Two to three minutes before 2020; two in every source since.
    durationSeconds: 120,
    basis: 'sourced',
  };
}

/** A trade; quantities in board lots, so that all sums stay whole numbers. */
export interface TimedTrade {
  readonly second: number;
  readonly priceCents: Cents;
  readonly lots: number;
}

/** What is remembered of a stock's session. */
export interface InterruptionState {
  readonly rule: InterruptionRule;
  /** The opening base, until there is an opening price. */
  readonly openingCents: Cents;
  readonly hasOpened: boolean;
  /** Trades of the last five minutes, oldest first. */
  readonly recent: readonly TimedTrade[];
  readonly lastCents: Cents | undefined;
  readonly interruptedUntilSecond: number | undefined;
}

/** A stock before its first trade. */
export const beforeOpening = (rule: InterruptionRule, openingBaseCents: Cents): InterruptionState => ({
  rule,
  openingCents: openingBaseCents,
  hasOpened: false,
  recent: [],
  lastCents: undefined,
  interruptedUntilSecond: undefined,
});

/** A mean as value and weight, so that comparisons need no division. */
interface WeightedPrice {
  readonly sum: number;
  readonly weight: number;
}

function referenceOf(state: InterruptionState, second: number): WeightedPrice {
  const { rule, recent, openingCents, lastCents } = state;
  if (rule.reference === 'previous-trade') return { sum: lastCents ?? openingCents, weight: 1 };
  if (second < firstMinutesUntil) return { sum: openingCents, weight: 1 };
  let sum = 0;
  let weight = 0;
  for (const trade of recent) {
    if (trade.second <= second - windowSeconds) continue;
    sum += trade.priceCents * trade.lots;
    weight += trade.lots;
  }
  // Nothing traded for five minutes: the last trade, unverified; the sources do not say.
  return weight > 0 ? { sum, weight } : { sum: lastCents ?? openingCents, weight: 1 };
}

/** What a price at a moment is measured from, in hundredths, not rounded. */
export function interruptionReferenceCents(state: InterruptionState, second: number): number {
  const { sum, weight } = referenceOf(state, second);
  return sum / weight;
}

/** Lowest and highest price, not on the tick, that a trade at a moment may have without interrupting. */
export function stabilityBand(state: InterruptionState, second: number): { downCents: number; upCents: number } {
  const { sum, weight } = referenceOf(state, second);
  const { thresholdPerMille } = state.rule;
  return {
    downCents: Math.ceil((sum * (1000 - thresholdPerMille)) / (1000 * weight)),
    upCents: Math.floor((sum * (1000 + thresholdPerMille)) / (1000 * weight)),
  };
}

/** What happened to a possible trade. `resumed`: it is the auction that ends an interruption, which is not tested. */
export type InterruptionOutcome = 'traded' | 'interrupted' | 'waiting' | 'resumed';

/**
 * One step of the interruption: a price at which a trade is possible. It trades, or interrupts the stock's matching for
 * two minutes, or waits while that lasts; the first price after it is a call auction’s and is not tested again.
 */
export function stepInterruption(
  state: InterruptionState,
  possible: TimedTrade,
): { readonly state: InterruptionState; readonly outcome: InterruptionOutcome } {
  const { rule, interruptedUntilSecond } = state;
  const { second, priceCents } = possible;
  if (interruptedUntilSecond !== undefined && second < interruptedUntilSecond) return { state, outcome: 'waiting' };
  const resumes = interruptedUntilSecond !== undefined;
  const isTested = state.hasOpened && !resumes && second >= rule.fromSecond && second < rule.untilSecond;
  if (isTested) {
    const { sum, weight } = referenceOf(state, second);
    // Whole numbers up to 10^15: hundredths × lots × 1000.
    const distance = Math.abs(priceCents * weight - sum) * 1000;
    if (distance > rule.thresholdPerMille * sum) {
      const interrupted = { ...state, interruptedUntilSecond: second + rule.durationSeconds };
      return { state: interrupted, outcome: 'interrupted' };
    }
  }
  const traded: InterruptionState = {
    ...state,
    openingCents: state.hasOpened ? state.openingCents : priceCents,
    hasOpened: true,
    recent: [...state.recent.filter((trade) => trade.second > second - windowSeconds), possible],
    lastCents: priceCents,
    interruptedUntilSecond: undefined,
  };
  return { state: traded, outcome: resumes ? 'resumed' : 'traded' };
}
