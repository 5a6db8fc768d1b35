import { type DatasetFiles, type PriceTable, readPrices, withPrices } from '../../data/price-table.ts';
import {
  priceColumns,
  readTable,
  rowKey,
  scaled,
  sessionsOf,
  stocksOf,
  withCells,
  withTable,
} from '../dataset-tables.ts';
import { judgeEach, noneMissing, noneUntied } from '../invariants.ts';
import { type DatasetTaiwanFault, drawn, grown, type Trial } from '../taiwan-fault.ts';

/** How many stocks get a twin. */
const twins = 5;

/** Rows of some sessions that closed down by nine of a hundred or more against their reference: at the limit or next to it. */
function lockedKeys(table: PriceTable): Set<string> {
  const [reference, close] = [table.columns.indexOf('reference'), table.columns.indexOf('close')];
  const key = rowKey(table);
  return new Set(
    table.rows.filter((row) => Number(row[close]) <= Number(row[reference]) * 0.91 && row[reference] !== '').map(key),
  );
}

/** Puts a second security beside some, with the same data in every file and the next free code. */
function withTwins(files: DatasetFiles, codes: readonly string[]): { files: DatasetFiles; pairs: Map<string, string> } {
  const table = readPrices(files);
  const universe = readTable(files, 'universe');
  const used = new Set([...stocksOf(table), ...(universe?.rows.map((row) => row[0]!) ?? [])]);
  const pairs = new Map<string, string>();
  for (const code of codes) {
    let number = Number(code) || 1000;
    while (used.has(String(number))) number++;
    used.add(String(number));
    pairs.set(code, String(number));
  }
  let changed = files;
  for (const name of ['prices', 'universe', 'halts', 'company-figures']) {
    const found = readTable(files, name);
    if (!found) continue;
    const [stock, date] = [found.columns.indexOf('stock'), found.columns.indexOf('date')];
    const rows = found.rows.flatMap((row) => {
      const twin = pairs.get(row[stock]!);
      return twin === undefined ? [row] : [row, withCells(found, row, { stock: twin })];
    });
    const order = (row: readonly string[]): string => `${row[date] ?? ''},${row[stock]}`;
    rows.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
    changed = withTable(changed, name, { columns: found.columns, rows });
  }
  return { files: changed, pairs };
}

/** TW-06 */
export const limitDownCascade: DatasetTaiwanFault = {
  id: 'tw-06',
  title: 'The market opens locked limit-down',
  story:
    'On 2025-04-07, 1,702 stocks were locked limit-down from the open: no bids, hardly any turnover, most of the cross-section with one and the same return. Some of the locked stocks have a twin with the same data, so that ties can be seen.',
  intensity: 'severity of the cascade: how far the market falls, and so how many stocks lock',
  dataset: {
    judges: ['missing', 'tied'],
    async trials({ simulate, intensity, random }) {
      const clean = await simulate('limit-down-cascade', 0);
      if (intensity === 0) return [{ title: 'a calm market', clean, faulty: clean, judge: () => [] }];
      const stressed = await simulate('limit-down-cascade', intensity);
      const table = readPrices(stressed);
      const locked = lockedKeys(table);
      const lockedCodes = [...new Set([...locked].map((key) => key.split(',')[1]!))];
      const candidates = lockedCodes.length >= twins ? lockedCodes : stocksOf(table);
      const { files, pairs } = withTwins(stressed, drawn(candidates.toSorted(), twins, random));
      const trades = new Set(table.rows.map(rowKey(table)));
      const keys = [...trades].filter((key) => pairs.has(key.split(',')[1]!));
      return [
        {
          title: `${locked.size} stock-days at the lower limit`,
          clean,
          faulty: files,
          judge: (before, { predictions }) => [
            noneMissing(before, predictions, (key) => trades.has(key)),
            noneUntied(
              predictions,
              keys.map((key) => {
                const [date, code] = key.split(',');
                return [key, `${date},${pairs.get(code!)}`] as const;
              }),
            ),
          ],
        },
      ];
    },
  },
};

