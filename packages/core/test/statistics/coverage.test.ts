import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/random.ts';
import {
  automaticBlockLength,
  bootstrapInterval,
  stationaryBootstrapInterval,
} from '../../src/statistics/bootstrap.ts';
import {
  batchQuantileInterval,
  orderStatisticInterval,
  sequentialQuantileInterval,
  sortedCopy,
} from '../../src/statistics/quantile.ts';
import { mannWhitneyU, permutationTest } from '../../src/statistics/rank-tests.ts';
import { mannKendall, theilSen } from '../../src/statistics/trend.ts';

/** Response times of an M/M/1 queue at steady state (Lindley's recursion); exponential with mean 1 / (1 − load). */
function queue(random: Random, load: number, n: number): Float64Array {
  const times = new Float64Array(n);
  // The stationary response time itself starts the recursion, so that no warm-up is needed.
  let response = random.exponential() / (1 - load);
  for (let i = 0; i < n; i++) {
    const wait = Math.max(0, response - random.exponential() / load);
    response = wait + random.exponential();
    times[i] = response;
  }
  return times;
}
const truth = (load: number, q: number): number => -Math.log(1 - q) / (1 - load);
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('batchQuantileInterval', () => {
  it('covers the P95 of an M/M/1 queue at 70 % load about as often as it says, where the textbook interval does not', () => {
    const runs = 300;
    let batch = 0;
    let given = 0;
    let textbook = 0;
    for (let run = 0; run < runs; run++) {
      const times = queue(createRandom(run, 'coverage'), 0.7, 10_000);
      const result = batchQuantileInterval(times, 0.95);
      if ('interval' in result) {
        given++;
        if (result.interval.low <= truth(0.7, 0.95) && truth(0.7, 0.95) <= result.interval.high) batch++;
      }
      const naive = orderStatisticInterval(sortedCopy(times), 0.95);
      if (naive.low <= truth(0.7, 0.95) && truth(0.7, 0.95) <= naive.high) textbook++;
    }
    expect(given / runs).toBeGreaterThan(0.9);
    expect(batch / given).toBeGreaterThan(0.91);
    expect(textbook / runs).toBeLessThan(0.45);
  });

  it('gives none where the batches still depend on each other', () => {
    let refused = 0;
    for (let run = 0; run < 50; run++) {
      if ('tooShort' in batchQuantileInterval(queue(createRandom(run, 'short'), 0.99, 2000), 0.5)) refused++;
    }
    expect(refused).toBeGreaterThan(25);
    expect(batchQuantileInterval(Float64Array.of(1, 2, 3), 0.95)).toMatchObject({ tooShort: expect.any(String) });
  });

  it('lets a first conclusive look be wrong hardly ever', () => {
    // The truth is 5 % over the limit: a pass is an error.
    let wrong = 0;
    for (let run = 0; run < 150; run++) {
      const times = queue(createRandom(run, 'sequential'), 0.7, 40_000);
      const limit = truth(0.7, 0.95) / 1.05;
      for (let look = 1; look <= 3; look++) {
        const values = times.subarray(0, 10_000 * 2 ** (look - 1));
        const result = sequentialQuantileInterval({ values, q: 0.95, look, maxLooks: 3 });
        if (!('interval' in result)) continue;
        if (result.interval.high < limit) wrong++;
        if (result.interval.high < limit || result.interval.low > limit) break;
      }
    }
    expect(wrong).toBeLessThanOrEqual(4);
  });
});

describe('orderStatisticInterval', () => {
  it('covers the quantile of independent values as often as it says', () => {
    const random = createRandom(5, 'independent');
    let covered = 0;
    for (let run = 0; run < 1000; run++) {
      const ascending = Float64Array.from({ length: 400 }, () => random.uniform()).sort();
      const { low, high } = orderStatisticInterval(ascending, 0.9);
      if (low <= 0.9 && 0.9 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(930);
    expect(covered).toBeLessThan(985);
  });
});

describe('bootstraps', () => {
  it('cover the mean: the plain one of independent values, the stationary one of an autoregressive series', () => {
    let plain = 0;
    let stationary = 0;
    let plainOnSeries = 0;
    const runs = 150;
    for (let run = 0; run < runs; run++) {
      const random = createRandom(run, 'bootstrap');
      const independent = Float64Array.from({ length: 60 }, () => random.exponential());
      const one = bootstrapInterval(independent, mean, { random, resamples: 400 });
      if (one.low <= 1 && 1 <= one.high) plain++;
      let x = random.normal() / Math.sqrt(1 - 0.25);
      const series = Float64Array.from({ length: 250 }, () => {
        x = 0.5 * x + random.normal();
        return x;
      });
      const two = stationaryBootstrapInterval(series, mean, { random, resamples: 400 });
      if (two.low <= 0 && 0 <= two.high) stationary++;
      const three = bootstrapInterval(series, mean, { random, resamples: 400 });
      if (three.low <= 0 && 0 <= three.high) plainOnSeries++;
    }
    expect(plain / runs).toBeGreaterThan(0.86);
    expect(stationary / runs).toBeGreaterThan(0.85);
    expect(plainOnSeries).toBeLessThan(stationary);
  });
  it('choose long blocks for dependent series and short ones for independent values', () => {
    const random = createRandom(9, 'blocks');
    const independent = Float64Array.from({ length: 500 }, () => random.normal());
    let x = 0;
    const dependent = Float64Array.from({ length: 500 }, () => {
      x = 0.8 * x + random.normal();
      return x;
    });
    expect(automaticBlockLength(independent)).toBeLessThan(6);
    expect(automaticBlockLength(dependent)).toBeGreaterThan(8);
  });
});

describe('tests under the null', () => {
  it('reject about 5 % at 5 %', () => {
    const rejected = { mannWhitney: 0, mannKendall: 0, permutation: 0 };
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const random = createRandom(run, 'null');
      const draw = (n: number) => Float64Array.from({ length: n }, () => random.normal());
      if (mannWhitneyU(draw(12), draw(15)).p < 0.05) rejected.mannWhitney++;
      if (mannKendall(draw(40)).p < 0.05) rejected.mannKendall++;
      if (permutationTest(draw(6), draw(6), { random, permutations: 200 }).p < 0.05) rejected.permutation++;
    }
    // Four standard errors around 5 % of 400.
    for (const [name, count] of Object.entries(rejected)) {
      expect(count, name).toBeGreaterThan(3);
      expect(count, name).toBeLessThan(38);
    }
  });
});

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
});
