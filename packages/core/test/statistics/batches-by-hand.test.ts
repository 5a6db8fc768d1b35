import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchQuantileInterval, shareAboveInterval } from '../../src/statistics/batch-interval.ts';
import { exceedanceBound, exceedanceBounds, pooledExceedanceBound } from '../../src/statistics/exceedance-bound.ts';
import { quantile, sortedCopy } from '../../src/statistics/quantile.ts';
import { quantileAtLeast } from '../../src/statistics/quantile-at-least.ts';
import { sequentialQuantileInterval } from '../../src/statistics/sequential-interval.ts';

// Expected values where no other source is named are printed by support/expected_batches.py.

/** Autoregressive, on the minimal standard generator of Park and Miller, as in support/expected_batches.py. */
function series(phi: number, n: number, start: number): Float64Array {
  let seed = start;
  let value = 0;
  return Float64Array.from({ length: n }, () => {
    seed = (seed * 48271) % 2147483647;
    value = phi * value + seed / 2147483647 - 0.5;
    return value;
  });
}

const given = (result: ReturnType<typeof batchQuantileInterval>) => {
  if ('tooShort' in result) throw new Error(result.tooShort);
  return result;
};
const why = (result: ReturnType<typeof batchQuantileInterval>) => ('tooShort' in result ? result.tooShort : undefined);

