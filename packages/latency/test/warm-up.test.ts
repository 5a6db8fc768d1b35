import { createRandom, type Exchange } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { isWarm, warmUp } from '../src/warm-up.ts';
import { aService } from './support/a-service.ts';
import { steppedClock } from './support/stepped-clock.ts';

const random = createRandom(2, 'warm');
const noisy = (at: (i: number) => number, n: number) =>
  Array.from({ length: n }, (_, i) => at(i) * Math.exp(0.1 * random.normal()));

describe('isWarm', () => {
  it('waits while service times fall, and for enough of them', () => {
    expect(isWarm(noisy(() => 10, 30))).toBe(false);
    expect(isWarm(noisy((i) => 100 / (1 + i / 10), 40))).toBe(false);
  });
  it('is content with stationary times, noisy ones too', () => {
    let warm = 0;
    for (let i = 0; i < 100; i++) if (isWarm(noisy(() => 10, 60))) warm++;
    expect(warm).toBeGreaterThan(95);
  });
});

describe('warmUp', () => {
  const context = (clock: ReturnType<typeof steppedClock>) => ({
    clock,
    signal: new AbortController().signal,
    budgetMs: 40_000,
    emit: () => undefined,
  });
  const request = { method: 'POST', path: '/', headers: {}, body: null, predictions: 1 } as const;

  it('lasts as long as the service gets faster', async () => {
    const clock = steppedClock();
    const service = aService(clock, (call) => ({ serviceMs: 10 + 90 * Math.exp(-call / 40) }));
    const { exchanges, warm, serviceMs } = await warmUp(service, [request], 1000, context(clock));
    expect(warm).toBe(true);
    expect(exchanges.length).toBeGreaterThan(80);
    expect(serviceMs).toBeLessThan(25);
  });
  it('gives up on a service that fails, and says what of', async () => {
    const clock = steppedClock();
    const service = aService(clock, () => ({ serviceMs: 1, outcome: 'status' as const, problem: 'HTTP 500' }));
    const result = await warmUp(service, [request], 1000, context(clock));
    expect(result.failed).toBe('status: HTTP 500');
    expect(result.exchanges satisfies readonly Exchange[]).toHaveLength(5);
  });
  it('takes a quarter of the budget at most', async () => {
    const clock = steppedClock();
    const service = aService(clock, (call) => ({ serviceMs: 1e6 / (call + 1) }));
    const { warm } = await warmUp(service, [request], 1e9, context(clock));
    expect(warm).toBe(false);
    expect(clock.nowMs()).toBeGreaterThan(10_000);
  });
});
