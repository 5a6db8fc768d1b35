import { readPrices, withPrices } from '../../data/price-table.ts';
import {
  priceColumns,
  readTable,
  rowKey,
  scaled,
  sessionsOf,
  stocksOf,
  withCells,
  withoutFigures,
  withTable,
} from '../dataset-tables.ts';
import { dayRanks, judgeEach, noneChanged, noneMissing, notJudged } from '../invariants.ts';
import { type DatasetTaiwanFault, drawn, grown } from '../taiwan-fault.ts';
import { reusedCode } from './reused-code.ts';

/** What companies do to their prices, by factor; volumes move the other way. */
const actions = [
  { title: 'dividend of 6 %', factor: 0.94, pauseDays: 0 },
  { title: 'capital reduction', factor: 1.6, pauseDays: 3 },
  { title: 'new par value', factor: 0.1, pauseDays: 3 },
] as const;

/** A stock whose mean place in the ranking moves by more than so much of it after an action was moved by the action. */
const mostRankShift = 0.25;
/** Sessions after an action that are looked at. */
const sessionsAfter = 5;

/** TW-15 */
export const corporateActions: DatasetTaiwanFault = {
  id: 'tw-15',
  title: 'Prices fall and rise by corporate actions alone',
  story:
    'On an ex-day the reference falls by the dividend; after a capital reduction and days without trading it is half as high again; a new par value divides it by ten. The exchange’s reference and the adjusted factor say so, and no holder gained or lost. In the second trial stocks are delisted, and the code of one goes to another company, listed later.',
  intensity: 'share of stocks with an action, up to 30 %, and of stocks that are delisted, up to 10 %',
  dataset: {
    judges: ['lookAhead', 'jumped', 'claimedLive', 'codeReused'],
    trials({ files, intensity, random }) {
      const known = withoutFigures(files);
      const table = readPrices(known);
      if (!table.columns.includes('reference')) return [];
      const sessions = sessionsOf(table);
      const exDay = sessions.at(-8) ?? '';
      const struck = drawn(stocksOf(table), grown(stocksOf(table).length * 0.3, intensity), random);
      const actionOf = new Map(struck.map((code, i) => [code, actions[i % actions.length]!]));
      const exAt = sessions.indexOf(exDay);
      const [date, stock] = [table.columns.indexOf('date'), table.columns.indexOf('stock')];
      // The pause is in both: only prices differ, and they by the action alone.
      const isPaused = (row: readonly string[]): boolean => {
        const pause = actionOf.get(row[stock]!)?.pauseDays ?? 0;
        return pause > 0 && row[date]! < exDay && row[date]! >= sessions[exAt - pause]!;
      };
      const rows = table.rows.filter((row) => !isPaused(row));
      let clean = struck.length === 0 ? known : withPrices(known, { ...table, rows });
      const halts = readTable(known, 'halts');
      if (halts && struck.length > 0) {
        const more = table.rows.filter(isPaused).map((row) => [row[date]!, row[stock]!, 'suspended']);
        clean = withTable(clean, 'halts', {
          columns: halts.columns,
          rows: [...halts.rows, ...more].sort((a, b) => (`${a[0]},${a[1]}` < `${b[0]},${b[1]}` ? -1 : 1)),
        });
      }
      const acted = rows.map((row) => {
        const action = actionOf.get(row[stock]!);
        if (!action || row[date]! < exDay) return row;
        return withCells(table, row, {
          ...scaled(table, row, priceColumns, action.factor, 4),
          ...scaled(table, row, ['volume', 'foreignNetBuy', 'marginBalance'], 1 / action.factor, 0),
          ...scaled(table, row, ['adjustedFactor'], 1 / action.factor, 12),
        });
      });
      const after = sessions.slice(exAt, exAt + sessionsAfter);
      return [
        {
          title: `${struck.length} stocks have an action on ${exDay}: ${actions.map(({ title }) => title).join(', ')} in turn`,
          clean,
          faulty: struck.length === 0 ? known : withPrices(clean, { ...table, rows: acted }),
          judge(before, { predictions }) {
            const past = new Map([...before].filter(([key]) => key.slice(0, 10) < exDay));
            const [expected, found] = [dayRanks(before), dayRanks(predictions)];
            if (expected.size === 0)
              return [
                noneChanged(past, predictions, 'lookAhead'),
                notJudged('jumped', 'a pipeline that predicts ten stocks or more a day'),
              ];
            return [
              noneChanged(past, predictions, 'lookAhead'),
              judgeEach('jumped', struck, (code) => {
                const shifts = after
                  .map((day) => [expected.get(`${day},${code}`), found.get(`${day},${code}`)] as const)
                  .filter(([a, b]) => a !== undefined && b !== undefined)
                  .map(([a, b]) => Math.abs(a! - b!));
                if (shifts.length === 0) return undefined;
                const mean = shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length;
                return mean > mostRankShift
                  ? `${code} moves by ${(mean * 100).toFixed(0)} % of the ranking after its ${actionOf.get(code)!.title} on ${exDay}, which changed nothing for its holders`
                  : undefined;
              }),
            ];
          },
        },
        ...reusedCode(known, intensity, random),
      ];
    },
  },
};

/** TW-16 */
export const disposition: DatasetTaiwanFault = {
  id: 'tw-16',
  title: 'Stocks are matched every 5 or 20 minutes',
  story:
    'Disposition stocks, those under full delivery and suspicious ones are matched by auctions every 5 or 20 minutes: 54 or 14 matches a day, a fraction of the volume. That is no outage. In a dataset: a tenth of the trades and a fifth of the volume from the middle of a week on.',
  intensity: 'share of stocks that change their mode, up to one in three',
  dataset: {
    judges: ['missing'],
    trials({ files, intensity, random }) {
      const table = readPrices(files);
      const codes = stocksOf(table);
      const struck = new Set(drawn(codes, grown(codes.length / 3, intensity), random));
      const from = sessionsOf(table).at(-8) ?? '';
      const [date, stock] = [table.columns.indexOf('date'), table.columns.indexOf('stock')];
      const rows = table.rows.map((row) => {
        if (!struck.has(row[stock]!) || row[date]! < from) return row;
        const trades = scaled(table, row, ['trades'], 0.1, 0);
        return withCells(table, row, {
          ...scaled(table, row, ['volume', 'turnoverTwd'], 0.2, 0),
          ...(trades.trades === undefined ? {} : { trades: String(Math.min(54, Math.max(1, Number(trades.trades)))) }),
        });
      });
      const key = rowKey(table);
      const owed = new Set(rows.filter((row) => struck.has(row[stock]!) && row[date]! >= from).map(key));
      return [
        {
          title: `${struck.size} of ${codes.length} stocks are matched by auctions from ${from} on`,
          clean: files,
          faulty: struck.size === 0 ? files : withPrices(files, { ...table, rows }),
          judge: (clean, { predictions }) => [noneMissing(clean, predictions, (at) => owed.size === 0 || owed.has(at))],
        },
      ];
    },
  },
};
