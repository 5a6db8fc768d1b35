import { describe, expect, it } from 'vitest';
import { calendarOfYear, tradingCalendar } from '../src/calendar.ts';
import { dayNumber, isDate, isoDate, weekdayOf } from '../src/date.ts';
import { projectedClosures, projectedYears } from '../src/projected-closures.ts';
import { settlementCalendar } from '../src/settlement.ts';

const calendar = tradingCalendar();

describe('dates', () => {
  it('are days since 1970-01-01, leap days included', () => {
    expect([dayNumber('1970-01-01'), dayNumber('1970-02-01'), dayNumber('2000-02-29')]).toEqual([0, 31, 11_016]);
    expect([isoDate(0), isoDate(31), isoDate(11_016), isoDate(-1)]).toEqual([
      ...['1970-01-01', '1970-02-01', '2000-02-29', '1969-12-31'],
    ]);
  });
  it.each(['2025-02-29', '2025-13-01', '2025-00-10', '2025-1-01', 'x2025-01-01', '2025-01-01x', '20250101', ''])(
    'are not “%s”',
    (text) => {
      expect(isDate(text)).toBe(false);
      expect(() => dayNumber(text)).toThrow(`“${text}” is no date. Give it as YYYY-MM-DD, such as 2020-03-19.`);
    },
  );
  it('have weekdays, before 1970 too: 0 is Sunday', () => {
    expect(isDate('2024-02-29')).toBe(true);
    // 1970-01-01 was a Thursday, 1969-12-28 a Sunday, 2025-04-07 a Monday.
    expect(['1970-01-01', '1969-12-28', '2025-04-07'].map((date) => weekdayOf(dayNumber(date)))).toEqual([4, 0, 1]);
  });
});

describe('tradingCalendar, at its edges', () => {
  it('answers from its first day to its last and for no other', () => {
    expect([calendar.firstDate, calendar.lastDate]).toEqual(['1987-01-07', `${projectedYears.last}-12-31`]);
    expect(calendar.day('1987-01-07')).toEqual({ date: '1987-01-07', isOpen: true, estimated: false });
    expect(calendar.day(calendar.lastDate).date).toBe(calendar.lastDate);
    expect(() => calendar.isOpen('1987-01-06')).toThrow(
      `the trading calendar goes from 1987-01-07 to ${calendar.lastDate}; 1987-01-06 lies before it.`,
    );
    expect(() => calendar.isOpen(`${projectedYears.last + 1}-01-01`)).toThrow('lies after it.');
    expect(() => calendar.closures(projectedYears.last + 1)).toThrow('lies after it.');
    expect(() => calendar.closures(1986)).toThrow('lies before it.');
    expect(() => calendar.closures(905)).toThrow('lies before it.');
    expect(calendar.closures(1987).length).toBeGreaterThan(0);
  });
  it('is one and the same unless days are added', () => {
    expect(tradingCalendar()).toBe(calendar);
    expect(tradingCalendar({})).not.toBe(calendar);
  });
  it('says of a day why it is closed, and of weekends that they are', () => {
    expect(calendar.day('2025-04-05')).toEqual({
      date: '2025-04-05',
      isOpen: false,
      estimated: false,
      reason: 'Saturday',
    });
    expect(calendar.day('2025-04-06').reason).toBe('Sunday');
    expect(calendar.day('2025-04-07')).not.toHaveProperty('reason');
    expect(calendar.day('2027-04-03')).toMatchObject({ isOpen: false, estimated: false, reason: 'Saturday' });
  });
  it('estimates the sessions after the last one seen, not that one', () => {
    const { lastObservedDate } = calendar;
    expect(calendar.day(lastObservedDate).estimated).toBe(false);
    expect(calendar.day(calendar.nextSession(lastObservedDate)).estimated).toBe(true);
  });
  it('lists a year’s closures in order, each with how it is known', () => {
    for (const year of [1987, 2009, 2026, 2030]) {
      const closures = calendar.closures(year);
      expect(closures.map(({ date }) => date)).toEqual(closures.map(({ date }) => date).toSorted());
      for (const { date, reason, source } of closures) {
        expect(date.startsWith(`${year}-`)).toBe(true);
        expect(`${reason}|${source}`).toMatch(/^\S.*\|\S/);
      }
    }
    const certainties = new Set(calendar.closures(2026).map(({ certainty }) => certainty));
    expect([...certainties].toSorted()).toEqual(['announced', 'observed']);
    expect(calendar.closures(2027)[0]).toEqual({
      date: '2027-01-01',
      reason: 'Founding Day',
      source: 'projected from the holiday rules; not announced when this was made',
      certainty: 'projected',
    });
  });
  it('gives the sessions between two dates, both included, and none where the end is first', () => {
    expect(calendar.sessionsBetween('2025-04-01', '2025-04-07')).toEqual(['2025-04-01', '2025-04-02', '2025-04-07']);
    expect(calendar.sessionsBetween('2025-04-07', '2025-04-07')).toEqual(['2025-04-07']);
    expect(calendar.sessionsBetween('2025-04-07', '2025-04-01')).toEqual([]);
    expect([calendar.nextSession('2025-04-02'), calendar.previousSession('2025-04-07')]).toEqual([
      ...['2025-04-07', '2025-04-02'],
    ]);
  });
});