describe('batchQuantileInterval, by hand', () => {
  it.each([
    [0.3, 1000, 7, 0.9, 0.95, [0.3373630831035146, 0.4236652930716075, 416]],
    // As good as 2579 independent values, were there so many.
    [0, 2000, 11, 0.95, 0.99, [0.44061811544961205, 0.47099126035859407, 2000]],
    [-0.6, 1000, 5, 0.5, 0.95, [-0.028812533748796776, 0.041913249363029426, 979]],
  ] as const)('of a series with φ = %d (%d values from %d) at %d and %d', (phi, n, seed, q, confidence, expected) => {
    const { interval, effectiveSamples } = given(batchQuantileInterval(series(phi, n, seed), q, { confidence }));
    expect([interval.low, interval.high, effectiveSamples]).toEqual(expected);
    expect(interval).toMatchObject({ confidence, method: 'batch-exceedance' });
  });
  it('is the same for values of any scale: the ends are order statistics', () => {
    const values = series(0.3, 1000, 7);
    const { interval } = given(batchQuantileInterval(values, 0.9));
    const scaled = given(batchQuantileInterval(values.map(Math.exp), 0.9)).interval;
    expect([scaled.low, scaled.high]).toEqual([Math.exp(interval.low), Math.exp(interval.high)]);
  });
  it('asks for five values in each of 20 batches for a median, for 1 / (1 − q) in every other one for a high quantile', () => {
    const values = series(0, 1000, 7);
    expect(why(batchQuantileInterval(values.subarray(0, 49), 0.5))).toBe(
      '49 samples; 20 batches for this quantile need at least 50',
    );
    expect(why(batchQuantileInterval(values.subarray(0, 50), 0.5))).toBeUndefined();
    expect(why(batchQuantileInterval(values.subarray(0, 199), 0.95))).toContain('at least 200');
    expect(why(batchQuantileInterval(values.subarray(0, 199), 0.05))).toContain('at least 200');
    expect(why(batchQuantileInterval(values.subarray(0, 200), 0.95)) ?? '').not.toContain('need at least');
    expect(why(batchQuantileInterval(values.subarray(0, 24), 0.5, { batches: 10 }))).toBe(
      '24 samples; 10 batches for this quantile need at least 25',
    );
  });
  it('asks for six batches with values on both sides of it, or for as many as it is told', () => {
    // 50 values a batch, ten of which are slow in every third one of the first `mixed` such.
    const spread = (mixed: number) =>
      Float64Array.from({ length: 1000 }, (_, i) => (i % 150 < 10 && i < mixed * 150 ? 9 : 1));
    expect(why(batchQuantileInterval(spread(5), 0.95))).toBe(
      'values above the limit stand in 5 of 20 batches only; 6 are needed',
    );
    expect(why(batchQuantileInterval(spread(6), 0.94))).toBeUndefined();
    expect(why(batchQuantileInterval(spread(6), 0.94, { minMixedBatches: 7 }))).toContain('6 of 20 batches only; 7');
  });
  it('gives none where a batch resembles the one before it, and says how much', () => {
    // Ten batches with a quarter of it above the median, then ten with three quarters: neighbours differ once, so that the
    // correlation is (9 − 1 + 9) / 20.
    const step = Float64Array.from({ length: 800 }, (_, i) => ((i % 4 === 0 ? i < 400 : i >= 400) ? 2 : 1));
    const reason = 'batches of 40 samples still depend on each other (correlation 0.85)';
    expect(why(shareAboveInterval(step, 1.5))).toBe(reason);
    expect(why(batchQuantileInterval(step, 0.5))).toBe(reason);
  });
  it('gives none for batches in blocks of four, whose correlation is 0.55, and one for blocks of three', () => {
    const blocks = (size: number) =>
      Float64Array.from({ length: 800 }, (_, i) => {
        const isHigh = Math.floor(i / 40 / size) % 2 === 0;
        return (i % 4 === 0) === isHigh ? 1 : 2;
      });
    // Three blocks of four are high: deviations of 0.8 and −1.2 quarters, (9 × 0.64 + 6 × 1.44 − 4 × 0.96) / 19.2.
    expect(why(shareAboveInterval(blocks(4), 1.5))).toContain('(correlation 0.55)');
    expect(why(shareAboveInterval(blocks(3), 1.5))).toBeUndefined();
  });
  it('shares values that are equal to the quantile out, so that just what should lies above it', () => {
    // Batches of ten. Above 5 are eight of 200, four in each of two batches; ten should be, so that two of the twelve fives are.
    const nines = new Set([0, 1, 2, 3, 100, 101, 102, 103]);
    const fives = new Set(Array.from({ length: 12 }, (_, i) => 14 + 10 * (i < 7 ? i : i + 4)));
    const coarse = Float64Array.from({ length: 200 }, (_, i) => (nines.has(i) ? 9 : fives.has(i) ? 5 : i % 3));
    const shares = Array.from({ length: 20 }, (_, batch) => {
      const inBatch = Array.from(coarse.subarray(10 * batch, 10 * batch + 10));
      return (inBatch.filter((v) => v === 9).length + (inBatch.filter((v) => v === 5).length * 2) / 12) / 10;
    });
    const variance = shares.reduce((sum, share) => sum + (share - 0.05) ** 2, 0) / 19;
    const { effectiveSamples } = given(batchQuantileInterval(coarse, 0.95));
    expect(effectiveSamples).toBe(Math.round((0.05 * 0.95) / (variance / 20)));
  });
  it('believes no less than half of the binomial deviation where all batches are alike, and is open beyond the largest value', () => {
    // In each of 20 batches of 20 one value lies above the quantile.
    const values = Float64Array.from({ length: 400 }, (_, i) => (i % 20 === 0 ? 1000 + i : i));
    const half = 2.093024054408263 * Math.sqrt((0.05 * 0.95) / 20 / 4 / 20);
    const { interval } = given(batchQuantileInterval(values, 0.95));
    const ascending = sortedCopy(values);
    expect(interval.low).toBeCloseTo(quantile(ascending, 0.95 - half), 6);
    expect(interval.high).toBeCloseTo(quantile(ascending, 0.95 + half), 6);
    // At this confidence the upper end is the share 0.99999, beyond 399 of 400.
    const sure = given(batchQuantileInterval(values, 0.95, { confidence: 1 - 2.7e-8 })).interval;
    expect(sure.high).toBe(Number.POSITIVE_INFINITY);
  });
  it('of a constant has no width, whatever floats make of the mean of equal shares', () => {
    for (const q of [0.5, 0.9, 0.95])
      for (let n = 200; n < 260; n++)
        expect(given(batchQuantileInterval(new Float64Array(n).fill(2), q)).interval).toMatchObject({
          low: 2,
          high: 2,
        });
  });
  it('takes no rounding for values above the limit: all that is slow is in one stall of exactly 5 %', () => {
    const stall = Float64Array.from({ length: 2000 }, (_, i) => (i >= 1000 && i < 1100 ? 500 : 1 + (i % 7)));
    expect(why(batchQuantileInterval(stall, 0.95))).toContain('0 of 20 batches only');
  });
  it('is open at an end that the sample has no value for', () => {
    // 49 slow ones in one batch of 50: a standard error of 4.9 %, so that the share above may be none at all.
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i > 250 && i < 300 ? 9 : i % 7));
    const { interval } = given(batchQuantileInterval(values, 0.951, { minMixedBatches: 1 }));
    expect(interval).toMatchObject({ low: 6, high: Number.POSITIVE_INFINITY });
    const mirrored = values.map((value) => -value);
    expect(given(batchQuantileInterval(mirrored, 0.049, { minMixedBatches: 1 })).interval).toMatchObject({
      ...{ low: Number.NEGATIVE_INFINITY, high: -6 },
    });
  });
  it.each([0, 1, -0.1, 1.1, Number.NaN])('refuses the quantile %d', (q) => {
    expect(() => batchQuantileInterval(series(0, 1000, 7), q)).toThrow(
      `an interval for the quantile ${q}: expected one between 0 and 1`,
    );
  });
});