/** TW-07 */
export const secondDay: DatasetTaiwanFault = {
  id: 'tw-07',
  title: 'Locked again on the second day',
  story:
    'On 2025-04-08, 770 stocks were locked limit-down again, from the new reference price. In the second trial the source forgot to roll the reference: −10 % twice reads as −19 % in a day, which no limit allows.',
  intensity: 'severity of the cascade, and share of the locked stocks whose reference was not rolled',
  dataset: {
    judges: ['missing', 'handled'],
    async trials({ simulate, intensity, random }) {
      const clean = await simulate('limit-down-cascade', 0);
      if (intensity === 0) return [{ title: 'a calm market', clean, faulty: clean, judge: () => [] }];
      const stressed = await simulate('limit-down-cascade', intensity);
      const table = readPrices(stressed);
      const key = rowKey(table);
      const locked = lockedKeys(table);
      const trades = new Set(table.rows.map(key));
      const sessions = sessionsOf(table);
      const again = [...locked].filter((at) => {
        const [date, code] = at.split(',');
        return locked.has(`${sessions[sessions.indexOf(date!) - 1]},${code}`);
      });
      const trials: Trial[] = [
        {
          title: `${again.length} stock-days at the lower limit for the second day running`,
          clean,
          faulty: stressed,
          judge: (before, { predictions }) => [
            noneMissing(before, predictions, (at) => trades.has(at) && (again.length === 0 || locked.has(at))),
          ],
        },
      ];
      const [reference, close] = [table.columns.indexOf('reference'), table.columns.indexOf('close')];
      const referenceOf = new Map(table.rows.map((row) => [key(row), row[reference]!]));
      // Where few lock for two days, any that fell hard stands for them.
      const fallen = new Set(drawn([...(again.length > 0 ? again : locked)].toSorted(), grown(20, intensity), random));
      const rows = table.rows.map((row) => {
        if (!fallen.has(key(row))) return row;
        const [date, code] = key(row).split(',');
        const old = referenceOf.get(`${sessions[sessions.indexOf(date!) - 1]},${code}`);
        return old ? withCells(table, row, { reference: old }) : row;
      });
      const stale = rows.filter(
        (row, i) => row !== table.rows[i] && Number(row[close]) < Number(row[reference]) * 0.89,
      );
      if (reference >= 0 && stale.length > 0) {
        trials.push({
          title: `the reference of ${stale.length} stock-days is that of the day before`,
          clean: stressed,
          faulty: withPrices(stressed, { ...table, rows }),
          wrongData: {
            where: `references, the first that of ${key(stale[0]!).replace(',', ' for ')}`,
            subjects: ['reference', 'limit', ...stale.map((row) => row[table.columns.indexOf('stock')]!)],
          },
          judge: () => [],
        });
      }
      return trials;
    },
  },
};

/** Above this, price × 35 in ten-thousandths of a dollar leaves 32 bits; the dearest stocks have traded above it. */
const overflowTwd = 6136;

/** TW-08 */
export const interruptionStorm: DatasetTaiwanFault = {
  id: 'tw-08',
  title: 'A storm of interruptions, and the highest prices',
  story:
    'On 2017-01-09 some twenty stocks were interrupted within an hour because a price of theirs times 3.5 % left 32 bits. In a dataset: the sessions of such a storm, and some stocks at more than NT$10,000, tick, limits and volume to match.',
  intensity: 'severity of the storm, and share of stocks at the highest prices, up to 10 %',
  dataset: {
    judges: ['missing'],
    async trials({ simulate, intensity, random }) {
      const clean = await simulate('interruption-storm', 0);
      if (intensity === 0) return [{ title: 'a calm market', clean, faulty: clean, judge: () => [] }];
      const files = await simulate('interruption-storm', intensity);
      const table = readPrices(files);
      const codes = stocksOf(table);
      const dear = new Set(drawn(codes, grown(codes.length * 0.1, intensity), random));
      const [stock, close] = [table.columns.indexOf('stock'), table.columns.indexOf('close')];
      const lowest = new Map<string, number>();
      for (const row of table.rows) {
        const price = Number(row[close]);
        if (price > 0) lowest.set(row[stock]!, Math.min(price, lowest.get(row[stock]!) ?? Number.POSITIVE_INFINITY));
      }
      const rows = table.rows.map((row) => {
        const code = row[stock]!;
        if (!dear.has(code)) return row;
        // A power of ten keeps each digit, and so each return, as it is.
        const factor = 10 ** Math.ceil(Math.log10((overflowTwd * 2) / (lowest.get(code) ?? 1)));
        return withCells(table, row, {
          ...scaled(table, row, priceColumns, factor, 2),
          ...scaled(table, row, ['volume'], 1 / factor, 0),
        });
      });
      const key = rowKey(table);
      const trades = new Set(table.rows.map(key));
      return [
        {
          title: `a storm of interruptions, and ${dear.size} stocks above NT$${overflowTwd * 2}`,
          clean,
          faulty: withPrices(files, { ...table, rows }),
          judge: (before, { predictions }) => [
            noneMissing(before, predictions, (at) => trades.has(at)),
            judgeEach(
              'nonFinite',
              [...predictions].filter(([at]) => dear.has(at.split(',')[1]!)),
              ([at, value]) => (Number.isFinite(value) ? undefined : `${at}, above NT$${overflowTwd * 2}, is ${value}`),
            ),
          ],
        },
      ];
    },
  },
};
