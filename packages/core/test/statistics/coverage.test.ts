import { describe, expect, it, vi } from 'vitest';
import { createRandom, type Random } from '../../src/random.ts';
import { batchQuantileInterval, shareAboveInterval } from '../../src/statistics/batch-interval.ts';
import { bootstrapInterval } from '../../src/statistics/bootstrap.ts';
import { exceedanceBound, exceedanceBounds } from '../../src/statistics/exceedance-bound.ts';
import { mannKendall } from '../../src/statistics/mann-kendall.ts';
import { mannWhitneyU } from '../../src/statistics/mann-whitney.ts';
import { meanInterval } from '../../src/statistics/mean-interval.ts';
import { orderStatisticInterval } from '../../src/statistics/order-statistic-interval.ts';
import { permutationTest } from '../../src/statistics/permutation-test.ts';
import { sortedCopy } from '../../src/statistics/quantile.ts';
import { quantileAtLeast } from '../../src/statistics/quantile-at-least.ts';
import { sequentialQuantileInterval } from '../../src/statistics/sequential-interval.ts';
import { stationaryBootstrapInterval } from '../../src/statistics/stationary-bootstrap.ts';
import { theilSen } from '../../src/statistics/theil-sen.ts';

// Thousands of simulated samples: seconds of work where others use the machine too.
vi.setConfig({ testTimeout: 60_000 });

/** Response times of an M/M/1 queue at steady state (Lindley's recursion), mean service time 1. */
function queue(random: Random, load: number, n: number): Float64Array {
  const times = new Float64Array(n);
  // The stationary response time itself starts the recursion, so that no warm-up is needed.
  let response = random.exponential() / (1 - load);
  for (let i = 0; i < n; i++) {
    const wait = load === 0 ? 0 : Math.max(0, response - random.exponential() / load);
    response = wait + random.exponential();
    times[i] = response;
  }
  return times;
}

/** The response time of that queue is exponential with mean 1 / (1 − load). */
const trueQuantile = (load: number, q: number): number => -Math.log(1 - q) / (1 - load);
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const holds = ({ low, high }: { low: number; high: number }, value: number): boolean => low <= value && value <= high;

/** Runs with independent streams; shares of those that gave an interval, and of intervals that hold the truth. */
function coverage(runs: number, purpose: string, interval: (random: Random) => boolean | undefined) {
  let given = 0;
  let covered = 0;
  for (let run = 0; run < runs; run++) {
    const result = interval(createRandom(run, purpose));
    if (result === undefined) continue;
    given++;
    if (result) covered++;
  }
  return { given: given / runs, covered: covered / given };
}

/** Logarithms that remember: a stationary autoregressive series of which any value exceeds exp(z) with probability 1 − Φ(z). */
function remembering(random: Random, memory: number, n: number): Float64Array {
  const times = new Float64Array(n);
  let log = random.normal();
  for (let i = 0; i < n; i++) {
    log = memory * log + Math.sqrt(1 - memory ** 2) * random.normal();
    times[i] = Math.exp(log);
  }
  return times;
}

describe('quantileAtLeast', () => {
  /** Share of runs whose bound is above the true P95. */
  const wrong = (runs: number, load: number, n: number): number => {
    let above = 0;
    for (let run = 0; run < runs; run++) {
      const least = quantileAtLeast(queue(createRandom(run, 'at least'), load, n), 0.95);
      if (least!.value > trueQuantile(load, 0.95)) above++;
    }
    return above / runs;
  };

  it('is above the true P95 in no more than one in a thousand of queues at up to 30 % load, from ten requests on', () => {
    for (const load of [0, 0.3]) for (const n of [10, 40]) expect(wrong(20_000, load, n)).toBeLessThan(0.001);
    expect(wrong(20_000, 0.5, 40)).toBeLessThan(0.001);
  });
  it('is what half of each fifth reaches, one after the other', () => {
    expect(quantileAtLeast([9, 5, 5, 8, 7, 6, 9, 9, 9, 5], 0.95)).toEqual({
      value: 5,
      confidence: 1 - (2 * (1 - 0.95)) ** 5,
    });
    expect(quantileAtLeast([9, 6, 8, 8, 7, 6, 9, 9, 9, 5.5], 0.95)?.value).toBe(5.5);
    // Only nine, or a quantile that half of the values need not reach.
    expect(quantileAtLeast([9, 5, 5, 8, 7, 6, 9, 9, 9], 0.95)).toBeUndefined();
    expect(quantileAtLeast([9, 5, 5, 8, 7, 6, 9, 9, 9, 5], 0.5)).toBeUndefined();
  });
});

