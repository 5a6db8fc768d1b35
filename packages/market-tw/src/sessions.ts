import { InputError } from '@preopen/core';
import { type TradingCalendar, tradingCalendar } from './calendar.ts';
import { dayNumber, isoDate, weekdayOf } from './date.ts';
import type { Basis } from './tick-table.ts';

/** Where an order goes; each board has hours of its own. */
export type Board = 'regular' | 'fixed-price' | 'odd-lot-intraday' | 'odd-lot-after-hours' | 'block';

/** How orders meet. Times are seconds since midnight in Taipei. */
export type Matching =
  | { readonly kind: 'continuous' }
  /** One auction at the end of the phase. */
  | { readonly kind: 'auction-at-end' }
  | { readonly kind: 'auctions'; readonly firstSecond: number; readonly everySeconds: number }
  /** Both sides are agreed beforehand. */
  | { readonly kind: 'paired' };

/** A stretch of a session on one board: from `fromSecond` up to, not including, `toSecond`. */
export interface SessionPhase {
  readonly board: Board;
  readonly phase: 'order-collection' | 'trading' | 'closing-auction' | 'deferred-close';
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly matching: Matching;
  readonly basis: Basis;
  readonly note?: string;
}

/** Seconds since midnight of `HH:MM` or `HH:MM:SS`. */
export function secondsOf(time: string): number {
  const found = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(time);
  if (!found) throw new InputError(`“${time}” is no time of day. Give it as HH:MM or HH:MM:SS.`);
  const [, hours, minutes, seconds] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0);
}

