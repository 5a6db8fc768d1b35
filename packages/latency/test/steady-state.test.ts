import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { steadyState, truncationPoint } from '../src/steady-state.ts';

/** A minute of service times at 50 a second: 20 ms, lognormal with 20 %, times what is planted. */
const minute = (seed: number, planted: (second: number) => number) => {
  const random = createRandom(seed, 'steady');
  return Float64Array.from({ length: 3000 }, (_, i) => 20 * Math.exp(0.2 * random.normal()) * planted(i / 50));
};
const runs = 100;
const share = (state: (seed: number) => boolean) =>
  Array.from({ length: runs }, (_, seed) => seed).filter(state).length / runs;

describe('steadyState', () => {
  it('cuts off a settling in of time constant τ near 3τ', () => {
    const tau = 5;
    const cuts = Array.from({ length: 20 }, (_, seed) =>
      truncationPoint(minute(seed, (second) => 1 + 4 * Math.exp(-second / tau))),
    ).sort((a, b) => a - b);
    expect(cuts[10]! / 50).toBeGreaterThan(2 * tau);
    expect(cuts[10]! / 50).toBeLessThan(4 * tau);
  });
  it('sees a drift of 20 % and a shift of 10 % in at least 95 of 100 runs', () => {
    expect(
      share((seed) => steadyState(minute(seed, (second) => 1 + (0.2 * second) / 60)).state !== 'steady'),
    ).toBeGreaterThan(0.94);
    expect(
      share((seed) => steadyState(minute(seed, (second) => (second < 30 ? 1 : 1.1))).state !== 'steady'),
    ).toBeGreaterThan(0.94);
  });
  it('raises at most five false alarms in a hundred', () => {
    expect(share((seed) => steadyState(minute(seed, () => 1)).state !== 'steady')).toBeLessThanOrEqual(0.05);
  });
  it('says by how much the level moved', () => {
    expect(steadyState(minute(1, (second) => (second < 30 ? 1 : 1.5))).reason).toMatch(/\+(4\d|5\d) %/);
  });
  it('has no opinion on a short run', () => {
    expect(steadyState(minute(1, () => 1).subarray(0, 200)).state).toBe('too-short');
  });
});
