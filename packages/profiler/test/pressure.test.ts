import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBreakingLimit } from '../src/pressure/breaking-limit.ts';
import { type EndedRun, judgeEnding } from '../src/pressure/ending.ts';
import type { OutputMark } from '../src/pressure/output-mark.ts';
import { pressureSweep } from '../src/pressure/pressure-sweep.ts';
import type { PressureRun, PressureWorkload } from '../src/pressure/workload.ts';

const mark = (digest: string, lastByte = 10): OutputMark => ({ bytes: 5, digest, lastByte });
const whole = new Map([['predictions.csv', mark('whole')]]);
const unlimited = { output: whole, isReproducible: true };
const ended = (changes: Partial<EndedRun>): EndedRun => ({
  exit: { code: 0, signal: null },
  durationMs: 1000,
  lastWords: [],
  kills: 0,
  output: whole,
  ...changes,
});
const nothing = new Map<string, OutputMark>();

describe('how a run under pressure ended', () => {
  it('is whole if it claims success and left what it leaves without a limit', () => {
    expect(judgeEnding(ended({}), unlimited).ending).toBe('whole');
  });

  it('is silent if it claims success and its output is torn or missing', () => {
    const torn = new Map([['predictions.csv', mark('half')]]);
    expect(judgeEnding(ended({ output: torn }), unlimited)).toMatchObject({ ending: 'silent' });
    expect(judgeEnding(ended({ output: nothing }), unlimited).facts).toContain('predictions.csv is missing');
  });

  it('is clean if it failed, said that memory was the reason, and left nothing', () => {
    for (const words of [
      'MemoryError',
      'FATAL ERROR: JavaScript heap out of memory',
      'std::bad_alloc',
      'java.lang.OutOfMemoryError',
    ]) {
      const run = ended({ exit: { code: 1, signal: null }, lastWords: ['reading', words], output: nothing });
      expect(judgeEnding(run, unlimited).ending).toBe('clean');
    }
  });

  it('is not clean if it was killed without a word, left a torn file, or hung', () => {
    const killed = ended({ exit: { code: null, signal: 'SIGKILL' }, kills: 1, output: nothing });
    expect(judgeEnding(killed, unlimited).ending).toBe('unclean');
    expect(judgeEnding(killed, unlimited).facts).toContain('the kernel ended a process of it');
    const failed = { exit: { code: 1, signal: null }, lastWords: ['MemoryError'] };
    const torn = ended({ ...failed, output: new Map([['predictions.csv', mark('half')]]) });
    expect(judgeEnding(torn, unlimited).ending).toBe('unclean');
    const hung = ended({ exit: undefined, lastWords: ['out of memory'], output: nothing });
    expect(judgeEnding(hung, unlimited).ending).toBe('unclean');
  });

  it('does not call output torn that differs from run to run, as long as it ends as it did', () => {
    const varying = { output: whole, isReproducible: false };
    expect(judgeEnding(ended({ output: new Map([['predictions.csv', mark('other')]]) }), varying).ending).toBe('whole');
    const cut = new Map([['predictions.csv', mark('other', 44)]]);
    expect(judgeEnding(ended({ output: cut }), varying).ending).toBe('silent');
  });
});

describe('the breaking limit', () => {
  it('lies between the two limits that are found, which are a tenth apart, wherever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 2e6, max: 9e9, noNaN: true }), async (truth) => {
        const found = await findBreakingLimit(async (bytes) => bytes >= truth, { fromBytes: 1e9, floorBytes: 1e6 });
        expect(found!.worksBytes).toBeGreaterThanOrEqual(truth);
        expect(found!.breaksBytes).toBeLessThan(truth);
        expect(found!.worksBytes / found!.breaksBytes!).toBeLessThanOrEqual(1.1);
      }),
    );
  });

  it('is told as unknown where nothing breaks, and as none where nothing works', async () => {
    const range = { fromBytes: 1e9, floorBytes: 1e6 };
    expect((await findBreakingLimit(async () => true, range))!.breaksBytes).toBeUndefined();
    expect(await findBreakingLimit(async () => false, range)).toBeUndefined();
  });
});

