import { type Factor, factorLibrary, marketColumns } from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';
import { aPanel, firstDays } from './support/panels.ts';

const panel = aPanel();
const market = marketColumns(panel);
const n = panel.stocks.length;
const cut = 97;
const early = marketColumns(firstDays(panel, cut));
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

  it.each(factorLibrary.map((factor) => [factor.name, factor] as const))('%s does not look ahead', (_, factor) => {
    const whole = factor.compute(market);
    expect(whole).toHaveLength(panel.dates.length * n);
    expect(factor.compute(early)).toEqual(whole.slice(0, cut * n));
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

  it('takes company figures from the day after they were public', () => {
    const figure = new Float64Array(panel.dates.length * n).fill(10);
    const withReports = marketColumns(panel, { bookValuePerShare: figure });
    const bookToPrice = factorLibrary.find(({ name }) => name === 'book_to_price')!.compute(withReports);
    const at = panel.fields.close.findIndex((close) => !Number.isNaN(close));
    expect(bookToPrice[at]).toBe(10 / panel.fields.close[at]!);
  });
});
