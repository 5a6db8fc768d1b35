import { InputError } from '@preopen/core';
import { headerNames, readLineBlocks } from './csv-lines.ts';
import { createPanel, type Panel, type PanelField, panelFields, type Stock } from './panel.ts';

/** Other names under which price files give a column. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  stock: ['stock', 'code', 'symbol', 'stock_id'],
  date: ['date', 'Date'],
  open: ['open'],
  high: ['high', 'max'],
  low: ['low', 'min'],
  close: ['close'],
  reference: ['reference'],
  volume: ['volume', 'Trading_Volume'],
  turnoverTwd: ['turnoverTwd', 'turnover', 'value', 'Trading_money'],
  trades: ['trades', 'Trading_turnover'],
  foreignNetBuy: ['foreignNetBuy'],
  change: ['change', 'spread'],
};

interface Layout {
  readonly width: number;
  readonly stock: number;
  readonly date: number;
  readonly change: number;
  readonly fields: readonly (readonly [PanelField, number])[];
}

function layoutOf(header: string, path: string): Layout {
  const names = headerNames(header);
  const find = (name: string): number => names.findIndex((given) => synonyms[name]!.includes(given));
  const needed = ['stock', 'date', 'open', 'high', 'low', 'close', 'volume'];
  const missing = needed.filter((name) => find(name) < 0);
  if (missing.length > 0) {
    throw new InputError(
      `${path}:1: expected the columns ${needed.join(', ')}; ${missing.join(', ')} not among ${names.join(', ')}.`,
      { code: 'E202', at: path },
    );
  }
  return {
    width: names.length,
    stock: find('stock'),
    date: find('date'),
    change: find('change'),
    fields: panelFields.map((name) => [name, find(name)] as const).filter(([, at]) => at >= 0),
  };
}

/** Growing columns of one pass over a file. */
interface Columns {
  readonly stock: number[];
  readonly date: number[];
  readonly change: number[];
  readonly values: Record<string, number[]>;
}

/** Texts as small numbers, in order of appearance. */
function createDictionary(): { code(text: string): number; readonly texts: string[] } {
  const codes = new Map<string, number>();
  const texts: string[] = [];
  return {
    texts,
    code(text) {
      let code = codes.get(text);
      if (code === undefined) {
        code = texts.length;
        codes.set(text, code);
        texts.push(text);
      }
      return code;
    },
  };
}

/** Positions of texts in their sorted order. */
function sortedPositions(texts: readonly string[]): { sorted: string[]; position: Int32Array } {
  const sorted = [...texts].sort();
  const at = new Map(sorted.map((text, i) => [text, i]));
  return { sorted, position: Int32Array.from(texts, (text) => at.get(text)!) };
}

/**
 * Reads a CSV of daily prices (header; one row per stock and day, in any order; `.gz` too) into a panel.
 *
 * An empty cell or `--` is no value. Where the file has no `reference`, it is close − change if `change` is given and not
 * zero (official files write 0.00 where they did not compare), else the stock's last close.
 * @param stocks what is known of the stocks; others get their code as name
 * @throws InputError with file, line and value for anything else: nothing is dropped silently
 */
export async function readPriceCsv(
  path: string,
  options: { stocks?: readonly Stock[]; signal?: AbortSignal } = {},
): Promise<Panel> {
  const codes = createDictionary();
  const days = createDictionary();
  const columns: Columns = { stock: [], date: [], change: [], values: {} };
  let layout: Layout | undefined;
  for await (const { lines, firstLine } of readLineBlocks(path, options.signal)) {
    for (let i = 0; i < lines.length; i++) {
      let line = lines[i]!;
      if (line.endsWith('\r')) line = line.slice(0, -1);
      if (layout === undefined) {
        layout = layoutOf(line, path);
        for (const [name] of layout.fields) columns.values[name] = [];
        continue;
      }
      if (line === '') continue;
      readRow(
        line,
        layout,
        columns,
        codes,
        days,
        (problem) =>
          new InputError(`${path}:${firstLine + i}: ${problem}`, { code: 'E202', at: `${path}:${firstLine + i}` }),
      );
    }
  }
  if (layout === undefined || columns.stock.length === 0)
    throw new InputError(`${path}: holds no prices.`, { code: 'E202', at: path });
  return assemble(path, columns, layout, codes.texts, days.texts, options.stocks);
}

