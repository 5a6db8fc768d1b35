import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@preopen/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changePoints, guardedScan } from '../src/history/guarded-scan.ts';
import { type HistoryEntry, historyEntry } from '../src/history/history-entry.ts';
import { appendHistory, readHistory } from '../src/history/history-file.ts';
import { renderHistoryPage } from '../src/history/history-page.ts';
import { historySeries, sparkline } from '../src/history/history-series.ts';
import { aHostileRun, aRun, hostile } from './support/runs.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'history-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const entry = (n: number, p95 = 60, change: Partial<HistoryEntry> = {}): HistoryEntry => {
  const made = historyEntry(aRun());
  const metrics = [
    { metric: 'latency.inference.p95', value: p95, unit: 'ms' as const, low: null, high: null, spoilt: false },
  ];
  return {
    ...made,
    id: `run ${n}`,
    startedAt: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString(),
    metrics,
    ...change,
  };
};

describe('the history file', () => {
  it('gives back what was added', async () => {
    await appendHistory(dir, entry(1));
    await appendHistory(dir, entry(2));
    expect(await readHistory(dir)).toEqual({ entries: [entry(1), entry(2)], problems: [] });
    expect(await readHistory(join(dir, 'nowhere'))).toEqual({ entries: [], problems: [] });
  });

  it.each([1, 17, 400])('survives a writer that died %i bytes into its line: only that run is lost', async (bytes) => {
    await appendHistory(dir, entry(1));
    const path = join(dir, 'runs.ndjson');
    appendFileSync(path, readFileSync(path).subarray(0, bytes));
    await appendHistory(dir, entry(2));
    const { entries, problems } = await readHistory(dir);
    expect(entries.map(({ id }) => id)).toEqual(['run 1', 'run 2']);
    expect(problems).toEqual(['line 2 is torn or was changed; it is left out']);
  });

  it('names a line that was changed, and reads the others', async () => {
    for (const n of [1, 2, 3]) await appendHistory(dir, entry(n));
    const path = join(dir, 'runs.ndjson');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"run 2"', '"id":"run 9"'));
    const { entries, problems } = await readHistory(dir);
    expect(entries.map(({ id }) => id)).toEqual(['run 1', 'run 3']);
    expect(problems).toHaveLength(1);
  });

  it('keeps every line of several processes that write at the same time', async () => {
    // The writer by itself: what it does to the file is one append, as in the source.
    const writers = 4;
    const lines = 50;
    const script = `
      import { appendFile } from 'node:fs/promises';
      for (let i = 0; i < ${lines}; i++) await appendFile(process.argv[1], process.argv[2] + '\\n');`;
    await appendHistory(dir, entry(0, 60, { tool: 'x'.repeat(60_000) }));
    const path = join(dir, 'runs.ndjson');
    const line = readFileSync(path, 'utf8').trim();
    const ends = Array.from(
      { length: writers },
      () =>
        new Promise((resolve, reject) => {
          const child = spawn(process.execPath, ['--input-type=module', '-e', script, path, line]);
          child.on('error', reject);
          child.on('close', resolve);
        }),
    );
    const own = Array.from({ length: 20 }, (_, n) => appendHistory(dir, entry(n + 1)));
    expect(await Promise.all(ends)).toEqual(Array.from({ length: writers }, () => 0));
    await Promise.all(own);
    const { entries, problems } = await readHistory(dir);
    expect(problems).toEqual([]);
    expect(entries).toHaveLength(1 + 20 + writers * lines);
  }, 60_000);
});

describe('the scan for changes', () => {
  const random = createRandom(3, 'history');
  const steady = (n: number, level = 60, spread = 0.02): number[] =>
    Array.from({ length: n }, () => level * Math.exp(spread * random.normal()));

  it('finds a step of 20 %, where it is and how large', () => {
    const [hit] = changePoints([...steady(30), ...steady(12, 72)]);
    expect(hit?.at).toBeGreaterThanOrEqual(28);
    expect(hit?.at).toBeLessThanOrEqual(32);
    expect(hit?.change).toBeGreaterThan(0.15);
    expect(hit?.change).toBeLessThan(0.25);
  });
  it('finds nothing where nothing changed, and nothing below 5 %', () => {
    let suspicions = 0;
    for (let i = 0; i < 30; i++) suspicions += changePoints(steady(100)).length;
    expect(suspicions).toBeLessThanOrEqual(1);
    expect(guardedScan([...steady(30, 60, 0.001), ...steady(10, 62, 0.001)])).toBeUndefined();
  });
  it('says nothing of fewer than twelve runs', () => {
    expect(guardedScan([...steady(7), ...steady(4, 600)])).toBeUndefined();
  });
});

describe('series', () => {
  it('begin anew on another machine, suite, scale or target, and leave interrupted runs out', () => {
    const entries = [
      entry(1),
      entry(2, 60, { environmentClass: 'other' }),
      entry(3, 60, { suite: 'load' }),
      entry(4, 60, { target: { name: 'other', digest: 'd' } }),
      entry(5, 60, { status: 'interrupted' }),
      entry(6, 60, { target: { name: 'mine', digest: 'new build' } }),
    ];
    expect(historySeries(entries).map(({ points }) => points.map(({ run }) => run))).toEqual([
      ['run 1', 'run 6'],
      ['run 4'],
      ['run 3'],
      ['run 2'],
    ]);
  });
  it('show a value that was spoilt and do not use it', () => {
    const spoilt = {
      metric: 'latency.inference.p95',
      value: 600,
      unit: 'ms' as const,
      low: null,
      high: null,
      spoilt: true,
    };
    const entries = [
      ...Array.from({ length: 30 }, (_, n) => entry(n)),
      ...Array.from({ length: 10 }, (_, n) => entry(30 + n, 600, { metrics: [spoilt] })),
    ];
    const [series] = historySeries(entries);
    expect(series?.changes).toEqual([]);
    expect(sparkline(series!.points, 12)).toBe('▄▄··········');
    const page = renderHistoryPage([series!], []);
    expect(page).toContain('spoilt by other work, not used');
    expect(page).not.toContain('unsafe-inline');
  });
  it('are a page in which hostile names do no harm', () => {
    const page = renderHistoryPage(historySeries([historyEntry(aHostileRun())]), []);
    expect(page).not.toContain(hostile);
  });
});
