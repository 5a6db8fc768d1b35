import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { historicalPeriod, historicalPeriods, periodReturns } from '../src/history/periods.ts';
import { simulatePeriod } from '../src/history/simulate-period.ts';
import { marketIndexReturns } from '../src/simulation/market-index.ts';

const indexFile = new URL('../../../../shared/data/taiwan/unlicensed-facts/taiex-daily-1987-2026.csv', import.meta.url);

describe('historical periods', () => {
  it('are twelve, each with an index value for every session of the calendar', () => {
    expect(historicalPeriods).toHaveLength(12);
    for (const period of historicalPeriods) {
      const { dates, returns } = periodReturns(period);
      expect(dates).toHaveLength(returns.length);
      expect(dates[0]).toBe(period.from);
      expect(dates.at(-1)).toBe(period.to);
      expect(dates).toContain(period.eventDate);
    }
  });

  // Worst and best sessions as printed in the press and in the index's own history.
  it.each([
    ['technology-bubble-2000', '2000-03-13', -6.55],
    ['september-2001', '2001-09-13', -5.37],
    ['sars-2003', '2003-04-24', -4.16],
    ['financial-crisis-2008', '2008-10-30', 6.29],
    ['euro-debt-2011', '2011-08-05', -5.58],
    ['china-2015', '2015-08-24', -4.84],
    ['year-2018', '2018-10-11', -6.31],
    ['covid-2020', '2020-03-19', -5.83],
    ['covid-wave-2021', '2021-05-12', -4.11],
    ['bear-2022', '2022-10-11', -4.35],
    ['august-2024', '2024-08-05', -8.35],
    ['tariffs-2025', '2025-04-10', 9.25],
  ])('%s has its session of %s: %f percent', (id, date, percent) => {
    const { dates, returns } = periodReturns(historicalPeriod(id));
    expect(100 * returns[dates.indexOf(date)]!).toBeCloseTo(percent, 2);
  });

  it.skipIf(!existsSync(indexFile))('hold the closes of the index file', () => {
    const [, ...lines] = readFileSync(indexFile, 'utf8').trim().split('\n');
    const rows = lines.map((line) => line.split(','));
    for (const { from, to, closes } of historicalPeriods) {
      const first = rows.findIndex(([date]) => date! >= from);
      const last = rows.findLastIndex(([date]) => date! <= to);
      expect(closes).toEqual(rows.slice(first - 1, last + 1).map((row) => Number(row[4])));
    }
  });
});

describe('simulatePeriod', () => {
  it.each(historicalPeriods)(
    '$id: the index that the stocks imply is the real one within 0.1 % a day',
    ({ id }) => {
      const { panel, sharesOutstanding, stressDays, indexReturns } = simulatePeriod({
        period: id,
        stocks: 200,
        seed: 3,
      });
      const implied = marketIndexReturns(panel, sharesOutstanding);
      const errors = stressDays.map((day, k) => Math.abs(implied[day]! - indexReturns[k]!));
      expect(Math.max(...errors)).toBeLessThan(0.001);
    },
    30_000,
  );

  it('lays few days around the event and leads up to it where there are many', () => {
    const short = simulatePeriod({ period: 'covid-2020', stocks: 20, seed: 1, days: 20 });
    expect(short.panel.dates).toHaveLength(20);
    expect(short.panel.dates.indexOf('2020-03-19')).toBe(14);
    const long = simulatePeriod({ period: 'covid-2020', stocks: 20, seed: 1, days: 200 });
    expect(long.panel.dates.at(-1)).toBe('2020-05-29');
    expect(long.stressDays[0]).toBe(200 - 96);
  });
});