describe('shareAboveInterval, by hand', () => {
  it.each([
    [0.3, 1000, 7, 0.4, [0.05226776209538508, 0.1180693235739809, 446]],
    // The last ten of 2010 values are left out of the batches, not of the share.
    [0.6, 2010, 3, 0.6, [0.033362545821343556, 0.058480888134568434, 1438]],
  ] as const)('of a series with φ = %d (%d values from %d) above %d', (phi, n, seed, limit, [low, high, effective]) => {
    const { interval, effectiveSamples } = given(shareAboveInterval(series(phi, n, seed), limit));
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
    expect(effectiveSamples).toBe(effective);
    expect(interval).toMatchObject({ confidence: 0.95, method: 'batch-exceedance' });
  });
  it('counts what is above the limit, not what is at it', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => [1, 2, 3, 2, 1][i % 5]!);
    const { interval } = given(shareAboveInterval(values, 2));
    expect((interval.low + interval.high) / 2).toBeCloseTo(0.2, 12);
  });
  it('stays between 0 and 1', () => {
    // Two of a hundred, in two batches of five: 2 % and a standard error of 1.4 %.
    const seldom = Float64Array.from({ length: 100 }, (_, i) => (i % 60 === 0 ? 1 : 0));
    expect(given(shareAboveInterval(seldom, 0.5, { minMixedBatches: 2 })).interval.low).toBe(0);
    const often = seldom.map((value) => 1 - value);
    expect(given(shareAboveInterval(often, 0.5, { minMixedBatches: 2 })).interval.high).toBe(1);
  });
  it('asks for five values a batch', () => {
    expect(why(shareAboveInterval(new Float64Array(99), 1))).toBe('99 samples; 20 batches need at least 100');
    expect(why(shareAboveInterval(new Float64Array(100), 1))).toContain('0 of 20');
    expect(why(shareAboveInterval(new Float64Array(49), 1, { batches: 10 }))).toBe(
      '49 samples; 10 batches need at least 50',
    );
  });
  it.each([
    [5, 50],
    // A ninth: the mean of twenty of them is not a ninth in floating point.
    [9, 45],
  ])(
    'believes no less than half of the binomial deviation where all batches are alike: every %dth value',
    (every, length) => {
      const values = Float64Array.from({ length: 20 * length }, (_, i) => (i % every === 0 ? 1 : 0));
      const { interval, effectiveSamples } = given(shareAboveInterval(values, 0.5));
      const share = 1 / every;
      const half = 2.093024054408263 * Math.sqrt((share * (1 - share)) / length / 4 / 20);
      expect(interval.low).toBeCloseTo(share - half, 9);
      expect(interval.high).toBeCloseTo(share + half, 9);
      // That would be four times as many samples as there are.
      expect(effectiveSamples).toBe(20 * length);
    },
  );
});

describe('sequentialQuantileInterval, by hand', () => {
  const values = series(0.3, 4000, 7);
  const request = { values, q: 0.9, look: 2, maxLooks: 4 };
  it('is a batch interval at the look’s part of the error budget, with ten mixed batches', () => {
    const plain = given(batchQuantileInterval(values, 0.9, { confidence: 1 - 0.02 / 4, minMixedBatches: 10 }));
    const look = given(sequentialQuantileInterval(request));
    expect(look).toEqual({ ...plain, interval: { ...plain.interval, method: 'batch-exceedance, look 2 of 4' } });
    const larger = given(sequentialQuantileInterval({ ...request, errorBudget: 0.05 }));
    expect(larger.interval.confidence).toBeCloseTo(1 - 0.1 / 4, 12);
    const spread = Float64Array.from({ length: 1000 }, (_, i) => (i % 150 < 10 ? 9 : 1));
    expect(why(sequentialQuantileInterval({ ...request, values: spread, q: 0.93 }))).toContain('10 are needed');
  });
  it('looks as soon as the fewest samples are there', () => {
    expect(why(sequentialQuantileInterval({ ...request, minSamples: 4001 }))).toBe(
      '4000 samples; the first look needs 4001',
    );
    expect(why(sequentialQuantileInterval({ ...request, minSamples: 4000 }))).toBeUndefined();
  });
  it.each([0, 5, 0.5, Number.NaN])('refuses look %d of four', (look) => {
    expect(() => sequentialQuantileInterval({ ...request, look })).toThrow(`look ${look}: expected one of 1 to 4`);
  });
  it('takes the first and the last look', () => {
    expect(why(sequentialQuantileInterval({ ...request, look: 1 }))).toBeUndefined();
    expect(why(sequentialQuantileInterval({ ...request, look: 4 }))).toBeUndefined();
  });
});

