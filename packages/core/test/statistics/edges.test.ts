import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/random.ts';
import { bootstrapInterval, percentileInterval } from '../../src/statistics/bootstrap.ts';
import { normalCdf, normalQuantile, studentTCdf, studentTQuantile } from '../../src/statistics/distributions.ts';
import { kendallVariance, mannKendall } from '../../src/statistics/mann-kendall.ts';
import { mannWhitneyU } from '../../src/statistics/mann-whitney.ts';
import { meanInterval } from '../../src/statistics/mean-interval.ts';
import { midranks } from '../../src/statistics/midranks.ts';
import { orderStatisticInterval } from '../../src/statistics/order-statistic-interval.ts';
import { permutationTest } from '../../src/statistics/permutation-test.ts';
import { proportionInterval } from '../../src/statistics/proportion-interval.ts';
import { quantile } from '../../src/statistics/quantile.ts';
import { automaticBlockLength, stationaryBootstrapInterval } from '../../src/statistics/stationary-bootstrap.ts';
import { theilSen } from '../../src/statistics/theil-sen.ts';

const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);

describe('distributions, by closed forms', () => {
  it.each([-3, -1, -0.2, 0, 0.5, 1, 10, 1e6])('Student’s t of one degree is Cauchy’s: at %d', (t) => {
    expect(studentTCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 13);
  });
  it.each([-5, -1, -1e-6, 0, 1e-4, 0.03, 2, 7, Number.POSITIVE_INFINITY])(
    'Student’s t of two degrees is 1/2 + t / 2√(2 + t²): at %d',
    (t) => {
      const half = Number.isFinite(t) ? t / (2 * Math.sqrt(2 + t * t)) : 0.5;
      expect(studentTCdf(t, 2)).toBeCloseTo(0.5 + half, 13);
    },
  );
  it('their quantiles: the tangent of π(p − 1/2), and (2p − 1) / √(2p(1 − p))', () => {
    for (const p of [0.001, 0.1, 0.4, 0.6, 0.999]) {
      expect(studentTQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5))).toBeCloseTo(1, 11);
      expect(studentTQuantile(p, 2) / ((2 * p - 1) / Math.sqrt(2 * p * (1 - p)))).toBeCloseTo(1, 11);
    }
  });
  it('are 0 in the middle, and mirror each other', () => {
    expect([studentTQuantile(0.5, 7), normalQuantile(0.5)]).toEqual([0, 0]);
    expect(studentTCdf(0, 7)).toBe(0.5);
    expect(normalQuantile(0.25)).toBe(-normalQuantile(0.75));
    expect(studentTQuantile(0.25, 4)).toBe(-studentTQuantile(0.75, 4));
  });
  it('the normal one meets itself where its two series do: at 3', () => {
    // Φ(3) and Φ(−3) by tables.
    expect(normalCdf(3)).toBeCloseTo(0.9986501019683699, 14);
    expect(normalCdf(-3) / 0.0013498980316300933 - 1).toBeCloseTo(0, 12);
    expect(normalCdf(3 + 1e-9) - normalCdf(3)).toBeCloseTo(4.43e-12, 13);
    expect(normalCdf(3.2)).toBeCloseTo(1 - 6.871379379158471e-4, 14);
  });
  it('say which probability they refuse', () => {
    expect(() => normalQuantile(1.5)).toThrow('probability 1.5: expected one between 0 and 1');
  });
});

describe('midranks', () => {
  it('of ties are the mean of theirs, in the order of the values', () => {
    expect(midranks([5, 1, 5, 3, 5])).toEqual({ ranks: Float64Array.of(4, 1, 4, 2, 4), ties: [3] });
    expect(midranks([2, 2, 1, 1])).toEqual({ ranks: Float64Array.of(3.5, 3.5, 1.5, 1.5), ties: [2, 2] });
    expect(midranks([])).toEqual({ ranks: new Float64Array(), ties: [] });
  });
});

