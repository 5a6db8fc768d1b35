import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CheckOutcome, createRandom, type ServiceConfig, startService, systemClock } from '@preopen/core';
import { afterAll, describe, expect, it } from 'vitest';
import { inferenceProfile } from '../src/profile/check.ts';

const folder = mkdtempSync(join(tmpdir(), 'latency-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One call in 50 takes a way that is some hundred times as long. */
const plantedTail = `
let calls = 0;
function usualWay() { let word = 1; for (let i = 0; i < 3e5; i++) word = (Math.imul(word, 1664525) + 1) | 0; return word; }
function rareWay() { let word = 1; for (let i = 0; i < 3e7; i++) word = (Math.imul(word, 22695477) + 1) | 0; return word; }
export default {
  features: 2,
  predict(values, rows) {
    return new Float64Array(rows).fill(++calls % 50 === 0 ? rareWay() : usualWay());
  },
};`;

/** Has its whole heap collected with each request, and tells how long that took by its own clock. */
const plantedGarbage = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const kept = Array.from({ length: 100000 }, (_, i) => ({ i }));
let collectMs = 0;
export default {
  features: 2,
  predict(values, rows) {
    const startMs = performance.now();
    collect();
    collectMs = performance.now() - startMs;
    return new Float64Array(rows).fill(kept.length);
  },
  stages: () => ({ collect: collectMs }),
};`;

type Found = CheckOutcome & { readonly kept: ReadonlyMap<string, string>; value(metric: string): number };

async function run(config: ServiceConfig): Promise<Found> {
  const { signal } = new AbortController();
  const kept = new Map<string, string>();
  const service = await startService(
    { ...config, name: 'profiled' },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
  try {
    const outcome = await inferenceProfile({ requests: 300, maxRatePerSecond: 50 }).run({
      clock: systemClock,
      signal,
      seed: 1,
      random: (purpose) => createRandom(1, purpose),
      scale: { stocks: 10, days: 1, users: 1 },
      budgetMs: 15_000,
      workDir: folder,
      keep: async (name, title, mediaType, content) => {
        kept.set(name, String(content));
        return { title, path: name, mediaType };
      },
      emit: () => undefined,
      service,
      undecided: () => false,
      shared: (_key, make) => make(),
    });
    const value = (name: string): number =>
      outcome.measurements.find(({ metric }) => metric === name)?.value ?? Number.NaN;
    return { ...outcome, kept, value };
  } finally {
    await service.stop();
  }
}

function module(name: string, source: string): ServiceConfig {
  writeFileSync(join(folder, `${name}.mjs`), source);
  return { kind: 'module', module: `./${name}.mjs`, model: name };
}

/** A row of a table, by its first column. */
function row({ series }: CheckOutcome, table: string, name: RegExp): Readonly<Record<string, number>> {
  const columns = series.find(({ id }) => id === table)!.columns;
  const at = columns[0]!.values.findIndex((value) => name.test(String(value)));
  return Object.fromEntries(columns.slice(1).map((column) => [column.name, Number(column.values[at])]));
}

const starved = 'the machine left V8’s sampler without a processor: the check says so itself, and names nobody';
const unsampled = (found: CheckOutcome, column: string): number =>
  row(found, 'latency.functions', /^\(not sampled\)$/)[column]!;

describe('latency/profile', { timeout: 120_000 }, () => {
  it('names the function that one request in fifty goes through', async ({ skip }) => {
    const found = await run(module('tail', plantedTail));
    skip(unsampled(found, 'share of the tail') > 0.2, starved);
    expect(found.notes[0]).toMatch(/“rareWay \(tail\.mjs:\d+\)” makes \d+ % of the difference/);
    expect(row(found, 'latency.functions', /^rareWay /)['share of the tail']).toBeGreaterThan(0.5);
    expect(row(found, 'latency.functions', /^rareWay /)['in the middle']).toBeLessThan(0.1);
    expect(found.value('latency.gc.share')).toBeLessThan(0.1);
    expect(found.value('latency.eventLoop.utilisation')).toBeLessThan(0.9);
    expect(found.evidence.map(({ path }) => path)).toEqual(['service.cpuprofile']);
    expect(JSON.parse(found.kept.get('service.cpuprofile')!)).toMatchObject({ startTime: expect.any(Number) });
  });

  it('shows garbage collection as the service itself times it', async ({ skip }) => {
    const found = await run(module('garbage', plantedGarbage));
    expect(found.value('latency.gc.share')).toBeGreaterThan(0.4);
    skip(unsampled(found, 'in the middle') > 1, starved);
    const profiled = row(found, 'latency.functions', /^\(garbage collector\)$/)['in the middle']!;
    const timed = row(found, 'latency.stages', /^collect$/)['in the middle']!;
    expect(profiled / timed).toBeGreaterThan(0.5);
    expect(profiled / timed).toBeLessThan(1.5);
    expect(found.notes[0]).toContain('In the middle most goes to “(garbage collector)”');
  });

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)('measures nothing of what is not Node', async () => {
    const serve = fileURLToPath(new URL('support/serve.py', import.meta.url));
    const found = await run({
      kind: 'command',
      command: ['python3', serve, '{port}'],
      readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
      model: 'model',
    });
    expect(found.measurements).toEqual([]);
    expect(found.notMeasured?.map(({ metric }) => metric)).toEqual([
      'latency.eventLoop.utilisation',
      'latency.eventLoop.delay.p99',
      'latency.gc.share',
    ]);
    expect(found.notMeasured?.[0]?.reason).toContain('no Node process');
  });
});
