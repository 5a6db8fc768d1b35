import { createRandom } from '@preopen/core';
import { oracleShare } from '@preopen/pipeline';
import { describe, expect, it } from 'vitest';

const random = () => createRandom(1);
/** Coefficients about 0.2 that differ from day to day by half of it: an easy day is easy for everybody. */
function aMarket(days: number): Float64Array {
  const draw = createRandom(5, 'market');
  return Float64Array.from({ length: days }, () => 0.2 + 0.1 * draw.normal());
}
const width = ({ interval }: { interval: { low: number; high: number } }): number => interval.high - interval.low;

describe('the share of the oracle’s coefficient', () => {
  it('is exact where the pipeline is always the same part of the best: luck of the days falls out', () => {
    const best = aMarket(200);
    const result = oracleShare(
      best.map((value) => 0.7 * value),
      best,
      { random: random() },
    )!;
    expect(result.share).toBeCloseTo(0.7, 12);
    expect(result.interval.low).toBeCloseTo(0.7, 12);
    expect(result.interval.high).toBeCloseTo(0.7, 12);
    expect(result.days).toBe(200);
  });
  it('has the interval of the delta method where the pipeline’s days err independently', () => {
    const [days, deviation] = [2000, 0.05];
    const best = aMarket(days);
    const noise = createRandom(9, 'noise');
    const own = best.map((value) => 0.8 * value + deviation * noise.normal());
    const result = oracleShare(own, best, { random: random() })!;
    // Standard error of the ratio: deviation / (√days × mean of the best), mean 0.2; 1.96 of it each way.
    const expected = (2 * 1.96 * deviation) / (Math.sqrt(days) * 0.2);
    expect(width(result) / expected).toBeGreaterThan(0.9);
    expect(width(result) / expected).toBeLessThan(1.1);
    expect(result.interval.low).toBeLessThan(0.8);
    expect(result.interval.high).toBeGreaterThan(0.8);
  });
  it('is wider where errors last: by √((1 + ρ) / (1 − ρ)) for an autoregression', () => {
    const [days, deviation, persistence] = [4000, 0.05, 0.6];
    const best = aMarket(days);
    const noise = createRandom(9, 'noise');
    let error = 0;
    const own = best.map((value) => {
      error = persistence * error + deviation * Math.sqrt(1 - persistence ** 2) * noise.normal();
      return 0.8 * value + error;
    });
    const independent = (2 * 1.96 * deviation) / (Math.sqrt(days) * 0.2);
    const ratio = width(oracleShare(own, best, { random: random() })!) / independent;
    // √(1.6 / 0.4) = 2; blocks of finite length keep a little less.
    expect(ratio).toBeGreaterThan(1.6);
    expect(ratio).toBeLessThan(2.4);
  });
  it('counts only the days that both have', () => {
    const best = Float64Array.of(0.2, 0.2, 0.2, Number.NaN, 0.2, 0.2, 0.2);
    const own = Float64Array.of(0.1, 0.1, Number.NaN, 9, 0.1, 0.1, 0.1);
    const result = oracleShare(own, best, { random: random() })!;
    expect(result.days).toBe(5);
    expect(result.share).toBeCloseTo(0.5, 12);
    expect(result.best).toBeCloseTo(0.2, 12);
  });
  it('there is none of nothing, and none of four days', () => {
    const noise = createRandom(3, 'noise');
    const aroundZero = Float64Array.from({ length: 60 }, () => 0.1 * noise.normal());
    expect(oracleShare(aMarket(60), aroundZero, { random: random() })).toBeUndefined();
    expect(oracleShare(aMarket(4), aMarket(4), { random: random() })).toBeUndefined();
  });
});
