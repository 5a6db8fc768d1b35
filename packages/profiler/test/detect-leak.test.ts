import { createRandom, InputError } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { detectLeak } from '../src/leak/detect-leak.ts';
import type { LeakTarget } from '../src/leak/target.ts';
import { leakSentences } from '../src/leak/words.ts';

/** A target whose memory is a formula of the iterations that were run. */
function aTarget(bytes: (iterations: number, reads: number) => number, change: Partial<LeakTarget> = {}) {
  let iterations = 0;
  let reads = 0;
  const target: LeakTarget = {
    metrics: [{ id: 'heap', title: 'heap', budgetBytesPerIteration: 128 }],
    settles: true,
    minimumIterations: 400,
    async read(into) {
      into[0] = bytes(iterations, reads++);
    },
    residentBytes: () => 1e9,
    ...change,
  };
  return { target, workload: () => void iterations++, iterations: () => iterations };
}

describe('detectLeak', () => {
  it('confirms growth over twice the time, and says what it comes to', async () => {
    const { target, workload } = aTarget((i) => 5e6 + 2000 * i);
    const report = await detectLeak(target, workload);
    expect(report.verdict).toBe('leak');
    expect(report.bytesPer1000Iterations).toBeCloseTo(2e6, 3);
    expect(report.iterations).toBe(1200);
    expect(report.secondsToLimit).toBeCloseTo(15e9 / 2000 / report.iterationsPerSecond, 3);
    expect(leakSentences(report)[0]).toMatch(/^leak: heap: 2000 B per iteration/);
  });

  it('says no more than suspect of a target whose garbage is not collected', async () => {
    const { target, workload } = aTarget((i) => 5e6 + 2000 * i, { settles: false });
    expect((await detectLeak(target, workload)).verdict).toBe('suspect');
  });

  it('takes no more time than the screen where nothing grows', async () => {
    const { target, workload, iterations } = aTarget(() => 5e6);
    const report = await detectLeak(target, workload);
    expect(report.verdict).toBe('no-leak');
    expect(report.secondsToLimit).toBe(Number.POSITIVE_INFINITY);
    expect(iterations()).toBe(600);
  });

  it('looks for longer where memory does not grow, but wanders so much that it might', async () => {
    const random = createRandom(1, 'wandering');
    let away = 0;
    const { target, workload, iterations } = aTarget(() => {
      away = 0.9 * away + 3500 * random.normal();
      return 5e6 + away;
    });
    const short = await detectLeak(target, workload, { budgetMs: 0 });
    expect(short.verdict).toBe('no-leak');
    expect(short.leading.high).toBeGreaterThan(128);
    expect(iterations()).toBe(600);
    const report = await detectLeak(target, workload);
    expect(report.verdict).toBe('no-leak');
    expect(report.leading.high).toBeLessThan(128);
    expect(report.iterations).toBeGreaterThan(600);
    expect(report.iterations).toBeLessThanOrEqual(2400);
  });

  it('does not confirm growth that ends after the screen', async () => {
    const { target, workload } = aTarget((i) => 5e6 + 2000 * Math.min(i, 600));
    expect(['saturating', 'inconclusive']).toContain((await detectLeak(target, workload)).verdict);
  });

  it('blames itself, not the target, for what grows with the readings alone', async () => {
    const { target, workload } = aTarget((_, reads) => 5e6 + 8000 * reads);
    const report = await detectLeak(target, workload);
    expect(report.verdict).toBe('inconclusive');
    expect(report.reasons.join()).toContain('without any work');
  });

  it('does not take for its own growth what merely settles once the work has ended', async () => {
    // As in a test runner: code is compiled for the idle workload, some ten thousand bytes and no more.
    let idleReads = 0;
    let lastIterations = -1;
    const { target, workload } = aTarget((i) => {
      idleReads = i === lastIterations ? idleReads + 1 : 0;
      lastIterations = i;
      return 5e6 + 1100 * i + 200 * Math.min(60, idleReads);
    });
    const report = await detectLeak(target, workload);
    expect(report.verdict).toBe('leak');
    expect(report.controlBytesPerIteration).toBeLessThan(16);
  });

  it('is inconclusive with fewer iterations than the target needs', async () => {
    const { target, workload } = aTarget((i) => 5e6 + 2000 * i, { minimumIterations: 2400 });
    const report = await detectLeak(target, workload, { iterationsPerSample: 4 });
    expect(report.verdict).toBe('inconclusive');
    expect(report.reasons.join()).toContain('2400 iterations');
  });

  it('refuses so few samples that no verdict could come of them', async () => {
    const { target, workload } = aTarget(() => 5e6);
    await expect(detectLeak(target, workload, { samples: 100 })).rejects.toThrow(InputError);
  });

  it('does not begin a confirmation for which there is no time', async () => {
    let nowMs = 0;
    const clock = { nowMs: () => (nowMs += 10), wallMs: () => 0 };
    const { target, workload } = aTarget((i) => 5e6 + 2000 * i);
    const report = await detectLeak(target, workload, { clock, budgetMs: 1000 });
    expect(report.verdict).toBe('inconclusive');
    expect(report.reasons.join()).toContain('time did not suffice');
  });

  it('ends when it is told to', async () => {
    const { target, workload } = aTarget(() => 5e6);
    const reason = new Error('enough');
    await expect(detectLeak(target, workload, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
