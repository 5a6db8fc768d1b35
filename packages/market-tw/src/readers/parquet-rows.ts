import { InputError } from '@preopen/core';
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { signedFields } from '../panel.ts';
import { notANumber, parseDay, parseNumber } from './cell.ts';
import { columnOf, isAdjustedClose, neededColumns } from './column-names.ts';
import type { FileReading } from './file-reading.ts';

import { warrantRow } from './row-parser.ts';
import { changeStates, type FigureName, layoutOf } from './row-table.ts';
import { stockOfFileName } from './title-facts.ts';

/** Rows that are decoded at a time; a row group may be larger than the memory one wants to give it. */
const rowsAtATime = 131_072;
const encoder = new TextEncoder();

/** Reads a Parquet file column by column. */
export async function readParquet(reading: FileReading): Promise<void> {
  try {
    await readGroups(reading);
  } catch (cause) {
    if (cause instanceof InputError || reading.signal?.aborted) throw cause;
    throw new InputError(
      `${reading.path}: is not readable as Parquet: ${(cause as Error).message}. The file may be cut off.`,
      { code: 'E201', at: reading.path, cause },
    );
  }
}

async function readGroups(reading: FileReading): Promise<void> {
  const { path, signal, context, parser } = reading;
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  checkCounts(metadata, file.byteLength);
  const names = metadata.schema.slice(1).map(({ name }) => name);
  const columns = names.map(columnOf);
  const layout = layoutOf(columns, names.length);
  const needed = ['stock', 'date', ...neededColumns];
  const code = layout.stock < 0 ? stockOfFileName(reading.name) : undefined;
  if (code !== undefined) reading.apply({ stock: code });
  const missing = needed.filter(
    (name) => !columns.some((column) => column?.meaning === name) && !(name === 'stock' && reading.context.stock >= 0),
  );
  if (missing.length > 0) {
    throw new InputError(
      `${path}: expected the columns ${needed.join(', ')}; ${missing.join(', ')} not among ${names.slice(0, 30).join(', ')}.`,
      { code: 'E202', at: path },
    );
  }
  if (names.some(isAdjustedClose)) reading.report.notes.push('has an “adjusted close”: its prices may be adjusted');
  const wanted = [layout.date, layout.stock, layout.change, ...layout.figures.map(({ at }) => at)].filter(
    (at) => at >= 0,
  );
  const scan = await parquetScan({
    file,
    metadata,
    columns: [...new Set(wanted)].map((at) => names[at]!),
    compressors,
  });
  const days = new Map<unknown, number>();
  const stocks = new Map<unknown, number | string>();
  const write = reading.table.figureWriter(layout);
  for (const range of scan.ranges) {
    for (let from = range.rowStart; from < range.rowEnd; from += rowsAtATime) {
      signal?.throwIfAborted();
      const rows = { rowStart: from, rowEnd: Math.min(range.rowEnd, from + rowsAtATime) };
      const column = async (at: number): Promise<ArrayLike<unknown>> =>
        at < 0 ? [] : ((await scan.readColumn({ column: names[at]!, ...rows })) as ArrayLike<unknown>);
      const date = await column(layout.date);
      const stock = await column(layout.stock);
      const change = await column(layout.change);
      const figures: { figure: FigureName; scale: number; values: ArrayLike<unknown> }[] = [];
      for (const { figure, scale, at } of layout.figures) figures.push({ figure, scale, values: await column(at) });
      const values = new Float64Array(figures.length + 1);
      const count = rows.rowEnd - rows.rowStart;
      for (let i = 0; i < count; i++) {
        const problem = addRow(i);
        reading.settle(problem, from + i + 1, () =>
          [date[i], stock[i], ...figures.map((one) => one.values[i])].map(String).join(','),
        );
      }
      function addRow(i: number): string | undefined {
        const index =
          layout.stock < 0 ? context.stock : once(stocks, stock[i], (value) => stockOf(value, parser.stockOf));
        if (typeof index === 'string') return index;
        if (index < 0) return warrantRow;
        const day = once(days, date[i] instanceof Date ? date[i].getTime() : date[i], dayOf);
        if (day < 0) return `expected a date, got ${String(date[i])}`;
        for (let f = 0; f < figures.length; f++) {
          const { figure, scale, values: from } = figures[f]!;
          const value = numberOf(from[i]);
          if (value === notANumber) return `${figure}: expected a number, got ${String(from[i])}`;
          if (value < 0 && !signedFields.has(figure))
            return `${figure}: expected no negative number, got ${String(from[i])}`;
          values[f] = value * scale;
        }
        const moved = layout.change < 0 ? Number.NaN : numberOf(change[i]);
        const isCompared = Number.isFinite(moved);
        const compared = isCompared ? changeStates.compared : changeStates.notCompared;
        const how = layout.change < 0 ? changeStates.absent : compared;
        values[figures.length] = isCompared ? moved : Number.NaN;
        write(reading.table.add(day, index, context.file, from + i + 1, how), values);
        return undefined;
      }
    }
  }
}

/** A damaged footer may speak of more rows than the file can hold; a decoder that believes it would run for hours. */
function checkCounts(metadata: { num_rows: bigint; row_groups: { num_rows: bigint }[] }, bytes: number): void {
  const rows = Number(metadata.num_rows);
  // Runs compress well, but no page of daily prices packs a thousand rows into a byte.
  if (!(rows >= 0 && rows <= bytes * 1000)) throw new Error(`${rows} rows in ${bytes} bytes`);
  const sum = metadata.row_groups.reduce((total, group) => total + Number(group.num_rows), 0);
  if (sum !== rows) throw new Error(`its row groups hold ${sum} rows, its footer says ${rows}`);
}

function once<T>(known: Map<unknown, T>, value: unknown, make: (value: unknown) => T): T {
  let made = known.get(value);
  if (made === undefined) {
    made = make(value);
    known.set(value, made);
  }
  return made;
}

function dayOf(value: unknown): number {
  // Dates come as milliseconds at midnight UTC.
  if (typeof value === 'number' && Math.abs(value) > 1e9) return value % 86_400_000 === 0 ? value / 86_400_000 : -1;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return -1;
  const bytes = encoder.encode(String(value).slice(0, 60));
  return parseDay(bytes, 0, bytes.length);
}

function stockOf(value: unknown, read: (code: string, market: undefined) => number | string): number | string {
  if (typeof value === 'string') return read(value.trim(), undefined);
  const code = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
  // 0050 stored as a number is 50, and 00878 is 878: such a column has lost what tells them apart.
  return code >= 1000 && code <= 9999
    ? read(String(code), undefined)
    : `expected a stock’s code as text, got ${String(value)}`;
}

function numberOf(value: unknown): number {
  if (typeof value === 'number')
    return value === Number.NEGATIVE_INFINITY ? notANumber : value || (Number.isNaN(value) ? value : 0);
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return notANumber;
  const bytes = encoder.encode(value.slice(0, 60));
  return parseNumber(bytes, 0, bytes.length);
}
