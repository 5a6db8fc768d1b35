import { InputError } from '@preopen/core';
import { tradingCalendar } from '../calendar.ts';
import { isoDate } from '../date.ts';
import { createPanel, type Panel, panelFields, type Stock } from '../panel.ts';
import type { ReferencePrice } from './file-reading.ts';
import type { FileReport, QuarantinedRow } from './read-report.ts';
import { changeStates, type RowColumns, type RowTable } from './row-table.ts';

/** Where a reference price comes from, from the surest to the least. */
export const referenceSources = [
  'none', //         no close that day
  'given', //        a column `reference`
  'published', //    an exchange's table: ex-days, resumptions, or the day before's “next reference”
  'change', //       close − change
  'lastClose', //    the close before: the file has no change, or an unchanged one
  'assumed', //      the close before, though the exchange did not compare with it (or said a false 0.00)
  'first', //        the first close of a stock: nothing to compare with
] as const;
/** Where the reference price of a row comes from. */
export type ReferenceSource = (typeof referenceSources)[number];

/** A panel and where each of its cells was read. Cells are numbered as the panel's: `day × stocks + stock`. */
export interface AssembledPanel {
  readonly panel: Panel;
  /** The change that the file gives, `NaN` where none or not compared. */
  readonly changeTwd: Float64Array;
  /** Index into `referenceSources`. */
  readonly referenceSource: Uint8Array;
  /** Row of the table; −1 for cells without one. */
  readonly rowAt: Int32Array;
  readonly rows: RowColumns;
}

/** 150 million cells are 11 GB of figures; real markets since 1990 have some 20 million. */
const mostCells = 150_000_000;

/** Lays rows out as a panel. Two rows for one stock and day are an error, unless two files say the same. */
export function assemblePanel(request: {
  readonly table: RowTable;
  readonly files: readonly FileReport[];
  readonly references: readonly ReferencePrice[];
  readonly quarantine: QuarantinedRow[] | undefined;
  /** What is known of stocks; others get their code as name. */
  readonly stocks: readonly Stock[];
  /** Stocks and days that the panel must have, with rows or without. */
  readonly axes: { readonly stocks: readonly Stock[]; readonly dates: readonly number[] } | undefined;
  readonly at: string;
}): AssembledPanel {
  const { table, axes, at: place } = request;
  const rows = table.columns();
  const dayList = distinctDays(rows.day.subarray(0, table.count), axes?.dates ?? []);
  const { stocks, columnOf } = stockAxis(table, request.stocks, axes?.stocks ?? []);
  const n = stocks.length;
  if (dayList.length * n > mostCells) {
    throw new InputError(
      `${place}: ${dayList.length} days × ${n} stocks are more than ${mostCells} cells. Are its dates or codes damaged? Read it in parts.`,
      { code: 'E202', at: place },
    );
  }
  const dayAt = new Map(Array.from(dayList, (day, t) => [day, t]));
  const panel = createPanel(Array.from(dayList, isoDate), stocks);
  const cells = dayList.length * n;
  const rowAt = new Int32Array(cells).fill(-1);
  let lastDay = Number.NaN;
  let lastStart = 0;
  for (let row = 0; row < table.count; row++) {
    const day = rows.day[row]!;
    if (day !== lastDay) {
      lastDay = day;
      lastStart = dayAt.get(day)! * n;
    }
    const at = lastStart + columnOf[rows.stock[row]!]!;
    if (rowAt[at] === -1) rowAt[at] = row;
    else settleSecond(request, rows, rowAt[at]!, row);
  }
  const spread = (figure: keyof RowColumns['figures'], into: Float64Array): void => {
    const values = rows.figures[figure];
    if (values) for (let at = 0; at < cells; at++) if (rowAt[at]! >= 0) into[at] = values[rowAt[at]!]!;
  };
  for (const field of panelFields) spread(field, panel.fields[field]);
  // A price of 0 stands for “none” in crawled files and in FinMind's.
  for (const field of ['open', 'high', 'low', 'close', 'reference'] as const) {
    const values = panel.fields[field];
    for (let at = 0; at < cells; at++) if (values[at] === 0) values[at] = Number.NaN;
  }
  const changeTwd = new Float64Array(cells).fill(Number.NaN);
  spread('change', changeTwd);
  const assembled = { panel, changeTwd, referenceSource: new Uint8Array(cells), rowAt, rows };
  const published = publishedReferences(assembled, request.references, dayAt, columnOf);
  fillReferences(assembled, published);
  return assembled;
}

function distinctDays(days: Int32Array, more: readonly number[]): Int32Array {
  const distinct = new Set(more);
  let last = -1;
  for (const day of days) {
    // Files stand in order of stock or of day: one of two comparisons is saved either way.
    if (day !== last) distinct.add(day);
    last = day;
  }
  return Int32Array.from(distinct).sort();
}