describe('quantileAtLeast, by hand', () => {
  const ten = [9, 5, 5, 8, 7, 6, 9, 9, 9, 5];
  it('is what half of each fifth reaches, one after the other', () => {
    expect(quantileAtLeast(ten, 0.95)).toEqual({ value: 5, confidence: 1 - (2 * (1 - 0.95)) ** 5 });
    expect(quantileAtLeast([9, 6, 8, 8, 7, 6, 9, 9, 9, 5.5], 0.95)?.value).toBe(5.5);
    // Of three the middle one; the sixteenth value is in no fifth.
    expect(quantileAtLeast([9, 1, 5, 7, 7, 7, 8, 8, 8, 9, 9, 9, 6, 6, 6, 0], 0.95)?.value).toBe(5);
  });
  it('says nothing of nine values, nor of a quantile that half of the values need not reach', () => {
    expect(quantileAtLeast(ten.slice(1), 0.95)).toBeUndefined();
    for (const q of [0.5, 1, 1.1, Number.NaN]) expect(quantileAtLeast(ten, q)).toBeUndefined();
    expect(quantileAtLeast(ten, 0.51)?.value).toBe(5);
  });
});

describe('exceedanceBound, by hand', () => {
  it.each([
    // Fewer than ten reach these limits: the clusters are those of lower levels.
    [0.5, 500, 7, 0.7, 0.006, 2, 191.40120415982483, 0.043917941644015406],
    [0.8, 2000, 11, 1.2, 0.001, 1, 284.06054443775696, 0.023369497094829373],
    [0, 400, 5, 0.48, 0.025, 5, 173.22082501792252, 0.07567498683493534],
    // Nothing reaches it at all.
    [0.8, 400, 3, 5, 0, 0, 73.9789733256652, 0.062249717439515205],
  ])('of a series with φ = %d (%d values from %d) at %d', (phi, n, seed, limit, share, clusters, worth, atMost) => {
    const bound = exceedanceBound(series(phi, n, seed), limit);
    expect(bound).toMatchObject({ share, clusters });
    expect(bound.worth).toBeCloseTo(worth, 8);
    expect(bound.atMost).toBeCloseTo(atMost, 8);
  });
  it('takes five stalls of 24 for five events, and pairs for half as many as there are values', () => {
    const stalls = Float64Array.from({ length: 2000 }, (_, i) => (i % 400 < 24 ? 10 : 1));
    expect(exceedanceBound(stalls, 10)).toEqual({
      share: 0.06,
      clusters: 5,
      worth: expect.closeTo(2000 / 24, 9),
      atMost: expect.closeTo(0.1573018038332151, 8),
    });
    const pairs = Float64Array.from({ length: 1000 }, (_, i) => (i % 40 < 2 ? 5 : 1));
    expect(exceedanceBound(pairs, 5)).toMatchObject({ clusters: 25, worth: 500 });
  });
  it('takes one clump around the end and the beginning for one', () => {
    const around = Float64Array.from({ length: 200 }, (_, i) => (i < 10 || i >= 190 ? 10 : 1));
    const middle = Float64Array.from({ length: 200 }, (_, i) => (i >= 90 && i < 110 ? 10 : 1));
    expect(exceedanceBound(around, 10)).toEqual(exceedanceBound(middle, 10));
    expect(exceedanceBound(around, 10).clusters).toBe(1);
  });
  it('asks for ten values at a level', () => {
    const nine = Float64Array.from({ length: 30 }, (_, i) => (i % 3 === 0 && i < 27 ? 5 : 1));
    expect(exceedanceBound(nine, 5, 0.99).worth).toBeLessThanOrEqual(30);
    expect(
      exceedanceBound(
        Array.from({ length: 9 }, () => 5),
        5,
      ),
    ).toEqual({ share: 1, atMost: 1, clusters: 0, worth: 0 });
    expect(
      exceedanceBound(
        Array.from({ length: 10 }, () => 5),
        5,
      ).worth,
    ).toBeGreaterThan(0);
    expect(exceedanceBound([], 5)).toEqual({ share: 0, atMost: 1, clusters: 0, worth: 0 });
  });
  it('is never more than all', () => {
    expect(
      exceedanceBound(
        Array.from({ length: 20 }, () => 5),
        5,
      ).atMost,
    ).toBe(1);
  });
});

