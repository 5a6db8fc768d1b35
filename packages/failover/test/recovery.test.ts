import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { baselineOf, defaultTolerance, recoveryOf, whyNotSteady } from '../src/recovery.ts';
import { aLog } from './support/probe-logs.ts';

/** 200 requests a second for 40 s: 10 s of calm, a fault until 12 s, then whatever `after` says. */
const faultMs = 10_000;
const undoMs = 12_000;
const endMs = 40_000;
const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

const recover = (
  seed: number,
  after: (sinceUndoMs: number) => { factor?: number; failing?: boolean; tail?: number },
) => {
  const log = aLog({
    random: createRandom(seed, 'log'),
    ratePerSecond: 200,
    endMs,
    at: (dueMs) => (dueMs < faultMs ? {} : dueMs < undoMs ? { failing: true } : after(dueMs - undoMs)),
  });
  return recoveryOf(log, baselineOf(log, 2000, faultMs), { faultMs, undoMs, endMs });
};

describe('recoveryOf', () => {
  it('finds no recovery time where the target is well again at once', () => {
    for (const seed of seeds) expect(recover(seed, () => ({})).timeToSteadyStateMs, `seed ${seed}`).toBe(0);
  });

  it('counts from the undo to the end of a step of slowness', () => {
    for (const seed of seeds) {
      const { timeToSteadyStateMs } = recover(seed, (ms) => (ms < 5000 ? { factor: 2 } : {}));
      expect(timeToSteadyStateMs, `seed ${seed}`).toBe(5000);
    }
  });

  it('is not fooled by flapping: steady only after the last relapse', () => {
    for (const seed of seeds) {
      const result = recover(seed, (ms) => (ms < 9000 && Math.floor(ms / 1000) % 2 === 0 ? { failing: true } : {}));
      expect(result.timeToSteadyStateMs, `seed ${seed}`).toBe(9000);
      expect(result.relapses).toBe(4);
      expect(result.timeToFirstSuccessMs).toBeLessThan(1100);
    }
  });

  it('sees damage that only the slowest requests show', () => {
    for (const seed of seeds) {
      const { timeToSteadyStateMs } = recover(seed, (ms) => (ms < 6000 ? { tail: 0.2 } : {}));
      expect(timeToSteadyStateMs, `seed ${seed}`).toBeGreaterThanOrEqual(5500);
      expect(timeToSteadyStateMs).toBeLessThanOrEqual(6500);
    }
  });

  it('never calls a target steady that stays a quarter slower', () => {
    for (const seed of seeds)
      expect(recover(seed, () => ({ factor: 1.4 })).timeToSteadyStateMs, `seed ${seed}`).toBeUndefined();
  });

  it('gives the outage as the longest time without a good answer, and counts what failed', () => {
    const result = recover(1, () => ({}));
    expect(result.outageMs).toBeGreaterThan(1990);
    expect(result.outageMs).toBeLessThan(2050);
    expect(result.failed).toBe(400);
  });

  it('does not take a request that was under way when the fault began for a sign of life', () => {
    const log = aLog({ random: createRandom(1, 'log'), ratePerSecond: 200, endMs, at: () => ({}) });
    // A freeze: what was due during it, and just before, is answered at its end.
    for (let i = 0; i < log.count; i++) {
      if (log.doneMs[i]! > faultMs && log.dueMs[i]! < undoMs) log.doneMs[i] = undoMs + 1;
    }
    const { outageMs, failed } = recoveryOf(log, baselineOf(log, 2000, faultMs), { faultMs, undoMs, endMs });
    expect(outageMs).toBeGreaterThan(1980);
    expect(outageMs).toBeLessThan(2030);
    expect(failed).toBe(0);
  });

  it('counts an outage that begins after the fault and never ends', () => {
    const log = aLog({
      random: createRandom(1, 'log'),
      ratePerSecond: 200,
      endMs,
      at: (dueMs) => ({ failing: dueMs > faultMs + 500 }),
    });
    const { outageMs } = recoveryOf(log, baselineOf(log, 2000, faultMs), { faultMs, undoMs, endMs });
    expect(outageMs).toBeGreaterThan(endMs - faultMs - 520);
  });

  it('says so when nothing ever came back', () => {
    const result = recover(1, () => ({ failing: true }));
    expect(result).toMatchObject({ timeToFirstSuccessMs: undefined, timeToSteadyStateMs: undefined });
  });
});

describe('whyNotSteady', () => {
  const check = (seed: number, at: (dueMs: number) => { factor?: number; failing?: boolean }) =>
    whyNotSteady(
      aLog({ random: createRandom(seed, 'log'), ratePerSecond: 200, endMs: 10_000, at }),
      0,
      10_000,
      defaultTolerance,
    );

  it('finds nothing against a steady target', () => {
    for (const seed of seeds)
      expect(
        check(seed, () => ({})),
        `seed ${seed}`,
      ).toBeUndefined();
  });
  it('finds failures, drift and too few requests', () => {
    expect(check(1, (ms) => ({ failing: ms % 1000 < 50 }))).toContain('failed before any fault');
    expect(check(1, (ms) => ({ factor: ms > 5000 ? 2 : 1 }))).toMatch(/P50 rose/);
    const short = aLog({ random: createRandom(1), ratePerSecond: 5, endMs: 10_000, at: () => ({}) });
    expect(whyNotSteady(short, 0, 10_000, defaultTolerance)).toContain('at least 100');
  });
});
