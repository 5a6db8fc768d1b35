import { type Market, signedFields } from '../panel.ts';
import { notANumber, parseDay, parseNumber } from './cell.ts';
import { changeStates, type FigureWriter, type Layout, type RowTable } from './row-table.ts';
import { securityKind } from './security-kind.ts';

/** A row cut into cells: `bytes[starts[i], ends[i])`. */
export interface Cells {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** What rows of a file have in common. */
export interface RowContext {
  readonly file: number;
  /** The exchange whose file this is. */
  market: Market | undefined;
  /** The security that a title or the file's name tells; its index, or −1. */
  stock: number;
  /** The day that a title tells, or −1. */
  day: number;
  readonly decode: (bytes: Uint8Array) => string;
}

/** Reads one row into the table. */
export interface RowParser {
  /** @returns `undefined` if the row was kept, `warrant` if it was passed over, else what is wrong with it */
  parse(cells: Cells, layout: Layout, context: RowContext, line: number): string | undefined;
  /** Index of a security by the code in its cell; a text says what is wrong with it. */
  stockOf(code: string, market: Market | undefined): number | string;
}

/** The word with which the parser says that it passed over a warrant. */
export const warrantRow = 'warrant';
const warrantIndex = -2;

const ascii = new TextDecoder('latin1');

/** Codes end in these at data vendors, who tell the exchange by them. */
const suffixMarkets: Readonly<Record<string, Market>> = { TW: 'TWSE', TWO: 'TPEx' };

/** A parser of rows. Warrants, which are most of an exchange's daily file, are passed over unless wanted. */
export function createRowParser(table: RowTable, options: { readonly keepsWarrants: boolean }): RowParser {
  const byKey = new Map<number, number>();
  const marketOf = new Map<number, Market | undefined>();
  let figures = new Float64Array(16);
  let writer: { layout: Layout; write: FigureWriter } | undefined;
  let lastKey = -1;
  let lastStock = -1;
  let lastMarket: Market | undefined;

  const writerFor = (layout: Layout): FigureWriter => {
    if (writer?.layout !== layout) writer = { layout, write: table.figureWriter(layout) };
    return writer.write;
  };

  const stockOf: RowParser['stockOf'] = (given, market) => {
    const match = /^([0-9A-Za-z]{1,12})(?:\.(TW|TWO))?$/.exec(given);
    if (!match) {
      return given === ''
        ? 'the stock’s code is empty'
        : `expected a stock’s code of letters and digits, got “${given.slice(0, 20)}”`;
    }
    const code = match[1]!;
    if (!options.keepsWarrants && securityKind(code) === 'warrant') return warrantIndex;
    return table.stockIndex(code, match[2] === undefined ? market : suffixMarkets[match[2]]);
  };

  /** Most codes have at most six characters: they fit into one number, and no text is made of them. */
  const stockAt = (cells: Cells, at: number, context: RowContext): number | string => {
    const { bytes } = cells;
    let start = cells.starts[at]!;
    let end = cells.ends[at]!;
    while (start < end && bytes[start]! <= 0x20) start++;
    while (end > start && bytes[end - 1]! <= 0x20) end--;
    if (end - start > 6) return stockOf(ascii.decode(bytes.subarray(start, Math.min(end, start + 40))), context.market);
    let key = 0;
    for (let i = start; i < end; i++) key = key * 256 + bytes[i]!;
    // Files in order of stock name the same one on row after row.
    if (key === lastKey && context.market === lastMarket) return lastStock;
    const known = byKey.get(key);
    const isKnown = known !== undefined && (known === warrantIndex || marketOf.get(known) === context.market);
    const index = isKnown ? known : stockOf(ascii.decode(bytes.subarray(start, end)), context.market);
    if (typeof index === 'string') return index;
    if (!isKnown) {
      byKey.set(key, index);
      marketOf.set(index, context.market);
    }
    lastKey = key;
    lastStock = index;
    lastMarket = context.market;
    return index;
  };

  const text = (cells: Cells, at: number): string =>
    ascii.decode(cells.bytes.subarray(cells.starts[at]!, Math.min(cells.ends[at]!, cells.starts[at]! + 40)));

  return {
    stockOf,
    parse(cells, layout, context, line) {
      const { bytes, starts, ends } = cells;
      const stock = layout.stock < 0 ? context.stock : stockAt(cells, layout.stock, context);
      if (stock === warrantIndex) return warrantRow;
      if (typeof stock === 'string') return stock;
      const day = layout.date < 0 ? context.day : parseDay(bytes, starts[layout.date]!, ends[layout.date]!);
      if (day < 0) return `expected a date such as 2020-03-19 or 109/03/19, got “${text(cells, layout.date)}”`;
      if (figures.length <= layout.figures.length) figures = new Float64Array(layout.figures.length + 1);
      for (let f = 0; f < layout.figures.length; f++) {
        const { figure, at, scale } = layout.figures[f]!;
        const value = parseNumber(bytes, starts[at]!, ends[at]!);
        if (value === notANumber) return `${figure}: expected a number, got “${text(cells, at)}”`;
        if (value < 0 && !signedFields.has(figure))
          return `${figure}: expected no negative number, got “${text(cells, at)}”`;
        figures[f] = value * scale;
      }
      const change = layout.change < 0 ? Number.NaN : changeOf(cells, layout, context);
      if (change === notANumber) return `change: expected a number, got “${text(cells, layout.change)}”`;
      const compared = Number.isNaN(change) ? changeStates.notCompared : changeStates.compared;
      const row = table.add(day, stock, context.file, line, layout.change < 0 ? changeStates.absent : compared);
      figures[layout.figures.length] = change;
      writerFor(layout)(row, figures);
      if (layout.name >= 0 && table.stocks[stock]!.name === undefined) {
        const name = context.decode(bytes.subarray(starts[layout.name]!, ends[layout.name]!)).trim();
        if (name !== '') table.nameStock(stock, name);
      }
      return undefined;
    },
  };
}

/**
 * The change against the day before; `NaN` where the exchange did not compare. `X0.00` marks that in official files, the
 * words 除權, 除息, 除權息 in TPEx's, and `+######` is a cell too narrow for its number in crawled ones. TWSE's daily file
 * gives the sign in a cell of its own, as HTML.
 */
function changeOf(cells: Cells, layout: Layout, context: RowContext): number {
  const { bytes, starts, ends } = cells;
  const start = starts[layout.change]!;
  const end = ends[layout.change]!;
  const direction = layout.sign < 0 ? '' : textOfHtml(bytes, starts[layout.sign]!, ends[layout.sign]!);
  if (direction === 'X') return Number.NaN;
  const value = parseNumber(bytes, start, end);
  if (value !== notANumber) return direction === '-' ? -value || 0 : value;
  const first = ascii.decode(bytes.subarray(start, Math.min(end, start + 40))).trim();
  if (/^X[\d.]*$/.test(first) || /^[+-]?#+$/.test(first)) return Number.NaN;
  return context.decode(bytes.subarray(start, end)).trim().startsWith('除') ? Number.NaN : notANumber;
}

const textOfHtml = (bytes: Uint8Array, start: number, end: number): string =>
  ascii
    .decode(bytes.subarray(start, Math.min(end, start + 200)))
    .replace(/<[^>]*>/g, '')
    .trim();
