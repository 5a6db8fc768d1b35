import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Check } from '../src/check.ts';
import { parseRequirement } from '../src/requirement-parser.ts';
import { readResults } from '../src/results-file.ts';
import type { RunEvent } from '../src/run-events.ts';
import { type RunRequest, runSuite } from '../src/runner.ts';
import { aCheck, anOutcome } from './support/check-builders.ts';
import { aNoiseReading } from './support/results-builders.ts';
import { aDataset, aService, openerOf } from './support/target-fakes.ts';

const root = mkdtempSync(join(tmpdir(), 'core-runner-'));
afterAll(() => rmSync(root, { recursive: true }));
let runs = 0;

const aRequest = (checks: readonly Check[], change: Partial<RunRequest> = {}): RunRequest => ({
  suite: {
    name: 'test',
    checks,
    requirements: [parseRequirement('latency.inference.p95 < 100 ms')],
    scale: { stocks: 10, days: 20, users: 1 },
  },
  target: { name: 'mine', service: { kind: 'url', url: 'http://127.0.0.1:1', model: 'm' } },
  configDir: root,
  runId: 'run',
  seed: 42,
  seedGiven: false,
  outputDir: join(root, `run-${runs++}`),
  tool: { name: 'preopen', version: '0.0.0' },
  signal: new AbortController().signal,
  opener: openerOf(aService()),
  startNoiseProbe: () => ({ stop: async () => aNoiseReading() }),
  ...change,
});

const p95 = (valueMs: number) =>
  anOutcome({ measurements: [{ metric: 'latency.inference.p95', value: valueMs, unit: 'ms', samples: 500 }] });
const latency = (change: Partial<Check> = {}): Check =>
  aCheck({
    id: 'latency/inference',
    metrics: ['latency.inference.p95'],
    exclusive: ['cpu'],
    run: async () => p95(61),
    ...change,
  });

