import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { InputError } from '@preopen/core';
import { readDatasetData, writeDataset } from './dataset-folder.ts';
import { type MarketData, type ReadOptions, readMarketData } from './readers/market-data.ts';
import type { FileReport, QuarantinedRow } from './readers/read-report.ts';
import { writePriceCsv } from './writers/price-csv-writer.ts';
import { writePriceParquet } from './writers/price-parquet-writer.ts';
import { quotedCell } from './writers/quoted-cell.ts';

/** What a conversion read and wrote. */
export interface Conversion {
  readonly out: string;
  readonly format: 'dataset' | 'csv' | 'parquet';
  readonly stocks: number;
  readonly days: number;
  readonly files: readonly FileReport[];
  readonly quarantined: number;
  /** Where the bad rows are listed; absent if there are none. */
  readonly quarantineFile?: string;
}

/** Reads one path or many: a dataset folder, price files, or folders of them. */
export async function readAnyMarketData(paths: readonly string[], options: ReadOptions = {}): Promise<MarketData> {
  const [only] = paths;
  return paths.length === 1 && existsSync(join(only!, 'dataset.json'))
    ? readDatasetData(only!, options)
    : readMarketData(paths, options);
}

/**
 * Converts price files of any format into a dataset folder, one CSV or one Parquet file.
 * @param request.out a name that ends in `.csv` or `.parquet` is a file, one without an ending a dataset folder; `format` decides otherwise
 * @throws InputError if `out` exists or ends like a file of another format, or as `readMarketData`; nothing is left behind then
 */
export async function convertMarketData(request: {
  readonly inputs: readonly string[];
  readonly out: string;
  readonly format?: 'csv' | 'parquet';
  readonly options?: ReadOptions;
}): Promise<Conversion> {
  const { inputs, out, options = {} } = request;
  const format = request.format ?? formatOfName(out);
  const ending = extname(out);
  if (format === 'dataset' && /^\.[a-z]\w*$/i.test(ending))
    throw new InputError(
      `${out}: nothing is written in files that end in “${ending}”. Give a name that ends in .csv or .parquet, or one without an ending for a dataset folder.`,
      { code: 'E109', at: out },
    );
  const quarantineFile = `${out}.quarantine.csv`;
  for (const path of [out, quarantineFile]) {
    if (existsSync(path))
      throw new InputError(`${path} exists already. Remove it or name another.`, { code: 'E204', at: path });
  }
  const data = await readAnyMarketData(inputs, options);
  if (format === 'dataset')
    await writeDataset(data.panel, out, { source: 'files', origin: inputs.map((path) => basename(path)).join(', ') });
  else {
    await writeWhole(out, (path) =>
      format === 'csv' ? writePriceCsv(data.panel, path) : writePriceParquet(data.panel, path),
    );
  }
  const { panel, files, quarantined } = data;
  if (quarantined.length > 0) await writeWhole(quarantineFile, (path) => writeFile(path, quarantineText(quarantined)));
  return {
    out,
    format,
    stocks: panel.stocks.length,
    days: panel.dates.length,
    files,
    quarantined: quarantined.length,
    ...(quarantined.length > 0 ? { quarantineFile } : {}),
  };
}

const formatOfName = (name: string): Conversion['format'] =>
  /\.parquet$/i.test(name) ? 'parquet' : /\.csv$/i.test(name) ? 'csv' : 'dataset';

/** A file appears whole or not at all. */
async function writeWhole(path: string, write: (temporary: string) => void | Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

function quarantineText(rows: readonly QuarantinedRow[]): string {
  const lines = rows.map(({ path, line, reason, text }) =>
    [path, String(line), reason, text].map(quotedCell).join(','),
  );
  return `file,line,reason,text\n${lines.join('\n')}\n`;
}
