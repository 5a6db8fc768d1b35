import { describe, expect, it } from 'vitest';
import { tradingCalendar } from '../src/calendar.ts';
import {
  auctionSeconds,
  dayStretches,
  phaseAt,
  secondsOf,
  sessionPhases,
  taipeiInstant,
  taipeiTime,
  timeOf,
} from '../src/sessions.ts';

describe('secondsOf and timeOf', () => {
  it('count from midnight', () => {
    expect([secondsOf('00:00'), secondsOf('09:01'), secondsOf('13:24:59')]).toEqual([0, 32_460, 48_299]);
    expect([timeOf(0), timeOf(32_460), timeOf(48_299), timeOf(59.9), timeOf(3599)]).toEqual([
      ...['00:00:00', '09:01:00', '13:24:59', '00:00:59', '00:59:59'],
    ]);
  });
  it.each(['9:00', '09:00:0', 'x09:00', '09:00x', '', '0900'])('refuse “%s”', (text) => {
    expect(() => secondsOf(text)).toThrow(`“${text}” is no time of day. Give it as HH:MM or HH:MM:SS.`);
  });
});

/** Board, phase, hours, matching and how it is known, by begin. */
const table = (date: string, options = {}) =>
  sessionPhases(date, options).map(({ board, phase, fromSecond, toSecond, matching, basis }) => {
    const how =
      matching.kind === 'auctions'
        ? `every ${matching.everySeconds} from ${timeOf(matching.firstSecond)}`
        : matching.kind;
    return `${timeOf(fromSecond).slice(0, 5)}–${timeOf(toSecond).slice(0, 5)} ${board} ${phase}: ${how}, ${basis}`;
  });

describe('the timetable', () => {
  it('of today', () => {
    expect(table('2025-04-07')).toEqual([
      '08:00–08:30 block order-collection: paired, sourced',
      '08:30–09:00 regular order-collection: auction-at-end, sourced',
      '09:00–13:25 regular trading: continuous, sourced',
      '09:00–13:30 odd-lot-intraday trading: every 5 from 09:10:00, sourced',
      '09:00–17:00 block trading: paired, sourced',
      '13:25–13:30 regular closing-auction: auction-at-end, sourced',
      '13:30–13:33 regular deferred-close: auction-at-end, sourced',
      '13:40–14:30 odd-lot-after-hours trading: auction-at-end, sourced',
      '14:00–14:30 fixed-price trading: auction-at-end, sourced',
    ]);
  });
  it('of the first day known: a morning of auctions every 30 seconds, and nothing else', () => {
    expect(table('1987-01-07')).toEqual(['09:00–12:00 regular trading: every 30 from 09:00:00, unverified']);
  });
  it('of 2001 has no closing auction yet, and that of 2002-07-01 has one', () => {
    const regular = (date: string) => table(date).filter((line) => line.includes('regular'));
    expect(regular('2001-01-02')).toEqual([
      '08:30–09:00 regular order-collection: auction-at-end, sourced',
      '09:00–13:30 regular trading: every 20 from 09:00:00, unverified',
    ]);
    expect(regular('2002-07-01')).toEqual([
      '08:30–09:00 regular order-collection: auction-at-end, sourced',
      '09:00–13:25 regular trading: every 20 from 09:00:00, unverified',
      '13:25–13:30 regular closing-auction: auction-at-end, sourced',
    ]);
    expect(regular('2012-02-17').some((line) => line.includes('deferred'))).toBe(false);
    expect(regular('2012-02-20').slice(1)).toEqual([
      '09:00–13:25 regular trading: every 20 from 09:00:00, sourced',
      '13:25–13:30 regular closing-auction: auction-at-end, sourced',
      '13:30–13:33 regular deferred-close: auction-at-end, sourced',
    ]);
  });
  it('says with a note what is not certain, and of what is certain nothing', () => {
    const noteOf = (date: string, of: string) =>
      sessionPhases(date).find(({ board, phase }) => `${board} ${phase}` === of)?.note;
    expect(noteOf('2025-04-07', 'regular trading')).toBeUndefined();
    expect(sessionPhases('2025-04-07').find(({ board }) => board === 'odd-lot-intraday')).not.toHaveProperty('note');
    expect(sessionPhases('2025-04-07').find(({ phase }) => phase === 'trading')).not.toHaveProperty('note');
    expect(noteOf('1990-01-05', 'regular trading')).toContain('as commonly told');
    expect(noteOf('2001-01-02', 'regular trading')).toContain('no closing auction yet');
    expect(noteOf('2002-07-01', 'regular trading')).toContain('first day of the closing auction');
    expect(noteOf('2014-12-29', 'regular trading')).toContain('end of December 2014');
    expect(noteOf('2025-04-07', 'regular deferred-close')).toContain('orders from 13:31');
    expect(noteOf('2025-04-07', 'block trading')).toBe('hours of today; first day unverified');
  });
  it('of a Saturday of old ends at 11:00, until the end of 2000; make-up Saturdays are whole days', () => {
    const end = (date: string) =>
      timeOf(sessionPhases(date).find(({ board, phase }) => board === 'regular' && phase === 'trading')!.toSecond);
    expect(end('1990-01-06')).toBe('11:00:00');
    expect(end('1990-01-05')).toBe('12:00:00');
    expect(end('2006-10-14')).toBe('13:25:00');
    // Only trading ends early.
    expect(table('1990-01-06')).toEqual(['09:00–11:00 regular trading: every 30 from 09:00:00, unverified']);
  });
  it('of a typhoon’s afternoon has no after-hours trading; of a disposed stock only regular trading is another', () => {
    const typhoon = table('2025-04-07', { afternoonClosed: true });
    expect(typhoon).toEqual(table('2025-04-07').filter((line) => !/after-hours|fixed-price/.test(line)));
    expect(typhoon).toHaveLength(7);
    const disposed = table('2025-04-07', { auctionMinutes: 5 });
    expect(disposed.filter((line) => !table('2025-04-07').includes(line))).toEqual([
      '09:00–13:25 regular trading: every 300 from 09:00:00, sourced',
    ]);
  });
  it('is empty on a closed day, and follows its caller’s calendar', () => {
    expect(sessionPhases('2025-04-05')).toEqual([]);
    const calendar = tradingCalendar({ closures: [{ date: '2025-04-07', reason: 'a typhoon' }] });
    expect(sessionPhases('2025-04-07', { calendar })).toEqual([]);
    expect(dayStretches('2025-04-07', { calendar })).toEqual([{ phase: 'closed', fromSecond: 0, toSecond: 86_400 }]);
    expect(phaseAt(taipeiInstant('2025-04-07', '10:00'), { calendar })).toMatchObject({
      ...{ isSession: false, phase: 'closed', boards: [] },
    });
    expect(() => sessionPhases('1986-01-01')).toThrow('goes from 1987-01-07');
  });
});

