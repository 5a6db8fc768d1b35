import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../node-module', import.meta.url));
const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'preopen-example-'));
afterAll(() => rmSync(out, { recursive: true }));

interface Results {
  readonly checks: readonly {
    readonly id: string;
    readonly measurements: readonly { readonly metric: string; readonly value: number }[];
  }[];
}
let values = new Map<string, number>();
beforeAll(() => {
  const checks = 'latency/inference,signal/ic';
  const args = [bin, 'run', '--suite', 'smoke', '--only', checks, '--output-dir', out, '--seed', '5'];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  const { checks: done } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as Results;
  values = new Map(done.flatMap(({ measurements }) => measurements).map(({ metric, value }) => [metric, value]));
});

it('Preopen hosts the module, measures it over HTTP, and every answer is right', () => {
  expect(values.get('latency.inference.p95')).toBeGreaterThan(0);
  expect(values.get('errors.rate')).toBe(0);
});

it('the pipeline finds part of the signal that the market was made with', () => {
  expect(values.get('ic.mean')).toBeGreaterThan(0.05);
});
