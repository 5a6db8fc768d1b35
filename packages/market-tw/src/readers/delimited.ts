import { stat } from 'node:fs/promises';
import { InputError } from '@preopen/core';
import { parseDay, parseNumber } from './cell.ts';
import { columnOf, isAdjustedClose, type NamedColumn, neededColumns } from './column-names.ts';
import { cellRoom, cutCells } from './cut-cells.ts';
import type { FileReading } from './file-reading.ts';
import type { PriceFormat } from './read-report.ts';
import type { Cells } from './row-parser.ts';
import { type Layout, layoutOf } from './row-table.ts';
import { detectEncoding, readChunks, type TextEncodingName } from './source-bytes.ts';
import { stockOfFileName, titleFacts } from './title-facts.ts';

const newline = 10;
const mostLineBytes = 1 << 20;
/** Room for more rows than this grows with them: the first piece of a file may be unlike the rest. */
const mostReservedRows = 4_000_000;
/** TWSE's daily file has its indices above the prices: some 200 lines. */
const mostPreambleLines = 2000;

/** Reads a text of rows: with a header somewhere, or a crawler's without one. */
export async function readDelimited(
  reading: FileReading,
): Promise<{ format: PriceFormat; encoding: TextEncodingName }> {
  const { path } = reading;
  let rest: Uint8Array = new Uint8Array();
  let lines: LineReader | undefined;
  let encoding: TextEncodingName = 'utf-8';
  let hasReserved = false;
  for await (const chunk of readChunks(path, reading.signal)) {
    if (!lines) {
      encoding = detectEncoding(chunk.subarray(0, 1 << 16), path);
      reading.useEncoding(encoding);
      lines = createLineReader(reading);
    }
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(newline) + 1;
    lines.read(bytes, end, false);
    if (!hasReserved) {
      hasReserved = true;
      // As many rows to a byte as in the first piece. An unpacked file is larger than it lies there: the rest grows.
      const rows = (lines.line - 1) * ((await stat(path)).size / chunk.length);
      reading.table.reserve(Math.min(mostReservedRows, Math.ceil(1.01 * rows)));
    }
    rest = bytes.subarray(end);
    if (rest.length > mostLineBytes) {
      throw new InputError(`${path}:${lines.line}: a line of more than ${mostLineBytes} bytes is no row of prices.`, {
        code: 'E202',
        at: path,
      });
    }
  }
  lines ??= createLineReader(reading);
  if (rest.length > 0) lines.read(rest, rest.length, true);
  return { format: lines.finish(), encoding };
}

interface LineReader {
  /** Number of the next line. */
  readonly line: number;
  /** Reads the whole lines in `bytes[0, end)`; `isTorn`: one line without its end. */
  read(bytes: Uint8Array, end: number, isTorn: boolean): void;
  finish(): PriceFormat;
}

