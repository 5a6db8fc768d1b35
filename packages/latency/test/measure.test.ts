import { setImmediate as turn } from 'node:timers/promises';
import { createRandom, type Measurement, type RunningService } from '@preopen/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { measureLatency } from '../src/measure.ts';
import { aService } from './support/a-service.ts';
import { steppedClock } from './support/stepped-clock.ts';

// Virtual time: timers fire when the loop below moves the clock.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** P95 against a limit, as the runner's `undecided` has it. */
const undecidedBelow =
  (limitMs: number) =>
  (measurements: readonly Measurement[]): boolean =>
    measurements.some(
      ({ metric, value, interval, bound }) =>
        metric === 'latency.x.p95' &&
        (interval?.low ?? value) < limitMs &&
        (bound === 'at-least' || (interval?.high ?? value) >= limitMs),
    );

/** Measures a service that answers any number of requests side by side, each after so long. */
async function measured(serviceMs: number, limitMs: number | undefined) {
  const clock = steppedClock();
  const service: RunningService = {
    ...aService(clock, () => ({ serviceMs: 0 })),
    async send() {
      const sentMs = clock.nowMs();
      await new Promise((resolve) => setTimeout(resolve, serviceMs));
      const doneMs = clock.nowMs();
      return { outcome: 'ok', sentMs, firstByteMs: doneMs, doneMs, status: 200 };
    },
  };
  let isOver = false;
  const measuring = measureLatency(
    service,
    { rows: 1, metric: 'latency.x' },
    {
      clock,
      signal: new AbortController().signal,
      random: (purpose) => createRandom(1, purpose),
      emit: () => undefined,
      budgetMs: 20_000,
      seed: 1,
      undecided: limitMs === undefined ? () => false : undecidedBelow(limitMs),
    },
  ).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    clock.advance(1);
    await vi.advanceTimersByTimeAsync(1);
    await turn();
  }
  return { ...(await measuring), tookMs: clock.nowMs() };
}

it('a service that misses its limit by far is told so within the budget, by what its P95 is at least', async () => {
  const { measurements, notMeasured, notes, recorder, tookMs } = await measured(150, 100);
  // 400 requests at 2 a second would take 200 s.
  expect(tookMs).toBeLessThan(20_000);
  expect(recorder.count).toBeLessThan(40);
  const p95 = measurements.find(({ metric }) => metric === 'latency.x.p95');
  expect(p95).toMatchObject({ bound: 'at-least', samples: recorder.count });
  // A timer may fire a step of the clock before its time.
  expect(p95?.value).toBeGreaterThanOrEqual(149);
  expect(p95?.value).toBeLessThan(155);
  expect(notMeasured).toEqual([expect.objectContaining({ metric: 'latency.x.p50' })]);
  expect(notes.join('\n')).toContain('a limit is surely missed: 400 of them take 200 s at this rate');
  expect(notes.join('\n')).toContain('no valid run');
});

it('a service that keeps its limit, or of which nothing is asked, is measured to the full however slow it is', async () => {
  for (const limitMs of [100, undefined]) {
    const { measurements, recorder, tookMs } = await measured(60, limitMs);
    expect(recorder.count).toBeGreaterThanOrEqual(400);
    expect(tookMs).toBeGreaterThan(60_000);
    expect(measurements.find(({ metric }) => metric === 'latency.x.p95')).not.toHaveProperty('bound');
  }
});
