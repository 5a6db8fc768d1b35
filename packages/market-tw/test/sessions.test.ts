import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradingCalendar } from '../src/calendar.ts';
import { auctionSeconds, dayStretches, phaseAt, sessionPhases, taipeiInstant, taipeiTime } from '../src/sessions.ts';

const phaseOn = (date: string, time: string) => phaseAt(taipeiInstant(date, time));

describe('phaseAt', () => {
  it.each([
    ['08:29:59', 'closed'],
    ['08:30:00', 'order-collection'],
    ['08:59:59', 'order-collection'],
    ['09:00:00', 'continuous'],
    ['12:00:00', 'continuous'], // no lunch break
    ['13:24:59', 'continuous'],
    ['13:25:00', 'closing-auction'],
    ['13:29:59', 'closing-auction'],
    ['13:32:59', 'deferred-close'], // the latest regular trade of a day carries 13:33
    ['13:45:00', 'closed'],
    ['14:00:00', 'after-hours-fixed-price'],
    ['14:30:00', 'closed'],
  ])('%s of a session is %s', (time, phase) => {
    expect(phaseOn('2025-04-07', time)).toMatchObject({ phase, isSession: true, estimated: false });
  });

  it('knows continuous trading from 2020-03-23 on, and auctions before', () => {
    expect(phaseOn('2020-03-20', '10:00').phase).toBe('periodic-auctions');
    expect(phaseOn('2020-03-23', '10:00').phase).toBe('continuous');
    expect(phaseAt(taipeiInstant('2025-04-07', '10:00'), { auctionMinutes: 20 }).phase).toBe('periodic-auctions');
  });

  it('is closed all day on a holiday, a typhoon day and a Saturday of today, and says when it only estimates', () => {
    for (const date of ['2024-10-31', '2026-02-12', '2025-04-05', '2019-10-05'])
      expect(phaseOn(date, '10:00')).toMatchObject({ phase: 'closed', isSession: false, boards: [] });
    expect(phaseOn('2018-12-22', '10:00').isSession).toBe(true);
    expect(phaseOn('2027-03-02', '10:00')).toMatchObject({ phase: 'continuous', estimated: true });
  });

  it('names the other boards that are open', () => {
    expect(phaseOn('2025-04-07', '10:00').boards).toEqual(['regular', 'odd-lot-intraday', 'block']);
    expect(phaseOn('2020-10-23', '10:00').boards).toEqual(['regular', 'block']);
    expect(phaseOn('2025-04-07', '14:10').boards).toEqual(['block', 'odd-lot-after-hours', 'fixed-price']);
    const typhoonAfternoon = phaseAt(taipeiInstant('2025-04-07', '14:10'), { afternoonClosed: true });
    expect(typhoonAfternoon).toMatchObject({ phase: 'closed', boards: ['block'] });
  });

  it('partitions every day: one phase for each instant, the edges in one only (property)', () => {
    const day = fc.date({ min: new Date('1987-01-08'), max: new Date('2030-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 86_399_999 }), (at, ms) => {
        const date = at.toISOString().slice(0, 10);
        const stretches = dayStretches(date);
        expect(stretches[0]!.fromSecond).toBe(0);
        expect(stretches.at(-1)!.toSecond).toBe(86_400);
        for (let i = 1; i < stretches.length; i++) expect(stretches[i]!.fromSecond).toBe(stretches[i - 1]!.toSecond);
        const holding = stretches.filter(({ fromSecond, toSecond }) => ms >= fromSecond * 1000 && ms < toSecond * 1000);
        expect(holding).toHaveLength(1);
        const instant = taipeiInstant(date, '00:00') + ms;
        expect(phaseAt(instant).phase).toBe(holding[0]!.phase);
        expect(taipeiTime(instant).date).toBe(date);
        if (!tradingCalendar().isOpen(date)) expect(stretches).toHaveLength(1);
      }),
    );
  });
});

describe('sessionPhases', () => {
  // Matches a stock could have in a day, as the press counted them for each interval.
  it.each([
    ['2013-06-28', 796],
    ['2013-07-01', 1061],
    ['2014-02-24', 1591],
    ['2015-01-05', 3181],
  ])('of %s allow %d auctions a stock, opening and closing included', (date, auctions) => {
    const phases = sessionPhases(date).filter(
      ({ board, phase }) => board === 'regular' && ['trading', 'closing-auction'].includes(phase),
    );
    expect(phases.flatMap(auctionSeconds)).toHaveLength(auctions);
  });

  it.each([
    ['2020-10-26', 180],
    ['2022-12-16', 180],
    ['2022-12-19', 60],
    ['2024-12-02', 5],
  ])('of %s match odd lots every %d s from 09:10 on', (date, everySeconds) => {
    const oddLot = sessionPhases(date).find(({ board }) => board === 'odd-lot-intraday')!;
    const [first, second] = auctionSeconds(oddLot);
    expect([first, second! - first!]).toEqual([9 * 3600 + 600, everySeconds]);
  });

  it('have no trades between 13:25 and 13:30, and one auction at 13:30', () => {
    const closing = sessionPhases('2025-04-07').find(({ phase }) => phase === 'closing-auction')!;
    expect(auctionSeconds(closing)).toEqual([13.5 * 3600]);
  });

  it('match a disposed stock every so many minutes', () => {
    const trading = sessionPhases('2025-04-07', { auctionMinutes: 20 }).find(
      ({ board, phase }) => board === 'regular' && phase === 'trading',
    )!;
    expect(auctionSeconds(trading).slice(0, 3)).toEqual([32_400, 33_600, 34_800]);
  });
});
