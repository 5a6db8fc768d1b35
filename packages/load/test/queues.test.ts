import { quantile, sortedCopy } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { exponentialMs, responseTimesMs } from './support/queues.ts';

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('queues in virtual time, as the schedules drive them', () => {
  it.each([0.3, 0.5, 0.7])('M/D/1 at load %f waits ρD/(2(1−ρ)) on average', (load) => {
    const serviceMs = 2;
    const times = responseTimesMs({
      arrivals: { kind: 'poisson', ratePerSecond: (1000 * load) / serviceMs },
      serviceMs: () => serviceMs,
      requests: 1_000_000,
      settling: 5000,
      seed: 1,
    });
    const waitMs = (load * serviceMs) / (2 * (1 - load));
    expect(Math.abs((mean(times) - serviceMs) / waitMs - 1)).toBeLessThan(0.015);
  });
  it.each([0.5, 0.7])('M/M/1 at load %f has exponential response times', (load) => {
    const mu = 1000;
    const lambda = mu * load;
    const ascending = sortedCopy(
      responseTimesMs({
        arrivals: { kind: 'poisson', ratePerSecond: lambda },
        serviceMs: exponentialMs(mu),
        requests: 1_000_000,
        settling: 5000,
        seed: 2,
      }),
    );
    for (const q of [0.5, 0.95, 0.99]) {
      const truthMs = (-1000 * Math.log(1 - q)) / (mu - lambda);
      expect(Math.abs(quantile(ascending, q) / truthMs - 1)).toBeLessThan(0.025);
    }
  });
});
