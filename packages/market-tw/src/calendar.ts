import { InputError } from '@preopen/core';
import {
  closedWeekdays,
  closureReasons,
  closureSources,
  lastObservedDate,
  saturdaySessions,
} from './data/observed-days.ts';
import { dayNumber, isoDate, weekdayOf } from './date.ts';
import { projectedClosures, projectedYears } from './projected-closures.ts';

/** A weekday on which the market was closed, or is expected to be. */
export interface Closure {
  readonly date: string;
  readonly reason: string;
  /** Where the closure was seen and how its reason is known. */
  readonly source: string;
  /** `announced`: by the exchange, still to come when this was made; `projected`: by the holiday rules; `added`: by the caller. */
  readonly certainty: 'observed' | 'announced' | 'projected' | 'added';
}

/** What is known of a day. `estimated`: a typhoon may still close it, or, beyond 2026, the exchange decide otherwise. */
export interface TradingDay {
  readonly date: string;
  readonly isOpen: boolean;
  readonly estimated: boolean;
  /** Why it is closed; absent for open days. */
  readonly reason?: string;
}

/** What a caller knows better: a calendar fixed in advance is always provisional. */
export interface CalendarOverlay {
  /** Days without a session, such as a typhoon day that was announced at dawn. */
  readonly closures?: readonly { readonly date: string; readonly reason: string; readonly source?: string }[];
  /** Days with a session that the calendar has closed. */
  readonly sessions?: readonly string[];
  /** Days up to this one are known, not estimated. */
  readonly observedThrough?: string;
}

/** The trading calendar of TWSE and TPEx. Not the settlement calendar, which has other closed days. */
export interface TradingCalendar {
  /** First and last date that the calendar answers for. */
  readonly firstDate: string;
  readonly lastDate: string;
  /** Last date whose session, or closure, was observed. */
  readonly lastObservedDate: string;
  /** @throws InputError outside `firstDate` to `lastDate` or for what is no date */
  day(date: string): TradingDay;
  /** Whether the exchange trades on a day. */
  isOpen(date: string): boolean;
  /** First session after a date. */
  nextSession(date: string): string;
  /** Last session before a date. */
  previousSession(date: string): string;
  /** Sessions from one date to another, both included. */
  sessionsBetween(from: string, to: string): string[];
  /** Closed weekdays of a year, in order; overlaid ones may be on any day. */
  closures(year: number): Closure[];
}

const firstDate = '1987-01-07';
const lastListedYear = 2026;

interface Tables {
  readonly closed: ReadonlyMap<number, Closure>;
  /** Days open although they are no weekday, or were opened by the caller. */
  readonly opened: ReadonlySet<number>;
  /** Days of the caller's own knowledge. */
  readonly known: ReadonlySet<number>;
  readonly observedThrough: number;
}

/** `0126a2`: 26 January, first reason, third source. */
function closureOf(year: string, entry: string): Closure {
  const [, month, day, letters, source] = /^(\d\d)(\d\d)([A-Za-z]+)(\d+)$/.exec(entry)!;
  const index =
    letters!.length === 1
      ? letters!.charCodeAt(0) - 97
      : (letters!.charCodeAt(0) - 64) * 26 + letters!.charCodeAt(1) - 97;
  const text = closureSources[Number(source)]!;
  return {
    date: `${year}-${month}-${day}`,
    reason: closureReasons[index]!,
    source: text,
    certainty: text.startsWith('announced') ? 'announced' : 'observed',
  };
}

function readTables(): Tables {
  const closed = new Map<number, Closure>();
  for (const [year, days] of Object.entries(closedWeekdays)) {
    for (const entry of days.split(' ')) {
      const closure = closureOf(year, entry);
      closed.set(dayNumber(closure.date), closure);
    }
  }
  for (let year = lastListedYear + 1; year <= projectedYears.last; year++) {
    for (const { date, reason } of projectedClosures(year)) {
      const source = 'projected from the holiday rules; not announced when this was made';
      closed.set(dayNumber(date), { date, reason, source, certainty: 'projected' });
    }
  }
  const opened = new Set<number>();
  for (const [year, days] of Object.entries(saturdaySessions)) {
    for (const entry of days.split(' ')) opened.add(dayNumber(`${year}-${entry.slice(0, 2)}-${entry.slice(2)}`));
  }
  return { closed, opened, known: new Set(), observedThrough: dayNumber(lastObservedDate) };
}

