import { type DatasetFiles, type PriceTable, parquetOf, withTrueDigest } from '../data/price-table.ts';

/** Columns whose texts are dates, in any file of a dataset. */
const dateColumns = ['date', 'listed', 'delisted'];

/** A table of a dataset folder as text; `undefined` where the folder has no such file. */
export function readTable(files: DatasetFiles, name: string): PriceTable | undefined {
  const bytes = files.get(`${name}.csv`);
  if (!bytes) return undefined;
  const [head = '', ...lines] = Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  return { columns: head.split(','), rows: lines.map((line) => line.split(',')) };
}

/** The folder with another table under a name, also as Parquet where it had that, and with a digest that is true of it. */
export function withTable(files: DatasetFiles, name: string, table: PriceTable): DatasetFiles {
  const changed = new Map(files);
  const text = [table.columns, ...table.rows].map((row) => row.join(',')).join('\n');
  changed.set(`${name}.csv`, Buffer.from(`${text}\n`));
  if (files.has(`${name}.parquet`)) changed.set(`${name}.parquet`, parquetOf(table));
  return withTrueDigest(changed, files);
}

/** The folder without what companies reported: its dates are of publication and follow no session. */
export function withoutFigures(files: DatasetFiles): DatasetFiles {
  const changed = new Map(files);
  changed.delete('company-figures.csv');
  return withTrueDigest(changed, files);
}

/** Sessions of the prices, ascending. */
export function sessionsOf({ columns, rows }: PriceTable): string[] {
  const at = columns.indexOf('date');
  return [...new Set(rows.map((row) => row[at]!))].sort();
}

/** Codes of the prices, ascending. */
export function stocksOf({ columns, rows }: PriceTable): string[] {
  const at = columns.indexOf('stock');
  return [...new Set(rows.map((row) => row[at]!))].sort();
}

/** `date,stock` of a row. */
export const rowKey =
  ({ columns }: PriceTable) =>
  (row: readonly string[]): string =>
    `${row[columns.indexOf('date')]},${row[columns.indexOf('stock')]}`;

/** A row with other texts in some of the columns that it has. */
export function withCells(
  { columns }: PriceTable,
  row: readonly string[],
  cells: Readonly<Record<string, string>>,
): string[] {
  const changed = [...row];
  for (const [name, text] of Object.entries(cells)) {
    const at = columns.indexOf(name);
    if (at >= 0) changed[at] = text;
  }
  return changed;
}

/** Cells of a row multiplied, empty ones left; up to `digits` digits behind the point. */
export function scaled(
  { columns }: PriceTable,
  row: readonly string[],
  names: readonly string[],
  factor: number,
  digits: number,
): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const name of names) {
    const text = row[columns.indexOf(name)];
    if (text !== undefined && text !== '') cells[name] = String(Number((Number(text) * factor).toFixed(digits)));
  }
  return cells;
}

/** Columns that hold prices. */
export const priceColumns = ['open', 'high', 'low', 'close', 'reference'] as const;

/** All dates of a dataset under other names; what the function leaves as it is stays. */
export function redated(files: DatasetFiles, nameOf: (date: string) => string): DatasetFiles {
  let changed = withoutFigures(files);
  for (const name of ['prices', 'calendar', 'halts', 'universe']) {
    const table = readTable(files, name);
    if (!table) continue;
    const places = dateColumns.map((column) => table.columns.indexOf(column)).filter((at) => at >= 0);
    const rows = table.rows.map((row) => row.map((text, at) => (places.includes(at) && text ? nameOf(text) : text)));
    changed = withTable(changed, name, { columns: table.columns, rows });
  }
  return changed;
}

/** A date some days later. */
export const laterBy = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
