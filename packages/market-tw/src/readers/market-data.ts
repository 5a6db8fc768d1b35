import { InputError } from '@preopen/core';
import type { Stock } from '../panel.ts';
import { type AssembledPanel, assemblePanel, type ReferenceSource, referenceSources } from './assemble.ts';
import { readDelimited } from './delimited.ts';
import { detectKind } from './detect-format.ts';
import { type FileReading, openReading, type ReferencePrice } from './file-reading.ts';
import { readJson } from './json-tables.ts';
import { readParquet } from './parquet-rows.ts';
import { listPriceFiles } from './price-files.ts';
import type { FileReport, PriceFormat, QuarantinedRow } from './read-report.ts';
import { createRowParser } from './row-parser.ts';
import { createRowTable } from './row-table.ts';

/** How price files are read. */
export interface ReadOptions {
  /** `refuse` (the default): the first bad row is an error. `quarantine`: bad rows are listed, the rest is read. */
  readonly onBad?: 'refuse' | 'quarantine';
  /** Whether warrants are wanted; an exchange's daily file has ten times as many of them as stocks. */
  readonly keepsWarrants?: boolean;
  /** What is known of the stocks; others get the name and market that the files tell, or their code and TWSE. */
  readonly stocks?: readonly Stock[];
  readonly signal?: AbortSignal;
}

/** What price files hold: the panel, and an account of every row. */
export interface MarketData extends Pick<AssembledPanel, 'panel' | 'changeTwd' | 'referenceSource'> {
  readonly files: readonly FileReport[];
  readonly quarantined: readonly QuarantinedRow[];
  /** How many reference prices come from where. */
  readonly references: Readonly<Record<ReferenceSource, number>>;
  /** Where a cell of the panel was read; `undefined` for one without a row. */
  placeOf(at: number): { path: string; line: number } | undefined;
}

/** Also lays the panel's axes down, as a dataset folder knows them. */
export interface AxesOptions extends ReadOptions {
  readonly axes?: { readonly stocks: readonly Stock[]; readonly dates: readonly number[] };
}

/**
 * Reads daily prices of one or many files into one panel: the exchanges’ own files (TWSE STOCK_DAY, MI_INDEX,
 * STOCK_DAY_ALL; TPEx daily and monthly quotes; ex-dividend, capital-reduction and split tables for their reference
 * prices), FinMind, twstock and tsec crawlers, CSV with a header, Parquet. The format is told by the content; text may be
 * UTF-8 or Big5, packed with gzip or not.
 *
 * Of every file: rows = kept + quarantined + skipped warrants and repetitions. Nothing is dropped without being counted.
 * The reference price is the column `reference` if there is one; else an exchange's table, close − change, or the last close.
 * @param paths files, or folders with such files
 * @throws InputError with file, line and value for what cannot be read (E201), is no price (E202), or is told twice (E203)
 */
export async function readMarketData(
  paths: string | readonly string[],
  options: AxesOptions = {},
): Promise<MarketData> {
  const given = typeof paths === 'string' ? [paths] : paths;
  const table = createRowTable();
  const parser = createRowParser(table, { keepsWarrants: options.keepsWarrants === true });
  const quarantined: QuarantinedRow[] = [];
  const quarantine = options.onBad === 'quarantine' ? quarantined : undefined;
  const references: ReferencePrice[] = [];
  const files: FileReport[] = [];
  for (const path of await listPriceFiles(given)) {
    const { signal } = options;
    const reading = openReading({ path, file: files.length, table, parser, references, quarantine, signal });
    files.push(await readFile(reading, quarantine !== undefined));
  }
  const at = given.join(', ');
  if (table.count === 0 && !options.axes) {
    throw new InputError(
      `${at}: holds no prices${files.some(({ format }) => format === 'no-data') ? ': the answer says that there is no data' : ''}.`,
      { code: 'E202', at },
    );
  }
  const assembled = assemblePanel({
    table,
    files,
    references,
    quarantine,
    stocks: options.stocks ?? [],
    axes: options.axes,
    at,
  });
  const { panel, changeTwd, referenceSource, rowAt, rows } = assembled;
  return {
    panel,
    changeTwd,
    referenceSource,
    files,
    quarantined,
    references: countSources(referenceSource),
    placeOf(cell) {
      const row = rowAt[cell]!;
      return row < 0 ? undefined : { path: files[rows.file[row]!]!.path, line: rows.line[row]! };
    },
  };
}

async function readFile(reading: FileReading, isQuarantining: boolean): Promise<FileReport> {
  let format: PriceFormat = 'csv';
  let encoding: FileReport['encoding'] = 'utf-8';
  let isCompressed = false;
  try {
    const detected = await detectKind(reading.path, reading.signal);
    isCompressed = detected.isCompressed;
    if (detected.kind === 'parquet') {
      format = 'parquet';
      encoding = 'binary';
      await readParquet(reading);
    } else ({ format, encoding } = await (detected.kind === 'json' ? readJson(reading) : readDelimited(reading)));
  } catch (cause) {
    if (!isQuarantining || !(cause instanceof InputError) || reading.signal?.aborted) throw cause;
    // What was read of the file so far is kept; the file as a whole is on the list.
    reading.settle(cause.message, 0, () => '');
  }
  return reading.finish({ format, encoding, isCompressed });
}

function countSources(source: Uint8Array): Record<ReferenceSource, number> {
  const counts = new Uint32Array(referenceSources.length);
  for (let at = 0; at < source.length; at++) counts[source[at]!]!++;
  return Object.fromEntries(referenceSources.map((name, i) => [name, counts[i]!])) as Record<ReferenceSource, number>;
}
