import { InputError } from '@preopen/core';
import { type TradingCalendar, tradingCalendar } from './calendar.ts';
import { dayNumber, isoDate, weekdayOf } from './date.ts';

/** First trade date that settles two days later. Source: TWSE clearing rules, DVP with T+2 since 2009-02-02. */
const firstTradeDate = '2009-02-02';
const settlementLagDays = 2;

/** A closed day on which what was traded before is still settled. */
export interface SettlementOnlyDay {
  readonly date: string;
  /** `sourced`: named in a TWSE notice; `unverified`: by the rule that all sourced years keep to. */
  readonly basis: 'sourced' | 'unverified';
}

/** Days on which trades are settled: the sessions, and the two days before Lunar New Year that have no session. */
export interface SettlementCalendar {
  /** Whether trades are settled on a day. */
  isSettlementDay(date: string): boolean;
  /** Two a year since 2009. */
  settlementOnlyDays(year: number): SettlementOnlyDay[];
  /**
   * The day on which a trade settles: the second settlement day after it. A typhoon day is none, and moves it on.
   * @throws InputError for a date that is no session, or before 2009-02-02
   */
  settlementDate(tradeDate: string): string;
}

/**
 * The settlement calendar that belongs to a trading calendar.
 * Source: TWSE notices name the two days of 2009, 2012, 2013, 2016, 2018, 2023, 2025 and 2026: each time the first two
 * closed weekdays of the Lunar New Year break. The other years follow by that rule.
 */
export function settlementCalendar(trading: TradingCalendar = tradingCalendar()): SettlementCalendar {
  const byYear = new Map<number, SettlementOnlyDay[]>();
  const settlementOnlyDays = (year: number): SettlementOnlyDay[] => {
    let days = byYear.get(year);
    if (!days) {
      days = year < 2009 ? [] : firstTwoOfNewYear(trading, year);
      byYear.set(year, days);
    }
    return days;
  };
  const isSettlementDay = (date: string): boolean =>
    trading.isOpen(date) || settlementOnlyDays(Number(date.slice(0, 4))).some((day) => day.date === date);
  return {
    isSettlementDay,
    settlementOnlyDays,
    settlementDate(tradeDate) {
      if (tradeDate < firstTradeDate)
        throw new InputError(`settlementDate: T+2 is known from ${firstTradeDate} on, not for ${tradeDate}.`);
      if (!trading.isOpen(tradeDate))
        throw new InputError(`settlementDate: there was no session on ${tradeDate}. Give the date of a trade.`);
      let day = dayNumber(tradeDate);
      for (let left = settlementLagDays; left > 0; ) if (isSettlementDay(isoDate(++day))) left--;
      return isoDate(day);
    },
  };
}

function firstTwoOfNewYear(trading: TradingCalendar, year: number): SettlementOnlyDay[] {
  return trading
    .closures(year)
    .filter(({ reason, date }) => /^(day before )?Lunar New Year/.test(reason) && isWorkingDay(date))
    .slice(0, 2)
    .map(({ date, reason, certainty }) => ({
      date,
      basis:
        reason.includes('settlement-only day (no trading)') && certainty !== 'projected' ? 'sourced' : 'unverified',
    }));
}

const isWorkingDay = (date: string): boolean => ![0, 6].includes(weekdayOf(dayNumber(date)));
