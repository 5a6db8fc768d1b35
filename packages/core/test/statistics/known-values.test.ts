import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/random.ts';
import { normalCdf, normalQuantile, studentTCdf, studentTQuantile } from '../../src/statistics/distributions.ts';
import { meanInterval } from '../../src/statistics/mean.ts';
import { orderStatisticInterval, quantile, sortedCopy } from '../../src/statistics/quantile.ts';
import { mannWhitneyU, permutationTest } from '../../src/statistics/rank-tests.ts';
import { proportionInterval } from '../../src/statistics/share.ts';
import { mannKendall, theilSen } from '../../src/statistics/trend.ts';

// Expected values: scipy 1.x, by the calls named in each test.
describe('distributions', () => {
  it('agree with scipy.stats.t', () => {
    expect(studentTQuantile(0.975, 19)).toBeCloseTo(2.0930240544083087, 9);
    expect(studentTQuantile(0.9995, 3)).toBeCloseTo(12.923978636687961, 7);
    expect(studentTCdf(2.1, 7)).toBeCloseTo(0.9630644018935387, 12);
    expect(studentTCdf(-2.1, 7)).toBeCloseTo(1 - 0.9630644018935387, 12);
  });
  it('agree with scipy.stats.norm', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 9);
    expect(normalCdf(-3.2)).toBeCloseTo(0.0006871379379158471, 15);
    expect(normalCdf(1.3)).toBeCloseTo(0.9031995154143897, 14);
  });
});

describe('rank tests', () => {
  const a = [6.2, 7.1, 5.5, 8.4, 6.9];
  const b = [5.1, 4.9, 6.0, 5.8, 4.2, 5.0];
  it('Mann–Whitney U agrees with scipy.stats.mannwhitneyu(method="exact")', () => {
    expect(mannWhitneyU(a, b)).toMatchObject({ u: 28, p: expect.closeTo(0.017316017316017316, 14) });
    expect(mannWhitneyU(a, b).effect).toBeCloseTo((2 * 28) / 30 - 1, 14);
  });
  it('Mann–Whitney U with ties agrees with scipy.stats.mannwhitneyu(method="asymptotic")', () => {
    const result = mannWhitneyU([1, 2, 2, 3, 4, 5, 5, 6], [2, 3, 3, 4, 7, 8, 8, 9, 5]);
    expect(result.u).toBe(20.5);
    expect(result.p).toBeCloseTo(0.14541495436096474, 12);
  });
  it('the permutation test of the mean counts the arrangements at least as far apart: 6 of 462', () => {
    const result = permutationTest(a, b, { random: createRandom(1) });
    expect(result.exact).toBe(true);
    expect(result.difference).toBeCloseTo(1.6533333333333333, 12);
    // scipy doubles the smaller tail (4 of 462) instead; both definitions are in use.
    expect(result.p).toBeCloseTo(6 / 462, 12);
  });
});

describe('trends', () => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8];
  const y = [1.2, 1.9, 3.4, 3.8, 5.4, 5.7, 7.3, 20];
  it('Theil–Sen agrees with scipy.stats.theilslopes', () => {
    const result = theilSen(x, y);
    expect(result.slope).toBeCloseTo(1.065, 12);
    expect(result.low).toBeCloseTo(0.9, 12);
    expect(result.high).toBeCloseTo(3.016666666666667, 12);
  });
  it('Mann–Kendall agrees with scipy.stats.kendalltau: exact p without ties, tau-b with them', () => {
    expect(mannKendall(y)).toMatchObject({ s: 28, tau: 1, p: expect.closeTo(4.96031746031746e-5, 15) });
    expect(mannKendall([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]).tau).toBeCloseTo(0.5449820181420517, 12);
  });
});

describe('intervals', () => {
  it('Wilson’s agrees with scipy.stats.binomtest(7, 50).proportion_ci(method="wilson")', () => {
    expect(proportionInterval(7, 50).low).toBeCloseTo(0.06950833427016292, 12);
    expect(proportionInterval(7, 50).high).toBeCloseTo(0.26186193710585537, 12);
    expect(proportionInterval(0, 50).low).toBe(0);
    expect(proportionInterval(50, 50).high).toBe(1);
  });
  it('of the median of 100 values are the 40th and 61st of them (scipy.stats.binom.ppf gives 40 and 60)', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => i + 1);
    expect(orderStatisticInterval(values, 0.5)).toMatchObject({ low: 40, high: 61 });
  });
  it('have an open end where the sample is too small for it', () => {
    expect(orderStatisticInterval(Float64Array.of(1, 2, 3), 0.95).high).toBe(Number.POSITIVE_INFINITY);
  });
  it('of a mean are Student’s (by hand: 1, 2, 3 has mean 2 ± 4.303 / √3)', () => {
    const { mean, interval } = meanInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(interval.high - 2).toBeCloseTo(4.302652729749464 / Math.sqrt(3), 8);
  });
});

describe('quantile', () => {
  it('is the smallest value with at least that share at or below it', () => {
    const twenty = Float64Array.from({ length: 20 }, (_, i) => i + 1);
    expect(quantile(twenty, 0.95)).toBe(19);
    expect(quantile(twenty, 0.951)).toBe(20);
    expect(quantile(twenty, 0)).toBe(1);
    expect(quantile(twenty, 1)).toBe(20);
    expect(() => quantile(new Float64Array(), 0.5)).toThrow('empty');
  });
  it('sorts a copy', () => {
    const values = Float64Array.of(3, 1, 2);
    expect([...sortedCopy(values)]).toEqual([1, 2, 3]);
    expect([...values]).toEqual([3, 1, 2]);
  });
});
