import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DatasetFiles, pricesCsv, withPrices } from '../../src/data/price-table.ts';

/** Prices of a few stocks over some days, as a dataset folder holds them. */
export function aDataset({ stocks, days }: { stocks: number; days: number }): DatasetFiles {
  const rows = Array.from({ length: days * stocks }, (_, i) => {
    const [t, k] = [Math.floor(i / stocks), i % stocks];
    const close = (100 + k * 10 + ((t * 7 + k * 3) % 5)).toFixed(1);
    return [`2025-11-${String(3 + t).padStart(2, '0')}`, String(1101 + k), close, close, close, close, '1000'];
  });
  const columns = ['date', 'stock', 'open', 'high', 'low', 'close', 'volume'];
  const empty = new Map([
    [pricesCsv, new Uint8Array()],
    ['prices.parquet', new Uint8Array()],
    ['dataset.json', Buffer.from('{"schemaVersion":1}')],
  ]);
  return withPrices(empty, { columns, rows });
}

/** Writes a dataset to a folder. */
export function writeDatasetFiles(dir: string, files: DatasetFiles): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes);
}

/**
 * A pipeline as a module: the prediction is the mean close of the stock up to the day.
 * @param check what it does with a row before it uses it; code, of `row`, `number`, `seen`
 */
export function pipelineCode(check: string): string {
  return `import { readFileSync, writeFileSync } from 'node:fs';
export function run({ inputDir, outputDir }) {
  const [, ...lines] = readFileSync(inputDir + '/prices.csv', 'utf8').split('\\n');
  if (lines.length === 0) throw new Error('prices.csv: is empty');
  const rows = [], seen = new Set();
  lines.forEach((line, i) => {
    if (line === '' && i === lines.length - 1) return;
    const row = line.split(','), number = i + 2;
    ${check}
    rows.push(row);
  });
  rows.sort((a, b) => (a[0] + a[1] < b[0] + b[1] ? -1 : 1));
  const sums = new Map();
  const out = rows.map(([date, stock, , , , close]) => {
    const sum = sums.get(stock) ?? [0, 0];
    sums.set(stock, [sum[0] + Number(close), sum[1] + 1]);
    return [date, stock, (sum[0] + Number(close)) / (sum[1] + 1)].join(',');
  });
  writeFileSync(outputDir + '/predictions.csv', 'date,stock,prediction\\n' + out.join('\\n') + '\\n');
}`;
}

/** Refuses whatever is no row of prices of its time, by file, line and value. */
export const strict = `
    const no = (why) => { throw new Error('prices.csv:' + number + ': ' + why + ': ' + line.slice(0, 60)); };
    if (row.length !== 7) no('expected 7 cells');
    if (!/^2025-11-\\d\\d$/.test(row[0])) no('expected a date of November 2025');
    if (!/^\\d{4}$/.test(row[1])) no('expected a code');
    if (!row.slice(2).every((cell) => Number.isFinite(Number(cell)) && Number(cell) > 0)) no('expected a number above 0');
    if (seen.has(row[0] + row[1])) no('a second row');
    seen.add(row[0] + row[1]);`;

/** Leaves out what `strict` refuses. */
export const leavingOut: string = `let isBad = false;
    ${strict.replace(/const no = .*;/, 'const no = () => { isBad = true; };')}
    if (isBad) return;`;
