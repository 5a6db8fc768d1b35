import type { Random } from '@preopen/core';
import {
  columnAt,
  type DatasetFiles,
  type PriceTable,
  pricesCsv,
  pricesParquet,
  readPrices,
  withPrices,
} from './price-table.ts';

/** What a fault made of a dataset, and what a pipeline could make of that. */
export interface FaultyDataset {
  readonly files: DatasetFiles;
  /** Where it is broken, for people. */
  readonly where: string;
  /** Words of which a message that helps holds at least one: files, stocks, dates, values. */
  readonly subjects: readonly string[];
  /** The same data without the rows that are wrong: whoever leaves them out predicts what this gives. */
  readonly withoutWrongRows?: DatasetFiles;
}

/** Something wrong with data, as sources deliver it. */
export interface DatasetFault {
  /** As it stands in metric names. */
  readonly id: string;
  readonly title: string;
  /** What a good pipeline does. */
  readonly expected: string;
  /** Pure: same files, same stream, same fault. */
  damage(files: DatasetFiles, random: Random): FaultyDataset;
}

/** Share of the rows, or of their stocks, that a fault strikes. */
const struckShare = 0.02;

const inPrices = [pricesCsv, pricesParquet] as const;

function damageFiles(
  files: DatasetFiles,
  damage: (bytes: Uint8Array) => Uint8Array | undefined,
): Map<string, Uint8Array> {
  const changed = new Map(files);
  for (const name of inPrices) {
    const bytes = files.get(name);
    if (!bytes) continue;
    const after = damage(bytes);
    if (after) changed.set(name, after);
    else changed.delete(name);
  }
  return changed;
}

const filesFault = (
  fault: Omit<DatasetFault, 'damage' | 'expected'>,
  damage: (bytes: Uint8Array, random: Random) => Uint8Array | undefined,
): DatasetFault => ({
  ...fault,
  expected: 'refuses: ends with another code than 0, and says which file is wrong',
  damage: (files, random) => ({
    files: damageFiles(files, (bytes) => damage(bytes, random)),
    where: 'the files of the prices',
    subjects: [...inPrices],
  }),
});

/** Different rows from the second half, where predictions are made, in their order. */
function struckRows({ rows }: PriceTable, random: Random): number[] {
  const half = Math.floor(rows.length / 2);
  const wanted = Math.min(rows.length - half, Math.max(3, Math.round(rows.length * struckShare)));
  const struck = new Set<number>();
  while (struck.size < wanted) struck.add(half + random.integer(rows.length - half));
  return [...struck].sort((a, b) => a - b);
}

/** A fault that changes single rows; they can be left out. */
function rowsFault(
  fault: Omit<DatasetFault, 'damage'>,
  change: (row: readonly string[], table: PriceTable, random: Random) => readonly (readonly string[])[],
  /** What is still there of a struck row for who leaves out what is wrong; nothing, unless said otherwise. */
  keep: 'nothing' | 'the first' = 'nothing',
): DatasetFault {
  return {
    ...fault,
    damage(files, random) {
      const table = readPrices(files);
      const struck = new Set(struckRows(table, random));
      const changed = table.rows.flatMap((row, i) => (struck.has(i) ? change(row, table, random) : [row]));
      const kept = keep === 'nothing' ? table.rows.filter((_row, i) => !struck.has(i)) : table.rows;
      const [date, stock] = [columnAt(table, 'date'), columnAt(table, 'stock')];
      const rows = [...struck].map((i) => table.rows[i]!);
      const right = new Set(table.rows.flat());
      const wrongValues = changed.flat().filter((text) => text.length > 1 && !right.has(text));
      return {
        files: withPrices(files, { ...table, rows: changed }),
        where: `${struck.size} of ${table.rows.length} rows of the prices, the first that of ${rows[0]![stock]} on ${rows[0]![date]}`,
        subjects: [...new Set([...inPrices, ...rows.flatMap((row) => [row[date]!, row[stock]!]), ...wrongValues])],
        withoutWrongRows: withPrices(files, { ...table, rows: kept }),
      };
    },
  };
}

/** The row with other texts in some columns, those that it has. */
function withCells(row: readonly string[], table: PriceTable, cells: Readonly<Record<string, string>>): string[] {
  const changed = [...row];
  for (const [name, text] of Object.entries(cells)) {
    const at = columnAt(table, name);
    if (at >= 0) changed[at] = text;
  }
  return changed;
}

const allPrices = (text: string): Record<string, string> => ({ open: text, high: text, low: text, close: text });
const refusesOrLeavesOut = 'refuses, or leaves the rows out, or says that it met them';

