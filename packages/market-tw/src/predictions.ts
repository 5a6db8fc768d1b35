import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { headerNames, readLineBlocks } from './csv-lines.ts';
import type { Panel } from './panel.ts';

/** What a pipeline predicted, laid over a panel. */
export interface Predictions {
  /** `[days × stocks]`; `NaN` is no prediction. */
  readonly values: Float64Array;
  /** Rows in the file. */
  readonly rows: number;
  /** Rows for a date or stock that the panel does not have. */
  readonly unknown: number;
  /** Predictions that are not finite; they count as none. */
  readonly nonFinite: number;
}

/**
 * Reads what a pipeline left in its output folder: `predictions.csv` or `predictions.parquet` with the columns date, stock,
 * prediction (or the oracle's file of the same form).
 * @throws InputError with file, line and value if it is missing, torn or malformed
 */
export async function readPredictions(dir: string, panel: Panel, name = 'predictions'): Promise<Predictions> {
  const csv = join(dir, `${name}.csv`);
  const parquet = join(dir, `${name}.parquet`);
  const collected = createCollector(panel);
  if (existsSync(csv)) await readCsv(csv, collected);
  else if (existsSync(parquet)) await readParquet(parquet, collected);
  else
    throw new InputError(`no ${name}.csv or ${name}.parquet in the output folder: the pipeline wrote no predictions.`, {
      code: 'E210',
      at: dir,
    });
  return collected.result();
}

interface Collector {
  add(date: string, stock: string, prediction: number, refuse: (problem: string) => InputError): void;
  result(): Predictions;
}

function createCollector(panel: Panel): Collector {
  const n = panel.stocks.length;
  const dayAt = new Map(panel.dates.map((date, t) => [date, t]));
  const stockAt = new Map(panel.stocks.map(({ code }, i) => [code, i]));
  const values = new Float64Array(panel.dates.length * n).fill(Number.NaN);
  const seen = new Uint8Array(values.length);
  let rows = 0;
  let unknown = 0;
  let nonFinite = 0;
  return {
    add(date, stock, prediction, refuse) {
      rows++;
      const t = dayAt.get(date);
      const i = stockAt.get(stock);
      if (t === undefined || i === undefined) {
        unknown++;
        return;
      }
      const at = t * n + i;
      if (seen[at]) throw refuse(`a second prediction for ${stock} on ${date}`);
      seen[at] = 1;
      if (Number.isFinite(prediction)) values[at] = prediction;
      else nonFinite++;
    },
    result: () => ({ values, rows, unknown, nonFinite }),
  };
}

const wanted = ['date', 'stock', 'prediction'] as const;

async function readCsv(path: string, collected: Collector): Promise<void> {
  let columns: number[] | undefined;
  let width = 0;
  for await (const { lines, firstLine } of readLineBlocks(path)) {
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!.endsWith('\r') ? lines[i]!.slice(0, -1) : lines[i]!;
      const refuse = (problem: string): InputError =>
        new InputError(`${path}:${firstLine + i}: ${problem}.`, { code: 'E211', at: `${path}:${firstLine + i}` });
      if (columns === undefined) {
        const names = headerNames(line);
        columns = wanted.map((name) => names.indexOf(name));
        width = names.length;
        if (columns.includes(-1)) throw refuse(`expected the columns ${wanted.join(', ')}, got “${line.slice(0, 80)}”`);
        continue;
      }
      if (line === '') continue;
      const cells = line.split(',');
      // The last line of a file that was cut off has fewer cells, or an empty one.
      if (cells.length !== width)
        throw refuse(`expected ${width} cells, got “${line.slice(0, 80)}”: the file may be cut off`);
      const [date, stock, text] = columns.map((column) => cells[column]!) as [string, string, string];
      const prediction = Number(text);
      const isSpecial = /^[+-]?(nan|inf(inity)?)$/i.test(text.trim());
      if (text === '' || (Number.isNaN(prediction) && !isSpecial))
        throw refuse(`expected a number as prediction, got “${text.slice(0, 60)}”`);
      collected.add(date, stock, isSpecial ? Number.NaN : prediction, refuse);
    }
  }
  if (columns === undefined) throw new InputError(`${path}: is empty.`, { code: 'E211', at: path });
}

async function readParquet(path: string, collected: Collector): Promise<void> {
  let rows: Record<string, unknown>[];
  try {
    rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), columns: [...wanted] });
  } catch (cause) {
    throw new InputError(`${path}: is not readable as Parquet: ${(cause as Error).message}. The file may be cut off.`, {
      code: 'E211',
      at: path,
      cause,
    });
  }
  rows.forEach(({ date, stock, prediction }, row) => {
    const refuse = (problem: string): InputError =>
      new InputError(`${path}: row ${row + 1}: ${problem}.`, { code: 'E211', at: path });
    const day = date instanceof Date ? date.toISOString().slice(0, 10) : date;
    if (typeof day !== 'string' || typeof stock !== 'string')
      throw refuse(`expected a date and a stock’s code as text, got ${String(date)} and ${String(stock)}`);
    if (prediction !== null && typeof prediction !== 'number')
      throw refuse(`expected a number as prediction, got ${String(prediction)}`);
    collected.add(day, stock, prediction ?? Number.NaN, refuse);
  });
}