describe('exceedanceBound', () => {
  const looks = [400, 800, 1600, 3200];
  /** Share of runs that pass “fewer than 5 % at the limit or above” at one of four looks with 1 % error in all. */
  const passes = (runs: number, values: (random: Random) => Float64Array, limit: number): number => {
    let passed = 0;
    for (let run = 0; run < runs; run++) {
      const all = values(createRandom(run, 'exceedance'));
      if (looks.some((n) => exceedanceBound(all.subarray(0, n), limit, 1 - 0.01 / looks.length).atMost < 0.05))
        passed++;
    }
    return passed / runs;
  };

  it('passes what is exactly at the limit no more often than it says, idle, busy or remembering', () => {
    const runs = 150;
    // 1 % and two standard errors of 150 runs.
    const most = 0.0265;
    for (const load of [0.3, 0.7, 0.85]) {
      expect(passes(runs, (random) => queue(random, load, 3200), trueQuantile(load, 0.95))).toBeLessThanOrEqual(most);
    }
    for (const memory of [0.5, 0.9]) {
      // Φ(1.6449) is 0.95.
      expect(passes(runs, (random) => remembering(random, memory, 3200), Math.exp(1.6449))).toBeLessThanOrEqual(most);
    }
  });

  it('passes what is well below, also where nothing at all was above', () => {
    const at = (share: number) => passes(100, (random) => queue(random, 0.3, 3200), trueQuantile(0.3, 1 - share));
    expect(at(0.01)).toBeGreaterThan(0.95);
    expect(at(0.0001)).toBe(1);
  });

  it('is wider the more the observations cluster, and says nothing of a handful', () => {
    const scattered = Float64Array.from({ length: 2000 }, (_, i) => (i % 16 === 0 ? 10 : 1));
    const clumped = Float64Array.from({ length: 2000 }, (_, i) => (i % 400 < 24 ? 10 : 1));
    expect(exceedanceBound(clumped, 20).atMost).toBeGreaterThan(4 * exceedanceBound(scattered, 20).atMost);
    expect(exceedanceBound([1, 2, 3], 5)).toEqual({ share: 0, atMost: 1, clusters: 0, worth: 0 });
  });

  it('takes one clump for one event, and few clumps among singles for few', () => {
    // As many above the limit, once scattered, once in one stall, once in three stalls with single ones between.
    const of = (isAbove: (i: number) => boolean) =>
      exceedanceBound(
        Float64Array.from({ length: 3200 }, (_, i) => (isAbove(i) ? 10 : 1)),
        10,
        0.9975,
      ).atMost;
    const scattered = of((i) => i % 64 === 0);
    expect(scattered).toBeLessThan(0.05);
    expect(of((i) => i >= 1000 && i < 1050)).toBeGreaterThan(4 * scattered);
    expect(of((i) => i % 1000 < 10 || i % 160 === 80)).toBeGreaterThan(1.5 * scattered);
  });

  it('gives bounds at round values beyond the quantile, falling, each below what the quantile leaves', () => {
    const values = queue(createRandom(1, 'bounds'), 0.3, 3200);
    const bounds = exceedanceBounds(values, { q: 0.95, confidence: 0.99, upTo: 1000 });
    expect(bounds.length).toBeGreaterThan(2);
    bounds.forEach(({ from, atMost }, i) => {
      expect(atMost).toBe(exceedanceBound(values, from, 0.99).atMost);
      expect(atMost).toBeLessThan(bounds[i - 1]?.atMost ?? 0.05);
      expect(from).toBeGreaterThanOrEqual(bounds[i - 1]?.from ?? 0);
    });
    expect(exceedanceBounds(values, { q: 0.95, confidence: 0.99, upTo: 3 })).toEqual([]);
    expect(exceedanceBounds(values, { q: 0.95, confidence: 0.99, upTo: 1 })).toEqual([]);
  });
});