/** `HH:MM:SS` of seconds since midnight. */
export function timeOf(second: number): string {
  const part = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${part(second / 3600)}:${part((second / 60) % 60)}:${part(second % 60)}`;
}

/** A rule of the timetable; it holds from its date until a later rule of the same board and phase. */
interface PhaseRule {
  readonly from: string;
  readonly board: Board;
  readonly phase: SessionPhase['phase'];
  readonly hours: readonly [from: string, to: string];
  readonly matching: Matching;
  readonly basis: Basis;
  readonly note?: string;
}

const every = (everySeconds: number, first = '09:00'): Matching => ({
  kind: 'auctions',
  firstSecond: secondsOf(first),
  everySeconds,
});
const atEnd: Matching = { kind: 'auction-at-end' };
const regular = (
  from: string,
  matching: Matching,
  basis: Basis,
  note?: string,
  hours: PhaseRule['hours'] = ['09:00', '13:25'],
): PhaseRule => ({ from, board: 'regular', phase: 'trading', hours, matching, basis, ...(note ? { note } : {}) });
const oddLot = (from: string, everySeconds: number): PhaseRule => ({
  from,
  board: 'odd-lot-intraday',
  phase: 'trading',
  hours: ['09:00', '13:30'],
  matching: every(everySeconds, '09:10'),
  basis: 'sourced',
});
const steady = (
  board: Board,
  phase: SessionPhase['phase'],
  hours: PhaseRule['hours'],
  matching: Matching,
  from = '2001-01-02',
): PhaseRule => ({
  from,
  board,
  phase,
  hours,
  matching,
  basis: 'sourced',
  note: 'hours of today; first day unverified',
});

/**
 * The timetable with its changes, oldest first within a board and phase.
 * Source: TWSE Operating Rules Art. 3, 58, 58-3; press on the matching intervals; odd-lot rules; block rules Art. 10. No
 * lunch break in any of them.
 */
const timetable: readonly PhaseRule[] = [
  steady('regular', 'order-collection', ['08:30', '09:00'], atEnd),
  regular('1987-01-07', every(30), 'unverified', 'hours and interval as commonly told', ['09:00', '12:00']),
  regular('2001-01-02', every(20), 'unverified', 'no closing auction yet; interval unverified', ['09:00', '13:30']),
  regular('2002-07-01', every(20), 'unverified', 'first day of the closing auction and of 20 s unverified'),
  regular('2012-02-20', every(20), 'sourced'),
  regular('2013-07-01', every(15), 'sourced'),
  regular('2014-02-24', every(10), 'sourced'),
  regular('2014-12-29', every(5), 'sourced', 'end of December 2014; the day unverified'),
  regular('2020-03-23', { kind: 'continuous' }, 'sourced'),
  steady('regular', 'closing-auction', ['13:25', '13:30'], atEnd, '2002-07-01'),
  {
    from: '2012-02-20',
    board: 'regular',
    phase: 'deferred-close',
    hours: ['13:30', '13:33'],
    matching: atEnd,
    basis: 'sourced',
    note: 'stocks whose closing auction was deferred; orders from 13:31',
  },
  steady('fixed-price', 'trading', ['14:00', '14:30'], atEnd),
  steady('odd-lot-after-hours', 'trading', ['13:40', '14:30'], atEnd),
  oddLot('2020-10-26', 180),
  oddLot('2022-12-19', 60),
  oddLot('2024-12-02', 5),
  steady('block', 'order-collection', ['08:00', '08:30'], { kind: 'paired' }),
  steady('block', 'trading', ['09:00', '17:00'], { kind: 'paired' }),
];

const afterHours: readonly Board[] = ['fixed-price', 'odd-lot-after-hours'];

/** What is special about a session or a stock. */
export interface SessionOptions {
  /** Periodic auctions of an altered or disposed stock instead of the usual matching. */
  readonly auctionMinutes?: number;
  /** The offices of Taipei close for the afternoon (typhoon): after-hours trading does not take place. */
  readonly afternoonClosed?: boolean;
  readonly calendar?: TradingCalendar;
}

/**
 * The phases of a date on all boards, by their begin; empty where there is no session.
 * @throws InputError outside the calendar
 */
export function sessionPhases(date: string, options: SessionOptions = {}): SessionPhase[] {
  const { auctionMinutes, afternoonClosed = false, calendar = tradingCalendar() } = options;
  if (!calendar.isOpen(date)) return [];
  const rules = new Map<string, PhaseRule>();
  for (const rule of timetable) if (rule.from <= date) rules.set(`${rule.board} ${rule.phase}`, rule);
  return [...rules.values()]
    .filter(({ board }) => !(afternoonClosed && afterHours.includes(board)))
    .map(({ from: _, hours: [from, to], ...rule }) => {
      const isSaturdayOfOld = date < '2001-01-01' && weekdayOf(dayNumber(date)) === 6;
      const isRegularTrading = rule.board === 'regular' && rule.phase === 'trading';
      return {
        ...rule,
        ...(auctionMinutes !== undefined && isRegularTrading ? { matching: every(auctionMinutes * 60) } : {}),
        fromSecond: secondsOf(from),
        toSecond: secondsOf(isSaturdayOfOld && isRegularTrading ? '11:00' : to),
      };
    })
    .sort((a, b) => a.fromSecond - b.fromSecond);
}

/** Seconds of the auctions of a phase: the one at its end, or each of a sequence. */
export function auctionSeconds({ matching, fromSecond, toSecond }: SessionPhase): number[] {
  if (matching.kind === 'auction-at-end') return [toSecond];
  if (matching.kind !== 'auctions') return [];
  const seconds: number[] = [];
  for (let at = Math.max(fromSecond, matching.firstSecond); at < toSecond; at += matching.everySeconds)
    seconds.push(at);
  return seconds;
}

/** A stretch of the regular board's day; all of them cover the day from midnight to midnight. */
export type DayPhase =
  | 'closed'
  | 'order-collection'
  | 'continuous'
  | 'periodic-auctions'
  | 'closing-auction'
  | 'deferred-close'
  | 'after-hours-fixed-price';

/** One stretch of a day: from `fromSecond` up to, not including, `toSecond`. */
export interface DayStretch {
  readonly phase: DayPhase;
  readonly fromSecond: number;
  readonly toSecond: number;
}

/** A date from midnight to midnight without gaps or overlaps, as the regular board and the after-hours session see it. */
export function dayStretches(date: string, options: SessionOptions = {}): DayStretch[] {
  const stretches: DayStretch[] = [];
  let at = 0;
  const add = (phase: DayPhase, toSecond: number): void => {
    if (toSecond > at) stretches.push({ phase, fromSecond: at, toSecond });
    at = toSecond;
  };
  for (const part of sessionPhases(date, options)) {
    if (part.board !== 'regular' && part.board !== 'fixed-price') continue;
    add('closed', part.fromSecond);
    const trading = part.matching.kind === 'continuous' ? 'continuous' : 'periodic-auctions';
    add(
      part.board === 'fixed-price' ? 'after-hours-fixed-price' : part.phase === 'trading' ? trading : part.phase,
      part.toSecond,
    );
  }
  add('closed', 86_400);
  return stretches;
}

/** Taipei has kept UTC+8 without summer time since 1979-10-01: before the calendar begins. */
const taipeiOffsetMs = 8 * 3_600_000;

/** Date and second of the day in Taipei of an instant, whatever the machine's time zone. */
export function taipeiTime(instant: Date | number): { readonly date: string; readonly second: number } {
  const local = Number(instant) + taipeiOffsetMs;
  if (!Number.isFinite(local)) throw new InputError(`expected an instant, a Date or milliseconds, got ${instant}.`);
  const day = Math.floor(local / 86_400_000);
  return { date: isoDate(day), second: (local - day * 86_400_000) / 1000 };
}

/** The instant of a date and time of day in Taipei, in milliseconds since 1970. */
export const taipeiInstant = (date: string, time: string): number =>
  dayNumber(date) * 86_400_000 + secondsOf(time) * 1000 - taipeiOffsetMs;

/** Where an instant lies in the market's day. */
export interface PhaseAt {
  readonly date: string;
  /** `HH:MM:SS` in Taipei. */
  readonly time: string;
  readonly phase: DayPhase;
  readonly isSession: boolean;
  /** The calendar is not sure of the day. */
  readonly estimated: boolean;
  /** Boards that take orders at that moment. */
  readonly boards: readonly Board[];
}

/**
 * The phase of an instant. A trade stamped 13:30:00 is the closing auction's, whose phase ends then; one of 13:33:00 a
 * deferred close's.
 * @throws InputError outside the calendar
 */
export function phaseAt(instant: Date | number, options: SessionOptions = {}): PhaseAt {
  const { date, second } = taipeiTime(instant);
  const { isOpen, estimated } = (options.calendar ?? tradingCalendar()).day(date);
  const within = ({ fromSecond, toSecond }: DayStretch | SessionPhase): boolean =>
    fromSecond <= second && second < toSecond;
  const boards = sessionPhases(date, options).filter(within);
  return {
    date,
    time: timeOf(second),
    phase: dayStretches(date, options).find(within)!.phase,
    isSession: isOpen,
    estimated,
    boards: [...new Set(boards.map(({ board }) => board))],
  };
}
