import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arrivals, arrivalTimesMs, laneOf } from '../src/arrivals.ts';

const take = (arrivals: Arrivals, untilMs: number, seed = 1): number[] => {
  const times: number[] = [];
  for (const timeMs of arrivalTimesMs(arrivals, createRandom(seed, 'arrivals'))) {
    if (timeMs >= untilMs) break;
    times.push(timeMs);
  }
  return times;
};

describe('arrivalTimesMs', () => {
  it('sends evenly at a constant rate', () => {
    expect(take({ kind: 'constant', ratePerSecond: 4 }, 1000)).toEqual([0, 250, 500, 750]);
  });

  it('draws a Poisson process: gaps are exponential (Kolmogorov–Smirnov), and the same seed gives the same times', () => {
    let passed = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const times = take({ kind: 'poisson', ratePerSecond: 1000 }, 20_000, seed);
      const gaps = times
        .slice(1)
        .map((timeMs, i) => timeMs - times[i]!)
        .toSorted((a, b) => a - b);
      const n = gaps.length;
      const d = Math.max(...gaps.map((gap, i) => Math.abs(1 - Math.exp(-gap) - (i + 0.5) / n) + 0.5 / n));
      // 1.63 / √n is exceeded once in a hundred.
      if (d < 1.63 / Math.sqrt(n)) passed++;
    }
    expect(passed).toBeGreaterThanOrEqual(19);
    expect(take({ kind: 'poisson', ratePerSecond: 50 }, 5000, 7)).toEqual(
      take({ kind: 'poisson', ratePerSecond: 50 }, 5000, 7),
    );
  });

  it('ramps and spikes have the counts of their rates', () => {
    const ramp = take({ kind: 'ramp', fromPerSecond: 0, toPerSecond: 1000, durationMs: 20_000 }, 20_000);
    // The integral is 10 000; four standard deviations.
    expect(Math.abs(ramp.length - 10_000)).toBeLessThan(400);
    expect(Math.abs(ramp.filter((timeMs) => timeMs < 10_000).length - 2500)).toBeLessThan(200);
    const spike = take(
      { kind: 'spike', ratePerSecond: 100, peakPerSecond: 1000, atMs: 5000, durationMs: 1000 },
      10_000,
    );
    expect(Math.abs(spike.filter((timeMs) => timeMs >= 5000 && timeMs < 6000).length - 1000)).toBeLessThan(130);
    expect(Math.abs(spike.length - 1900)).toBeLessThan(180);
  });

  it('replays a trace as it was recorded, and refuses one that goes back', () => {
    expect(take({ kind: 'trace', timesMs: [0, 1, 1, 90] }, 1000)).toEqual([0, 1, 1, 90]);
    expect(() => take({ kind: 'trace', timesMs: [5, 4] }, 1000)).toThrow('must ascend');
    expect(() => take({ kind: 'poisson', ratePerSecond: 0 }, 1000)).toThrow('one of them above 0');
  });
});

describe('other shapes', () => {
  const variation = (times: readonly number[]) => {
    const gaps = times.slice(1).map((timeMs, i) => timeMs - times[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
  };
  it.each([0.3, 1, 2])('gamma gaps have the variation %f and the rate that are asked for', (wanted) => {
    const times = take({ kind: 'gamma', ratePerSecond: 500, variation: wanted }, 60_000);
    expect(Math.abs(times.length / 30_000 - 1)).toBeLessThan(0.06);
    expect(Math.abs(variation(times) / wanted - 1)).toBeLessThan(0.05);
  });
  it('steps keep each rate for its time', () => {
    const times = take({ kind: 'step', ratesPerSecond: [100, 400], stepMs: 10_000 }, 20_000);
    const first = times.filter((timeMs) => timeMs < 10_000).length;
    expect(Math.abs(first - 1000)).toBeLessThan(130);
    expect(Math.abs(times.length - first - 4000)).toBeLessThan(260);
  });
  it('a profile follows its points and ends with the last', () => {
    // A trading morning in small: quiet, a burst at the open, then even.
    const points = [
      { atMs: 0, ratePerSecond: 10 },
      { atMs: 10_000, ratePerSecond: 10 },
      { atMs: 10_001, ratePerSecond: 1000 },
      { atMs: 12_000, ratePerSecond: 100 },
      { atMs: 20_000, ratePerSecond: 100 },
    ];
    const times = take({ kind: 'profile', points }, 1e9);
    expect(Math.max(...times)).toBeLessThan(20_000);
    const within = (from: number, to: number) => times.filter((timeMs) => timeMs >= from && timeMs < to).length;
    expect(Math.abs(within(0, 10_000) - 100)).toBeLessThan(45);
    expect(Math.abs(within(10_000, 12_000) - 1100)).toBeLessThan(140);
    expect(Math.abs(within(12_000, 20_000) - 800)).toBeLessThan(120);
    expect(() => take({ kind: 'profile', points: points.toReversed() }, 1)).toThrow('ascending');
  });
  it('a trace at double speed takes half the time', () => {
    expect(take({ kind: 'trace', timesMs: [0, 10, 30], speed: 2 }, 1000)).toEqual([0, 5, 15]);
  });
  it('lanes send each request once (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 200 }), (lanes, count) => {
        const times = Array.from({ length: count }, (_, i) => i * 1.5);
        const parts = Array.from({ length: lanes }, (_, lane) => [...laneOf(times, lane, lanes)]);
        expect(parts.flat().toSorted((a, b) => a - b)).toEqual(times);
      }),
    );
  });
});
