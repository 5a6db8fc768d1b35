import { createRandom } from '@preopen/core';
import { expect, it } from 'vitest';
import { batchSizeCurve } from '../src/batch-size.ts';
import { aService, type Call } from './support/a-service.ts';
import { steppedClock } from './support/stepped-clock.ts';

const curve = (answer: (call: number, rows: number) => Call) => {
  const clock = steppedClock();
  return batchSizeCurve(aService(clock, answer), {
    clock,
    signal: new AbortController().signal,
    random: (purpose) => createRandom(1, purpose),
    emit: () => undefined,
    budgetMs: 1e9,
    seed: 1,
    scale: { stocks: 2000, days: 1, users: 1 },
  });
};

it('finds the planted cost of a request and of a stock, whatever one request in ten does', async () => {
  const random = createRandom(5, 'noise');
  const { measurements } = await curve((call, rows) => ({
    serviceMs: (2 + 0.004 * rows) * (1 + 0.05 * random.uniform()) + (call % 10 === 0 ? 100 : 0),
  }));
  const [fixed, perStock] = measurements;
  expect(Math.abs(fixed!.value - 2.06)).toBeLessThan(0.2);
  expect(Math.abs(perStock!.value / 0.0041 - 1)).toBeLessThan(0.05);
  expect(perStock?.interval?.low).toBeLessThan(0.0042);
  expect(perStock?.interval?.high).toBeGreaterThan(0.004);
});

it('is not given where requests fail', async () => {
  const { notMeasured, measurements } = await curve((call) => ({
    serviceMs: 1,
    outcome: call % 50 === 49 ? 'timeout' : 'ok',
  }));
  expect(measurements).toHaveLength(0);
  expect(notMeasured?.[0]?.reason).toMatch(/\d+ timeout/);
});
