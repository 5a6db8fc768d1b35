import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCompanyFigures, readDatasetFigures } from '../src/company-figures-file.ts';
import { readDataset, writeDataset } from '../src/dataset-folder.ts';
import { fileDataset } from '../src/dataset-source.ts';
import { dayNumber } from '../src/date.ts';
import { narrowFigures } from '../src/narrow-figures.ts';
import { simulateMarket } from '../src/simulate.ts';
import { companyFigureNames, publishedFigures, quarterDeadline } from '../src/simulation/company-reports.ts';
import { correlation } from '../src/statistics/series.ts';

const dir = mkdtempSync(join(tmpdir(), 'preopen-figures-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const { panel, figures, origin } = simulateMarket({ stocks: 150, days: 160, seed: 4 });
const rows = [...figures.value.keys()].map((k) => ({
  stock: figures.stock[k]!,
  name: companyFigureNames[figures.figure[k]!]!,
  year: Math.floor(figures.period[k]! / 100),
  month: figures.period[k]! % 100,
  published: figures.publishedDay[k]!,
  value: figures.value[k]!,
}));
/** The tenth of the month after a period. */
const tenthAfter = (year: number, month: number): number =>
  dayNumber(month === 12 ? `${year + 1}-01-10` : `${year}-${String(month + 1).padStart(2, '0')}-10`);

describe('company reports', () => {
  it('publish a month’s revenue by the 10th of the next and not before it has ended', () => {
    const monthly = rows.filter(
      ({ name, published }) => name === 'monthlyRevenue' && published > dayNumber(panel.dates[0]!),
    );
    expect(monthly.length).toBeGreaterThan(150 * 5);
    for (const { year, month, published } of monthly) {
      expect(published).toBeLessThanOrEqual(tenthAfter(year, month));
      expect(published).toBeGreaterThanOrEqual(tenthAfter(year, month) - 9);
    }
  });

  it('publish quarters by their deadline, which moved in 2013', () => {
    // Securities and Exchange Act Art. 36; before 2013 the rules of 2011-07-27.
    expect([1, 2, 3, 4].map((quarter) => quarterDeadline(2024, quarter as 1))).toEqual([
      '2024-05-15',
      '2024-08-14',
      '2024-11-14',
      '2025-03-31',
    ]);
    expect([1, 2, 3, 4].map((quarter) => quarterDeadline(2011, quarter as 1))).toEqual([
      '2011-04-30',
      '2011-08-31',
      '2011-10-31',
      '2012-04-30',
    ]);
    const quarters = rows.filter(({ name }) => name === 'earningsPerShare');
    expect(quarters.length).toBeGreaterThan(150);
    for (const { year, month, published } of quarters) {
      const deadline = dayNumber(quarterDeadline(year, (month / 3) as 1));
      expect(published).toBeLessThanOrEqual(deadline);
      expect(published).toBeGreaterThan(deadline - 16);
    }
  });

  it('move prices on the session after their publication, so that who dates them by their month looks ahead', () => {
    const n = panel.stocks.length;
    const growth: number[] = [];
    const after: number[] = [];
    const later: number[] = [];
    const { close, reference } = panel.fields;
    const before = new Map(
      rows
        .filter(({ name }) => name === 'monthlyRevenueYearBefore')
        .map((row) => [`${row.stock} ${row.year} ${row.month}`, row.value]),
    );
    for (const row of rows) {
      const session = panel.dates.findIndex((date) => dayNumber(date) > row.published);
      if (row.name !== 'monthlyRevenue' || session < 1 || session + 1 >= panel.dates.length) continue;
      if (row.published < dayNumber(panel.dates[0]!)) continue;
      growth.push(Math.log(row.value / before.get(`${row.stock} ${row.year} ${row.month}`)!));
      after.push(close[session * n + row.stock]! / reference[session * n + row.stock]! - 1);
      later.push(close[(session + 1) * n + row.stock]! / reference[(session + 1) * n + row.stock]! - 1);
    }
    expect(correlation(Float64Array.from(growth), Float64Array.from(after))).toBeGreaterThan(0.1);
    expect(Math.abs(correlation(Float64Array.from(growth), Float64Array.from(later)))).toBeLessThan(0.08);
  });

  it('come back from a dataset folder as they were written', async () => {
    const path = join(dir, 'data');
    await writeDataset(panel, path, { source: 'simulated', origin, figures });
    expect(await readCompanyFigures(join(path, 'company-figures.csv'), panel.stocks)).toEqual(figures);
    const revenue = publishedFigures(figures, 'monthlyRevenue', panel.stocks);
    expect(revenue).toHaveLength(rows.filter(({ name }) => name === 'monthlyRevenue').length);
    expect(revenue[0]).toMatchObject({ publishedDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
  });

  it('come along when a dataset folder is narrowed to some stocks, each with its own', async () => {
    const whole = join(dir, 'to-narrow');
    await writeDataset(panel, whole, { source: 'simulated', origin, figures });
    const narrow = join(dir, 'narrowed');
    const { signal } = new AbortController();
    await fileDataset(whole)({ dir: narrow, stocks: 30, days: 60, seed: 1, signal });
    const { stocks } = await readDataset(narrow);
    const kept = (await readDatasetFigures(narrow, stocks))!;
    const codes = new Set(stocks.map(({ code }) => code));
    expect(codes.size).toBe(30);
    const before = publishedFigures(figures, 'earningsPerShare', panel.stocks).filter(({ stock }) => codes.has(stock));
    expect(publishedFigures(kept, 'earningsPerShare', stocks)).toEqual(before);
  }, 30_000);

  it('give assets beside those of a year before, which are the same figure a year later', () => {
    const { figures: years } = simulateMarket({ stocks: 80, days: 320, seed: 4 });
    const of = (name: string): { stock: number; period: number; value: number }[] =>
      [...years.value.keys()]
        .filter((k) => companyFigureNames[years.figure[k]!] === name)
        .map((k) => ({ stock: years.stock[k]!, period: years.period[k]!, value: years.value[k]! }));
    const key = ({ stock, period }: { stock: number; period: number }, back: number): string =>
      `${stock} ${period + 100 * back}`;
    const assets = new Map(of('totalAssets').map((row) => [key(row, 0), row.value]));
    const before = of('totalAssetsYearBefore');
    expect(before).toHaveLength(assets.size);
    const growth = before.map((row) => assets.get(key(row, 0))! / row.value - 1);
    expect(new Set(growth.map((value) => value.toFixed(4))).size).toBeGreaterThan(50);
    const yearLater = before.filter((row) => assets.has(key(row, -1)));
    expect(yearLater.length).toBeGreaterThan(0);
    for (const row of yearLater) expect(row.value).toBe(assets.get(key(row, -1)));
  });

  it.each([
    ['2024-02-30', 'no such day'],
    ['', 'none at all'],
    ['10/03/2024', 'another form'],
  ])('published on “%s” (%s) are refused with file, line and value', async (date) => {
    const path = join(dir, 'dated.csv');
    const good = `${panel.stocks[0]!.code},monthlyRevenue,2024-01,2024-02-08,1000`;
    writeFileSync(path, `stock,figure,period,publishedDate,value\n${good}\n${good.replace('2024-02-08', date)}\n`);
    await expect(readCompanyFigures(path, panel.stocks)).rejects.toThrow(
      `${path}:3: expected a publishedDate that is a day, such as 2020-03-10, got “${good.replace('2024-02-08', date)}”`,
    );
  });

  it('of a day are those that were public by then', () => {
    const day = dayNumber('2025-10-10');
    const known = narrowFigures(figures, panel.stocks, panel.stocks, '2025-10-10');
    expect(known.value.length).toBe(rows.filter(({ published }) => published <= day).length);
    expect(known.publishedDay.every((published) => published <= day)).toBe(true);
    expect(known.value.length).toBeLessThan(figures.value.length);
  });
});