/** `2025-04-07` as the year of the Republic of China: `114-04-07`, or `114/04/07`. */
export function rocDate(iso: string, separator = '/'): string {
  const [year, month, day] = iso.split('-');
  return [Number(year) - 1911, month, day].join(separator);
}

/** UTF-8 that was read as Latin-1 and written as UTF-8 again. */
export const mojibake = (text: string): string =>
  Buffer.from(Buffer.from(text, 'utf8').toString('latin1'), 'utf8').toString();

/** Everything that is done to datasets. */
export const datasetFaults: readonly DatasetFault[] = [
  filesFault({ id: 'missing-prices', title: 'the prices are missing' }, () => undefined),
  filesFault({ id: 'empty-prices', title: 'the prices are an empty file' }, () => new Uint8Array(0)),
  filesFault(
    { id: 'truncated-prices', title: 'the prices are cut off, as by a download that broke' },
    (bytes, random) =>
      // Inside a row: at its end nothing of the file would tell.
      bytes.subarray(0, cutInsideRow(bytes, Math.floor(bytes.length * (0.4 + 0.4 * random.uniform())))),
  ),
  filesFault(
    { id: 'corrupted-prices', title: 'a block of the prices holds other bytes, as from a bad disk' },
    (bytes, random) => {
      const changed = Uint8Array.from(bytes);
      const length = Math.min(512, Math.floor(bytes.length / 4));
      const from = Math.floor(bytes.length / 2);
      for (let i = from; i < from + length; i++) changed[i] = random.integer(256);
      return changed;
    },
  ),
  rowsFault({ id: 'wrong-types', title: 'prices are words', expected: refusesOrLeavesOut }, (row, table, random) => [
    withCells(row, table, allPrices(['--', 'N/A', '除息', '１２．５'][random.integer(4)]!)),
  ]),
  rowsFault(
    { id: 'infinite-prices', title: 'prices are infinite', expected: refusesOrLeavesOut },
    (row, table, random) => [withCells(row, table, allPrices(random.uniform() < 0.5 ? 'Infinity' : '-Infinity'))],
  ),
  rowsFault({ id: 'negative-prices', title: 'prices are negative', expected: refusesOrLeavesOut }, (row, table) => [
    withCells(
      row,
      table,
      Object.fromEntries(Object.keys(allPrices('')).map((name) => [name, `-${row[columnAt(table, name)] || '1'}`])),
    ),
  ]),
  rowsFault(
    { id: 'duplicated-rows', title: 'rows come twice', expected: 'refuses, or predicts as if they came once' },
    (row) => [row, row],
    'the first',
  ),
  rowsFault(
    {
      id: 'contradicting-rows',
      title: 'rows come twice, with different prices',
      expected: 'refuses, or predicts as without the second ones, or says that it met them',
    },
    (row, table) => [
      row,
      withCells(
        row,
        table,
        Object.fromEntries(
          Object.keys(allPrices('')).map((name) => [name, String(Number(row[columnAt(table, name)] || '1') * 2)]),
        ),
      ),
    ],
    'the first',
  ),
  {
    id: 'out-of-order-rows',
    title: 'rows come in another order',
    expected: 'refuses, or predicts as if they were in order',
    damage(files, random) {
      const table = readPrices(files);
      return {
        files: withPrices(files, { ...table, rows: random.shuffle([...table.rows]) }),
        where: `all ${table.rows.length} rows of the prices`,
        subjects: [pricesCsv, pricesParquet, 'order', 'sorted'],
      };
    },
  },
  rowsFault({ id: 'time-travel', title: 'rows are of a day to come', expected: refusesOrLeavesOut }, (row, table) => {
    const at = columnAt(table, 'date');
    return [withCells(row, table, { date: row[at]!.replace(/^\d{4}/, (year) => String(Number(year) + 10)) })];
  }),
  rowsFault(
    {
      id: 'roc-dates',
      title: 'dates are of the Republic of China’s calendar',
      expected: 'refuses, or reads them as they are meant, or leaves them out',
    },
    (row, table) => [withCells(row, table, { date: rocDate(row[columnAt(table, 'date')]!) })],
  ),
  rowsFault({ id: 'mojibake', title: 'codes of stocks are garbled', expected: refusesOrLeavesOut }, (row, table) => [
    withCells(row, table, { stock: mojibake(`台${row[columnAt(table, 'stock')]}`) }),
  ]),
];

/** The nearest place before one that lies inside a line of text: two bytes behind the line's start at least. */
function cutInsideRow(bytes: Uint8Array, at: number): number {
  let cut = at;
  while (cut > 3 && (bytes[cut - 1] === 10 || bytes[cut - 2] === 10)) cut--;
  return cut;
}
