// What the report of a comprehensive run costs: time to build it, its size, time to open it. Of the run whose results.json is
// named, or else of a document with 27 charts, 6 of them with 2,000 points and 21 with 600 points of two columns.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
// biome-ignore lint/correctness/useImportExtensions: JavaScript, so that scripts run it as it is
import { plainCheck, plainResults } from '../../packages/report/scripts/plain-results.mjs';
import { openingMs } from './opening.mjs';

const report = new URL('../../packages/report/', import.meta.url);
const builds = 5;

const wave = (rows, k) =>
  Array.from({ length: rows }, (_, row) => 5 + Math.sin(row / 9 + k) + ((row * 7919 + k * 104729) % 97) / 50);
const series = (k) => {
  const rows = k < 6 ? 2000 : 600;
  return {
    id: `bench.series${k}`,
    title: `Series ${k}`,
    columns: [
      { name: 'since start', unit: 's', values: Array.from({ length: rows }, (_, row) => row / 10) },
      { name: 'first', unit: 'ms', values: wave(rows, k) },
      { name: 'second', unit: 'ms', values: wave(rows, k + 40) },
    ],
  };
};
const families = ['latency', 'load', 'memory', 'signal', 'taiwan', 'failover', 'scale', 'pit', 'mine'];
const synthetic = plainResults({
  checks: families.map((family, k) =>
    plainCheck({
      id: `${family}/bench`,
      title: `Check of ${family}`,
      measurements: Array.from({ length: 8 }, (_, m) => ({
        metric: `${family}.bench.m${m}`,
        value: m,
        unit: 'ms',
        samples: 100,
      })),
      series: [series(3 * k), series(3 * k + 1), series(3 * k + 2)],
    }),
  ),
});

const given = process.argv[2];
const results = given === undefined ? synthetic : JSON.parse(readFileSync(given, 'utf8'));
const charts = results.checks.flatMap((check) => check.series).length;
const folder = mkdtempSync(join(tmpdir(), 'report-bench-'));
try {
  const resultsPath = join(folder, 'results.json');
  const pagePath = join(folder, 'report.html');
  writeFileSync(resultsPath, JSON.stringify(results));
  // A process of its own each time: a run draws its report once, cold.
  const script = `
    const { readFileSync, writeFileSync } = await import('node:fs');
    const startMs = performance.now();
    const { renderReport } = await import(${JSON.stringify(new URL('dist/index.js', report).href)});
    const loadedMs = performance.now();
    // Open ends of intervals are null in a file, and infinite once it is read.
    const { parseResults } = await import(${JSON.stringify(new URL('../core/dist/index.js', report).href)});
    const results = await parseResults(readFileSync(${JSON.stringify(resultsPath)}, 'utf8'), 'results.json');
    const parsedMs = performance.now();
    const page = renderReport(results);
    const endMs = performance.now();
    writeFileSync(${JSON.stringify(pagePath)}, page);
    console.log(JSON.stringify({ loadMs: loadedMs - startMs, buildMs: endMs - parsedMs, bytes: Buffer.byteLength(page) }));
  `;
  const runs = Array.from({ length: builds }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[builds >> 1];
  const row = (name, unit, ours, note) => ({ name, unit, better: 'lower', ours, peer: null, ratio: null, note });
  const gzipped = gzipSync(readFileSync(pagePath)).length;
  const rows = [
    row(
      `build of the report, cold, ${charts} series`,
      'ms',
      median('buildMs'),
      `median of ${builds} processes; to be below 3,000`,
    ),
    row('loading of the package', 'ms', median('loadMs'), `median of ${builds} processes`),
    row('size of the report', 'bytes', runs[0].bytes, 'to be below 2,000,000'),
    row('size of the report, gzip', 'bytes', gzipped),
  ];
  const openMs = await openingMs(pagePath, builds);
  if (openMs !== undefined) rows.push(row('opening in headless Chromium, 1280 px', 'ms', openMs, 'to be below 1,000'));
  console.log(JSON.stringify({ rows }));
} finally {
  rmSync(folder, { recursive: true });
}
