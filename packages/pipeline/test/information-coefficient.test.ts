import { readFileSync } from 'node:fs';
import { createRandom } from '@preopen/core';
import { informationCoefficient, informationCoefficients, neweyWest, quantileReturns } from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';

const fixture = JSON.parse(readFileSync(new URL('fixtures/independent.json', import.meta.url), 'utf8'));
const column = (cells: string): Float64Array =>
  Float64Array.from(cells.split(' '), (cell) => (cell === '-' ? Number.NaN : Number(cell)));
const shape = { days: fixture.days, stocks: fixture.stocks };
const a = column(fixture.a);
const b = column(fixture.b);
const pairs = (t: number): number => {
  let count = 0;
  for (let at = t * shape.stocks; at < (t + 1) * shape.stocks; at++) if (!Number.isNaN(a[at]! + b[at]!)) count++;
  return count;
};

describe('information coefficient', () => {
  it('of each day is SciPy’s spearmanr and pearsonr, and none of a day with fewer than 20 pairs', () => {
    const rank = informationCoefficients(a, b, shape);
    const pearson = informationCoefficients(a, b, shape, 'pearson');
    let compared = 0;
    for (let t = 0; t < shape.days; t++) {
      expect(Number.isNaN(rank[t]!)).toBe(pairs(t) < 20);
      if (pairs(t) < 20) continue;
      compared++;
      expect(rank[t]!).toBeCloseTo(fixture.rankIc[t], 12);
      expect(pearson[t]!).toBeCloseTo(fixture.pearsonIc[t], 12);
    }
    expect(compared).toBeGreaterThan(10);
    expect(compared).toBeLessThan(shape.days);
  });
  it('has the Newey–West error of statsmodels', () => {
    const { t, standardError } = neweyWest(Float64Array.from(fixture.rankIc), fixture.neweyWest.lags);
    expect(t).toBeCloseTo(fixture.neweyWest.t, 10);
    expect(standardError).toBeCloseTo(fixture.neweyWest.standardError, 12);
  });
  it('goes with returns by quantile that are those of pandas', () => {
    const { mean } = quantileReturns(a, b, shape, 4);
    mean.forEach((value, q) => {
      expect(value).toBeCloseTo(fixture.quantileMeans[q], 12);
    });
  });
  it('of predictions without a ranking is no number, not zero', () => {
    const flat = new Float64Array(30).fill(1);
    const returns = Float64Array.from({ length: 30 }, (_, i) => i);
    expect([...informationCoefficients(flat, returns, { days: 1, stocks: 30 })]).toEqual([Number.NaN]);
    expect(informationCoefficient(Float64Array.of(0.1, Number.NaN), { random: createRandom(1) })).toBeUndefined();
  });
  it('holds the mean within its interval', () => {
    const daily = Float64Array.from(fixture.rankIc as number[]);
    const summary = informationCoefficient(daily, { random: createRandom(1) })!;
    expect(summary.interval.low).toBeLessThan(summary.mean);
    expect(summary.interval.high).toBeGreaterThan(summary.mean);
    expect(summary.days).toBe(fixture.days);
  });
  it('refuses columns of different shapes', () => {
    expect(() => informationCoefficients(a, b.subarray(1), shape)).toThrow('both need one per cell');
  });
});