describe('Mann–Whitney U, at its edges', () => {
  it('of three all above two is 1 of 10 arrangements on each side', () => {
    expect(mannWhitneyU([4, 5, 6], [1, 2])).toEqual({ u: 6, p: 0.2, effect: 1 });
    expect(mannWhitneyU([1, 2], [4, 5, 6])).toEqual({ u: 0, p: 0.2, effect: -1 });
  });
  it('is never more than certain', () => {
    expect(mannWhitneyU([1, 4], [2, 3])).toMatchObject({ u: 2, p: 1, effect: 0 });
    expect(mannWhitneyU([1, 3, 3, 5], [1, 3, 3, 5])).toMatchObject({ u: 8, p: 1, effect: 0 });
  });
  it('is exact up to 400 pairs, and near the normal beyond', () => {
    // All of 20 above all of 20: 2 of C(40, 20).
    const [low, high] = [upTo(20), upTo(20).map((value) => value + 20)];
    expect(mannWhitneyU(high, low).p / (2 / 137_846_528_820)).toBeCloseTo(1, 9);
    // 20 × 21: mean 210, variance 420 × 42 / 12, continuity 1/2.
    const z = (420 - 210 - 0.5) / Math.sqrt((420 * 42) / 12);
    const more = mannWhitneyU(
      upTo(21).map((value) => value + 20),
      low,
    );
    expect(more.p / (2 * normalCdf(-z))).toBeCloseTo(1, 9);
  });
  it('says how many values each side has where one has none', () => {
    expect(() => mannWhitneyU([], [1, 2])).toThrow('got 0 and 2');
    expect(() => mannWhitneyU([1], [])).toThrow('got 1 and 0');
  });
});

describe('Mann–Kendall, at its edges', () => {
  it('of three rising values is 1 of 6 orders on each side', () => {
    expect(mannKendall([1, 2, 3])).toEqual({ s: 3, z: 2 / Math.sqrt(66 / 18), p: expect.closeTo(2 / 6, 14), tau: 1 });
    expect(mannKendall([3, 2, 1])).toMatchObject({ s: -3, p: expect.closeTo(2 / 6, 14), tau: -1 });
    expect(mannKendall([2, 1, 3])).toMatchObject({ s: 1, p: 1 });
    expect(() => mannKendall([1, 2])).toThrow('a trend needs at least 3 values, got 2');
  });
  it('is exact for ten values without ties, and normal for eleven and with ties', () => {
    // All rising: 2 of 10!.
    expect(mannKendall(upTo(10)).p / (2 / 3_628_800)).toBeCloseTo(1, 9);
    const normal = ({ z }: { z: number }) => 2 * normalCdf(-Math.abs(z));
    const eleven = mannKendall(upTo(11));
    expect(eleven.z).toBeCloseTo(54 / Math.sqrt((11 * 10 * 27) / 18), 12);
    expect(eleven.p).toBe(normal(eleven));
    const tied = mannKendall([1, 1, 2, 3, 4]);
    // S = 9; variance (5 × 4 × 15 − 2 × 1 × 9) / 18; tau-b 9 / √(10 × 9).
    expect(tied.z).toBeCloseTo(8 / Math.sqrt((300 - 18) / 18), 12);
    expect(tied.tau).toBeCloseTo(9 / Math.sqrt(90), 12);
    expect(tied.p).toBe(normal(tied));
    expect(kendallVariance(5, [2])).toBeCloseTo((300 - 18) / 18, 12);
  });
});