describe('dayStretches', () => {
  it('of today, from midnight to midnight', () => {
    expect(dayStretches('2025-04-07').map(({ phase, fromSecond }) => [timeOf(fromSecond), phase])).toEqual([
      ['00:00:00', 'closed'],
      ['08:30:00', 'order-collection'],
      ['09:00:00', 'continuous'],
      ['13:25:00', 'closing-auction'],
      ['13:30:00', 'deferred-close'],
      ['13:33:00', 'closed'],
      ['14:00:00', 'after-hours-fixed-price'],
      ['14:30:00', 'closed'],
    ]);
  });
  it('of a time of auctions', () => {
    expect(dayStretches('2001-01-02').map(({ phase, toSecond }) => [phase, timeOf(toSecond)])).toEqual([
      ['closed', '08:30:00'],
      ['order-collection', '09:00:00'],
      ['periodic-auctions', '13:30:00'],
      ['closed', '14:00:00'],
      ['after-hours-fixed-price', '14:30:00'],
      ['closed', '24:00:00'],
    ]);
  });
});

describe('auctionSeconds', () => {
  const part = (board: string, phase: string) =>
    sessionPhases('2025-04-07').find((one) => one.board === board && one.phase === phase)!;
  it('are none in continuous trading nor where both sides are agreed', () => {
    expect(auctionSeconds(part('regular', 'trading'))).toEqual([]);
    expect(auctionSeconds(part('block', 'trading'))).toEqual([]);
    expect(auctionSeconds(part('odd-lot-after-hours', 'trading'))).toEqual([secondsOf('14:30')]);
  });
  it('end before the phase does, and begin no earlier', () => {
    const matching = { kind: 'auctions', firstSecond: 90, everySeconds: 10 } as const;
    const phase = { ...part('regular', 'trading'), matching, fromSecond: 100, toSecond: 130 };
    expect(auctionSeconds(phase)).toEqual([100, 110, 120]);
    expect(auctionSeconds({ ...phase, matching: { ...matching, firstSecond: 115 } })).toEqual([115, 125]);
  });
});

describe('taipeiTime', () => {
  it('is UTC+8 all year, and a date is that of Taipei', () => {
    expect(taipeiTime(Date.UTC(2025, 3, 6, 16, 0, 0))).toEqual({ date: '2025-04-07', second: 0 });
    expect(taipeiTime(Date.UTC(2025, 3, 6, 15, 59, 59, 500))).toEqual({ date: '2025-04-06', second: 86_399.5 });
    expect(taipeiTime(new Date('2025-07-07T01:00:00Z'))).toEqual({ date: '2025-07-07', second: 32_400 });
    expect(taipeiInstant('2025-04-07', '00:00')).toBe(Date.UTC(2025, 3, 6, 16));
    expect(() => taipeiTime(Number.NaN)).toThrow('expected an instant, a Date or milliseconds, got NaN.');
  });
  it('is what phaseAt says beside the phase', () => {
    expect(phaseAt(taipeiInstant('2025-04-07', '10:00:01'))).toMatchObject({ date: '2025-04-07', time: '10:00:01' });
  });
});
