import { readFile } from 'node:fs/promises';
import { InputError } from '@preopen/core';

/** Features of a market on one day, by stock code: what a service needs to be asked by code alone. */
export interface FeatureTable {
  /** Session whose evening the features are of. */
  readonly date: string;
  readonly names: readonly string[];
  readonly codes: readonly string[];
  /** `[codes × names]`, row-major; `NaN` is no value. */
  readonly values: Float64Array;
}

/** The table as CSV: `date,stock`, then a column for each feature; empty where there is no value. */
export function featureTableCsv({ date, names, codes, values }: FeatureTable): string {
  const lines = codes.map((code, i) => {
    const row = values.subarray(i * names.length, (i + 1) * names.length);
    return [date, code, ...Array.from(row, (value) => (Number.isNaN(value) ? '' : String(value)))].join(',');
  });
  return `${[['date', 'stock', ...names].join(','), ...lines].join('\n')}\n`;
}

/**
 * Reads a table for a model: the rows of the file's last date, its columns in the order of the model's features. Columns that
 * the file does not have are `NaN` throughout, and other columns are passed over.
 * @param features names that the model takes
 * @throws InputError with file, line and value for what is no such file, or has none of the features
 */
export async function readFeatureTable(path: string, features: readonly string[]): Promise<FeatureTable> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new InputError(`cannot read the features ${path}: ${cause.message}`, { code: 'E108', at: path, cause });
  });
  const [header = '', ...lines] = text.split(/\r?\n/);
  const refuse = (k: number, expected: string, got: string): InputError => {
    const at = `${path}:${k + 2}`;
    return new InputError(`${at}: expected ${expected}, got “${got.slice(0, 80)}”.`, { code: 'E202', at });
  };
  const columns = header.split(',');
  const places = features.map((name) => columns.indexOf(name, 2));
  if (columns[0] !== 'date' || columns[1] !== 'stock' || places.every((place) => place < 0))
    throw refuse(-1, 'a header date,stock and the features that the model takes', header);
  const width = features.length;
  const last = lines.reduce((latest, line) => (line.slice(0, 10) > latest ? line.slice(0, 10) : latest), '');
  const rows = new Map<string, Float64Array>();
  lines.forEach((line, k) => {
    if (line === '') return;
    const cells = line.split(',');
    const [date = '', code = ''] = cells;
    if (!isDay(date)) throw refuse(k, 'a day such as 2026-08-20', date);
    if (cells.length !== columns.length || code === '') throw refuse(k, `${columns.length} cells with a stock`, line);
    if (date !== last) return;
    if (rows.has(code)) throw refuse(k, `one row of ${code} on ${date}`, line);
    const row = Float64Array.from(places, (place) =>
      place < 0 || cells[place] === '' ? Number.NaN : Number(cells[place]),
    );
    const wrong = places.find((place, f) => place >= 0 && cells[place] !== '' && !Number.isFinite(row[f]!));
    if (wrong !== undefined) throw refuse(k, `a number or nothing as ${columns[wrong]}`, cells[wrong]!);
    rows.set(code, row);
  });
  if (rows.size === 0) throw refuse(0, 'a row for each stock', '');
  const values = new Float64Array(rows.size * width);
  [...rows.values()].forEach((row, i) => {
    values.set(row, i * width);
  });
  return { date: last, names: features, codes: [...rows.keys()], values };
}

/** Whether a text is a day in ISO form. */
export function isDay(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
