import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarOfYear, tradingCalendar } from '../src/calendar.ts';

const shared = new URL('../../../../shared/', import.meta.url);
const taiex = new URL('data/taiwan/unlicensed-facts/taiex-daily-1987-2026.csv', shared);
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
  });

  it('refuses what is no date or lies before its data', () => {
    expect(() => calendar.isOpen('2025-02-30')).toThrow('is no date');
    expect(() => calendar.isOpen('1986-01-01')).toThrow('begins on 1987-01-07');
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

  it.skipIf(!existsSync(taiex))(
    'agrees with every session of the real index, 1987–2026 (needs the shared market data)',
    () => {
      const real = readFileSync(taiex, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.slice(0, 10));
      expect(calendar.sessionsBetween(real[0]!, real.at(-1)!)).toEqual(real);
    },
  );
});
