import { type DatasetFiles, type PriceTable, readPrices, withPrices } from '../../data/price-table.ts';
import { readTable, rowKey, scaled, withCells } from '../dataset-tables.ts';
import { noneClaimed, noneMissing } from '../invariants.ts';
import { type DatasetTaiwanFault, drawn, grown, type Trial } from '../taiwan-fault.ts';

const fullWidth = (text: string): string =>
  text.replace(/[0-9.]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
const withCommas = (text: string): string => (text.includes('.') ? text : `"${text.replace(/\B(?=(\d{3})+$)/g, ',')}"`);

/** How cells come from Taiwan's sources. */
const forms: readonly {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly write: (text: string, table: PriceTable, row: readonly string[]) => string;
}[] = [
  { id: 'commas', title: 'volumes have commas between thousands', columns: ['volume'], write: withCommas },
  {
    id: 'lots',
    title: 'volumes are in lots of 1,000 shares',
    columns: ['volume'],
    write: (_text, table, row) => scaled(table, row, ['volume'], 1 / 1000, 0).volume ?? '',
  },
  { id: 'full-width', title: 'prices are in full-width digits', columns: ['close'], write: fullWidth },
  {
    id: 'not-compared',
    title: 'prices bear the mark X of what is not compared',
    columns: ['close'],
    write: () => 'X0.00',
  },
];

/** “台積電” in Big5. */
const big5Name = Uint8Array.of(0xa5, 0x78, 0xbf, 0x6e, 0xb9, 0x71);

/** Names of the universe in Big5 while its file says nothing: every code must still be read as it stands. */
function withBig5Names(files: DatasetFiles, most: number): DatasetFiles {
  const universe = readTable(files, 'universe');
  const name = universe?.columns.indexOf('name') ?? -1;
  if (!universe || name < 0 || most === 0) return files;
  const lines = [
    Buffer.from(`${universe.columns.join(',')}\n`),
    ...universe.rows.map((row, i) => {
      const cells: Uint8Array[] = row.map((text, at) => (at === name && i < most ? big5Name : Buffer.from(text)));
      return Buffer.concat(cells.flatMap((cell, at) => [cell, Buffer.from(at === cells.length - 1 ? '\n' : ',')]));
    }),
  ];
  return new Map([...files, ['universe.csv', Buffer.concat(lines)]]);
}

/** Rows as the exchange writes them for a stock that did not trade: dashes for prices, and zeros. That is no wrong row. */
function withoutTrades(files: DatasetFiles, table: PriceTable, struck: ReadonlySet<number>): Trial {
  const none = { open: '--', high: '--', low: '--', close: '--', volume: '0', turnoverTwd: '0', trades: '0' };
  const rows = table.rows.map((row, i) => (struck.has(i) ? withCells(table, row, none) : row));
  const dead = new Set([...struck].map((i) => rowKey(table)(table.rows[i]!)));
  return {
    title: `${struck.size} of ${table.rows.length} rows say “--”: no trade`,
    clean: files,
    faulty: withPrices(files, { ...table, rows }),
    judge: (clean, { predictions }) => [
      noneClaimed(predictions, dead),
      noneMissing(clean, predictions, (key) => !dead.has(key)),
    ],
  };
}

/** TW-18 */
export const encodings: DatasetTaiwanFault = {
  id: 'tw-18',
  title: 'Encodings and units of other sources',
  story:
    'Files of the exchanges and of vendors have names in Big5, full-width digits, “--” for no price, X0.00 for what is not compared, commas between thousands, and volumes in lots of 1,000 shares. One at a time.',
  intensity: 'share of rows, up to one in five',
  dataset: {
    judges: ['handled', 'claimedLive', 'missing', 'nonFinite'],
    trials({ files, intensity, random }) {
      const table = readPrices(files);
      const half = Math.floor(table.rows.length / 2);
      const late = [...table.rows.keys()].slice(half);
      const struck = new Set(drawn(late, grown(late.length * 0.2, intensity), random));
      if (struck.size === 0) return [];
      const without = withPrices(files, { ...table, rows: table.rows.filter((_row, i) => !struck.has(i)) });
      const stock = table.columns.indexOf('stock');
      const codes = [...new Set([...struck].map((i) => table.rows[i]![stock]!))];
      const names = readTable(files, 'universe')?.rows.length ?? 0;
      return [
        ...forms.map(({ title, columns, write }): Trial => {
          const texts = new Set<string>();
          const rows = table.rows.map((row, i) => {
            if (!struck.has(i)) return row;
            const cells = columns.flatMap((name) => {
              const text = row[table.columns.indexOf(name)];
              if (!text) return [];
              const written = write(text, table, row);
              texts.add(written);
              return [[name, written] as const];
            });
            return withCells(table, row, Object.fromEntries(cells));
          });
          return {
            title: `in ${struck.size} of ${table.rows.length} rows ${title}`,
            clean: files,
            faulty: withPrices(files, { ...table, rows }),
            wrongData: {
              where: `rows in which ${title}`,
              subjects: ['prices.csv', 'prices.parquet', ...columns, ...texts, ...codes],
              withoutWrongRows: without,
            },
            judge: () => [],
          };
        }),
        withoutTrades(files, table, struck),
        {
          title: 'names of the universe are in Big5',
          clean: files,
          faulty: withBig5Names(files, grown(names, intensity)),
          wrongData: { where: 'names in Big5', subjects: ['universe', 'encod', 'utf', 'UTF', 'Big5'] },
          judge: () => [],
        },
      ];
    },
  },
};
