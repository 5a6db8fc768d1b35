import type { Random } from '@preopen/core';
import { type DatasetFiles, readPrices, withPrices } from '../../data/price-table.ts';
import { priceColumns, readTable, scaled, sessionsOf, stocksOf, withCells, withTable } from '../dataset-tables.ts';
import { dayRanks, judgeEach, noneClaimed } from '../invariants.ts';
import { drawn, grown, type Trial } from '../taiwan-fault.ts';

/** Sessions at the end of a dataset in which the code belongs to the new company. */
const sessionsOfNew = 12;
/** Sessions between the last of the old company and the first of the new one. */
const sessionsBetween = 5;
/** How many times as dear the old company was: a return over both would be −80 %. */
const dearer = 5;
/** A new company whose mean place in the ranking moves by more than so much of it has the old one’s history in it. */
const mostRankShift = 0.25;

/**
 * Stocks are delisted, and the code of one goes to another company. Beside it the same market in which the old company had a code
 * of its own: what is predicted of the new one must not depend on whose code it has.
 * @param known a dataset whose universe says since when each code is listed
 */
export function reusedCode(known: DatasetFiles, intensity: number, random: Random): readonly Trial[] {
  const universe = readTable(known, 'universe');
  const table = readPrices(known);
  const sessions = sessionsOf(table);
  const codes = stocksOf(table);
  const [first, last] = [sessions.at(-sessionsOfNew), sessions.at(-sessionsOfNew - sessionsBetween - 1)];
  const struck = drawn(codes, intensity === 0 ? 0 : 1 + grown(codes.length * 0.1, intensity), random);
  const [reused, ...delisted] = struck;
  if (!universe?.columns.includes('listed') || first === undefined || last === undefined || reused === undefined)
    return [];
  const used = new Set([...codes, ...universe.rows.map((row) => row[universe.columns.indexOf('stock')]!)]);
  let number = Number(reused) || 1000;
  while (used.has(String(number))) number++;
  const oldCode = String(number);
  const [date, stock] = [table.columns.indexOf('date'), table.columns.indexOf('stock')];
  const left = new Set(delisted);
  const isOld = (row: readonly string[]): boolean => row[stock] === reused && row[date]! <= last;
  const isThere = (row: readonly string[]): boolean => {
    if (left.has(row[stock]!)) return row[date]! <= last;
    return row[stock] !== reused || row[date]! <= last || row[date]! >= first;
  };
  const rows = table.rows
    .filter(isThere)
    .map((row) => (isOld(row) ? withCells(table, row, scaled(table, row, priceColumns, dearer, 4)) : row));
  const order = (row: readonly string[]): string => `${row[date]},${row[stock]}`;
  const apart = rows
    .map((row) => (isOld(row) ? withCells(table, row, { stock: oldCode }) : row))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const listings = (isApart: boolean): string[][] =>
    universe.rows.flatMap((row) => {
      const code = row[universe.columns.indexOf('stock')]!;
      if (left.has(code)) return [withCells(universe, row, { delisted: last })];
      if (code !== reused) return [[...row]];
      const its = withCells(universe, row, { listed: first });
      return isApart ? [its, withCells(universe, row, { stock: oldCode, delisted: last })] : [its];
    });
  const dataset = (prices: readonly (readonly string[])[], isApart: boolean): DatasetFiles => {
    const halts = readTable(known, 'halts');
    const isHaltThere = (row: readonly string[]): boolean => {
      const [on, code] = [row[halts!.columns.indexOf('date')]!, row[halts!.columns.indexOf('stock')]!];
      return !(struck.includes(code) && on > last && (code !== reused || on < first));
    };
    const files = withTable(known, 'universe', {
      ...universe,
      rows: listings(isApart).sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    });
    const open = halts ? withTable(files, 'halts', { ...halts, rows: halts.rows.filter(isHaltThere) }) : files;
    return withPrices(open, { ...table, rows: prices });
  };
  const after = sessions.filter((day) => day > last);
  const later = sessions.filter((day) => day >= first);
  const dead = delisted.flatMap((code) => after.map((day) => `${day},${code}`));
  const between = after.filter((day) => day < first).map((day) => `${day},${reused}`);
  return [
    {
      title: `${delisted.length} stocks are delisted after ${last}, and the code ${reused} is another company’s from ${first} on`,
      clean: dataset(apart, true),
      faulty: dataset(rows, false),
      judge(clean, { predictions }) {
        const [expected, found] = [dayRanks(clean), dayRanks(predictions)];
        const early = later.map((day) => `${day},${reused}`).filter((key) => predictions.has(key) && !clean.has(key));
        const shifts = later
          .map((day) => [expected.get(`${day},${reused}`), found.get(`${day},${reused}`)] as const)
          .filter(([a, b]) => a !== undefined && b !== undefined)
          .map(([a, b]) => Math.abs(a! - b!));
        const mean = shifts.reduce((sum, shift) => sum + shift, 0) / Math.max(1, shifts.length);
        return [
          noneClaimed(predictions, [...dead, ...between]),
          judgeEach('codeReused', [reused], (code) => {
            if (early.length > 0)
              return `${early[0]} is predicted, and would not be if the company before had had another code`;
            return mean > mostRankShift
              ? `${code} stands ${(mean * 100).toFixed(0)} % of the ranking elsewhere than if the company before had had another code`
              : undefined;
          }),
        ];
      },
    },
  ];
}
