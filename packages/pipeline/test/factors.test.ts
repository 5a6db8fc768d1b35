import { publishedFigures, simulateMarket } from '@preopen/market-tw';
import {
  alpha158,
  defineFactor,
  type Factor,
  factorLibrary,
  findLookAhead,
  fundamentalsOf,
  marketColumns,
} from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';
import { aPanel } from './support/panels.ts';

const panel = aPanel();
const market = marketColumns(panel);
const n = panel.stocks.length;
const cutDays = [60, 97];
const needsReports = (factor: Factor): boolean => factor.group === 'fundamental' && factor.windowDays === 1;

describe('the factor library', () => {
  it('has at least 120 factors with names of their own, in all groups of the specification', () => {
    expect(factorLibrary.length).toBeGreaterThanOrEqual(120);
    expect(new Set(factorLibrary.map(({ name }) => name)).size).toBe(factorLibrary.length);
    expect(new Set(factorLibrary.map(({ group }) => group)).size).toBe(6);
    for (const { formula, source, unit } of factorLibrary) {
      expect(formula.length * unit.length).toBeGreaterThan(0);
      expect(source).toMatch(/\b(19|20)\d\d\b/);
    }
  });

  it.each([...factorLibrary, ...alpha158].map((factor) => [factor.name, factor] as const))(
    '%s does not look ahead',
    (_, factor) => {
      expect(factor.compute(market)).toHaveLength(panel.dates.length * n);
      expect(findLookAhead([factor], panel, cutDays)).toEqual([]);
    },
  );

  it('a factor that does is found, with its first day', () => {
    const tomorrow = defineFactor({
      name: 'tomorrow',
      group: 'risk',
      formula: 'return of the next session',
      unit: 'ratio',
      source: 'a sin',
      windowDays: 1,
      compute: ({ returns }) => {
        const out = new Float64Array(returns.length).fill(Number.NaN);
        out.set(returns.subarray(n));
        return out;
      },
    });
    const [found, ...more] = findLookAhead([tomorrow, factorLibrary[0]!], panel, [60]);
    expect(more).toEqual([]);
    expect(found!.factor).toBe('tomorrow');
    // The last day of the cut is the only one without a tomorrow.
    expect(found!.date).toBe(panel.dates[59]);
    expect(found!.cut).toBeNaN();
  });

  it.each(
    factorLibrary
      .filter((f) => !needsReports(f) && f.windowDays <= 120)
      .map((factor) => [factor.name, factor] as const),
  )('%s says something of most stocks, and nothing infinite', (_, factor) => {
    const last = factor.compute(market).subarray(-5 * n);
    expect(last.filter(Number.isFinite).length).toBeGreaterThan(3.5 * n);
    expect(last.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY)).toBe(false);
  });

  it('says something of most stocks of a market whose companies report, by each factor', () => {
    const { panel: reporting, figures } = simulateMarket({ stocks: 40, days: 60, seed: 7 });
    const known = marketColumns(reporting, fundamentalsOf(figures, reporting));
    for (const factor of factorLibrary.filter(needsReports)) {
      const last = factor.compute(known).subarray(-40);
      expect(last.filter(Number.isFinite).length, factor.name).toBeGreaterThan(30);
      expect(new Set(last).size, factor.name).toBeGreaterThan(25);
    }
  });

  it('knows a company’s report on the session after its publication, and not before', () => {
    const { panel: market, figures } = simulateMarket({ stocks: 40, days: 150, seed: 7 });
    const { grossProfit } = fundamentalsOf(figures, market);
    const reports = publishedFigures(figures, 'grossProfit', market.stocks).filter(
      ({ publishedDate }) => publishedDate >= market.dates[0]! && publishedDate < market.dates.at(-1)!,
    );
    expect(reports.length).toBeGreaterThan(40);
    for (const { stock, publishedDate, value } of reports) {
      const i = market.stocks.findIndex(({ code }) => code === stock);
      const session = market.dates.findIndex((date) => date > publishedDate);
      expect(grossProfit![session * n + i]).toBe(value);
      if (session > 0) expect(grossProfit![(session - 1) * n + i]).not.toBe(value);
    }
  });

  it('gives figures of stocks that trade alone: who is not listed yet moves no rank', () => {
    const figure = new Float64Array(panel.dates.length * n).fill(10);
    const withReports = marketColumns(panel, { monthlyRevenue: figure });
    expect(panel.fields.close.some(Number.isNaN)).toBe(true);
    withReports.figure('monthlyRevenue').forEach((value, at) => {
      expect(Number.isNaN(value)).toBe(Number.isNaN(panel.fields.close[at]!));
    });
  });

  it('divides company figures by the price that was traded', () => {
    const figure = new Float64Array(panel.dates.length * n).fill(10);
    const withReports = marketColumns(panel, { bookValuePerShare: figure });
    const bookToPrice = factorLibrary.find(({ name }) => name === 'book_to_price')!.compute(withReports);
    const at = panel.fields.close.findIndex((close) => !Number.isNaN(close));
    expect(bookToPrice[at]).toBe(10 / panel.fields.close[at]!);
  });
});