function createLineReader(reading: FileReading): LineReader {
  const starts = new Int32Array(cellRoom);
  const ends = new Int32Array(cellRoom);
  let layout: Layout | undefined;
  let header = '';
  let format: PriceFormat = 'csv';
  /** Remarks stand before a header, after the rows, or between the months of joined files: not among rows. */
  let pending: { line: number; text: string }[] = [];
  let hasPreamble = false;
  let preambleText = '';
  let line = 1;

  const decodeLine = (bytes: Uint8Array, start: number, end: number): string =>
    reading.context.decode(bytes.subarray(start, Math.min(end, start + 4000)));

  const takeTitle = (text: string): boolean => {
    const facts = titleFacts(text);
    if (!facts) return false;
    reading.apply(facts);
    return true;
  };

  const preamble = (cells: Cells, count: number, start: number, end: number, rest: { end: number }): void => {
    const { bytes } = cells;
    const text = decodeLine(bytes, start, end).replace(/^\uFEFF/, '');
    const texts = Array.from({ length: Math.max(0, count) }, (_, i) =>
      reading.context.decode(bytes.subarray(starts[i]!, ends[i]!)),
    );
    if (texts.at(-1) === '') texts.pop();
    const columns = texts.map(columnOf);
    const known = new Set(columns.flatMap((column) => (column ? [column.meaning] : [])));
    const prices = neededColumns.filter((name) => known.has(name)).length;
    if (prices >= 3) {
      layout = checkedLayout(columns, texts, text);
      header = text;
      format = formatOf(texts, layout, hasPreamble);
      if (hasPreamble && layout.sign >= 0) reading.apply({ market: 'TWSE' });
      if (texts.some(isAdjustedClose)) reading.report.notes.push('has an “adjusted close”: its prices may be adjusted');
      return;
    }
    if (!hasPreamble && count >= 7 && parseDay(bytes, starts[0]!, ends[0]!) >= 0) {
      layout = crawlerLayout(cells, count, start, rest.end);
      format = 'crawler-csv';
      requireStock();
      row(cells, count, start, end, false);
      return;
    }
    if (!hasPreamble && known.size >= 2) checkedLayout(columns, texts, text);
    hasPreamble = true;
    reading.skip('remark');
    preambleText += text.slice(0, 200);
    takeTitle(text);
    if (line > mostPreambleLines) {
      throw refuse(
        `no header in the first ${mostPreambleLines} lines: expected one with the columns stock, date, ${neededColumns.join(', ')}`,
      );
    }
  };

  const refuse = (problem: string): InputError =>
    new InputError(`${reading.path}:${line}: ${problem}.`, { code: 'E202', at: `${reading.path}:${line}` });

  const checkedLayout = (
    columns: readonly (NamedColumn | undefined)[],
    names: readonly string[],
    text: string,
  ): Layout => {
    const made = layoutOf(columns, names.length);
    const needed = ['stock', 'date', ...neededColumns];
    const isGiven = (name: string): boolean =>
      columns.some((column) => column?.meaning === name) ||
      (name === 'date' && reading.context.day >= 0) ||
      (name === 'stock' && (reading.context.stock >= 0 || stockOfFileName(reading.name) !== undefined));
    const missing = needed.filter((name) => !isGiven(name));
    if (missing.length > 0) {
      throw refuse(
        `expected the columns ${needed.join(', ')}; ${missing.join(', ')} not among ${text.slice(0, 200).trim()}`,
      );
    }
    if (made.stock < 0) requireStock();
    return made;
  };

  const requireStock = (): void => {
    if (reading.context.stock >= 0) return;
    const code = stockOfFileName(reading.name);
    if (code === undefined)
      throw refuse(
        'no column tells the stock, and the file’s name none or several. Name the file after it, such as 2330.csv',
      );
    reading.apply({ stock: code });
    reading.report.notes.push(`stock ${code} by the file’s name`);
  };

  /** The order of a crawler's columns, by the first rows: prices first, or as TWSE has them. */
  const crawlerLayout = (cells: Cells, count: number, start: number, end: number): Layout => {
    const order = (names: string): Layout =>
      layoutOf(
        names.split(' ').map((name) => columnOf(name)),
        count,
      );
    const { bytes } = cells;
    const isPrice = (i: number): boolean => {
      const value = parseNumber(bytes, starts[i]!, ends[i]!);
      return Number.isNaN(value) || bytes.subarray(starts[i]!, ends[i]!).includes(0x2e);
    };
    const arePrices = (from: number): boolean => [0, 1, 2, 3].every((k) => isPrice(from + k));
    for (let at = start; at < end; ) {
      const next = bytes.indexOf(newline, at);
      const lineEnd = next < 0 || next > end ? end : next;
      if (cutCells(cells, at, lineEnd) >= 7) {
        const pricesFirst = arePrices(1) && !isPrice(5);
        const asExchange = arePrices(3) && !isPrice(1);
        if (pricesFirst !== asExchange) {
          cutCells(cells, start, bytes.indexOf(newline, start) < 0 ? end : bytes.indexOf(newline, start));
          return order(
            pricesFirst
              ? 'date open high low close volume turnover change trades'
              : 'date volume turnover open high low close change trades',
          );
        }
      }
      at = lineEnd + 1;
    }
    throw refuse(
      'a file without header whose columns cannot be told apart. Give it one: date,open,high,low,close,volume',
    );
  };

  const row = (cells: Cells, count: number, start: number, end: number, isTorn: boolean): void => {
    const width = layout!.width;
    const isWhole = count === width || (count === width + 1 && ends[width]! === starts[width]!);
    const problem = isWhole
      ? reading.parser.parse(cells, layout!, reading.context, line)
      : `expected ${width} cells, got ${count < 0 ? 'a quote that is not closed' : count}`;
    if (problem !== undefined && isTorn)
      reading.settle(`${problem}: the last line has no end, the file may be cut off`, line, () =>
        decodeLine(cells.bytes, start, end),
      );
    else reading.settle(problem, line, () => decodeLine(cells.bytes, start, end));
    if (isTorn && problem === undefined)
      reading.report.notes.push('the last line has no end; its last cell may be cut off');
  };

  const settlePending = (areRemarks: boolean): void => {
    for (const { line: at, text } of pending) {
      if (areRemarks) reading.skip('remark');
      else reading.settle('a line that is no row, among rows', at, () => text);
    }
    pending = [];
  };

  const officialLine = (cells: Cells, count: number, start: number, end: number, isTorn: boolean): void => {
    const first = cells.bytes[count > 0 ? starts[0]! : cells.bytes[start] === 0x22 ? start + 1 : start]!;
    const isDigit = first >= 0x30 && first <= 0x39;
    // Rows begin with a date or a code; `"1. …",` with nothing behind is a remark, and so is a title.
    const isOneCell = count === 1 || (count === 2 && ends[1] === starts[1]);
    const looksLikeRow = isDigit ? !isOneCell || isTorn : count >= layout!.width;
    if (looksLikeRow && !isTitle(cells, count, start, end)) {
      settlePending(false);
      row(cells, count, start, end, isTorn);
    } else remark(cells, start, end);
  };

  const isTitle = (cells: Cells, count: number, start: number, end: number): boolean => {
    if (count > 1 && cells.bytes[starts[0]!]! < 0x3a) return false;
    const text = decodeLine(cells.bytes, start, end);
    return text === header || titleFacts(text) !== undefined;
  };

  /** A title or the header again begins a new month, after which rows may come; other text ends the rows. */
  const remark = (cells: Cells, start: number, end: number): void => {
    const text = decodeLine(cells.bytes, start, end);
    if (text === header || takeTitle(text)) {
      settlePending(true);
      reading.skip('remark');
    } else pending.push({ line, text: text.slice(0, 200) });
  };

  return {
    get line() {
      return line;
    },
    read(bytes, end, isTorn) {
      const cells: Cells = { bytes, starts, ends };
      let start = line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      while (start < end) {
        const next = isTorn ? end : bytes.indexOf(newline, start);
        let lineEnd = next;
        while (lineEnd > start && bytes[lineEnd - 1] === 13) lineEnd--;
        if (lineEnd > start) {
          const count = cutCells(cells, start, lineEnd);
          if (layout === undefined) preamble(cells, count, start, lineEnd, { end });
          else if (hasPreamble) officialLine(cells, count, start, lineEnd, isTorn);
          else row(cells, count, start, lineEnd, isTorn);
        }
        line++;
        start = next + 1;
      }
    },
    finish() {
      settlePending(true);
      if (layout === undefined) {
        if (reading.report.skipped.remark === undefined) throw refuse('is empty: holds no prices');
        if (/沒有符合條件|查無資料|no data/i.test(preambleText)) return 'no-data';
        throw refuse(`no header: expected the columns stock, date, ${neededColumns.join(', ')}`);
      }
      return format;
    },
  };
}

function formatOf(names: readonly string[], layout: Layout, hasPreamble: boolean): PriceFormat {
  if (names.some((name) => /^Trading_(Volume|money|turnover)$/.test(name.trim()))) return 'finmind';
  if (!hasPreamble) return 'csv';
  return layout.stock >= 0 ? 'exchange-daily' : 'twse-stock-day';
}
