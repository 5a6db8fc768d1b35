import { taipeiInstant, taipeiTime, tradingCalendar } from '@preopen/market-tw';

/** What a scheduler asks before it starts the day's work. */
export interface Plan {
  readonly run: boolean;
  readonly why: string;
  /** When to ask again: 13:40 in Taipei on the next session, in milliseconds since 1970. */
  readonly askAgainMs: number;
}

/** A deferred closing auction ends at 13:33; a few minutes later its prices are everywhere. */
const closeIsKnown = '13:40';

/**
 * Whether the predictions of today are to be made: on sessions, once the close is known.
 * @param now any instant; the day is Taipei's, whatever the machine's time zone
 * @param typhoonDays closures announced too late for the calendar that is built in
 */
export function planAt(now: Date, typhoonDays: readonly string[] = []): Plan {
  const calendar = tradingCalendar({ closures: typhoonDays.map((date) => ({ date, reason: 'typhoon' })) });
  const { date } = taipeiTime(now);
  const day = calendar.day(date);
  const isEarly = Number(now) < taipeiInstant(date, closeIsKnown);
  const next = day.isOpen && isEarly ? date : calendar.nextSession(date);
  const askAgainMs = taipeiInstant(next, closeIsKnown);
  if (!day.isOpen) return { run: false, why: `closed: ${day.reason ?? 'weekend'}`, askAgainMs };
  return { run: !isEarly, why: `the close of ${date} is ${isEarly ? 'not yet known' : 'known'}`, askAgainMs };
}