/** The tables with a caller's own days on top. */
function overlaid(tables: Tables, overlay: CalendarOverlay): Tables {
  const closed = new Map(tables.closed);
  const opened = new Set(tables.opened);
  const known = new Set<number>();
  for (const { date, reason, source = 'added to the calendar by its user' } of overlay.closures ?? []) {
    const day = dayNumber(date);
    closed.set(day, { date, reason, source, certainty: 'added' });
    opened.delete(day);
    known.add(day);
  }
  for (const date of overlay.sessions ?? []) {
    const day = dayNumber(date);
    if (known.has(day) && !opened.has(day))
      throw new InputError(`tradingCalendar: ${date} is given both as a closure and as a session. Leave one out.`);
    closed.delete(day);
    opened.add(day);
    known.add(day);
  }
  const observedThrough = Math.max(
    tables.observedThrough,
    overlay.observedThrough === undefined ? 0 : dayNumber(overlay.observedThrough),
  );
  return { closed, opened, known, observedThrough };
}

let tables: Tables | undefined;
let calendar: TradingCalendar | undefined;

/**
 * The trading calendar: observed sessions from 1987, typhoon days and make-up Saturdays included; announced closures to
 * the end of 2026; from 2027 projected by the holiday rules. What is not observed is marked `estimated`.
 * @param overlay closures and sessions that the caller knows of; the calendar itself stays as it is
 * @throws InputError for an overlay with what is no date
 */
export function tradingCalendar(overlay?: CalendarOverlay): TradingCalendar {
  tables ??= readTables();
  if (overlay) return createCalendar(overlaid(tables, overlay));
  calendar ??= createCalendar(tables);
  return calendar;
}

function createCalendar({ closed, opened, known, observedThrough }: Tables): TradingCalendar {
  const lastDate = `${projectedYears.last}-12-31`;
  const firstDay = dayNumber(firstDate);
  const lastDay = dayNumber(lastDate);

  const at = (day: number): TradingDay => {
    if (day < firstDay || day > lastDay) {
      throw new InputError(
        `the trading calendar goes from ${firstDate} to ${lastDate}; ${isoDate(day)} lies ${day < firstDay ? 'before' : 'after'} it.`,
      );
    }
    const date = isoDate(day);
    const closure = closed.get(day);
    if (closure) return { date, isOpen: false, estimated: closure.certainty === 'projected', reason: closure.reason };
    const weekday = weekdayOf(day);
    if (opened.has(day)) return { date, isOpen: true, estimated: false };
    if (weekday === 0 || weekday === 6)
      return { date, isOpen: false, estimated: false, reason: weekday === 0 ? 'Sunday' : 'Saturday' };
    return { date, isOpen: true, estimated: day > observedThrough && !known.has(day) };
  };
  const seek = (from: number, step: 1 | -1): string => {
    for (let day = from + step; ; day += step) if (at(day).isOpen) return isoDate(day);
  };
  return {
    firstDate,
    lastDate,
    lastObservedDate: isoDate(observedThrough),
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
      at(dayNumber(year === 1987 ? firstDate : `${String(year).padStart(4, '0')}-01-01`));
      return [...closed.values()]
        .filter(({ date }) => date.startsWith(`${year}-`))
        .sort((a, b) => (a.date < b.date ? -1 : 1));
    },
  };
}

/** A year as a document. */
export interface CalendarYear {
  readonly year: number;
  /** Whether some of its days are not observed yet. */
  readonly estimated: boolean;
  /** Last day that was observed, if it lies within or before the year. */
  readonly observedThrough: string;
  readonly tradingDays: readonly string[];
  readonly closures: readonly Closure[];
}

/**
 * A year's sessions and closures, ready to print.
 * @throws InputError for a year outside the calendar
 */
export function calendarOfYear(year: number, overlay?: CalendarOverlay): CalendarYear {
  const { closures, sessionsBetween, lastObservedDate: observed, day } = tradingCalendar(overlay);
  const closed = closures(year);
  const tradingDays = sessionsBetween(year === 1987 ? firstDate : `${year}-01-01`, `${year}-12-31`);
  return {
    year,
    estimated: tradingDays.some((date) => day(date).estimated),
    observedThrough: observed < `${year}-12-31` ? observed : `${year}-12-31`,
    tradingDays,
    closures: closed,
  };
}
