import { InputError } from '@preopen/core';
import { closedWeekdays, closureReasons, lastObservedDate, saturdaySessions } from './data/observed-days.ts';
import { dayNumber, isoDate, weekdayOf } from './date.ts';

/** A weekday on which the market was closed. */
export interface Closure {
  readonly date: string;
  readonly reason: string;
  /** `observed`: no session took place; `announced`: by the exchange, still to come when this was made. */
  readonly source: 'observed' | 'announced';
}

/** What is known of a day. `estimated`: beyond the data; only weekends are sure to be closed. */
export interface TradingDay {
  readonly date: string;
  readonly isOpen: boolean;
  readonly estimated: boolean;
  /** Why it is closed; absent for open days. */
  readonly reason?: string;
}

/** The trading calendar of TWSE and TPEx, from 1987. Not the settlement calendar, which has other closed days. */
export interface TradingCalendar {
  /** First and last date that the data covers; later ones are estimated. */
  readonly firstDate: string;
  readonly lastDate: string;
  /** @throws InputError before `firstDate` or for what is no date */
  day(date: string): TradingDay;
  isOpen(date: string): boolean;
  /** First session after a date. */
  nextSession(date: string): string;
  /** Last session before a date. */
  previousSession(date: string): string;
  /** Sessions from one date to another, both included. */
  sessionsBetween(from: string, to: string): string[];
  closures(year: number): Closure[];
}

const firstYear = 1987;
const lastYear = 2026;

interface Tables {
  readonly closed: ReadonlyMap<number, Closure>;
  readonly saturdays: ReadonlySet<number>;
}

/** `0126a`: 26 January, first reason; `0925!b`: announced only. */
function readTables(): Tables {
  const closed = new Map<number, Closure>();
  for (const [year, days] of Object.entries(closedWeekdays)) {
    for (const entry of days.split(' ')) {
      const date = `${year}-${entry.slice(0, 2)}-${entry.slice(2, 4)}`;
      const announced = entry[4] === '!';
      const letters = entry.slice(announced ? 5 : 4);
      const index =
        letters.length === 1
          ? letters.charCodeAt(0) - 97
          : (letters.charCodeAt(0) - 64) * 26 + letters.charCodeAt(1) - 97;
      closed.set(dayNumber(date), {
        date,
        reason: closureReasons[index]!,
        source: announced ? 'announced' : 'observed',
      });
    }
  }
  const saturdays = new Set<number>();
  for (const [year, days] of Object.entries(saturdaySessions)) {
    for (const entry of days.split(' ')) saturdays.add(dayNumber(`${year}-${entry.slice(0, 2)}-${entry.slice(2)}`));
  }
  return { closed, saturdays };
}

let calendar: TradingCalendar | undefined;

/** The trading calendar. The market opens when its days say so: typhoon days and make-up Saturdays included. */
export function tradingCalendar(): TradingCalendar {
  calendar ??= createCalendar(readTables());
  return calendar;
}

function createCalendar({ closed, saturdays }: Tables): TradingCalendar {
  const firstDate = `${firstYear}-01-07`;
  const lastDate = `${lastYear}-12-31`;
  const firstDay = dayNumber(firstDate);
  const lastDay = dayNumber(lastDate);
  const lastObserved = dayNumber(lastObservedDate);

  const at = (day: number): TradingDay => {
    if (day < firstDay) {
      throw new InputError(`the trading calendar begins on ${firstDate}; ${isoDate(day)} lies before it.`);
    }
    const date = isoDate(day);
    const weekday = weekdayOf(day);
    // After the last observed session a typhoon may still close a day that is open here.
    const estimated = day > lastDay || (day > lastObserved && weekday >= 1 && weekday <= 5 && !closed.has(day));
    if (weekday === 0) return { date, isOpen: false, estimated: false, reason: 'Sunday' };
    if (weekday === 6) {
      return saturdays.has(day)
        ? { date, isOpen: true, estimated: false }
        : { date, isOpen: false, estimated: false, reason: 'Saturday' };
    }
    const closure = closed.get(day);
    return closure
      ? { date, isOpen: false, estimated: false, reason: closure.reason }
      : { date, isOpen: true, estimated };
  };
  const seek = (from: number, step: 1 | -1): string => {
    for (let day = from + step; ; day += step) if (at(day).isOpen) return isoDate(day);
  };
  return {
    firstDate,
    lastDate,
    day: (date) => at(dayNumber(date)),
    isOpen: (date) => at(dayNumber(date)).isOpen,
    nextSession: (date) => seek(dayNumber(date), 1),
    previousSession: (date) => seek(dayNumber(date), -1),
    sessionsBetween(from, to) {
      const sessions: string[] = [];
      for (let day = dayNumber(from); day <= dayNumber(to); day++) if (at(day).isOpen) sessions.push(isoDate(day));
      return sessions;
    },
    closures(year) {
      if (year < firstYear || year > lastYear) {
        throw new InputError(`closures are known from ${firstYear} to ${lastYear}, not for ${year}.`);
      }
      return [...closed.values()].filter(({ date }) => date.startsWith(`${year}-`));
    },
  };
}

/** A year's sessions and closures, ready to print. */
export function calendarOfYear(year: number): {
  year: number;
  estimated: boolean;
  tradingDays: string[];
  closures: Closure[];
} {
  const { closures, sessionsBetween, firstDate, day } = tradingCalendar();
  const from = year === firstYear ? firstDate : `${year}-01-01`;
  return {
    year,
    estimated: sessionsBetween(from, `${year}-12-31`).some((date) => day(date).estimated),
    tradingDays: sessionsBetween(from, `${year}-12-31`),
    closures: closures(year),
  };
}