describe('Theil–Sen, at its edges', () => {
  it('of an even number of slopes takes the mean of the middle two, and of residuals too', () => {
    // Slopes 1, 2, 1.5 of three points; 0, 1, 3 at 0, 1, 2: residuals 0, −0.5, 0.
    expect(theilSen([0, 1, 2], [0, 1, 3])).toMatchObject({ slope: 1.5, intercept: 0 });
    // Slopes 0, 0, 1 (of 3), 0, 1.5, 3 of four points: the median of 0 0 0 1 1.5 3 is 0.5; residuals 0 −0.5 −1 1.5.
    expect(theilSen([0, 1, 2, 3], [0, 0, 0, 3])).toMatchObject({ slope: 0.5, intercept: -0.25 });
  });
  it('leaves out pairs of points with one x', () => {
    expect(theilSen([0, 0, 1], [5, 7, 9]).slope).toBe(3);
  });
  it('has open ends where there are too few slopes, and an interval that grows with confidence', () => {
    expect(theilSen([0, 1], [0, 2])).toMatchObject({
      ...{ slope: 2, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    });
    const y = [0, 3, 1, 5, 2, 8, 6, 9, 7, 4];
    const at = (confidence: number) => theilSen(upTo(10), y, { confidence });
    expect(at(0.5).low).toBeGreaterThan(at(0.95).low);
    expect(at(0.5).high).toBeLessThan(at(0.95).high);
    expect(at(0.95)).toEqual(theilSen(upTo(10), y));
  });
  it('takes two to 4000 points with x and y', () => {
    expect(() => theilSen([1], [1])).toThrow('a slope needs 2 to 4000 points with x and y, got 1 and 1');
    expect(() => theilSen([1, 2, 3], [1, 2])).toThrow('got 3 and 2');
    expect(() => theilSen(upTo(4001), upTo(4001))).toThrow('got 4001 and 4001');
    expect(() => theilSen([2, 2], [1, 2])).toThrow('a slope needs two different x, all are equal');
  });
});

describe('intervals, at their edges', () => {
  it('of a mean: 2, 4, 4, 4, 5, 5, 7, 9 has 5 and a standard deviation of √(32/7)', () => {
    const { mean, interval } = meanInterval([2, 4, 4, 4, 5, 5, 7, 9], 0.9);
    expect(mean).toBe(5);
    // t of seven degrees at 95 %, one-sided: 1.894579 by tables.
    expect(interval.high - 5).toBeCloseTo(1.8945786 * Math.sqrt(32 / 7 / 8), 6);
    expect(5 - interval.low).toBeCloseTo(interval.high - 5, 12);
    expect(interval).toMatchObject({ confidence: 0.9, method: 't' });
    expect(() => meanInterval([1])).toThrow('at least 2 values, got 1');
    expect(meanInterval([1, 3]).mean).toBe(2);
  });
  it('of a share by Wilson, at both ends and at another confidence', () => {
    // None of ten: z² / (n + z²), and its mirror.
    const z2 = 1.959963984540054 ** 2;
    expect(proportionInterval(0, 10)).toEqual({
      low: 0,
      high: expect.closeTo(z2 / (10 + z2), 12),
      confidence: 0.95,
      method: 'wilson',
    });
    expect(proportionInterval(10, 10).low).toBeCloseTo(10 / (10 + z2), 12);
    // Whatever floats make of it: by the formula 6e-17 for none of three, and less than 1 for ten of ten.
    for (let n = 1; n <= 100; n++)
      expect([proportionInterval(0, n).low, proportionInterval(n, n).high]).toEqual([0, 1]);
    const [wide, narrow] = [proportionInterval(5, 10, 0.99), proportionInterval(5, 10, 0.8)];
    expect(wide.low).toBeLessThan(narrow.low);
    expect((wide.low + wide.high) / 2).toBeCloseTo(0.5, 12);
    expect(wide.confidence).toBe(0.99);
    for (const [successes, n] of [
      [1, 0],
      [-1, 5],
      [6, 5],
      [0, -1],
    ] as const)
      expect(() => proportionInterval(successes, n)).toThrow(`${successes} of ${n} is no share`);
  });
  it('of a quantile by ranks: of 6 values the median lies between the first and the last in all but 2 of 64', () => {
    const six = upTo(6);
    expect(orderStatisticInterval(six, 0.5, { confidence: 62 / 64 - 1e-9 })).toEqual({
      ...{ low: 1, high: 6, confidence: 62 / 64 - 1e-9, method: 'order-statistic' },
    });
    // Between the second and the fifth in all but 14 of 64.
    expect(orderStatisticInterval(six, 0.5, { confidence: 50 / 64 - 1e-9 })).toMatchObject({ low: 2, high: 5 });
    expect(orderStatisticInterval(six, 0.5, { confidence: 0.99 })).toMatchObject({
      ...{ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    });
    for (const q of [0, 1, -1, Number.NaN])
      expect(() => orderStatisticInterval(six, q)).toThrow(`the quantile ${q}: expected one between 0 and 1`);
  });
  it('of a quantile mirror each other', () => {
    const { low, high } = orderStatisticInterval(upTo(1000), 0.1);
    expect(orderStatisticInterval(upTo(1000), 0.9)).toMatchObject({ low: 1001 - high, high: 1001 - low });
  });
  it('of what resamples came to lie between its tails: 5 % of a hundred on either side', () => {
    const figures = Float64Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1);
    expect(percentileInterval(figures, 0.9, 'x')).toEqual({ low: 5, high: 95, confidence: 0.9, method: 'x' });
  });
});

describe('quantile, at its edges', () => {
  it('is within the sample for any share', () => {
    expect([quantile(upTo(3), -1), quantile(upTo(3), 2)]).toEqual([1, 3]);
    expect([0.333, 1 / 3, 0.334].map((q) => quantile(upTo(3), q))).toEqual([1, 1, 2]);
    expect(() => quantile(new Float64Array(), 0.5)).toThrow('quantile of an empty sample');
  });
});

/** Draws what it is told, over and over. */
function scripted({ integers = [0], uniforms = [0] }: { integers?: number[]; uniforms?: number[] }): Random & {
  bounds: number[];
} {
  const bounds: number[] = [];
  let [i, u] = [0, 0];
  return {
    ...createRandom(1),
    bounds,
    integer: (bound) => {
      bounds.push(bound);
      return integers[i++ % integers.length]!;
    },
    uniform: () => uniforms[u++ % uniforms.length]!,
  };
}

describe('bootstraps, by hand', () => {
  const seen: number[][] = [];
  const record = (values: Float64Array): number => {
    seen.push([...values]);
    return values[0]!;
  };
  it('the plain one draws each value on its own, from all of them', () => {
    seen.length = 0;
    const random = scripted({ integers: [0, 2, 2, 1, 1, 0] });
    const interval = bootstrapInterval(Float64Array.of(10, 20, 30), record, { random, resamples: 2, confidence: 0.5 });
    expect(seen).toEqual([
      [10, 30, 30],
      [20, 20, 10],
    ]);
    expect(new Set(random.bounds)).toEqual(new Set([3]));
    expect(interval).toEqual({ low: 10, high: 20, confidence: 0.5, method: 'bootstrap' });
  });
  it('the stationary one goes on in order, around the end, and begins a new block one time in its length', () => {
    seen.length = 0;
    // A block of 2 on average: below 0.5 begins anew.
    const random = scripted({ integers: [1, 2], uniforms: [0.5, 0.9, 0.49, 0.7] });
    const options = { random, resamples: 1, meanBlockLength: 2 };
    stationaryBootstrapInterval(Float64Array.of(10, 20, 30, 40), record, options);
    expect(seen).toEqual([[20, 30, 40, 30]]);
    seen.length = 0;
    const around = scripted({ integers: [3, 1], uniforms: [0.6, 0.2, 0.6, 0.6] });
    const interval = stationaryBootstrapInterval(Float64Array.of(10, 20, 30, 40), record, {
      ...options,
      random: around,
    });
    expect(seen).toEqual([[40, 10, 20, 30]]);
    expect(new Set(around.bounds)).toEqual(new Set([4]));
    expect(interval).toEqual({ low: 40, high: 40, confidence: 0.95, method: 'stationary-bootstrap' });
  });
  it('draw 2000 times at 95 % unless told otherwise, and nothing from nothing', () => {
    for (const bootstrap of [bootstrapInterval, stationaryBootstrapInterval]) {
      let times = 0;
      const count = (): number => times++;
      const { low, high, confidence } = bootstrap(upTo(10), count, { random: createRandom(1) });
      expect([times, low, high, confidence]).toEqual([2000, 49, 1949, 0.95]);
      expect(() => bootstrap(new Float64Array(), count, { random: createRandom(1) })).toThrow('of an empty s');
    }
  });
});

describe('automaticBlockLength, at its edges', () => {
  it('is 1 for fewer than eight values and for equal ones, whatever floats make of their mean', () => {
    expect(automaticBlockLength(Float64Array.of(1, 2, 3, 4, 5, 6, 7))).toBe(1);
    expect(automaticBlockLength(upTo(8))).toBeGreaterThan(1);
    expect(automaticBlockLength(new Float64Array(50).fill(0.1))).toBe(1);
  });
  it.each([
    // Printed by support/expected_batches.py: with a quiet lag, and without any.
    ['1 to 30', upTo(30), 6.662832945264734],
    ['1 to 60', upTo(60), 10.518936368399435],
  ])('of %s is cut where correlations are quiet, or nowhere', (_, values, expected) => {
    expect(automaticBlockLength(values)).toBeCloseTo(expected, 9);
  });
  it('is at most a third of the values, rounded up', () => {
    const alternating = (n: number) => Float64Array.from({ length: n }, (_, i) => i % 2);
    expect([9, 12, 20].map((n) => automaticBlockLength(alternating(n)))).toEqual([3, 4, 7]);
  });
});

describe('permutationTest, at its edges', () => {
  const random = createRandom(1);
  it('is exact where there are as many arrangements as permutations are allowed', () => {
    expect(permutationTest([1, 2, 3], [4, 5, 6], { random, permutations: 20 })).toMatchObject({ exact: true, p: 0.1 });
    expect(permutationTest([1, 2, 3], [4, 5, 6], { random, permutations: 19 }).exact).toBe(false);
    expect(permutationTest([1], [2], { random })).toEqual({ difference: -1, p: 1, exact: true });
  });
  it('counts arrangements that differ by rounding alone as just as far', () => {
    // In floating point 0.1 + 0.2 + 0.3 is more than 0.1 + 0.3 + 0.2. By hand: of 20 choices of three, 0.6 or more add up in
    // three (0.3 with both of 0.2, and with 0.1 and either of them), and 0.25 or less in the three that those leave.
    const statistic = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
    expect(permutationTest([0.1, 0.2, 0.3], [0.2, 0, 0.05], { random, statistic }).p).toBeCloseTo(6 / 20, 12);
  });
  it('draws as often as it is told and counts the arrangement seen: never 0', () => {
    let calls = 0;
    const statistic = (values: Float64Array): number => {
      calls++;
      return values[0]! + values[1]! + values[2]!;
    };
    const result = permutationTest([101, 102, 103], [1, 2, 3], { random, permutations: 9, statistic });
    expect(calls).toBe(2 + 2 * 9);
    expect([result.p * 10, result.difference]).toEqual([expect.closeTo(Math.round(result.p * 10), 9), 300]);
    expect(result.p).toBeGreaterThanOrEqual(0.1);
  });
  it('says how many values each side has where one has none', () => {
    expect(() => permutationTest([], [1], { random })).toThrow('got 0 and 1');
    expect(() => permutationTest([1, 2], [], { random })).toThrow('got 2 and 0');
  });
});
