import { InputError } from '@preopen/core';
import { parseDay } from './cell.ts';
import { columnOf, neededColumns } from './column-names.ts';
import { cellRoom } from './cut-cells.ts';
import type { FileReading } from './file-reading.ts';
import type { PriceFormat } from './read-report.ts';
import type { Cells } from './row-parser.ts';
import { layoutOf } from './row-table.ts';
import { detectEncoding, readWhole, type TextEncodingName } from './source-bytes.ts';
import { titleFacts } from './title-facts.ts';

/** An exchange answers with a day or a month; 256 MiB hold some years of the whole market. */
const mostBytes = 1 << 28;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads an answer as JSON: tables of an exchange, records of FinMind or of the exchanges’ open data. */
export async function readJson(reading: FileReading): Promise<{ format: PriceFormat; encoding: TextEncodingName }> {
  const { path } = reading;
  const bytes = await readWhole(path, mostBytes, reading.signal);
  const encoding = detectEncoding(bytes, path);
  reading.useEncoding('utf-8');
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InputError(`${path}: is no whole JSON: ${(cause as Error).message}. The file may be cut off.`, {
      code: 'E201',
      at: path,
      cause,
    });
  }
  return { format: readAnswer(reading, answer), encoding };
}

function readAnswer(reading: FileReading, answer: unknown): PriceFormat {
  const refuse = (problem: string): InputError =>
    new InputError(`${reading.path}: ${problem}.`, { code: 'E202', at: reading.path });
  if (Array.isArray(answer)) {
    if (answer.length === 0) return 'no-data';
    return readRecords(reading, answer, refuse, 'open-data');
  }
  if (!isObject(answer)) throw refuse('expected an answer of TWSE, TPEx or FinMind, got a JSON value of another kind');
  if (Object.keys(answer).length === 0) return 'no-data';
  if (typeof answer.stat === 'string' && !/^ok$/i.test(answer.stat)) {
    if (/沒有符合條件|查無資料|no data/i.test(answer.stat)) return 'no-data';
    throw refuse(`the exchange answered “${answer.stat.slice(0, 100)}”`);
  }
  if (typeof answer.status === 'number' && answer.status !== 200)
    throw refuse(`the service answered ${answer.status}: “${String(answer.msg).slice(0, 100)}”`);
  if (Array.isArray(answer.data) && !Array.isArray(answer.fields)) {
    if (answer.data.length === 0) return 'no-data';
    return readRecords(reading, answer.data, refuse, 'finmind');
  }
  const tables = Array.isArray(answer.tables) ? answer.tables : Array.isArray(answer.fields) ? [answer] : undefined;
  if (!tables) {
    throw refuse(
      `expected tables (TWSE, TPEx) or records (FinMind, open data), got an object with ${Object.keys(answer).slice(0, 6).join(', ')}`,
    );
  }
  return readTables(reading, answer, tables, refuse);
}

function readTables(
  reading: FileReading,
  answer: Json,
  tables: readonly unknown[],
  refuse: (problem: string) => InputError,
): PriceFormat {
  let format: PriceFormat | undefined;
  for (const table of tables) {
    if (!isObject(table) || !Array.isArray(table.fields) || !Array.isArray(table.data)) {
      if (isObject(table) && Object.keys(table).length > 0 && table !== answer) reading.skip('otherTable');
      continue;
    }
    const names = table.fields.map(String);
    const columns = names.map(columnOf);
    const known = new Set(columns.map((column) => column?.meaning));
    const missing = neededColumns.filter((name) => !known.has(name));
    const title = `${String(table.title ?? '')} ${String(table.subtitle ?? '')}`.trim();
    if (missing.length === 0) {
      const layout = layoutOf(columns, names.length);
      reading.apply({ ...titleFacts(title), ...dayFacts(table.date ?? (layout.date < 0 ? answer.date : undefined)) });
      if (layout.sign >= 0) reading.apply({ market: 'TWSE' });
      if (layout.stock < 0 && reading.context.stock < 0)
        throw refuse(`its title names no stock: “${title.slice(0, 80)}”`);
      if (layout.date < 0 && reading.context.day < 0) throw refuse(`its title names no day: “${title.slice(0, 80)}”`);
      readRows(reading, table.data, layout);
      // An empty table says nothing of the day.
      if (table.data.length > 0) format = layout.stock < 0 ? 'twse-stock-day' : 'exchange-daily';
      else format ??= 'no-data';
    } else if (names.some((name) => referenceNames.test(name.replace(/\s/g, '')))) {
      readReferences(reading, table.data, names);
      format ??= 'exchange-reference';
    } else reading.skip('otherTable');
  }
  if (format === undefined) {
    throw refuse(
      `no table of daily prices in it: expected one with the columns ${neededColumns.join(', ')} (開盤價, 最高價 …)`,
    );
  }
  return format;
}