describe('runSuite', () => {
  it('measures, judges and saves, and tells what it does', async () => {
    const request = aRequest([latency()]);
    const run = runSuite(request);
    const types: string[] = [];
    for await (const event of run) types.push(event.type);
    const results = await run.result;
    expect(results.verdict).toBe('pass');
    expect(types).toEqual(['run-started', 'check-started', 'check-ended', 'run-ended']);
    expect(await readResults(join(request.outputDir, 'results.json'))).toEqual(results);
    expect(readdirSync(request.outputDir).toSorted()).toEqual(['evidence', 'results.json']);
  });

  it('goes on after a check that fails, and says why it failed', async () => {
    const broken = aCheck({
      id: 'a/broken',
      metrics: ['a.b'],
      run: () => Promise.reject(new Error('the pipeline ended with code 1')),
    });
    const results = await runSuite(aRequest([broken, latency()])).result;
    expect(results.checks.map((check) => check.status)).toEqual(['failed', 'completed']);
    expect(results.checks[0]?.reason).toBe('the pipeline ended with code 1');
    expect(results.verdict).toBe('pass');
  });

  it('fails a check whose measurements no document may hold, by name, and what others measured can be read', async () => {
    const certain = { low: 0.5, high: 0.75, confidence: 1, method: 'bisection' };
    const backwards = { low: 2, high: 1, confidence: 0.95, method: 'typo' };
    const broken = [{ interval: certain }, { interval: backwards }, { value: Number.NaN }].map((change, i) =>
      aCheck({
        id: `a/broken-${i}`,
        metrics: ['a.b'],
        run: async () =>
          anOutcome({ measurements: [{ metric: 'a.b', value: 1, unit: 'ratio', samples: 1, ...change }] }),
      }),
    );
    const request = aRequest([...broken, latency()]);
    const results = await runSuite(request).result;
    expect(results.checks.map((check) => check.reason ?? check.status)).toEqual([
      expect.stringContaining('the interval of a.b has a confidence of 1: expected one between 0 and 1'),
      expect.stringContaining('the interval of a.b is 2 to 1'),
      expect.stringContaining('a.b is NaN: expected a finite number'),
      'completed',
    ]);
    expect(await readResults(join(request.outputDir, 'results.json'))).toEqual(results);
  });

  it('skips what the target cannot give, with the reason', async () => {
    const results = await runSuite(
      aRequest([
        aCheck({ id: 'a/pipeline', needs: ['pipeline'] }),
        aCheck({ id: 'a/process', needs: ['service-process'] }),
      ]),
    ).result;
    expect(results.checks.map((check) => check.status)).toEqual(['skipped', 'skipped']);
    expect(results.checks[0]?.reason).toContain('has no pipeline');
    expect(results.checks[1]?.reason).toContain('given by URL');
    expect(results.verdict).toBe('not-measured');
  });

  it('ends a check that takes too long', async () => {
    const stuck = aCheck({
      id: 'a/stuck',
      timeoutMs: () => 20,
      run: (context) =>
        new Promise((_resolve, reject) =>
          context.signal.addEventListener('abort', () => reject(context.signal.reason)),
        ),
    });
    const results = await runSuite(aRequest([stuck])).result;
    expect(results.checks[0]).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('took longer than its limit'),
    });
  });

  it('saves what was measured when it is interrupted, and marks the rest', async () => {
    const user = new AbortController();
    const interrupting = aCheck({
      id: 'a/interrupted',
      run: async (context) => {
        user.abort(new Error('interrupted'));
        context.signal.throwIfAborted();
        return anOutcome();
      },
    });
    const request = aRequest([latency(), interrupting, aCheck({ id: 'a/after' })], {
      signal: user.signal,
      parallel: 1,
    });
    const results = await runSuite(request).result;
    expect(results.run.status).toBe('interrupted');
    expect(results.checks.map((check) => check.status)).toEqual(['completed', 'failed', 'skipped']);
    expect(results.checks[2]?.reason).toContain('interrupted');
    expect(await readResults(join(request.outputDir, 'results.json'))).toEqual(results);
  });

  it('measures once more when other work disturbed a timed check, and is inconclusive if it did again', async () => {
    let attempts = 0;
    const check = latency({ run: async () => p95(120 + ++attempts) });
    const noisy = () => ({ stop: async () => aNoiseReading({ contaminated: true, reason: 'foreign CPU 38 %' }) });
    const results = await runSuite(aRequest([check], { startNoiseProbe: noisy })).result;
    expect(attempts).toBe(2);
    expect(results.requirements[0]).toMatchObject({ verdict: 'inconclusive', reason: 'foreign CPU 38 %' });
    const quietAtLast = () => ({
      stop: async () => aNoiseReading({ contaminated: attempts < 4, reason: 'foreign CPU 38 %' }),
    });
    const second = await runSuite(aRequest([check], { startNoiseProbe: quietAtLast })).result;
    expect(second.requirements[0]?.verdict).toBe('fail');
    expect(second.checks[0]?.notes.join()).toContain('measured twice');
  });

  it('counts processes that a check says work for it as ours', async () => {
    let own = (): readonly number[] => [];
    const watching = (options: { ownPids: () => readonly number[] }) => {
      own = options.ownPids;
      return { stop: async () => aNoiseReading() };
    };
    const before: (readonly number[])[] = [];
    const check = latency({
      run: async ({ claimProcesses }) => {
        before.push(own());
        claimProcesses?.([4711, 4712]);
        return p95(61);
      },
    });
    await runSuite(aRequest([check], { startNoiseProbe: watching })).result;
    expect(own()).toEqual(expect.arrayContaining([4711, 4712]));
    expect(before[0]).not.toContain(4711);
  });

  it('does not measure again what passes although other work disturbed it', async () => {
    let attempts = 0;
    const check = latency({ run: async () => p95(60 + ++attempts) });
    const noisy = () => ({ stop: async () => aNoiseReading({ contaminated: true, reason: 'foreign CPU 38 %' }) });
    const results = await runSuite(aRequest([check], { startNoiseProbe: noisy })).result;
    expect(attempts).toBe(1);
    expect(results.requirements[0]).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('although foreign CPU 38 %'),
    });
  });

  it('starts and stops the service for each check, and tells of its death', async () => {
    const service = aService({ dies: true });
    const opener = openerOf(service);
    const request = aRequest([latency({ needs: ['service'] }), latency({ id: 'latency/second', needs: ['service'] })], {
      target: {
        name: 'mine',
        service: { kind: 'command', command: ['x'], readyUrl: 'http://127.0.0.1:1', model: 'm' },
      },
      opener,
    });
    const run = runSuite(request);
    const died: RunEvent[] = [];
    for await (const event of run) if (event.type === 'target-died') died.push(event);
    expect(opener.started).toBe(2);
    expect(service.stopped).toBe(2);
    expect(died).toHaveLength(2);
    expect((await run.result).checks[0]?.notes.join()).toContain('was ended by SIGKILL');
  });

  it('does not wait again for a service that could not be started', async () => {
    const opener = openerOf(new Error('not ready after 30 s'));
    const results = await runSuite(
      aRequest([latency({ needs: ['service'] }), latency({ id: 'latency/second', needs: ['service'] })], { opener }),
    ).result;
    expect(opener.started).toBe(1);
    expect(results.checks.map((check) => check.status)).toEqual(['failed', 'skipped']);
    expect(results.checks[0]?.reason).toBe('not ready after 30 s');
  });

  it('makes the market data once, and shared work once', async () => {
    let datasets = 0;
    let pipelines = 0;
    const check = (id: string) =>
      aCheck({
        id,
        needs: ['dataset'],
        run: async (context) => {
          expect(await context.shared('pipeline-run', async () => ++pipelines)).toBe(1);
          expect(context.dataset?.stocks).toBe(10);
          return anOutcome();
        },
      });
    const source = aDataset(() => datasets++);
    const results = await runSuite(aRequest([check('a/1'), check('a/2')], { dataset: { source, simulated: true } }))
      .result;
    expect(results.checks.map((one) => one.status)).toEqual(['completed', 'completed']);
    expect([datasets, pipelines]).toEqual([1, 1]);
    expect(results.dataset).toMatchObject({ source: 'simulated', stocks: 10 });
  });

  it('tells a check whether a requirement is still undecided', async () => {
    const answers: boolean[] = [];
    const check = latency({
      run: async (context) => {
        const at = (low: number, high: number) => ({
          ...p95(90).measurements[0]!,
          interval: { low, high, confidence: 0.95, method: 'test' },
        });
        answers.push(context.undecided([at(80, 110)]), context.undecided([at(80, 95)]));
        return p95(90);
      },
    });
    await runSuite(aRequest([check])).result;
    expect(answers).toEqual([true, false]);
  });

  it('keeps evidence inside of its folder and refuses other names', async () => {
    const check = aCheck({
      run: async (context) => {
        await expect(context.keep('../evil', 'x', 'text/plain', 'x')).rejects.toThrow('may hold letters');
        return anOutcome({ evidence: [await context.keep('a.hgrm', 'Histogram', 'text/plain', 'x')] });
      },
    });
    const request = aRequest([check]);
    const results = await runSuite(request).result;
    const path = results.checks[0]?.evidence[0]?.path ?? '';
    expect(readFileSync(join(request.outputDir, path), 'utf8')).toBe('x');
  });

  it('refuses an output folder that cannot be written, before anything is started', async () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    const request = aRequest([latency()], { outputDir: join(file, 'results') });
    await expect(runSuite(request).result).rejects.toThrow(
      /cannot write to the output folder[\s\S]*Nothing was started/,
    );
  });
});
