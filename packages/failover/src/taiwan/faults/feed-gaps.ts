import { readPrices, withPrices } from '../../data/price-table.ts';
import { readTable, rowKey, sessionsOf, stocksOf, withCells, withTable } from '../dataset-tables.ts';
import { noneClaimed, noneMissing } from '../invariants.ts';
import { type DatasetTaiwanFault, drawn, grown, type Trial } from '../taiwan-fault.ts';

/** Sessions at the end of the panel that the faults in the feed befall. */
const struckSessions = 5;

/** TW-02 */
export const partialOutage: DatasetTaiwanFault = {
  id: 'tw-02',
  title: 'One exchange is silent, the other goes on',
  story:
    'TWSE and TPEx run systems of their own, and one of them fails for minutes while the other trades. In a dataset: the last five sessions lack the rows of one board.',
  intensity: 'share of the silent board’s stocks without rows',
  dataset: {
    judges: ['claimedLive', 'missing'],
    isByBoard: true,
    trials({ files, intensity, random }) {
      const universe = readTable(files, 'universe');
      const [code, market] = [universe?.columns.indexOf('stock') ?? -1, universe?.columns.indexOf('market') ?? -1];
      if (!universe || code < 0 || market < 0) return [];
      const table = readPrices(files);
      const known = new Set(stocksOf(table));
      const board = random.integer(2) === 0 ? 'TWSE' : 'TPEx';
      const members = universe.rows
        .filter((row) => row[market] === board && known.has(row[code]!))
        .map((row) => row[code]!);
      const silent = new Set(drawn(members, grown(members.length, intensity), random));
      const from = sessionsOf(table).at(-struckSessions) ?? '';
      const [date, stock] = [table.columns.indexOf('date'), table.columns.indexOf('stock')];
      const isSilent = (row: readonly string[]): boolean => silent.has(row[stock]!) && row[date]! >= from;
      const key = rowKey(table);
      const dead = new Set(table.rows.filter(isSilent).map(key));
      const faulty =
        dead.size === 0 ? files : withPrices(files, { ...table, rows: table.rows.filter((row) => !isSilent(row)) });
      return [
        {
          title: `${silent.size} of ${members.length} stocks of ${board} have no rows in the last ${struckSessions} sessions`,
          clean: files,
          faulty,
          boards: {
            live: new Set([...known].filter((one) => !members.includes(one))),
            silent: new Set(members),
            fromDate: from,
          },
          judge: (clean, { predictions }) => [
            noneClaimed(predictions, dead),
            noneMissing(clean, predictions, (owed) => !dead.has(owed)),
          ],
        },
      ];
    },
  },
};

/** TW-03 */
export const staleFeed: DatasetTaiwanFault = {
  id: 'tw-03',
  title: 'The feed repeats the last quote',
  story:
    'A feed whose heartbeats go on repeats the last quote of a third of the stocks. In a dataset: their last five bars are the one before, figure by figure, volume included, which no market does.',
  intensity: 'share of stocks that are repeated, up to 30 %',
  dataset: {
    judges: ['handled'],
    isWrongData: true,
    trials({ files, intensity, random }) {
      const table = readPrices(files);
      const codes = stocksOf(table);
      const struck = new Set(drawn(codes, grown(codes.length * 0.3, intensity), random));
      const from = sessionsOf(table).at(-struckSessions) ?? '';
      const [date, stock] = [table.columns.indexOf('date'), table.columns.indexOf('stock')];
      const last = new Map<string, readonly string[]>();
      const stale = new Set<readonly string[]>();
      const rows = table.rows.map((row) => {
        const code = row[stock]!;
        const before = last.get(code);
        if (!struck.has(code) || row[date]! < from || !before) {
          last.set(code, row);
          return row;
        }
        const repeated = withCells(table, before, { date: row[date]! });
        stale.add(repeated);
        return repeated;
      });
      const trial: Trial = {
        title: `the last bars of ${struck.size} of ${codes.length} stocks repeat the one before`,
        clean: files,
        faulty: stale.size === 0 ? files : withPrices(files, { ...table, rows }),
        wrongData: {
          where: `the last rows of ${[...struck].slice(0, 3).join(', ')}`,
          subjects: ['stale', 'repeat', 'prices.csv', ...struck],
          withoutWrongRows: withPrices(files, { ...table, rows: rows.filter((row) => !stale.has(row)) }),
        },
        judge: () => [],
      };
      return [trial];
    },
  },
};

/** TW-10 */
export const exchangeHalt: DatasetTaiwanFault = {
  id: 'tw-10',
  title: 'The whole exchange stops and starts again from its backup',
  story:
    'A system failure stops the market; it starts again from the backup by a call auction, part of the book lost. In a dataset: a session on which nothing trades after one that was cut short, then trading as before. Source: TWSE rules on system failures (FL007349)',
  intensity: 'share of stocks that do not trade on the day of the stop',
  dataset: {
    judges: ['claimedLive', 'missing'],
    trials({ files, intensity, random }) {
      const table = readPrices(files);
      const sessions = sessionsOf(table);
      const day = sessions.at(-4) ?? '';
      const before = sessions.at(-5) ?? '';
      const codes = stocksOf(table);
      const halted = new Set(drawn(codes, grown(codes.length, intensity), random));
      const [date, stock] = [table.columns.indexOf('date'), table.columns.indexOf('stock')];
      const key = rowKey(table);
      const isDead = (row: readonly string[]): boolean => row[date] === day && halted.has(row[stock]!);
      const dead = table.rows.filter(isDead).map(key);
      if (dead.length === 0) return [];
      const cut = (row: readonly string[]): readonly string[] => {
        if (row[date] !== before || !halted.has(row[stock]!)) return row;
        const volume = Number(row[table.columns.indexOf('volume')]);
        const turnover = Number(row[table.columns.indexOf('turnoverTwd')]);
        // From 09:00 to 10:15 of 270 minutes.
        const part = 75 / 270;
        return withCells(table, row, {
          volume: String(Math.round(volume * part)),
          ...(Number.isFinite(turnover) ? { turnoverTwd: String(Math.round(turnover * part)) } : {}),
        });
      };
      let faulty = withPrices(files, { ...table, rows: table.rows.filter((row) => !isDead(row)).map(cut) });
      const halts = readTable(files, 'halts');
      if (halts) {
        const more = dead.map((key) => [...key.split(','), 'halted']);
        const rows = [...halts.rows, ...more].sort((a, b) => (`${a[0]},${a[1]}` < `${b[0]},${b[1]}` ? -1 : 1));
        faulty = withTable(faulty, 'halts', { columns: halts.columns, rows });
      }
      const deadKeys = new Set(dead);
      return [
        {
          title: `${halted.size} of ${codes.length} stocks do not trade on ${day}, after a session cut short at 10:15`,
          clean: files,
          faulty,
          judge: (clean, { predictions }) => [
            noneClaimed(predictions, dead),
            noneMissing(clean, predictions, (owed) => !deadKeys.has(owed)),
          ],
        },
      ];
    },
  },
};