describe('a sweep', () => {
  /** Breaks below 60 MB; below 90 MB it takes half as long again. */
  const workload: PressureWorkload = {
    async run({ limit }): Promise<PressureRun> {
      const bytes = limit?.bytes ?? Number.POSITIVE_INFINITY;
      const works = bytes >= 60e6;
      return {
        ...ended(works ? {} : { exit: { code: 1, signal: null }, lastWords: ['MemoryError'], output: nothing }),
        durationMs: bytes < 90e6 ? 1500 : 1000,
        peakBytes: 200e6,
        virtualBytes: 400e6,
        heapBytes: 150e6,
      };
    },
  };
  const options = { signal: new AbortController().signal, random: createRandom(1) };

  it('finds where work breaks and how, and the largest limit at which it is slower for sure', async () => {
    const { findings, unlimited: without } = await pressureSweep(workload, { ...options, kinds: ['heap'] });
    const [heap] = findings;
    expect(without).toMatchObject({ isReproducible: true, peakBytes: 200e6, durationMs: 1000 });
    expect(heap!.worksBytes).toBeGreaterThanOrEqual(60e6);
    expect(heap!.breaksBytes).toBeLessThan(60e6);
    expect(heap!.breaks).toEqual([expect.objectContaining({ ending: 'clean' })]);
    expect(heap!.slows!.ratio).toBeCloseTo(1.5, 6);
    expect(heap!.slows!.bytes).toBeLessThan(90e6);
    expect(heap!.rungs.every(({ runs, broke }) => runs === 5 && broke === 0)).toBe(true);
  });

  it('says nothing of slowness without time for rounds, and tries no kind without time for its search', async () => {
    let asked = 0;
    const hasTimeForMs = (durationMs: number): boolean => asked++ === 0 && durationMs > 0;
    const { findings } = await pressureSweep(workload, { ...options, kinds: ['heap'], hasTimeForMs });
    expect(findings[0]!.rungs).toEqual([]);
    expect(findings[0]!.slows).toBeUndefined();
    const { notTried } = await pressureSweep(workload, { ...options, kinds: ['heap'], hasTimeForMs: () => false });
    expect(notTried).toEqual([{ kind: 'heap', reason: 'there was no time for it' }]);
  });

  it('that is aborted gives what it has found, and counts no run that was cut off', async () => {
    const ending = new AbortController();
    let runs = 0;
    const interrupted: PressureWorkload = {
      async run(request) {
        // The heap is searched; the second kind is under way.
        if (request.limit?.kind === 'address-space' && ++runs === 2) {
          ending.abort(new Error('Ctrl-C'));
          return { ...(await workload.run(request)), exit: { code: null, signal: 'SIGTERM' } };
        }
        return workload.run(request);
      },
    };
    const report = await pressureSweep(interrupted, {
      ...options,
      signal: ending.signal,
      kinds: ['heap', 'address-space'],
    });
    expect(report.findings).toMatchObject([{ kind: 'heap', rungs: [] }]);
    expect(report.findings[0]!.worksBytes).toBeLessThan(66e6);
    expect(report.notTried).toEqual([{ kind: 'address-space', reason: 'ended before it was known: Ctrl-C' }]);
    expect(report.endedEarly).toBe('Ctrl-C');
    await expect(pressureSweep(workload, { ...options, signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow(
      'gone',
    );
  });

  it('refuses a workload that fails without a limit', async () => {
    const broken: PressureWorkload = {
      run: async (request) => ({
        ...(await workload.run(request)),
        exit: { code: 2, signal: null },
        lastWords: ['no prices'],
      }),
    };
    await expect(pressureSweep(broken, options)).rejects.toThrow('code 2; its last words: no prices');
  });
});