describe('pooledExceedanceBound, by hand', () => {
  // Garwood's limits of a Poisson mean at 99 %, one-sided: −ln 0.01 for none, then by tables.
  it.each([
    [0, 4.605170185988092],
    [1, 6.638352067993813],
    [5, 13.108483652767926],
    [40, 57.34744733878402],
  ])('of %d clusters in 1000 is %d thousandths', (clusters, mean) => {
    expect(pooledExceedanceBound([{ clusters, worth: 1000 }])).toBeCloseTo(mean / 1000, 9);
  });
  it('adds up clusters and worth, and says nothing of nothing', () => {
    const parts = [
      { clusters: 1, worth: 400 },
      { clusters: 4, worth: 600 },
    ];
    expect(pooledExceedanceBound(parts)).toBe(pooledExceedanceBound([{ clusters: 5, worth: 1000 }]));
    expect(pooledExceedanceBound(parts, 0.95)).toBeLessThan(pooledExceedanceBound(parts, 0.99));
    expect(pooledExceedanceBound([])).toBe(1);
    expect(pooledExceedanceBound([{ clusters: 0, worth: 0 }])).toBe(1);
    expect(pooledExceedanceBound([{ clusters: 5, worth: 6 }])).toBe(1);
  });
});

describe('exceedanceBounds, by hand', () => {
  // The ninth tenth ends at 15.002, the largest value is 23.06.
  const values = series(0.5, 2000, 7).map((value) => 10 * Math.exp(value));
  const asked = { q: 0.9, confidence: 0.99, upTo: 1000 };
  it('stand at round values from the quantile on, each smaller than the one before, up to the first that nothing reaches', () => {
    const bounds = exceedanceBounds(values, asked);
    const largest = sortedCopy(values).at(-1)!;
    expect(bounds.map(({ from }) => from)).toEqual([20, 30]);
    for (const { from, atMost } of bounds) {
      expect(atMost).toBe(exceedanceBound(values, from, 0.99).atMost);
    }
    expect(bounds[0]!.atMost).toBeCloseTo(0.016709506879669423, 8);
    expect(bounds[1]!.atMost).toBeCloseTo(0.006630987133346472, 8);
    expect(bounds.at(-1)!.from).toBeGreaterThan(largest);
  });
  it('end where they are told to', () => {
    const [first] = exceedanceBounds(values, asked);
    expect(exceedanceBounds(values, { ...asked, upTo: first!.from })).toEqual([first]);
    expect(exceedanceBounds(values, { ...asked, upTo: first!.from - 0.01 })).toEqual([]);
  });
  it('leave out values at which more may be than the quantile leaves, and those that say no more than the one before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 12, max: 600 }),
        fc.constantFrom(0, 0.5, 0.9),
        fc.constantFrom(0.5, 0.75, 0.9),
        (start, n, phi, q) => {
          const some = series(phi, n, start).map((value) => 10 * Math.exp(value));
          const ascending = sortedCopy(some);
          const bounds = exceedanceBounds(some, { q, confidence: 0.95, upTo: 1000 });
          const rounds = [1, 10, 100].flatMap((power) =>
            [1, 1.5, 2, 3, 4, 5, 6, 8].map((mantissa) => mantissa * power),
          );
          const expected: (typeof bounds)[number][] = [];
          for (const from of rounds.filter((value) => value >= quantile(ascending, q))) {
            const { atMost, share } = exceedanceBound(some, from, 0.95);
            if (atMost < 1 - q && atMost < Math.min(1, ...expected.map((bound) => bound.atMost)))
              expected.push({ from, atMost });
            if (share === 0) break;
          }
          expect(bounds).toEqual(expected);
        },
      ),
    );
  });
  it('are none of nothing, nor where the quantile is not above zero', () => {
    expect(exceedanceBounds([], asked)).toEqual([]);
    expect(exceedanceBounds(new Float64Array(100), asked)).toEqual([]);
    expect(exceedanceBounds(new Float64Array(100).fill(-1), asked)).toEqual([]);
  });
  it('stand at round values of any size, as they are written', () => {
    const tiny = exceedanceBounds(
      values.map((value) => value / 1000),
      asked,
    );
    expect(tiny.map(({ from }) => from)).toEqual(
      exceedanceBounds(values, asked).map(({ from }) => Number(`${from}e-3`)),
    );
  });
});
