import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** Predictions by `date,stock`, as a pipeline wrote them; `NaN` for what is no number. */
export type PredictionMap = ReadonlyMap<string, number>;

/** What a pipeline left, or why it cannot be read. */
export type PredictionsFound =
  | {
      readonly isThere: true;
      readonly predictions: PredictionMap;
      /** Rows whose date and stock an earlier row has already; the last of them is the one in the map. */
      readonly duplicates: number;
    }
  | { readonly isThere: false; readonly reason: string };

/** Two numbers that differ less than this share are the same number, summed in another order. */
const sameShare = 1e-9;

/** Whether two predictions are the same number. */
export const isSame = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= sameShare * Math.max(Math.abs(a), Math.abs(b));

const keyOf = (date: unknown, stock: unknown): string =>
  `${date instanceof Date ? date.toISOString().slice(0, 10) : String(date)},${String(stock)}`;

function fromCsv(text: string): PredictionsFound {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const columns = head.split(',').map((name) => name.trim().toLowerCase());
  const [date, stock, prediction] = ['date', 'stock', 'prediction'].map((name) => columns.indexOf(name));
  if (date! < 0 || stock! < 0 || prediction! < 0)
    return { isThere: false, reason: `predictions.csv has the columns “${head}”, expected date, stock, prediction` };
  const predictions = new Map<string, number>();
  for (const line of lines) {
    const cells = line.split(',');
    const text = cells[prediction!] ?? '';
    predictions.set(keyOf(cells[date!], cells[stock!]), text.trim() === '' ? Number.NaN : Number(text));
  }
  return { isThere: true, predictions, duplicates: lines.length - predictions.size };
}

async function fromParquet(bytes: Buffer): Promise<PredictionsFound> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const rows = await parquetReadObjects({ file, columns: ['date', 'stock', 'prediction'], compressors });
  const predictions = new Map(
    rows.map(({ date, stock, prediction }) => [
      keyOf(date, stock),
      prediction === null ? Number.NaN : Number(prediction),
    ]),
  );
  return { isThere: true, predictions, duplicates: rows.length - predictions.size };
}

/** Reads `predictions.csv` or `predictions.parquet` of an output folder. */
export async function findPredictions(dir: string): Promise<PredictionsFound> {
  const csv = join(dir, 'predictions.csv');
  if (existsSync(csv)) return fromCsv(readFileSync(csv, 'utf8'));
  const parquet = join(dir, 'predictions.parquet');
  if (!existsSync(parquet)) return { isThere: false, reason: 'there is no predictions.csv or predictions.parquet' };
  try {
    return await fromParquet(readFileSync(parquet));
  } catch (cause) {
    return { isThere: false, reason: `predictions.parquet cannot be read: ${(cause as Error).message}` };
  }
}
