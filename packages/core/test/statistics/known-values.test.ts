import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/random.ts';
import { normalCdf, normalQuantile, studentTCdf, studentTQuantile } from '../../src/statistics/distributions.ts';
import { mannKendall } from '../../src/statistics/mann-kendall.ts';
import { mannWhitneyU } from '../../src/statistics/mann-whitney.ts';
import { meanInterval } from '../../src/statistics/mean-interval.ts';
import { orderStatisticInterval } from '../../src/statistics/order-statistic-interval.ts';
import { permutationTest } from '../../src/statistics/permutation-test.ts';
import { proportionInterval } from '../../src/statistics/proportion-interval.ts';
import { quantile, sortedCopy } from '../../src/statistics/quantile.ts';
import { automaticBlockLength } from '../../src/statistics/stationary-bootstrap.ts';
import { theilSen } from '../../src/statistics/theil-sen.ts';

// Expected values where no other source is named: scipy 1.17.1 and arch 8.0.0, printed by support/expected.py.
const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

describe('distributions', () => {
  it('agree with scipy.stats.t', () => {
    expect(relative(studentTQuantile(0.975, 19), 2.0930240544083087)).toBeLessThan(1e-12);
    expect(relative(studentTQuantile(0.9995, 3), 12.923978636687961)).toBeLessThan(1e-12);
    expect(relative(studentTQuantile(1e-6, 5), -24.771029720515948)).toBeLessThan(1e-12);
    expect(studentTCdf(2.1, 7)).toBeCloseTo(0.9630644018935387, 13);
    expect(studentTCdf(-2.1, 7)).toBeCloseTo(1 - 0.9630644018935387, 13);
  });
  it('agree with scipy.stats.norm, far into the tail', () => {
    expect(relative(normalQuantile(0.975), 1.959963984540054)).toBeLessThan(1e-13);
    expect(relative(normalQuantile(1e-6), -4.753424308822899)).toBeLessThan(1e-13);
    expect(relative(normalQuantile(1e-300), -37.0470962993612)).toBeLessThan(1e-13);
    expect(relative(normalCdf(-3.2), 6.871379379158471e-4)).toBeLessThan(1e-12);
    expect(relative(normalCdf(-8), 6.22096057427174e-16)).toBeLessThan(1e-12);
    expect(relative(normalCdf(-30), 4.906713927147908e-198)).toBeLessThan(1e-12);
    expect(normalCdf(1.3)).toBeCloseTo(0.9031995154143897, 14);
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(40)).toBe(1);
  });
  it('refuse what is no probability', () => {
    for (const p of [0, 1, -0.1, Number.NaN]) {
      expect(() => normalQuantile(p)).toThrow('between 0 and 1');
      expect(() => studentTQuantile(p, 3)).toThrow('between 0 and 1');
    }
  });
});

describe('tests of two groups', () => {
  const a = [6.2, 7.1, 5.5, 8.4, 6.9];
  const b = [5.1, 4.9, 6.0, 5.8, 4.2, 5.0];
  it('Mann–Whitney U agrees with scipy.stats.mannwhitneyu(method="exact")', () => {
    expect(mannWhitneyU(a, b)).toMatchObject({ u: 28, p: expect.closeTo(0.017316017316017316, 14) });
    expect(mannWhitneyU(a, b).effect).toBeCloseTo((2 * 28) / 30 - 1, 14);
  });
  it('Mann–Whitney U with ties agrees with scipy.stats.mannwhitneyu(method="asymptotic")', () => {
    const result = mannWhitneyU([1, 2, 2, 3, 4, 5, 5, 6], [2, 3, 3, 4, 7, 8, 8, 9, 5]);
    expect(result.u).toBe(20.5);
    expect(result.p).toBeCloseTo(0.14541495436096474, 13);
  });
  it('Mann–Whitney U of equal values all over is no difference, and of nothing is refused', () => {
    expect(mannWhitneyU([1, 1, 1], [1, 1])).toEqual({ u: 3, p: 1, effect: 0 });
    expect(() => mannWhitneyU([], [1])).toThrow('both sides');
  });
  it('the permutation test of the mean counts the arrangements at least as far apart: 6 of 462', () => {
    const result = permutationTest(a, b, { random: createRandom(1) });
    expect(result.exact).toBe(true);
    expect(result.difference).toBeCloseTo(1.6533333333333333, 12);
    expect(result.p).toBeCloseTo(0.012987012987012988, 14);
  });
  it('the permutation test of five against five apart reaches 2 of 252, the least there is', () => {
    const result = permutationTest([1, 2, 3, 4, 5], [11, 12, 13, 14, 15], { random: createRandom(1) });
    expect(result.p).toBeCloseTo(2 / 252, 14);
  });
  it('the permutation test draws where there are too many arrangements, and comes close to the exact p', () => {
    const result = permutationTest(a, b, { random: createRandom(1), permutations: 400 });
    expect(result.exact).toBe(false);
    expect(Math.abs(result.p - 6 / 462)).toBeLessThan(4 * Math.sqrt(6 / 462 / 400));
  });
  it('the permutation test takes any statistic', () => {
    const highest = (values: Float64Array): number => Math.max(...values);
    // By hand: the difference is 5 or more where 9 and 8 stand together, 2 × 4 of 20 arrangements.
    const result = permutationTest([9, 8, 1], [2, 3, 4], { statistic: highest, random: createRandom(1) });
    expect(result.difference).toBe(5);
    expect(result.p).toBeCloseTo(8 / 20, 14);
  });
});