describe('batchQuantileInterval', () => {
  it('holds the true quantile of an M/M/1 queue as often as it says, idle or busy', () => {
    const cases = [
      { load: 0, n: 1000, q: 0.95 },
      { load: 0.5, n: 1000, q: 0.95 },
      { load: 0.7, n: 4000, q: 0.95 },
      { load: 0.7, n: 10_000, q: 0.99 },
      { load: 0.8, n: 10_000, q: 0.95 },
    ];
    const shares = cases.map(({ load, n, q }) => {
      const { given, covered } = coverage(250, 'batch', (random) => {
        const result = batchQuantileInterval(queue(random, load, n), q);
        return 'interval' in result ? holds(result.interval, trueQuantile(load, q)) : undefined;
      });
      expect(given).toBeGreaterThan(0.7);
      // 95 % less three standard errors of 250 runs.
      expect(covered).toBeGreaterThan(0.908);
      return covered;
    });
    // All of them together less two standard errors; without its corrections the interval comes to 92 %.
    expect(mean(Float64Array.from(shares))).toBeGreaterThan(0.938);
  });

  it('is needed: the interval for independent samples misses the P95 of a busy queue most of the time', () => {
    const { covered } = coverage(100, 'textbook', (random) =>
      holds(orderStatisticInterval(sortedCopy(queue(random, 0.7, 10_000)), 0.95), trueQuantile(0.7, 0.95)),
    );
    expect(covered).toBeLessThan(0.45);
  });

  it('gives none where the batches still depend on each other', () => {
    const { given } = coverage(60, 'short', (random) =>
      'interval' in batchQuantileInterval(queue(random, 0.99, 2000), 0.5) ? true : undefined,
    );
    expect(given).toBeLessThan(0.5);
    const rising = Float64Array.from({ length: 1000 }, (_, i) => i);
    expect(batchQuantileInterval(rising, 0.5)).toMatchObject({ tooShort: expect.stringContaining('batches') });
  });

  it('gives none where all that is slow happened at once', () => {
    const stall = Float64Array.from({ length: 2000 }, (_, i) => (i >= 1000 && i < 1150 ? 500 : 1 + (i % 7)));
    expect(batchQuantileInterval(stall, 0.95)).toMatchObject({ tooShort: expect.stringContaining('2 of 20 batches') });
  });

  it('of a constant has no width, and coarse values are covered too', () => {
    expect(batchQuantileInterval(new Float64Array(1000).fill(2), 0.95)).toMatchObject({
      interval: { low: 2, high: 2 },
    });
    const coarse = (times: Float64Array): Float64Array => times.map((value) => Math.ceil(value));
    const { covered } = coverage(150, 'coarse', (random) => {
      const result = batchQuantileInterval(coarse(queue(random, 0.5, 4000)), 0.95);
      return 'interval' in result ? holds(result.interval, Math.ceil(trueQuantile(0.5, 0.95))) : undefined;
    });
    expect(covered).toBeGreaterThan(0.9);
  });

  it('says how many samples are needed', () => {
    expect(batchQuantileInterval(Float64Array.of(1, 2, 3), 0.95)).toMatchObject({
      tooShort: expect.stringContaining('at least 200'),
    });
    expect(() => batchQuantileInterval(new Float64Array(500), 1)).toThrow('between 0 and 1');
  });

  it('counts fewer effective samples in a busy queue than requests, and all of them where they are independent', () => {
    const effective = (load: number): number => {
      const result = batchQuantileInterval(queue(createRandom(1, 'effective'), load, 10_000), 0.95);
      return 'interval' in result ? result.effectiveSamples : Number.NaN;
    };
    expect(effective(0)).toBeGreaterThan(4000);
    expect(effective(0.8)).toBeLessThan(1000);
  });
});

describe('shareAboveInterval', () => {
  it('holds the true share as often as it says', () => {
    const { given, covered } = coverage(250, 'share', (random) => {
      const result = shareAboveInterval(queue(random, 0.7, 4000), trueQuantile(0.7, 0.95));
      return 'interval' in result ? holds(result.interval, 0.05) : undefined;
    });
    expect(given).toBeGreaterThan(0.7);
    expect(covered).toBeGreaterThan(0.908);
  });
  it('says nothing of a share that hardly a batch shows', () => {
    expect(shareAboveInterval(new Float64Array(1000), 1)).toMatchObject({
      tooShort: expect.stringContaining('0 of 20'),
    });
    expect(shareAboveInterval(new Float64Array(10), 1)).toMatchObject({
      tooShort: expect.stringContaining('at least'),
    });
  });
});

