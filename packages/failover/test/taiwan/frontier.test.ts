import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFrontier, frontierMeasurement } from '../../src/taiwan/frontier.ts';

/** A target that bears a fault up to an intensity. */
const bears = (most: number) => async (intensity: number) => (intensity <= most ? undefined : `breaks above ${most}`);

describe('the resilience frontier', () => {
  it('is all of a fault that is borne whole, after one try', async () => {
    expect(await findFrontier(bears(1), { steps: 5 })).toEqual({ holdsAt: 1, failsAt: 1, why: undefined, tried: 1 });
  });
  it('lies in its bracket, which each step halves', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 0, max: 8 }),
        async (most, steps) => {
          const { holdsAt, failsAt, tried } = await findFrontier(bears(most), { steps });
          expect(holdsAt).toBeLessThanOrEqual(most);
          expect(failsAt).toBeGreaterThan(most);
          expect(failsAt - holdsAt).toBe(2 ** -steps);
          expect(tried).toBe(steps + 1);
        },
      ),
    );
  });
  it('is measured with the bracket as its interval, and says what broke', async () => {
    expect(frontierMeasurement('tw-06', await findFrontier(bears(0.4), { steps: 3 }))).toMatchObject({
      metric: 'taiwan.tw-06.frontier',
      value: 0.375,
      interval: { low: 0.375, high: 0.5, confidence: 0.95, method: 'bisection-bracket' },
      how: 'held at 0.375 and not at 0.5: breaks above 0.4',
    });
  });
});