describe('trends', () => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8];
  const y = [1.2, 1.9, 3.4, 3.8, 5.4, 5.7, 7.3, 20];
  const ties = [5, 5, 6, 6, 6, 7, 7, 9, 8, 9, 9, 11];
  it('Theil–Sen agrees with scipy.stats.theilslopes(method="joint")', () => {
    const result = theilSen(x, y);
    expect(result.slope).toBeCloseTo(1.065, 12);
    expect(result.intercept).toBeCloseTo(-0.04, 12);
    expect(result.low).toBeCloseTo(0.9, 12);
    expect(result.high).toBeCloseTo(3.016666666666667, 12);
  });
  it('Theil–Sen with ties agrees with scipy.stats.theilslopes(method="joint")', () => {
    const result = theilSen(
      ties.map((_, i) => i),
      ties,
    );
    expect(result.slope).toBeCloseTo(0.5, 12);
    expect(result.intercept).toBeCloseTo(4.5, 12);
    expect(result.low).toBeCloseTo(0.375, 12);
    expect(result.high).toBeCloseTo(0.6, 12);
  });
  it('Theil–Sen refuses a single x, different lengths, and more points than it can hold', () => {
    expect(() => theilSen([1, 1], [2, 3])).toThrow('different x');
    expect(() => theilSen([1, 2], [2])).toThrow('got 2 and 1');
    expect(() => theilSen(new Float64Array(4001), new Float64Array(4001))).toThrow('2 to 4000');
  });
  it('Mann–Kendall agrees with scipy.stats.kendalltau(method="exact") without ties', () => {
    expect(mannKendall(y)).toMatchObject({ s: 28, tau: 1, p: expect.closeTo(4.96031746031746e-5, 15) });
  });
  it('Mann–Kendall with ties agrees with scipy.stats.kendalltau, whose z has no continuity correction', () => {
    const { s, z, tau } = mannKendall(ties);
    expect(tau).toBeCloseTo(0.9051114573693302, 12);
    expect((z * s) / (s - 1)).toBeCloseTo(3.92720649058235, 10);
  });
  it('Mann–Kendall sees no trend in equal values', () => {
    expect(mannKendall([3, 3, 3, 3])).toEqual({ s: 0, z: 0, p: 1, tau: 0 });
  });
});

describe('intervals', () => {
  it('Wilson’s agrees with scipy.stats.binomtest(7, 50).proportion_ci(method="wilson")', () => {
    expect(proportionInterval(7, 50).low).toBeCloseTo(0.06950833427016292, 12);
    expect(proportionInterval(7, 50).high).toBeCloseTo(0.26186193710585537, 12);
    expect(proportionInterval(0, 50).low).toBe(0);
    expect(proportionInterval(50, 50).high).toBe(1);
    expect(() => proportionInterval(0, 0)).toThrow('no share');
  });
  it('of a quantile end at the ranks of scipy.stats.binom.ppf, the upper one plus one', () => {
    const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);
    expect(orderStatisticInterval(upTo(100), 0.5)).toMatchObject({ low: 40, high: 61 });
    expect(orderStatisticInterval(upTo(10_000), 0.99)).toMatchObject({ low: 9880, high: 9920 });
  });
  it('of a quantile have an open end where the sample is too small for it', () => {
    expect(orderStatisticInterval(Float64Array.of(1, 2, 3), 0.95).high).toBe(Number.POSITIVE_INFINITY);
    expect(orderStatisticInterval(new Float64Array(), 0.5)).toMatchObject({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    });
    // 59 independent values are the fewest whose highest lies above the P95 with 95 % (0.95^59 < 0.05).
    const ofHighest = (n: number) =>
      orderStatisticInterval(
        Float64Array.from({ length: n }, (_, i) => i),
        0.95,
        { confidence: 0.9 },
      ).high;
    expect(ofHighest(58)).toBe(Number.POSITIVE_INFINITY);
    expect(ofHighest(59)).toBe(58);
  });
  it('of a mean are Student’s (by hand: 1, 2, 3 has mean 2 ± 4.303 / √3)', () => {
    const { mean, interval } = meanInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(interval.high - 2).toBeCloseTo(4.302652729749464 / Math.sqrt(3), 10);
  });
});

describe('automaticBlockLength', () => {
  /** Autoregressive, on the minimal standard generator of Park and Miller, as in support/expected.py. */
  function series(phi: number, n: number, start: number): Float64Array {
    let seed = start;
    let value = 0;
    return Float64Array.from({ length: n }, () => {
      seed = (seed * 48271) % 2147483647;
      value = phi * value + seed / 2147483647 - 0.5;
      return value;
    });
  }
  it.each([
    [0, 500, 7, 1.4974897072889535],
    [0.5, 500, 7, 8.414272268573345],
    [0.8, 500, 7, 18.247810853032217],
    [-0.6, 500, 7, 13.844025222484879],
    [0.8, 2000, 11, 32.079505261067204],
  ])('agrees with arch.bootstrap.optimal_block_length: φ = %d, %d values', (phi, n, seed, expected) => {
    expect(automaticBlockLength(series(phi, n, seed))).toBeCloseTo(expected, 9);
  });
  it('is 1 where there is nothing to choose from', () => {
    expect(automaticBlockLength(Float64Array.of(1, 2, 3))).toBe(1);
    expect(automaticBlockLength(new Float64Array(50))).toBe(1);
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
  it('of 7 % of a hundred is the seventh, although 0.07 × 100 is a little more than 7 in floating point', () => {
    expect(
      quantile(
        Float64Array.from({ length: 100 }, (_, i) => i + 1),
        0.07,
      ),
    ).toBe(7);
  });
  it('sorts a copy, as numbers', () => {
    const values = [10, 9, 100];
    expect([...sortedCopy(values)]).toEqual([9, 10, 100]);
    expect(values).toEqual([10, 9, 100]);
  });
});
