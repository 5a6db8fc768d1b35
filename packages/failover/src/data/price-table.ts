import { createHash } from 'node:crypto';
import { InputError } from '@preopen/core';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** A dataset folder in memory: contents by file name. */
export type DatasetFiles = ReadonlyMap<string, Uint8Array>;

/** Daily prices as text, cell by cell: faults are made of what a source may really send. */
export interface PriceTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Both forms of the prices; a pipeline reads the one or the other. */
export const pricesCsv = 'prices.csv';
export const pricesParquet = 'prices.parquet';

/** Files over whose contents the manifest's digest goes, in this order, those that are there. */
const digested = [pricesCsv, 'universe.csv', 'calendar.csv', 'halts.csv', 'company-figures.csv'] as const;

/** @throws InputError if the folder has no table of prices */
export function readPrices(files: DatasetFiles): PriceTable {
  const bytes = files.get(pricesCsv);
  const [head, ...lines] = (bytes ? Buffer.from(bytes).toString('utf8') : '').split('\n').filter((line) => line !== '');
  const columns = head?.replace(/^\ufeff/, '').split(',') ?? [];
  for (const column of ['date', 'stock', 'close']) {
    if (!columns.includes(column))
      throw new InputError(
        `${pricesCsv}: expected a column “${column}”, got ${columns.join(', ').slice(0, 200) || 'nothing'}.`,
        {
          at: pricesCsv,
        },
      );
  }
  return { columns, rows: lines.map((line) => line.split(',')) };
}

/** Place of a column. */
export const columnAt = ({ columns }: PriceTable, name: string): number => columns.indexOf(name);

/** Figures as doubles, none as `NaN`; a column that holds any other text is text, as a writer that infers types makes it. */
export function parquetOf({ columns, rows }: PriceTable): Uint8Array {
  const columnData = columns.map((name, at) => {
    const texts = rows.map((row) => row[at] ?? '');
    const isText = name === 'date' || name === 'stock' || texts.some((text) => text !== '' && !isFigure(text));
    return isText
      ? { name, data: texts, type: 'STRING' as const, nullable: false }
      : {
          name,
          data: Float64Array.from(texts, (text) => (text === '' ? Number.NaN : Number(text))),
          type: 'DOUBLE' as const,
          nullable: false,
        };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

const isFigure = (text: string): boolean =>
  ['Infinity', '-Infinity', 'NaN'].includes(text) || Number.isFinite(Number(text));

/** The folder with other prices, in both forms if it had both, and with a digest that is true of them. */
export function withPrices(files: DatasetFiles, table: PriceTable): DatasetFiles {
  const text = [table.columns, ...table.rows].map((row) => row.join(',')).join('\n');
  const changed = new Map(files);
  changed.set(pricesCsv, Buffer.from(`${text}\n`));
  if (files.has(pricesParquet)) changed.set(pricesParquet, parquetOf(table));
  return withTrueDigest(changed, files);
}

/**
 * A manifest that speaks of what is there, as a source writes it that does not know its data are bad. One whose digest is
 * not made in this way stays as it is.
 */
export function withTrueDigest(changed: Map<string, Uint8Array>, before: DatasetFiles): DatasetFiles {
  const manifest = before.get('dataset.json');
  const text = manifest && Buffer.from(manifest).toString('utf8');
  const old = digestOf(before);
  if (text?.includes(old)) changed.set('dataset.json', Buffer.from(text.replace(old, digestOf(changed))));
  return changed;
}

function digestOf(files: DatasetFiles): string {
  const hash = createHash('sha256');
  for (const name of digested) {
    const bytes = files.get(name);
    if (bytes) hash.update(bytes);
  }
  return `sha256:${hash.digest('hex')}`;
}
