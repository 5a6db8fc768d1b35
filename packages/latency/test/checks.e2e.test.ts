import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Check,
  type CheckContext,
  createRandom,
  type RunningService,
  startService,
  systemClock,
} from '@preopen/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batchSizeLatency, inferenceLatency } from '../src/checks.ts';
import { operationLatency } from '../src/operations.ts';

const folder = mkdtempSync(join(tmpdir(), 'latency-checks-'));
const { signal } = new AbortController();
const kept: string[] = [];
let service: RunningService;

const run = (check: Check, change: Partial<CheckContext> = {}) =>
  check.run({
    clock: systemClock,
    signal,
    seed: 1,
    random: (purpose) => createRandom(1, purpose),
    scale: { stocks: 100, days: 1, users: 1 },
    budgetMs: 15_000,
    workDir: folder,
    keep: async (name, title, mediaType) => {
      kept.push(name);
      return { title, path: name, mediaType };
    },
    emit: () => undefined,
    service,
    undecided: () => false,
    shared: (_key, make) => make(),
    ...change,
  });

beforeAll(async () => {
  writeFileSync(
    join(folder, 'model.mjs'),
    'export default { features: 4, predict: (values, rows) => new Float64Array(rows).fill(0.5) };',
  );
  service = await startService(
    { kind: 'module', name: 'plain', module: './model.mjs', model: 'plain' },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

it('inference: percentiles, errors, stages and histograms of a service that works', async () => {
  const { measurements, series, notes, evidence } = await run(inferenceLatency());
  const of = (metric: string) => measurements.find((measurement) => measurement.metric === metric);
  expect(of('latency.inference.p95')).toMatchObject({ unit: 'ms', samples: 400 });
  expect(of('latency.inference.p50')?.value).toBeLessThanOrEqual(of('latency.inference.p95')?.value ?? 0);
  expect(of('latency.service.p95')?.value).toBeLessThanOrEqual((of('latency.inference.p95')?.value ?? 0) + 0.001);
  expect(of('errors.rate')).toMatchObject({ value: 0, samples: 400 });
  expect(series.map(({ id }) => id)).toEqual([
    'latency.percentiles',
    'latency.histogram',
    'latency.overTime',
    'latency.stages',
    'latency.stagePercentiles',
  ]);
  expect(notes.join(' ')).toContain('of the difference');
  expect(evidence.map(({ path }) => path)).toEqual(['response.hgrm', 'response.hdr.txt']);
});

it('inference: of a service that refuses, the error rate is all that is measured', async () => {
  const refusing = { ...service, model: 'no-such-model' };
  const { measurements, notMeasured } = await run(inferenceLatency(), { service: refusing });
  expect(measurements).toHaveLength(1);
  expect(measurements[0]).toMatchObject({ metric: 'errors.rate', value: 1 });
  expect(notMeasured?.map(({ metric }) => metric)).toContain('latency.inference.p95');
  expect(notMeasured?.[0]?.reason).toMatch(/HTTP 40[45]/);
});

it('batch sizes: more stocks do not take less', async () => {
  const { measurements, series } = await run(batchSizeLatency());
  expect(measurements.map(({ metric }) => metric)).toEqual(['latency.batch.fixed', 'latency.batch.perStock']);
  expect(series[0]?.columns[0]?.values).toEqual([1, 10, 50, 100]);
});

it('an operation of one’s own is measured under its own name', async () => {
  const requests = [service.codec.encode(service.batch(3, 1), service.model)];
  const { measurements } = await run(operationLatency({ name: 'signal', requests }));
  expect(measurements.find(({ metric }) => metric === 'latency.signal.p95')!.samples).toBeGreaterThanOrEqual(200);
  expect(measurements.find(({ metric }) => metric === 'errors.signal')?.value).toBe(0);
});

it('inference: a valid run has its least number of requests and its least time', async () => {
  const options = { maxRatePerSecond: 500, minSamples: 100, minDurationMs: 1500, maxLooks: 1 };
  const whole = await run(inferenceLatency(options));
  // A hundred would have come in the first fifth of a second.
  expect(whole.measurements.find(({ metric }) => metric === 'latency.inference.p50')!.samples).toBeGreaterThan(100);
  expect(whole.notes.join()).not.toContain('no valid run');
  const short = await run(inferenceLatency({ ...options, minDurationMs: 60_000 }), {
    signal: AbortSignal.timeout(1500),
  });
  expect(short.notes.join()).toContain('an indication and no valid run: that takes 100 requests and 60.0 s at least');
});
