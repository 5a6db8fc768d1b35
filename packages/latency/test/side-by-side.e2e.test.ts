import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startService, systemClock } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureSideBySide } from '../src/side-by-side.ts';

const dir = mkdtempSync(join(tmpdir(), 'side-by-side-'));
const services: RunningService[] = [];
const signal = new AbortController().signal;

/** A service that works for some milliseconds on each request; `predict` is what it answers, per row. */
async function aService(name: string, workMs: number, predict: string, features = 2): Promise<RunningService> {
  writeFileSync(
    join(dir, `${name}.mjs`),
    `export const model = { features: ${features}, predict(values, rows) { const end = performance.now() + ${workMs}; while (performance.now() < end); return Float64Array.from({ length: rows }, (_, i) => ${predict}); } };\n`,
  );
  const service = await startService(
    { kind: 'module', module: `./${name}.mjs`, model: name, name },
    { clock: systemClock, signal, workDir: dir, configDir: dir },
  );
  services.push(service);
  return service;
}

afterAll(async () => {
  for (const service of services) await service.stop();
  rmSync(dir, { recursive: true });
});

describe('two services under the same requests', () => {
  let quick: RunningService;
  let slow: RunningService;
  const context = { clock: systemClock, signal, seed: 1, emit: () => undefined };
  beforeAll(async () => {
    quick = await aService('quick', 4, 'values[2 * i]');
    slow = await aService('slow', 16, 'i === 3 ? 99 : values[2 * i]');
  });

  it('show which takes longer, and where their answers differ', async () => {
    const found = await measureSideBySide(quick, slow, { rows: 10, pairs: 40 }, context);
    expect(found.pairs).toBe(40);
    expect(found.failures).toEqual({ a: 0, b: 0 });
    // One works four times as long as the other; the rest of a request is at most as long again on a busy machine.
    expect(found.timesMs!.p50.b / found.timesMs!.p50.a).toBeGreaterThan(1.3);
    expect(found.agreement).toMatchObject({ requests: 32, predictions: 320, identicalShare: 0.9 });
    expect(found.agreement.largest[0]).toMatchObject({ row: 3, b: 99 });
  });
  it('say what was wrong with the first request that was not answered well', async () => {
    const broken = await aService('broken', 0, 'i === 0 ? Number.NaN : 1');
    const found = await measureSideBySide(quick, broken, { rows: 2, pairs: 20 }, context);
    expect(found).toMatchObject({ pairs: 0, failures: { a: 0, b: 20 }, timesMs: undefined });
    expect(found.problems.a).toBeUndefined();
    expect(found.problems.b).toMatch(/not finite|NaN/);
  });
  it('are not measured where they take different features', async () => {
    const other = await aService('other', 1, 'i', 3);
    await expect(measureSideBySide(quick, other, { rows: 2, pairs: 20 }, context)).rejects.toThrow(
      /takes 2 features a row and “other” 3/,
    );
  });
});
