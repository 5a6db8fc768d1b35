import { createRandom, InputError } from '@preopen/core';
import { expect, it } from 'vitest';
import { type GcRun, gcExperiment } from '../src/gc/gc-experiment.ts';
import { defaultSetting, type GcSetting, usualSettings } from '../src/gc/setting.ts';
import { gcSentences } from '../src/gc/words.ts';

const large: GcSetting = { name: 'large', flags: ['--max-semi-space-size=64'] };
const small: GcSetting = { name: 'small', flags: ['--max-old-space-size=64'] };
let clock = 0;
const options = () => ({
  settings: [defaultSetting, large, small],
  random: createRandom(7),
  signal: new AbortController().signal,
  nowMs: () => clock++,
});
/** Rounds differ by a common factor, as on a machine with other work, and by a little noise. */
const work = (factors: ReadonlyMap<GcSetting, { time: number; peak: number }>, noise = 0.005) => {
  const random = createRandom(3);
  let runs = 0;
  return async (setting: GcSetting): Promise<GcRun> => {
    const { time, peak } = factors.get(setting)!;
    const round = 1 + Math.floor(runs++ / factors.size) * 0.3;
    const workMs = 100 * round * time * (1 + noise * random.normal());
    return {
      outcome: 'done',
      figures: { workMs, gcShare: 0.2 * time, peakBytes: 1e8 * peak * (1 + noise * random.normal()) },
    };
  };
};
const factors = (largeOnes: { time: number; peak: number }, smallOnes: { time: number; peak: number }) =>
  new Map([
    [defaultSetting, { time: 1, peak: 1 }],
    [large, largeOnes],
    [small, smallOnes],
  ]);

it('a setting that is faster, and one that is smaller, are advised with their figures, whatever the rounds have in common', async () => {
  const report = await gcExperiment(work(factors({ time: 0.8, peak: 1.4 }, { time: 1, peak: 0.7 })), options());
  expect(report.advice).toEqual([
    { kind: 'faster', setting: large },
    { kind: 'smaller', setting: small },
  ]);
  const [, faster] = report.comparisons;
  expect(faster!.ratio!.work.ratio).toBeCloseTo(0.8, 1);
  expect(faster!.ratio!.work.interval.high).toBeLessThan(0.85);
  expect(gcSentences(report).join('\n')).toContain(
    'measured faster: NODE_OPTIONS="--max-semi-space-size=64": time ×0.80',
  );
});

it('nothing is advised where nothing was measured better, or only within the noise', async () => {
  const same = await gcExperiment(work(factors({ time: 1, peak: 1 }, { time: 1, peak: 1 })), options());
  expect(same.advice).toEqual([]);
  expect(gcSentences(same)).toContain('no setting was measured better than V8’s own: leave it as it is');
  const noisy = await gcExperiment(work(factors({ time: 0.97, peak: 1 }, { time: 1.2, peak: 0.5 }), 0.1), options());
  expect(noisy.advice).toEqual([]);
});

it('smaller memory that costs time is not advised', async () => {
  const report = await gcExperiment(work(factors({ time: 1, peak: 1 }, { time: 1.3, peak: 0.5 })), options());
  expect(report.advice).toEqual([]);
});

it('a setting under which the work breaks is told and tried no more', async () => {
  const healthy = work(factors({ time: 1, peak: 1 }, { time: 1, peak: 1 }));
  let tries = 0;
  const report = await gcExperiment(async (setting) => {
    if (setting !== small) return healthy(setting);
    tries++;
    return { outcome: 'broke', reason: 'ended with SIGABRT' };
  }, options());
  expect(tries).toBe(1);
  expect(report.comparisons[2]).toMatchObject({ broke: 'ended with SIGABRT', rounds: 0 });
});

it('too few rounds, and nothing to compare, are refused', async () => {
  const run = work(factors({ time: 1, peak: 1 }, { time: 1, peak: 1 }));
  await expect(gcExperiment(run, { ...options(), rounds: 2 })).rejects.toThrow(InputError);
  await expect(gcExperiment(run, { ...options(), settings: [defaultSetting] })).rejects.toThrow(InputError);
});

it('the usual settings begin with V8’s own, and leave a tight heap half as much again as it needs', () => {
  const settings = usualSettings(100 * 2 ** 20);
  expect(settings[0]).toBe(defaultSetting);
  expect(settings.filter(({ flags }) => flags.includes('--max-old-space-size=150'))).toHaveLength(3);
});
