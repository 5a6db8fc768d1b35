import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { type Arrivals, arrivalTimesMs } from '../src/arrivals.ts';

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
    expect(() => take({ kind: 'poisson', ratePerSecond: 0 }, 1000)).toThrow('rate above 0');
  });
});
