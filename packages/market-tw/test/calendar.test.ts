import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarOfYear, tradingCalendar } from '../src/calendar.ts';
import { projectedClosures } from '../src/projected-closures.ts';
import { settlementCalendar } from '../src/settlement.ts';
import { hasRealData, realDates, realRows } from './support/real-data.ts';

const taiex = 'unlicensed-facts/taiex-daily-1987-2026.csv';
const panels = ['panels/panel-full-2019h2-2020.csv.gz', 'panels/panel-ohlcv-2024-12-2026-08.csv.gz'];
const calendar = tradingCalendar();

describe('tradingCalendar', () => {
  it.each([
    ['2020-03-19', true, undefined],
    ['2024-10-31', false, /Typhoon Kong-rey/],
    ['2018-12-22', true, undefined], // a make-up Saturday
    ['2019-10-05', false, /Saturday/], // make-up Saturdays are not traded from 2019
    ['2021-04-06', true, undefined], // missing from Yahoo's files
    ['2026-02-12', false, /settlement-only/],
    ['2001-09-12', false, /9\/11/],
  ])('%s is open: %s', (date, isOpen, reason) => {
    expect(calendar.isOpen(date)).toBe(isOpen);
    if (reason) expect(calendar.day(date).reason).toMatch(reason);
  });

  it.each([
    [2005, 247],
    [2016, 244],
    [2024, 242],
    [2025, 243],
  ])('%d has %d sessions', (year, sessions) => {
    expect(calendarOfYear(year).tradingDays).toHaveLength(sessions);
  });

  it('marks what it can only estimate', () => {
    expect(calendar.day('2025-12-31').estimated).toBe(false);
    expect(calendar.day('2027-03-02')).toMatchObject({ isOpen: true, estimated: true });
    expect(calendarOfYear(2025).estimated).toBe(false);
    expect(calendarOfYear(2026).estimated).toBe(true);
    expect(calendar.day('2026-09-25')).toMatchObject({ isOpen: false, estimated: false }); // announced
    expect(calendar.day('2027-02-08')).toMatchObject({ isOpen: false, estimated: true }); // projected
    expect(calendar.closures(2027).every(({ certainty }) => certainty === 'projected')).toBe(true);
  });

  it('names for each closure the reason and where it was seen', () => {
    expect(calendar.closures(2025)[0]).toEqual({
      date: '2025-01-01',
      reason: 'Founding Day / New Year',
      source: 'observed: index; reason by holiday rule',
      certainty: 'observed',
    });
    const count = Array.from({ length: 40 }, (_, i) => calendar.closures(1987 + i).length).reduce((a, b) => a + b);
    expect(count).toBe(681);
  });

  // The errors of a widely used calendar library (exchange_calendars XTAI), each confirmed by index and stock prices.
  it.each([
    ...'2001-01-19 2001-07-30 2001-09-12 2001-09-17 2001-09-18 2005-05-02 2011-05-02 2022-02-04 2023-01-18'.split(' '),
    ...'2024-10-31 2026-07-10 1999-01-04 1999-02-11 1999-02-19 1999-07-01 1999-09-21 1999-09-22 1999-09-23'.split(' '),
    ...'1999-11-12 1999-12-29 1999-12-30 1999-12-31 2000-01-03 2000-02-02 2000-04-03 2000-08-23 2000-12-25'.split(' '),
  ])('is closed on %s, where a well-known library has a session', (date) => {
    expect(calendar.isOpen(date)).toBe(false);
  });
  it('is open on 2000-02-09 and on the make-up Saturdays, where the library has none', () => {
    expect(calendar.isOpen('2000-02-09')).toBe(true);
    const saturdays = calendar
      .sessionsBetween('2001-01-01', '2026-08-21')
      .filter((date) => new Date(date).getUTCDay() === 6);
    expect(saturdays).toHaveLength(23);
    expect([saturdays[0], saturdays.at(-1)]).toEqual(['2006-10-14', '2018-12-22']);
    expect(calendar.day('2005-09-01').reason).toBe('Typhoon Talim');
  });

  it('takes closures and sessions that its user knows of, and stays as it is for others', () => {
    const own = tradingCalendar({
      closures: [{ date: '2026-11-30', reason: 'Typhoon announced at dawn', source: 'city government, 05:30' }],
      sessions: ['2026-12-25'],
      observedThrough: '2026-11-27',
    });
    expect(own.day('2026-11-30')).toEqual({
      date: '2026-11-30',
      isOpen: false,
      estimated: false,
      reason: 'Typhoon announced at dawn',
    });
    expect(own.nextSession('2026-11-27')).toBe('2026-12-01');
    expect(own.day('2026-11-26')).toMatchObject({ isOpen: true, estimated: false });
    expect(own.day('2026-12-25')).toMatchObject({ isOpen: true, estimated: false });
    expect(own.closures(2026).find(({ date }) => date === '2026-11-30')?.certainty).toBe('added');
    expect(calendar.isOpen('2026-11-30')).toBe(true);
    expect(() =>
      tradingCalendar({ closures: [{ date: '2026-11-30', reason: 'x' }], sessions: ['2026-11-30'] }),
    ).toThrow('both as a closure and as a session');
  });

  it('refuses what is no date or lies before its data', () => {
    expect(() => calendar.isOpen('2025-02-30')).toThrow('is no date');
    expect(() => calendar.isOpen('1986-01-01')).toThrow('goes from 1987-01-07');
  });

  it('goes on and back by sessions (property)', () => {
    const day = fc.date({ min: new Date('1988-01-01'), max: new Date('2026-11-30'), noInvalidDate: true });
    fc.assert(
      fc.property(day, (at) => {
        const date = at.toISOString().slice(0, 10);
        const next = calendar.nextSession(date);
        expect(calendar.isOpen(next)).toBe(true);
        expect(next > date).toBe(true);
        const back = calendar.previousSession(next);
        expect(back).toBe(calendar.isOpen(date) ? date : calendar.previousSession(date));
        expect(calendar.sessionsBetween(date, next).at(-1)).toBe(next);
      }),
    );
  });

  it.skipIf(!hasRealData(taiex))(
    'agrees with every session of the real index, 1987–2026 (needs the shared market data)',
    () => {
      const real = realRows(taiex).map(([date]) => date!);
      expect(calendar.sessionsBetween(real[0]!, real.at(-1)!)).toEqual(real);
    },
  );

  it.skipIf(!panels.every(hasRealData))(
    'agrees with every date of 2.3 thousand real stocks in 2019–2020 and 2024–2026 (needs the shared market data)',
    { timeout: 60_000 },
    () => {
      const [first, second] = panels.map(realDates);
      for (const real of [first!, second!]) expect(real.filter((date) => !calendar.isOpen(date))).toEqual([]);
      expect(calendar.sessionsBetween('2019-07-01', '2020-12-31')).toEqual(first);
      // Later on this file holds the smaller exchange only, with holes on days on which the index has a value.
      const whole = second!.filter((date) => date <= '2026-06-23');
      expect(calendar.sessionsBetween('2024-12-09', '2026-06-23')).toEqual(whole);
    },
  );
});

