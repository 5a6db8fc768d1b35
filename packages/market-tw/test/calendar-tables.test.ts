import { describe, expect, it } from 'vitest';
import { tradingCalendar } from '../src/calendar.ts';
import { projectedYears } from '../src/projected-closures.ts';

// In a file of its own: the tables are read once, by the first test that asks, and only that one is known to run what reads them.
describe('the tables behind the calendar', () => {
  it('are read with every closure’s reason and source, announced and projected ones, and sessions on Saturdays', () => {
    const { closures, isOpen } = tradingCalendar();
    const of = (date: string) => closures(Number(date.slice(0, 4))).find((closure) => closure.date === date);
    expect(of('2001-09-12')).toMatchObject({ reason: 'closed the day after the 9/11 attacks', certainty: 'observed' });
    expect(of('2005-09-01')).toMatchObject({ reason: 'Typhoon Talim', certainty: 'observed' });
    expect(of('2024-10-31')).toMatchObject({ reason: 'Typhoon Kong-rey', certainty: 'observed' });
    expect(of('2024-10-31')!.source).not.toBe(of('2005-09-01')!.source);
    expect(of('2026-10-26')).toMatchObject({
      ...{ reason: expect.stringContaining('Taiwan Restoration Day'), certainty: 'announced' },
      source: expect.stringMatching(/^announced/),
    });
    expect(of('2027-01-01')).toEqual({
      date: '2027-01-01',
      reason: 'Founding Day',
      source: 'projected from the holiday rules; not announced when this was made',
      certainty: 'projected',
    });
    expect(closures(2026).some(({ certainty }) => certainty === 'projected')).toBe(false);
    expect(closures(projectedYears.last).length).toBeGreaterThan(14);
    expect([isOpen('2018-12-22'), isOpen('2006-10-14'), isOpen('2019-10-05')]).toEqual([true, true, false]);
  });
});