/** The panel's stocks, ascending by code, and where each stock of the table stands among them. */
function stockAxis(
  table: RowTable,
  known: readonly Stock[],
  wanted: readonly Stock[],
): { stocks: Stock[]; columnOf: Int32Array } {
  const used = new Uint8Array(table.stocks.length);
  const { stock } = table.columns();
  for (let row = 0; row < table.count; row++) used[stock[row]!] = 1;
  const byCode = new Map<string, Stock>(wanted.map((one) => [one.code, one]));
  const knownByCode = new Map(known.map((one) => [one.code, one]));
  table.stocks.forEach(({ code, name, market }, i) => {
    if (!used[i] || byCode.has(code)) return;
    byCode.set(
      code,
      knownByCode.get(code) ?? {
        code,
        name: name ?? code,
        market: market ?? 'TWSE',
        sector: '',
        listed: '',
        delisted: null,
      },
    );
  });
  const stocks = [...byCode.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  const position = new Map(stocks.map(({ code }, i) => [code, i]));
  return { stocks, columnOf: Int32Array.from(table.stocks, ({ code }) => position.get(code) ?? -1) };
}

/** A second row for one stock and day: the same from another file is passed over, anything else is bad. */
function settleSecond(
  request: Parameters<typeof assemblePanel>[0],
  rows: RowColumns,
  first: number,
  second: number,
): void {
  const { files, table, quarantine } = request;
  const place = (row: number): string => `${files[rows.file[row]!]!.path}:${rows.line[row]}`;
  const isSame = Object.values(rows.figures).every((values) => Object.is(values[first], values[second]));
  const file = files[rows.file[second]!]!;
  file.kept--;
  if (isSame && rows.file[first] !== rows.file[second]) {
    file.skipped.repeatedInAnotherFile = (file.skipped.repeatedInAnotherFile ?? 0) + 1;
    return;
  }
  const what = `${table.stocks[rows.stock[second]!]!.code} has two rows on ${isoDate(rows.day[second]!)}`;
  const reason = `${what}, ${isSame ? 'the same' : 'different ones'}; the first is ${place(first)}`;
  if (!quarantine)
    throw new InputError(`${place(second)}: ${reason}. Remove one of them.`, { code: 'E203', at: place(second) });
  file.quarantined++;
  quarantine.push({ path: file.path, line: rows.line[second]!, reason, text: '' });
}

/** Reference prices that an exchange published, by cell. */
function publishedReferences(
  { panel, rowAt, rows }: AssembledPanel,
  references: readonly ReferencePrice[],
  dayAt: ReadonlyMap<number, number>,
  columnOf: Int32Array,
): Map<number, number> {
  const n = panel.stocks.length;
  const published = new Map<number, number>();
  const next = rows.figures.nextReference;
  if (next) {
    const calendar = tradingCalendar();
    for (let t = 0; t + 1 < panel.dates.length; t++) {
      const date = panel.dates[t]!;
      if (date < calendar.firstDate || calendar.nextSession(date) !== panel.dates[t + 1]) continue;
      for (let i = 0; i < n; i++) {
        const row = rowAt[t * n + i]!;
        if (row >= 0 && next[row]! > 0) published.set((t + 1) * n + i, next[row]!);
      }
    }
  }
  for (const { day, stock, priceTwd } of references) {
    const t = dayAt.get(day);
    const i = columnOf[stock]!;
    if (t !== undefined && i >= 0) published.set(t * n + i, priceTwd);
  }
  return published;
}

/** Fills `reference` where the files have no such column. */
function fillReferences(
  { panel, changeTwd, referenceSource, rowAt, rows }: AssembledPanel,
  published: ReadonlyMap<number, number>,
): void {
  const n = panel.stocks.length;
  const { close, reference } = panel.fields;
  const isGiven = rows.figures.reference !== undefined;
  const last = new Float64Array(n).fill(Number.NaN);
  const source = (name: ReferenceSource): number => referenceSources.indexOf(name);
  const [given, from, changed, lastClose, assumed, first] = (
    ['given', 'published', 'change', 'lastClose', 'assumed', 'first'] as const
  ).map(source) as [number, number, number, number, number, number];
  const hasPublished = published.size > 0;
  for (let at = 0; at < close.length; at++) {
    const price = close[at]!;
    if (isGiven) {
      if (reference[at]! > 0) referenceSource[at] = given;
      continue;
    }
    if (Number.isNaN(price)) continue;
    const i = at % n;
    const before = last[i]!;
    last[i] = price;
    const known = hasPublished ? published.get(at) : undefined;
    const moved = changeTwd[at]!;
    const byChange = Math.round((price - moved) * 100) / 100;
    if (known !== undefined) {
      reference[at] = known;
      referenceSource[at] = from;
    } else if (moved !== 0 && byChange > 0) {
      reference[at] = byChange;
      referenceSource[at] = changed;
    } else if (Number.isNaN(before)) {
      // The first day of a stock has nothing to compare with: its return counts as none.
      reference[at] = price;
      referenceSource[at] = first;
    } else {
      reference[at] = before;
      const isFalseZero = moved === 0 && before !== price;
      const isNotCompared = rows.change[rowAt[at]!] === changeStates.notCompared;
      referenceSource[at] = isNotCompared || isFalseZero ? assumed : lastClose;
    }
  }
}