describe('sequentialQuantileInterval', () => {
  it('lets the first look that decides be wrong in at most 1 %', () => {
    const runs = 150;
    const looks = 5;
    let wrong = 0;
    let right = 0;
    for (let run = 0; run < runs; run++) {
      const times = queue(createRandom(run, 'sequential'), 0.7, 1000 * 2 ** (looks - 1));
      // The truth is 10 % over the limit: to pass is wrong.
      const limit = trueQuantile(0.7, 0.95) / 1.1;
      for (let look = 1; look <= looks; look++) {
        const values = times.subarray(0, 1000 * 2 ** (look - 1));
        const result = sequentialQuantileInterval({ values, q: 0.95, look, maxLooks: looks });
        if (!('interval' in result)) continue;
        if (result.interval.high < limit) wrong++;
        if (result.interval.low > limit) right++;
        if (!holds(result.interval, limit)) break;
      }
    }
    // 1 % of 150 and three standard errors.
    expect(wrong).toBeLessThanOrEqual(5);
    expect(right).toBeGreaterThan(0);
  });
  it('is wider than a single look, and the wider the more looks there are', () => {
    const values = queue(createRandom(3, 'width'), 0.5, 20_000);
    const width = (result: ReturnType<typeof batchQuantileInterval>): number =>
      'interval' in result ? result.interval.high - result.interval.low : Number.NaN;
    const once = width(batchQuantileInterval(values, 0.95));
    const few = width(sequentialQuantileInterval({ values, q: 0.95, look: 1, maxLooks: 2 }));
    const many = width(sequentialQuantileInterval({ values, q: 0.95, look: 1, maxLooks: 10 }));
    expect(few).toBeGreaterThan(once);
    expect(many).toBeGreaterThan(few);
  });
  it('does not look before the fewest samples are there, nor more often than said', () => {
    const values = queue(createRandom(3, 'early'), 0.5, 5000);
    const request = { values, q: 0.95, look: 1, maxLooks: 3, minSamples: 10_000 };
    expect(sequentialQuantileInterval(request)).toMatchObject({ tooShort: expect.stringContaining('10000') });
    expect(() => sequentialQuantileInterval({ ...request, look: 4 })).toThrow('1 to 3');
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
    const runs = 100;
    for (let run = 0; run < runs; run++) {
      const random = createRandom(run, 'bootstrap');
      const independent = Float64Array.from({ length: 60 }, () => random.exponential());
      const one = bootstrapInterval(independent, mean, { random, resamples: 300 });
      if (one.low <= 1 && 1 <= one.high) plain++;
      let x = random.normal() / Math.sqrt(1 - 0.25);
      const series = Float64Array.from({ length: 250 }, () => {
        x = 0.5 * x + random.normal();
        return x;
      });
      const two = stationaryBootstrapInterval(series, mean, { random, resamples: 300 });
      if (two.low <= 0 && 0 <= two.high) stationary++;
      const three = bootstrapInterval(series, mean, { random, resamples: 300 });
      if (three.low <= 0 && 0 <= three.high) plainOnSeries++;
    }
    expect(plain / runs).toBeGreaterThan(0.86);
    expect(stationary / runs).toBeGreaterThan(0.85);
    expect(plainOnSeries).toBeLessThan(stationary);
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

describe('intervals of means and slopes', () => {
  it('hold the truth as often as they say', () => {
    const ofMean = coverage(500, 'mean', (random) =>
      holds(meanInterval(Float64Array.from({ length: 6 }, () => random.normal())).interval, 0),
    );
    const ofSlope = coverage(500, 'slope', (random) => {
      const x = Float64Array.from({ length: 20 }, (_, i) => i);
      return holds(
        theilSen(
          x,
          x.map((value) => 2 * value + random.normal()),
        ),
        2,
      );
    });
    for (const { covered } of [ofMean, ofSlope]) {
      expect(covered).toBeGreaterThan(0.92);
      expect(covered).toBeLessThan(0.98);
    }
  });
});
