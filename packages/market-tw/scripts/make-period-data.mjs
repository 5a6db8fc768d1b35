// Writes src/history/taiex-closes.ts: the index's closes through the periods of src/history/periods.ts.
// Usage: node scripts/make-period-data.mjs taiex-daily.csv > src/history/taiex-closes.ts (columns date, …, close)
import { readFileSync } from 'node:fs';

const rows = readFileSync(process.argv[2], 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(','));
const [header, ...days] = rows;
const [dateAt, closeAt] = [header.indexOf('date'), header.indexOf('close')];

const outline = readFileSync(new URL('../src/history/periods.ts', import.meta.url), 'utf8');
const periods = [...outline.matchAll(/^ {2}'([\w-]+)': \{[^}]*?from: '([\d-]+)',\s*to: '([\d-]+)'/gms)];

const out = [
  '/** The periods that are sourced. */',
  `export type PeriodId =\n${periods.map(([, id]) => `  | '${id}'`).join('\n')};\n`,
  '/** Closes of the TAIEX by period, the session before it first. Made by `scripts/make-period-data.mjs`. */',
  'export const taiexCloses: Readonly<Record<PeriodId, string>> = {',
];
for (const [, id, from, to] of periods) {
  const first = days.findIndex((day) => day[dateAt] >= from);
  const last = days.findLastIndex((day) => day[dateAt] <= to);
  const closes = days.slice(first - 1, last + 1).map((day) => Number(day[closeAt]));
  const lines = [];
  for (let k = 0; k < closes.length; k += 12) lines.push(closes.slice(k, k + 12).join(' '));
  out.push(`  '${id}':`, `${lines.map((line, k) => `    '${k > 0 ? ' ' : ''}${line}'`).join(' +\n')},`);
}
process.stdout.write(`${[...out, '};'].join('\n')}\n`);