const dayFacts = (date: unknown): { day?: number } => {
  if (typeof date !== 'string') return {};
  const day = dayOfText(date);
  return day < 0 ? {} : { day };
};

const encoder = new TextEncoder();

function dayOfText(text: string): number {
  const bytes = encoder.encode(text.replace(/^(\d+)年(\d+)月(\d+)日$/, '$1/$2/$3'));
  return parseDay(bytes, 0, bytes.length);
}

/** Lays a row's values out as cells, so that one parser reads them all. */
function createCellWriter(): { cells: Cells; write(values: readonly unknown[]): string | undefined } {
  const bytes = new Uint8Array(1 << 16);
  const cells: Cells = { bytes, starts: new Int32Array(cellRoom), ends: new Int32Array(cellRoom) };
  return {
    cells,
    write(values) {
      if (values.length > cellRoom) return `more than ${cellRoom} cells`;
      let at = 0;
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (typeof value === 'object' && value !== null) return 'a cell that is no text and no number';
        const text = value === null || value === undefined ? '' : String(value);
        cells.starts[i] = at;
        // What is too long for the room (an explanation in HTML) is no figure.
        at += encoder.encodeInto(text, bytes.subarray(at)).written;
        cells.ends[i] = at;
      }
      return undefined;
    },
  };
}

function readRows(reading: FileReading, data: readonly unknown[], layout: ReturnType<typeof layoutOf>): void {
  const writer = createCellWriter();
  for (let i = 0; i < data.length; i++) {
    const row = data[i];
    const problem =
      !Array.isArray(row) || row.length !== layout.width
        ? `expected ${layout.width} cells, got ${Array.isArray(row) ? row.length : typeof row}`
        : (writer.write(row) ?? reading.parser.parse(writer.cells, layout, reading.context, i + 1));
    reading.settle(problem, i + 1, () => JSON.stringify(row));
  }
}

function readRecords(
  reading: FileReading,
  records: readonly unknown[],
  refuse: (problem: string) => InputError,
  format: PriceFormat,
): PriceFormat {
  const first = records[0];
  const keys = isObject(first) ? Object.keys(first) : [];
  const columns = keys.map(columnOf);
  const known = new Set(columns.map((column) => column?.meaning));
  const missing = ['stock', 'date', ...neededColumns].filter((name) => !known.has(name as 'stock'));
  if (missing.length > 0)
    throw refuse(`its records lack ${missing.join(', ')}; they have ${keys.slice(0, 20).join(', ')}`);
  if (keys.includes('SecuritiesCompanyCode')) reading.apply({ market: 'TPEx' });
  const layout = layoutOf(columns, keys.length);
  const writer = createCellWriter();
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    const problem =
      isObject(record) && keys.every((key) => key in record)
        ? (writer.write(keys.map((key) => record[key])) ??
          reading.parser.parse(writer.cells, layout, reading.context, i + 1))
        : 'a record without the fields of the first';
    reading.settle(problem, i + 1, () => JSON.stringify(record));
  }
  return format;
}

/** Columns of the exchanges’ tables that give the price from which a day's limits start, where it is not the last close. */
const referenceNames = /^(除權息參考價|恢復買賣參考價|恢復買賣開始參考價|減資恢復買賣開始日參考價格)$/;
const referenceDays = /^(資料日期|除權息日期|恢復買賣日期)$/;

/** Ex-dividend, capital-reduction and split tables. The two-decimal reference counts, not the opening base beside it. */
function readReferences(reading: FileReading, data: readonly unknown[], names: readonly string[]): void {
  const bare = names.map((name) => name.replace(/\s/g, ''));
  const date = bare.findIndex((name) => referenceDays.test(name));
  const stock = bare.findIndex((name) => columnOf(name)?.meaning === 'stock');
  const price = bare.findIndex((name) => referenceNames.test(name));
  data.forEach((row, i) => {
    const cell = (at: number): string => (Array.isArray(row) && typeof row[at] === 'string' ? row[at].trim() : '');
    const day = dayOfText(cell(date));
    const index = reading.parser.stockOf(cell(stock), undefined);
    const priceTwd = Number(cell(price).replaceAll(',', ''));
    const problem =
      day < 0
        ? `expected a date, got “${cell(date)}”`
        : typeof index === 'string'
          ? index
          : priceTwd > 0 && Number.isFinite(priceTwd)
            ? undefined
            : `expected a reference price, got “${cell(price)}”`;
    if (problem === undefined) reading.references.push({ day, stock: index as number, priceTwd });
    reading.settle(problem, i + 1, () => JSON.stringify(row));
  });
}
