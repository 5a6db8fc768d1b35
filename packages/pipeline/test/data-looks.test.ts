import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckResult, Dataset, RunEvent } from '@preopen/core';
import { dataLooks } from '@preopen/pipeline';
import { afterAll, expect, it } from 'vitest';
import { looksNotes } from '../src/signal/data-looks.ts';

const dir = mkdtempSync(join(tmpdir(), 'preopen-looks-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const ledger = join(dir, '.preopen', 'looks.ndjson');
const made: Dataset = { source: 'files', dir, stocks: 1, days: 1, digest: '', origin: '' };
const request = { dir, stocks: 1, days: 1, seed: 1, signal: new AbortController().signal };

/** Looks at data from one place on; `measures` a signal or not. */
async function run(path: string, measures: boolean): Promise<string[]> {
  const looks = dataLooks(path, ledger, () => 0);
  const dataset = await looks.counting(async () => made)(request);
  const result: CheckResult = {
    id: 'signal/ic',
    title: '',
    status: 'completed',
    startedAt: null,
    durationMs: 0,
    noise: null,
    measurements: measures ? [{ metric: 'ic.mean', value: 0.1, unit: 'ratio', samples: 9 }] : [],
    notMeasured: [],
    series: [],
    evidence: [],
    notes: [],
  };
  await looks.onEvent({ type: 'check-ended', check: 'signal/ic', result } as RunEvent);
  return looksNotes(dataset);
}

it('each run that measures a signal on some data is told to the next; a copy is the same data, others are not', async () => {
  const prices = join(dir, 'prices.csv');
  writeFileSync(prices, 'code,date\n');
  expect(await run(prices, false)).toEqual(['no earlier run from here measured an IC on these data']);
  expect(await run(prices, true)).toEqual(['no earlier run from here measured an IC on these data']);
  copyFileSync(prices, join(dir, 'copy.csv'));
  expect((await run(join(dir, 'copy.csv'), true))[0]).toContain('1 earlier run from here');
  expect((await run(prices, false))[0]).toContain('2 earlier runs from here');
  writeFileSync(prices, 'code,date\n1101,2020-03-19\n');
  expect((await run(prices, false))[0]).toContain('no earlier run');
});

it('a folder is known by all its files', async () => {
  const folder = join(dir, 'data');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.csv'), '1');
  await run(folder, true);
  expect((await run(folder, false))[0]).toContain('1 earlier run');
  writeFileSync(join(folder, 'b.csv'), '2');
  expect((await run(folder, false))[0]).toContain('no earlier run');
});

it('a line that a killed run left half written costs that line and no other', async () => {
  const prices = join(dir, 'torn.csv');
  writeFileSync(prices, 'code,date\n2330,2020-03-19\n');
  await run(prices, true);
  appendFileSync(ledger, readFileSync(ledger, 'utf8').trimEnd().split('\n').at(-1)!.slice(0, 50));
  expect(await run(prices, true)).toEqual([expect.stringContaining('1 earlier run from here')]);
  expect(await run(prices, false)).toEqual([expect.stringContaining('2 earlier runs from here')]);
});

it('of simulated markets nothing is said', () => {
  expect(looksNotes({ ...made, source: 'simulated' })).toEqual([]);
});