describe('projectedClosures', () => {
  it('gives for 2026 what the exchange announced, but for the day that a typhoon closed', () => {
    const announced = calendar.closures(2026).map(({ date }) => date);
    expect(projectedClosures(2026).map(({ date }) => date)).toEqual(announced.filter((date) => date !== '2026-07-10'));
  });
  it('moves holidays off weekends in 2027 (counted by hand)', () => {
    expect(projectedClosures(2027).map(({ date }) => date.slice(5))).toEqual([
      ...['01-01', '02-02', '02-03', '02-04', '02-05', '02-08', '02-09', '02-10', '03-01', '04-05', '04-06', '04-30'],
      ...['06-09', '09-15', '09-28', '10-11', '10-25', '12-24', '12-31'],
    ]);
  });
  it('closes weekdays only, each once, in every year (property)', () => {
    for (let year = 2025; year <= 2050; year++) {
      const dates = projectedClosures(year).map(({ date }) => date);
      expect(new Set(dates).size).toBe(dates.length);
      for (const date of dates) expect([0, 6]).not.toContain(new Date(date).getUTCDay());
      expect(dates.length).toBeGreaterThanOrEqual(15);
      expect(dates.length).toBeLessThanOrEqual(20);
    }
  });
});

describe('settlementCalendar', () => {
  const settlement = settlementCalendar();
  // Named in notices of TWSE.
  it.each([
    ['2009-01-22', '2009-01-23'],
    ['2012-01-19', '2012-01-20'],
    ['2013-02-07', '2013-02-08'],
    ['2016-02-04', '2016-02-05'],
    ['2018-02-13', '2018-02-14'],
    ['2023-01-18', '2023-01-19'],
    ['2025-01-23', '2025-01-24'],
    ['2026-02-12', '2026-02-13'],
  ])('settles on %s and %s, without a session', (first, second) => {
    const days = settlement.settlementOnlyDays(Number(first.slice(0, 4)));
    expect(days).toEqual([first, second].map((date) => ({ date, basis: 'sourced' })));
    for (const { date } of days) {
      expect(calendar.isOpen(date)).toBe(false);
      expect(settlement.isSettlementDay(date)).toBe(true);
    }
  });
  it('marks the days that follow by rule only', () => {
    expect(settlement.settlementOnlyDays(2024)).toEqual([
      { date: '2024-02-06', basis: 'unverified' },
      { date: '2024-02-07', basis: 'unverified' },
    ]);
    expect(settlement.settlementOnlyDays(2027).map(({ date }) => date)).toEqual(['2027-02-02', '2027-02-03']);
    expect(settlement.settlementOnlyDays(2005)).toEqual([]);
  });
  it.each([
    ['2025-04-07', '2025-04-09'],
    ['2025-01-22', '2025-01-24'], // the last session before Lunar New Year settles while the market is closed
    ['2025-01-21', '2025-01-23'],
    ['2024-10-29', '2024-11-01'], // a typhoon on the 31st moves it on
    ['2018-12-20', '2018-12-22'], // a make-up Saturday settles as well, to 2018
    ['2019-10-03', '2019-10-07'], // the make-up Saturday of 2019 does not
  ])('a trade of %s settles on %s', (trade, settled) => {
    expect(settlement.settlementDate(trade)).toBe(settled);
  });
  it('refuses what is no trade date, and the time before T+2', () => {
    expect(() => settlement.settlementDate('2025-04-05')).toThrow('no session');
    expect(() => settlement.settlementDate('2009-01-20')).toThrow('known from 2009-02-02');
  });
  it('follows the closures that a user added', () => {
    const typhoon = tradingCalendar({ closures: [{ date: '2026-09-02', reason: 'typhoon' }] });
    expect(settlement.settlementDate('2026-08-31')).toBe('2026-09-02');
    expect(settlementCalendar(typhoon).settlementDate('2026-08-31')).toBe('2026-09-03');
  });
  it('settles two settlement days later, never on a closed one (property)', () => {
    const sessions = calendar.sessionsBetween('2009-02-02', '2026-12-01');
    fc.assert(
      fc.property(fc.nat({ max: sessions.length - 1 }), (at) => {
        const settled = settlement.settlementDate(sessions[at]!);
        expect(settlement.isSettlementDay(settled)).toBe(true);
        // The session after next, or earlier where Lunar New Year has days that only settle.
        expect(settled <= calendar.nextSession(calendar.nextSession(sessions[at]!))).toBe(true);
      }),
    );
  });
});