function readRow(
  line: string,
  layout: Layout,
  columns: Columns,
  codes: { code(text: string): number },
  days: { code(text: string): number; readonly texts: string[] },
  refuse: (problem: string) => InputError,
): void {
  const cells = line.split(',');
  if (cells.length !== layout.width)
    throw refuse(`expected ${layout.width} cells, got ${cells.length}: “${line.slice(0, 80)}”`);
  const date = cells[layout.date]!;
  const known = days.texts.length;
  const dateCode = days.code(date);
  if (days.texts.length > known && !/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw refuse(`expected a date as YYYY-MM-DD, got “${date}”`);
  const code = cells[layout.stock]!;
  if (code === '') throw refuse('the stock’s code is empty');
  const read = (at: number, name: string): number => {
    const text = cells[at]!;
    if (text === '' || text === '--') return Number.NaN;
    const value = Number(text);
    if (!Number.isFinite(value)) throw refuse(`${name}: expected a number, got “${text}”`);
    return value;
  };
  for (const [name, at] of layout.fields) {
    const value = read(at, name);
    if (value < 0 && name !== 'foreignNetBuy') throw refuse(`${name}: expected no negative number, got “${cells[at]}”`);
    columns.values[name]!.push(value);
  }
  // `X` marks a day without comparison in official files, `+######` a cell too narrow for its number in crawled ones.
  const isCompared = layout.change >= 0 && !/^(X.*|[+-]?#+)$/.test(cells[layout.change]!.trim());
  columns.change.push(isCompared ? read(layout.change, 'change') : 0);
  columns.stock.push(codes.code(code));
  columns.date.push(dateCode);
}

function assemble(
  path: string,
  columns: Columns,
  layout: Layout,
  codes: string[],
  days: string[],
  known: readonly Stock[] = [],
): Panel {
  const { sorted: dates, position: dayAt } = sortedPositions(days);
  const { sorted: sortedCodes, position: stockAt } = sortedPositions(codes);
  const stockOf = new Map(known.map((stock) => [stock.code, stock]));
  const stocks = sortedCodes.map(
    (code): Stock => stockOf.get(code) ?? { code, name: code, market: 'TWSE', sector: '', listed: '', delisted: null },
  );
  const panel = createPanel(dates, stocks);
  const n = stocks.length;
  const change = new Float64Array(dates.length * n).fill(Number.NaN);
  const seen = new Uint8Array(dates.length * n);
  for (let row = 0; row < columns.stock.length; row++) {
    const at = dayAt[columns.date[row]!]! * n + stockAt[columns.stock[row]!]!;
    if (seen[at]) {
      throw new InputError(
        `${path}: ${codes[columns.stock[row]!]} has two rows on ${days[columns.date[row]!]}. Remove one of them.`,
        { code: 'E203', at: path },
      );
    }
    seen[at] = 1;
    for (const [name] of layout.fields) panel.fields[name][at] = columns.values[name]![row]!;
    change[at] = columns.change[row]!;
  }
  // A price of 0 stands for “none” in crawled files.
  for (const field of ['open', 'high', 'low', 'close', 'reference'] as const) {
    const values = panel.fields[field];
    for (let at = 0; at < values.length; at++) if (values[at] === 0) values[at] = Number.NaN;
  }
  if (!layout.fields.some(([name]) => name === 'reference')) fillReference(panel, change);
  return panel;
}

function fillReference(panel: Panel, change: Float64Array): void {
  const n = panel.stocks.length;
  const { close, reference } = panel.fields;
  const last = new Float64Array(n).fill(Number.NaN);
  for (let at = 0; at < close.length; at++) {
    const i = at % n;
    if (Number.isNaN(close[at]!)) continue;
    const moved = change[at]!;
    const given = Math.round((close[at]! - moved) * 100) / 100;
    // The first day of a stock has nothing to compare with: its return counts as none.
    reference[at] = moved !== 0 && given > 0 ? given : Number.isNaN(last[i]!) ? close[at]! : last[i]!;
    last[i] = close[at]!;
  }
}
