import { describe, expect, it } from 'vitest';
import { measureFunction } from '../src/measure-function.ts';
import { steppedClock } from './support/stepped-clock.ts';

describe('measureFunction', () => {
  it('times single calls, with the percentiles that services get', async () => {
    const clock = steppedClock();
    let calls = 0;
    const result = await measureFunction(() => clock.advance(++calls % 20 === 0 ? 9 : 1), {
      metric: 'score',
      clock,
      budgetMs: 3000,
    });
    expect(result.callsPerSample).toBe(1);
    expect(result.measurements.find(({ metric }) => metric === 'score.p50')?.value).toBe(1);
    expect(result.measurements.find(({ metric }) => metric === 'score.p99')?.value).toBe(9);
  });
  it('times calls that are too short for a clock in groups', async () => {
    const clock = steppedClock();
    const result = await measureFunction(() => clock.advance(0.001), { metric: 'tiny', clock, budgetMs: 200 });
    expect(result.callsPerSample).toBe(32);
    expect(result.durationsMs.every((ms) => Math.abs(ms - 0.001) < 1e-9)).toBe(true);
  });
  it('says so when nothing fits', async () => {
    const clock = steppedClock();
    await expect(measureFunction(() => clock.advance(100), { metric: 'slow', clock, budgetMs: 50 })).rejects.toThrow(
      'budgetMs',
    );
  });
});
