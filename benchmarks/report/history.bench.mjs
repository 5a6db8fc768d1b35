// What 100 runs of history cost: reading them, finding the changes and drawing the page of 40 metrics; and opening that page.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openingMs } from './opening.mjs';

const { appendHistory, historySeries, readHistory, renderHistoryPage } = await import(
  new URL('../../packages/report/dist/index.js', import.meta.url).href
);
const runs = 100;
const metrics = 40;
const times = 5;

const folder = mkdtempSync(join(tmpdir(), 'history-bench-'));
try {
  for (let run = 0; run < runs; run++)
    await appendHistory(folder, {
      id: `run-${run}`,
      startedAt: new Date(Date.UTC(2026, 0, 1) + run * 86_400_000).toISOString(),
      environmentClass: 'bench',
      suite: 'comprehensive',
      scale: { stocks: 2000, days: 252, users: 50 },
      target: { name: 'bench', digest: '' },
      dataset: null,
      tool: 'bench',
      seed: 42,
      status: 'completed',
      verdict: 'pass',
      // Noise of 2 %, and in every eighth metric a change of 15 % from run 60 on.
      metrics: Array.from({ length: metrics }, (_, k) => ({
        metric: `bench.m${k}`,
        value: 50 * (1 + (((run * 7919 + k * 104729) % 97) / 97 - 0.5) * 0.04) * (k % 8 === 0 && run >= 60 ? 1.15 : 1),
        unit: 'ms',
        low: null,
        high: null,
        spoilt: false,
      })),
    });
  const taken = [];
  let page = '';
  for (let turn = 0; turn < times; turn++) {
    const startMs = performance.now();
    const { entries, problems } = await readHistory(folder);
    page = renderHistoryPage(historySeries(entries), problems);
    taken.push(performance.now() - startMs);
  }
  const path = join(folder, 'history.html');
  writeFileSync(path, page);
  const row = (name, unit, ours, note) => ({ name, unit, better: 'lower', ours, peer: null, ratio: null, note });
  const rows = [
    row(
      `${runs} runs of ${metrics} metrics: read, searched for changes and drawn`,
      'ms',
      taken.sort((a, b) => a - b)[times >> 1],
      `median of ${times}; the first, cold, is among them`,
    ),
    row('size of that page', 'bytes', Buffer.byteLength(page)),
  ];
  const openMs = await openingMs(path, times);
  if (openMs !== undefined)
    rows.push(row('opening that page in headless Chromium, 1280 px', 'ms', openMs, 'to be below 1,000'));
  console.log(JSON.stringify({ rows }));
} finally {
  rmSync(folder, { recursive: true });
}
