import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/random.ts';
import { batchQuantileInterval } from '../../src/statistics/batch-interval.ts';
import { bootstrapInterval } from '../../src/statistics/bootstrap.ts';
import { mannKendall } from '../../src/statistics/mann-kendall.ts';
import { mannWhitneyU } from '../../src/statistics/mann-whitney.ts';
import { midranks } from '../../src/statistics/midranks.ts';
import { orderStatisticInterval } from '../../src/statistics/order-statistic-interval.ts';
import { permutationTest } from '../../src/statistics/permutation-test.ts';
import { quantile, sortedCopy } from '../../src/statistics/quantile.ts';
import { stationaryBootstrapInterval } from '../../src/statistics/stationary-bootstrap.ts';
import { theilSen } from '../../src/statistics/theil-sen.ts';

describe('properties', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 40 });
  it('the order within a group does not matter to Mann–Whitney U, and exchanging the groups mirrors the effect', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const one = mannWhitneyU(a, b);
        const other = mannWhitneyU(b.toReversed(), a.toReversed());
        expect(other.p).toBeCloseTo(one.p, 9);
        expect(other.effect).toBeCloseTo(-one.effect, 9);
      }),
    );
  });
  it('a Theil–Sen slope moves with the slope that is added, and lies in its interval', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -100, max: 100 }), (y, added) => {
        const x = y.map((_, i) => i);
        const plain = theilSen(x, y);
        const tilted = theilSen(
          x,
          y.map((value, i) => value + added * i),
        );
        expect(tilted.slope).toBeCloseTo(plain.slope + added, 4);
        expect(plain.low).toBeLessThanOrEqual(plain.slope);
        expect(plain.high).toBeGreaterThanOrEqual(plain.slope);
      }),
    );
  });
  it('a reversed series has the opposite trend', () => {
    fc.assert(
      fc.property(values, (series) => {
        expect(mannKendall(series.toReversed()).s).toBe(-mannKendall(series).s + 0);
      }),
    );
  });
  it('a quantile is one of the values, with at least its share at or below it and less than that below', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.001, max: 1, noNaN: true }), (sample, q) => {
        const found = quantile(sortedCopy(sample), q);
        expect(sample).toContain(found);
        expect(sample.filter((value) => value <= found).length).toBeGreaterThanOrEqual(q * sample.length - 1e-6);
        expect(sample.filter((value) => value < found).length).toBeLessThan(q * sample.length);
      }),
    );
  });
  it('an interval for a quantile holds the quantile of the sample, and grows with confidence', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.1, max: 0.9, noNaN: true }), (seed, q) => {
        const random = createRandom(seed);
        const sample = Float64Array.from({ length: 400 }, () => random.normal());
        const ascending = sortedCopy(sample);
        for (const at of [0.8, 0.95, 0.999]) {
          const { low, high } = orderStatisticInterval(ascending, q, { confidence: at });
          expect(low).toBeLessThanOrEqual(quantile(ascending, q));
          expect(high).toBeGreaterThanOrEqual(quantile(ascending, q));
        }
        const batch = batchQuantileInterval(sample, q);
        const wider = batchQuantileInterval(sample, q, { confidence: 0.999 });
        if (!('interval' in batch && 'interval' in wider)) return;
        expect(batch.interval.low).toBeLessThanOrEqual(quantile(ascending, q));
        expect(batch.interval.high).toBeGreaterThanOrEqual(quantile(ascending, q));
        expect(wider.interval.low).toBeLessThanOrEqual(batch.interval.low);
        expect(wider.interval.high).toBeGreaterThanOrEqual(batch.interval.high);
      }),
      { numRuns: 50 },
    );
  });
  it('midranks add up to those without ties', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }), (sample) => {
        const { ranks, ties } = midranks(sample);
        expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo((sample.length * (sample.length + 1)) / 2, 9);
        expect(ties.reduce((sum, size) => sum + size - 1, 0)).toBe(sample.length - new Set(sample).size);
      }),
    );
  });
  it('the order within a group does not matter to a permutation test, and p is above 0 and at most 1', () => {
    const few = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(few, few, (a, b) => {
        const random = createRandom(1);
        const one = permutationTest(a, b, { random });
        expect(one.p).toBeGreaterThan(0);
        expect(one.p).toBeLessThanOrEqual(1);
        expect(permutationTest(a.toReversed(), b.toReversed(), { random }).p).toBeCloseTo(one.p, 12);
        expect(permutationTest(b, a, { random }).p).toBeCloseTo(one.p, 12);
      }),
    );
  });
  it('the same seed gives the same bootstrap, and a constant sample an interval of no width', () => {
    const first = (sample: Float64Array): number => sample[0]!;
    fc.assert(
      fc.property(values, fc.integer(), (sample, seed) => {
        const series = Float64Array.from(sample);
        for (const bootstrap of [bootstrapInterval, stationaryBootstrapInterval]) {
          const draw = () => bootstrap(series, first, { random: createRandom(seed), resamples: 50 });
          expect(draw()).toEqual(draw());
          const constant = bootstrap(series.fill(sample[0]!), first, { random: createRandom(seed), resamples: 20 });
          expect([constant.low, constant.high]).toEqual([sample[0], sample[0]]);
          series.set(sample);
        }
      }),
      { numRuns: 30 },
    );
  });
});
