import { readFileSync } from 'node:fs';
import type { InferenceBatch } from '../inference.ts';
import { InputError } from '../input-error.ts';
import { createRandom } from '../random.ts';
import { reasonOf } from './target-error.ts';

/** Feature rows of a samples file. */
export interface Samples {
  readonly rows: number;
  readonly features: number;
  /** `[rows × features]`, row-major. */
  readonly values: Float64Array;
  /** From the column `stock`, where there is one. */
  readonly stocks: readonly string[] | undefined;
}

/** Columns that name a row and are no features. */
const KEY_COLUMNS = new Set(['stock', 'date']);

/**
 * Reads a samples CSV: a header, then one row per stock. Columns named `stock` and `date` are keys, all others features.
 * @throws InputError with file, line and value
 */
export function readSamples(path: string): Samples {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`samples ${path}: ${reasonOf(cause)}. Expected a CSV with a header and one row per stock.`, {
      at: path,
      cause,
    });
  }
  return parseSamples(text, path);
}

/** As `readSamples`, for text that is there already; `path` is for messages. */
export function parseSamples(text: string, path: string): Samples {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = cells(lines[0] ?? '');
  const featureColumns = header.flatMap((name, column) => (KEY_COLUMNS.has(name) ? [] : [column]));
  const stockColumn = header.indexOf('stock');
  const fail = (line: number, what: string): never => {
    throw new InputError(`samples ${path}, line ${line}: ${what}`, { at: `${path}:${line}` });
  };
  if (featureColumns.length === 0 || header.every((name) => name === '')) {
    fail(1, 'no feature columns. Expected a header with the names of the features');
  }
  if (header.every((name) => name !== '' && Number.isFinite(Number(name)))) {
    fail(1, `expected a header with names, got numbers (${header.slice(0, 3).join(', ').slice(0, 100)}, …)`);
  }
  const values: number[] = [];
  const stocks: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const row = cells(line);
    if (row.length !== header.length)
      fail(index + 1, `${row.length} values, expected ${header.length} as in the header`);
    for (const column of featureColumns) {
      const value = row[column] === '' ? Number.NaN : Number(row[column]);
      if (!Number.isFinite(value))
        fail(
          index + 1,
          `“${row[column]!.slice(0, 60)}” in column “${header[column]!.slice(0, 60)}”, expected a finite number`,
        );
      values.push(value);
    }
    if (stockColumn >= 0) stocks.push(row[stockColumn]!);
  }
  const features = featureColumns.length;
  if (values.length === 0) fail(2, 'no rows below the header');
  return {
    rows: values.length / features,
    features,
    values: Float64Array.from(values),
    stocks: stockColumn >= 0 ? stocks : undefined,
  };
}

/**
 * Rows of the samples, cycled, from a row that the seed chooses: requests of a few rows would otherwise all be the
 * same one, which a target's cache answers.
 */
export function sampledBatch(samples: Samples, rows: number, seed: number): InferenceBatch {
  const { features } = samples;
  const first = createRandom(seed, 'targets/samples').integer(samples.rows);
  const values = new Float64Array(rows * features);
  const stocks: string[] = [];
  for (let row = 0; row < rows; row++) {
    const source = (first + row) % samples.rows;
    values.set(samples.values.subarray(source * features, (source + 1) * features), row * features);
    if (samples.stocks !== undefined) stocks.push(samples.stocks[source]!);
  }
  return samples.stocks === undefined ? { rows, features, values } : { rows, features, values, stocks };
}

/** Standard normal rows from the seed. */
export function normalBatch(rows: number, features: number, seed: number): InferenceBatch {
  const random = createRandom(seed, 'targets/batch');
  return { rows, features, values: Float64Array.from({ length: rows * features }, () => random.normal()) };
}

function cells(line: string): string[] {
  return line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}
