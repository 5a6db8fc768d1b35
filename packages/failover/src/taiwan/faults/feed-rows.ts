import { readPrices, withPrices } from '../../data/price-table.ts';
import { rowKey, scaled } from '../dataset-tables.ts';
import { type DatasetTaiwanFault, drawn, grown } from '../taiwan-fault.ts';

/** TW-04 */
export const duplicates: DatasetTaiwanFault = {
  id: 'tw-04',
  title: 'The feed sends things again',
  story:
    'A session that reconnects sends ticks up to five times, and one in two hundred with another volume. In a dataset: rows that come up to five times, some of them with another volume.',
  intensity: 'share of rows that come again, up to one in five',
  dataset: {
    judges: ['handled'],
    isWrongData: true,
    trials({ files, intensity, random }) {
      const table = readPrices(files);
      const { rows } = table;
      const struck = new Set(drawn([...rows.keys()], grown(rows.length * 0.2, intensity), random));
      const contradicted = new Set([...struck].slice(0, grown(struck.size * 0.025, 1)));
      const again = rows.flatMap((row, i) => {
        if (!struck.has(i)) return [row];
        const copies = Array.from({ length: 1 + random.integer(4) }, () => row as readonly string[]);
        if (contradicted.has(i)) {
          const volume = scaled(table, row, ['volume'], 2, 0);
          copies.push(row.map((text, at) => (table.columns[at] === 'volume' ? (volume.volume ?? text) : text)));
        }
        return [row, ...copies];
      });
      return [
        {
          title: `${struck.size} of ${rows.length} rows come again, ${contradicted.size} of them with another volume`,
          clean: files,
          faulty: struck.size === 0 ? files : withPrices(files, { ...table, rows: again }),
          wrongData: {
            where: `rows that come again, the first that of ${rowKey(table)(rows[[...struck].sort((a, b) => a - b)[0] ?? 0]!)}`,
            subjects: [
              'prices.csv',
              'prices.parquet',
              'duplicat',
              'two rows',
              ...rows.slice(0, 1).map((row) => row[0]!),
            ],
          },
          judge: () => [],
        },
      ];
    },
  },
};

/** TW-05 */
export const outOfOrder: DatasetTaiwanFault = {
  id: 'tw-05',
  title: 'Things come late and out of order',
  story:
    'Ticks come up to half a minute late, and one in a hundred not at all. In a dataset: rows displaced, and one in a hundred missing; the sorted rows say the same.',
  intensity: 'share of rows that are displaced; one in a hundred of all is missing at 1',
  dataset: {
    judges: ['handled'],
    isWrongData: true,
    trials({ files, intensity, random }) {
      const table = readPrices(files);
      const lost = new Set(drawn([...table.rows.keys()], grown(table.rows.length * 0.01, intensity), random));
      const sorted = table.rows.filter((_row, i) => !lost.has(i));
      const places = drawn([...sorted.keys()], grown(sorted.length, intensity), random);
      const from = [...places].sort((a, b) => a - b);
      const rows = [...sorted];
      from.forEach((at, i) => {
        rows[at] = sorted[places[i]!]!;
      });
      const isUnchanged = intensity === 0;
      return [
        {
          title: `${places.length} of ${table.rows.length} rows stand elsewhere, ${lost.size} are missing`,
          clean: isUnchanged ? files : withPrices(files, { ...table, rows: sorted }),
          faulty: isUnchanged ? files : withPrices(files, { ...table, rows }),
          wrongData: {
            where: 'rows that are out of order',
            subjects: ['prices.csv', 'prices.parquet', 'order', 'sorted'],
          },
          judge: () => [],
        },
      ];
    },
  },
};