describe('an overlaid calendar', () => {
  it('closes what was open, even a make-up Saturday, and lists it with where it is known from', () => {
    const own = tradingCalendar({ closures: [{ date: '2018-12-22', reason: 'for the test' }] });
    expect(own.day('2018-12-22')).toMatchObject({ isOpen: false, reason: 'for the test' });
    expect(own.closures(2018).find(({ date }) => date === '2018-12-22')).toEqual({
      date: '2018-12-22',
      reason: 'for the test',
      source: 'added to the calendar by its user',
      certainty: 'added',
    });
    expect(calendar.isOpen('2018-12-22')).toBe(true);
  });
  it('lists added closures in their place, whatever their order was', () => {
    const added = (date: string) => ({ date, reason: 'for the test' });
    const own = tradingCalendar({ closures: [added('2025-08-05'), added('2025-03-04'), added('2025-08-04')] });
    const dates = own.closures(2025).map(({ date }) => date);
    expect(dates).toEqual(dates.toSorted());
    expect(dates).toHaveLength(calendar.closures(2025).length + 3);
  });
  it('opens what was closed, also at a weekend, and knows it', () => {
    const own = tradingCalendar({ sessions: ['2026-10-10', '2027-02-08'] });
    expect(own.day('2026-10-10')).toEqual({ date: '2026-10-10', isOpen: true, estimated: false });
    expect(own.day('2027-02-08')).toEqual({ date: '2027-02-08', isOpen: true, estimated: false });
    expect(own.closures(2027).map(({ date }) => date)).not.toContain('2027-02-08');
    expect(calendar.isOpen('2027-02-08')).toBe(false);
  });
  it('takes the same session twice, and refuses one that is a closure too', () => {
    expect(tradingCalendar({ sessions: ['2026-10-10', '2026-10-10'] }).isOpen('2026-10-10')).toBe(true);
    const both = { closures: [{ date: '2026-11-30', reason: 'x' }], sessions: ['2026-11-30'] };
    expect(() => tradingCalendar(both)).toThrow(
      'tradingCalendar: 2026-11-30 is given both as a closure and as a session. Leave one out.',
    );
  });
  it('has seen no less than the calendar itself, however early its user has looked', () => {
    expect(tradingCalendar({ observedThrough: '2020-01-02' }).lastObservedDate).toBe(calendar.lastObservedDate);
    const own = tradingCalendar({ observedThrough: '2027-03-02' });
    expect(own.lastObservedDate).toBe('2027-03-02');
    expect([own.day('2027-03-02').estimated, own.day('2027-03-03').estimated]).toEqual([false, true]);
  });
  it('refuses what is no date', () => {
    expect(() => tradingCalendar({ sessions: ['2026-02-30'] })).toThrow('is no date');
    expect(() => tradingCalendar({ closures: [{ date: 'x', reason: 'x' }] })).toThrow('is no date');
    expect(() => tradingCalendar({ observedThrough: 'x' })).toThrow('is no date');
  });
});

describe('calendarOfYear', () => {
  it('of a past year is known to its end, of a coming one as far as was seen', () => {
    expect(calendarOfYear(2025)).toMatchObject({ year: 2025, estimated: false, observedThrough: '2025-12-31' });
    expect(calendarOfYear(2025).closures).toEqual(calendar.closures(2025));
    expect(calendarOfYear(2027)).toMatchObject({ estimated: true, observedThrough: calendar.lastObservedDate });
  });
  it('of the first year begins with the calendar', () => {
    const { tradingDays } = calendarOfYear(1987);
    expect([tradingDays[0], tradingDays.at(-1)!.slice(0, 7)]).toEqual(['1987-01-07', '1987-12']);
    const { tradingDays: next } = calendarOfYear(1988);
    expect([next[0]! >= '1988-01-01', next.at(-1)! <= '1988-12-31']).toEqual([true, true]);
  });
  it('takes its user’s days', () => {
    const own = calendarOfYear(2025, { closures: [{ date: '2025-04-07', reason: 'for the test' }] });
    expect(own.tradingDays).toHaveLength(calendarOfYear(2025).tradingDays.length - 1);
    expect(own.closures.some(({ reason }) => reason === 'for the test')).toBe(true);
  });
});

