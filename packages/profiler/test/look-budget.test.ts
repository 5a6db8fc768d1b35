import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookBudget } from '../src/look-budget.ts';

/** Looks of a given cost for so long, at an interval as far as the budget allows. */
function watch(
  costMs: (look: number) => number,
  { intervalMs, durationMs }: { intervalMs: number; durationMs: number },
) {
  let nowMs = 0;
  let cpuMs = 0;
  const budget = lookBudget(() => cpuMs, nowMs);
  const atMs: number[] = [];
  while (nowMs < durationMs) {
    atMs.push(nowMs);
    cpuMs += costMs(atMs.length);
    nowMs += Math.max(intervalMs, budget.leastPauseMs(nowMs));
  }
  return { cpuMs, atMs };
}

describe('a budget of looks', () => {
  it('lets looks come as often as they were asked for, as long as they cost little', () => {
    const { atMs } = watch(() => 0.08, { intervalMs: 10, durationMs: 600_000 });
    expect(atMs).toHaveLength(60_000);
  });

  it('keeps looks of any cost below one per cent of a core in the long run, but for what is saved at the start', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        fc.integer({ min: 10, max: 50 }),
        (cost, intervalMs) => {
          const { cpuMs, atMs } = watch(() => cost, { intervalMs, durationMs: 300_000 });
          // One period between two questions may be under way.
          expect(cpuMs).toBeLessThanOrEqual(200 + 0.009 * 300_000 + 32 * cost);
          // And it does not starve the watch: what may be taken is taken, or the interval kept.
          expect(Math.max(atMs.length * intervalMs, cpuMs / 0.009)).toBeGreaterThan(290_000);
        },
      ),
    );
  });

  it('takes what a dear beginning cost from what is saved, and keeps the interval', () => {
    const { atMs } = watch((look) => (look < 300 ? 0.6 : 0.05), { intervalMs: 20, durationMs: 60_000 });
    expect(atMs).toHaveLength(3000);
  });

  it('holds nothing back where the CPU time cannot be read', () => {
    const budget = lookBudget(() => Number.NaN, 0);
    const pauses = Array.from({ length: 100 }, (_, k) => budget.leastPauseMs(k * 10));
    expect(new Set(pauses)).toEqual(new Set([0]));
  });
});