describe('projectedClosures, by hand', () => {
  const of = (year: number) => projectedClosures(year).map(({ date, reason }) => `${date.slice(5)} ${reason}`);
  it('of 2027', () => {
    // Lunar New Year is Saturday 6 February: its first two days are made up for on Tuesday and Wednesday, after the third. Peace
    // Memorial Day and Children’s Day are Sundays; Labour Day, Constitution Day and the next Founding Day are Saturdays.
    expect(of(2027)).toEqual([
      '01-01 Founding Day',
      '02-02 Lunar New Year: settlement-only day',
      '02-03 Lunar New Year: settlement-only day',
      '02-04 day before Lunar New Year’s Eve',
      '02-05 Lunar New Year’s Eve',
      '02-08 Lunar New Year, day 3',
      '02-09 compensates Lunar New Year, day 1, 2027-02-06',
      '02-10 compensates Lunar New Year, day 2, 2027-02-07',
      '03-01 compensates Peace Memorial Day, 2027-02-28',
      '04-05 Tomb Sweeping Day',
      '04-06 compensates Children’s Day, 2027-04-04',
      '04-30 compensates Labour Day, 2027-05-01',
      '06-09 Dragon Boat Festival',
      '09-15 Mid-Autumn Festival',
      '09-28 Teachers’ Day',
      '10-11 compensates National Day, 2027-10-10',
      '10-25 Taiwan Restoration Day',
      '12-24 compensates Constitution Day, 2027-12-25',
      '12-31 compensates Founding Day, 2028-01-01',
    ]);
  });
  it('of 2028: Tomb Sweeping Day falls on Children’s Day, a Tuesday, and the day before is free', () => {
    expect(of(2028).filter((line) => line.startsWith('04'))).toEqual([
      '04-03 Tomb Sweeping Day',
      '04-04 Children’s Day',
    ]);
  });
  it('of 2041: both on a Thursday, and the day after is free', () => {
    expect(of(2041).filter((line) => line.startsWith('04'))).toEqual([
      '04-04 Children’s Day',
      '04-05 Tomb Sweeping Day',
    ]);
  });
  it('of 2030: a Lunar New Year’s Eve on a Saturday is made up for after the break', () => {
    // Lunar New Year is Sunday 3 February.
    expect(of(2030).filter((line) => /^0(1-[23]|2-0)/.test(line))).toEqual([
      '01-30 Lunar New Year: settlement-only day',
      '01-31 Lunar New Year: settlement-only day',
      '02-01 day before Lunar New Year’s Eve',
      '02-04 Lunar New Year, day 2',
      '02-05 Lunar New Year, day 3',
      '02-06 compensates Lunar New Year’s Eve, 2030-02-02',
      '02-07 compensates Lunar New Year, day 1, 2030-02-03',
    ]);
  });
  it('of 2033: so is the Saturday before it', () => {
    // Lunar New Year is Monday 31 January.
    expect(of(2033).filter((line) => /^0(1-[23]|2-0)/.test(line))).toEqual([
      '01-27 Lunar New Year: settlement-only day',
      '01-28 Lunar New Year: settlement-only day',
      '01-31 Lunar New Year, day 1',
      '02-01 Lunar New Year, day 2',
      '02-02 Lunar New Year, day 3',
      '02-03 compensates day before Lunar New Year’s Eve, 2033-01-29',
      '02-04 compensates Lunar New Year’s Eve, 2033-01-30',
    ]);
  });
  it('lie in their year: what makes up for a Founding Day is in the year before', () => {
    for (let year = projectedYears.first; year <= projectedYears.last; year++)
      for (const { date } of projectedClosures(year)) expect(date.slice(0, 4)).toBe(`${year}`);
  });
  it('begin in 2025', () => {
    expect(projectedYears.first).toBe(2025);
  });
});

describe('settlementCalendar, at its edges', () => {
  const settlement = settlementCalendar();
  it('knows T+2 from its first day on', () => {
    expect(settlement.settlementDate('2009-02-02')).toBe('2009-02-04');
    expect(() => settlement.settlementDate('2009-02-01')).toThrow(
      'settlementDate: T+2 is known from 2009-02-02 on, not for 2009-02-01.',
    );
    expect(() => settlement.settlementDate('2025-04-05')).toThrow(
      'settlementDate: there was no session on 2025-04-05. Give the date of a trade.',
    );
  });
  it('has days that only settle since 2009, two a year', () => {
    expect(settlement.settlementOnlyDays(2008)).toEqual([]);
    for (let year = 2009; year <= projectedYears.last; year++)
      expect(settlement.settlementOnlyDays(year)).toHaveLength(2);
    expect(settlement.settlementOnlyDays(2027).map(({ basis }) => basis)).toEqual(['unverified', 'unverified']);
    expect(settlement.settlementOnlyDays(2026)).toBe(settlement.settlementOnlyDays(2026));
  });
  it('has weekdays alone among them, whatever its user closes', () => {
    const closures = [{ date: '2026-02-07', reason: 'Lunar New Year comes early' }];
    const own = settlementCalendar(tradingCalendar({ closures }));
    expect(own.settlementOnlyDays(2026)).toEqual(settlement.settlementOnlyDays(2026));
  });
  it('settles on sessions and on those days, on no other closed day', () => {
    expect([settlement.isSettlementDay('2025-04-07'), settlement.isSettlementDay('2025-04-05')]).toEqual([true, false]);
    expect([settlement.isSettlementDay('2026-02-12'), settlement.isSettlementDay('2026-02-16')]).toEqual([true, false]);
  });
});
