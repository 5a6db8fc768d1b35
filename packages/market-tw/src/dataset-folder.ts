import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Dataset, InputError } from '@preopen/core';
import { parquetWriteFile } from 'hyparquet-writer';
import { tradingCalendar } from './calendar.ts';
import { companyFigureLines, companyFiguresFile } from './company-figures-file.ts';
import { headerNames, readLineBlocks } from './csv-lines.ts';
import { dayNumber } from './date.ts';
import { haltLines, hasHalts, readHalts } from './halts-file.ts';
import type { Market, Panel, Stock } from './panel.ts';
import { type MarketData, type ReadOptions, readMarketData } from './readers/market-data.ts';
import type { CompanyFigures } from './simulation/company-reports.ts';
import { writePriceCsv } from './writers/price-csv-writer.ts';
import { writePriceParquet } from './writers/price-parquet-writer.ts';
import { quotedCell } from './writers/quoted-cell.ts';

/** What `dataset.json` says. */
export interface DatasetManifest {
  readonly schemaVersion: 1;
  readonly source: Dataset['source'];
  readonly origin: string;
  readonly stocks: number;
  readonly days: number;
  readonly firstDate: string;
  readonly lastDate: string;
  /** Predictions are for the return over so many sessions. */
  readonly horizonDays: number;
  readonly digest: string;
}

/** Text columns of the universe file. */
const universeHeader = 'stock,name,market,sector,listed,delisted';

/** Writes lines to a file and tells the digest of what was written. */
async function writeLines(path: string, lines: Iterable<string>, digest: (text: string) => void): Promise<void> {
  const file = createWriteStream(path);
  let block = '';
  const flush = async (): Promise<void> => {
    digest(block);
    if (!file.write(block)) await once(file, 'drain');
    block = '';
  };
  try {
    for (const line of lines) {
      block += line;
      if (block.length > 1 << 20) await flush();
    }
    await flush();
  } finally {
    file.end();
  }
  await finished(file);
}

function* universeLines(stocks: readonly Stock[]): Generator<string> {
  yield `${universeHeader}\n`;
  for (const { code, name, market, sector, listed, delisted } of stocks) {
    yield `${[code, name, market, sector, listed, delisted ?? ''].map(quotedCell).join(',')}\n`;
  }
}

function* calendarLines(dates: readonly string[]): Generator<string> {
  yield 'date,open\n';
  const first = Date.parse(`${dates[0]}T00:00:00Z`);
  const last = Date.parse(`${dates.at(-1)}T00:00:00Z`);
  const open = new Set(dates);
  for (let ms = first; ms <= last; ms += 86_400_000) {
    const date = new Date(ms).toISOString().slice(0, 10);
    yield `${date},${open.has(date) ? 1 : 0}\n`;
  }
}

/** Stocks and days as Parquet. */
function writeAxesParquet(dir: string, panel: Panel): void {
  const text = (name: string, value: (stock: Stock) => string): { name: string; data: string[]; type: 'STRING' } => ({
    name,
    data: panel.stocks.map(value),
    type: 'STRING',
  });
  parquetWriteFile({
    filename: join(dir, 'universe.parquet'),
    columnData: [
      text('stock', (stock) => stock.code),
      text('name', (stock) => stock.name),
      text('market', (stock) => stock.market),
      text('sector', (stock) => stock.sector),
      text('listed', (stock) => stock.listed),
      text('delisted', (stock) => stock.delisted ?? ''),
    ],
  });
  const calendar = [...calendarLines(panel.dates)].slice(1).map((line) => line.trim().split(','));
  parquetWriteFile({
    filename: join(dir, 'calendar.parquet'),
    columnData: [
      { name: 'date', data: calendar.map(([date]) => date!), type: 'STRING' },
      { name: 'open', data: calendar.map(([, open]) => Number(open)), type: 'INT32' },
    ],
  });
}

/**
 * Writes a panel as a dataset folder: `prices`, `universe` and `calendar` as CSV and as Parquet, and `dataset.json`.
 * The folder appears whole or not at all.
 * @param options.oracle best possible predictions, `[days × stocks]`; go to a folder beside it that pipelines are not given
 * @throws InputError if the folder exists already
 */
export async function writeDataset(
  panel: Panel,
  dir: string,
  options: {
    readonly source: Dataset['source'];
    readonly origin: string;
    readonly horizonDays?: number;
    readonly oracle?: Float64Array;
    readonly figures?: CompanyFigures;
  },
): Promise<Dataset> {
  if (await stat(dir).catch(() => undefined))
    throw new InputError(`${dir} exists already. Remove it or name another folder.`, { code: 'E204', at: dir });
  const { horizonDays = 1 } = options;
  const temporary = join(dirname(dir), `.${randomBytes(6).toString('hex')}.tmp`);
  const truthDir = `${dir}-truth`;
  const hash = createHash('sha256');
  const digest = (text: string): void => void hash.update(text);
  try {
    await mkdir(temporary, { recursive: true });
    await writePriceCsv(panel, join(temporary, 'prices.csv'), (bytes) => hash.update(bytes));
    await writeLines(join(temporary, 'universe.csv'), universeLines(panel.stocks), digest);
    await writeLines(join(temporary, 'calendar.csv'), calendarLines(panel.dates), digest);
    if (hasHalts(panel)) await writeLines(join(temporary, 'halts.csv'), haltLines(panel), digest);
    if (options.figures) {
      const lines = companyFigureLines(options.figures, panel.stocks);
      await writeLines(join(temporary, companyFiguresFile), lines, digest);
    }
    writePriceParquet(panel, join(temporary, 'prices.parquet'));
    writeAxesParquet(temporary, panel);
    const manifest: DatasetManifest = {
      schemaVersion: 1,
      source: options.source,
      origin: options.origin,
      stocks: panel.stocks.length,
      days: panel.dates.length,
      firstDate: panel.dates[0]!,
      lastDate: panel.dates.at(-1)!,
      horizonDays,
      digest: `sha256:${hash.digest('hex')}`,
    };
    await writeFile(join(temporary, 'dataset.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    if (options.oracle) {
      await mkdir(truthDir, { recursive: true });
      await writeLines(join(truthDir, 'oracle.csv'), oracleLines(panel, options.oracle), () => undefined);
    }
    await rename(temporary, dir);
    return toDataset(manifest, dir, options.oracle ? truthDir : undefined);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    await rm(truthDir, { recursive: true, force: true });
    throw cause;
  }
}

function* oracleLines(panel: Panel, oracle: Float64Array): Generator<string> {
  const n = panel.stocks.length;
  yield 'date,stock,prediction\n';
  for (let at = 0; at < oracle.length; at++) {
    if (!Number.isNaN(oracle[at]!))
      yield `${panel.dates[Math.floor(at / n)]},${panel.stocks[at % n]!.code},${oracle[at]}\n`;
  }
}

function toDataset(manifest: DatasetManifest, dir: string, truthDir: string | undefined): Dataset {
  const { source, stocks, days, digest, origin } = manifest;
  return { source, dir, stocks, days, digest, origin, ...(truthDir === undefined ? {} : { truthDir }) };
}

/** What is wrong with a manifest, in words; `undefined` for one that is whole. */
function manifestProblem(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'it holds no object';
  const { schemaVersion, ...fields } = given as Readonly<Record<string, unknown>>;
  if (schemaVersion !== 1)
    return `schemaVersion is ${String(JSON.stringify(schemaVersion)).slice(0, 60)}, this release reads 1`;
  for (const [name, least] of [
    ['stocks', 0],
    ['days', 0],
    ['horizonDays', 1],
  ] as const)
    if (!Number.isSafeInteger(fields[name]) || Number(fields[name]) < least)
      return `${name} is no whole number from ${least} on`;
  for (const name of ['source', 'origin', 'digest']) if (typeof fields[name] !== 'string') return `${name} is no text`;
  return undefined;
}

/** What a dataset folder says of itself. @throws InputError if it is not one */
export async function readManifest(dir: string): Promise<DatasetManifest> {
  const path = join(dir, 'dataset.json');
  const refuse = (problem: string, cause?: unknown): InputError =>
    new InputError(`${path}: ${problem}. Expected a dataset folder as written by preopen.`, {
      code: 'E205',
      at: path,
      cause,
    });
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  const problem = manifestProblem(manifest);
  if (problem !== undefined) throw refuse(problem);
  return manifest as DatasetManifest;
}

async function readUniverse(path: string): Promise<Stock[]> {
  const stocks: Stock[] = [];
  let names: string[] | undefined;
  for await (const { lines, firstLine } of readLineBlocks(path)) {
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!.replace(/\r$/, '');
      if (names === undefined) {
        names = headerNames(line);
        if (names.join(',') !== universeHeader)
          throw new InputError(`${path}:1: expected the columns ${universeHeader}, got “${line.slice(0, 80)}”.`, {
            code: 'E202',
            at: path,
          });
        continue;
      }
      if (line === '') continue;
      const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, text]) =>
        text!.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"'),
      );
      const [code, name, market, sector, listed, delisted] = cells;
      if (!code || (market !== 'TWSE' && market !== 'TPEx')) {
        throw new InputError(
          `${path}:${firstLine + i}: expected a code and a market (TWSE or TPEx), got “${line.slice(0, 80)}”.`,
          {
            code: 'E202',
            at: `${path}:${firstLine + i}`,
          },
        );
      }
      stocks.push({
        code,
        name: name ?? code,
        market: market as Market,
        sector: sector ?? '',
        listed: listed ?? '',
        delisted: delisted || null,
      });
    }
  }
  return stocks;
}

/** Open days of a calendar file, as day numbers. */
async function readOpenDays(path: string): Promise<number[]> {
  const days: number[] = [];
  for await (const { lines, firstLine } of readLineBlocks(path)) {
    lines.forEach((given, i) => {
      const line = given.replace(/\r$/, '');
      if (line === '' || (firstLine + i === 1 && line === 'date,open')) return;
      const match = /^(\d{4}-\d{2}-\d{2}),([01])$/.exec(line);
      if (!match || firstLine + i === 1) {
        throw new InputError(
          `${path}:${firstLine + i}: expected a date and 0 or 1 under the header date,open, got “${line.slice(0, 80)}”.`,
          { code: 'E202', at: `${path}:${firstLine + i}` },
        );
      }
      if (match[2] === '1') days.push(dayNumber(match[1]!));
    });
  }
  return days;
}

/**
 * A row of a day or stock that the folder does not know is no price of it: of a wrong year it would add a day to the panel on
 * which nothing else trades.
 * @throws InputError with the first such row
 */
function refuseStrangers(
  { panel, placeOf }: MarketData,
  dir: string,
  known: { readonly stocks: readonly Stock[]; readonly dates: readonly number[] },
): void {
  const codes = new Set(known.stocks.map(({ code }) => code));
  const days = new Set(known.dates);
  const n = panel.stocks.length;
  const strangeDays = panel.dates.map((date) => !days.has(dayNumber(date)));
  const strangeStocks = panel.stocks.map(({ code }) => !codes.has(code));
  if (!strangeDays.includes(true) && !strangeStocks.includes(true)) return;
  for (let at = 0; at < panel.dates.length * n; at++) {
    const [t, i] = [Math.floor(at / n), at % n];
    if (!strangeDays[t] && !strangeStocks[i]) continue;
    const place = placeOf(at);
    if (!place) continue;
    const where = `${place.path}:${place.line}`;
    throw new InputError(
      strangeDays[t]
        ? `${where}: ${panel.dates[t]} is no open day of ${join(dir, 'calendar.csv')}. Is the date right, or the calendar not whole?`
        : `${where}: ${panel.stocks[i]!.code} is no stock of ${join(dir, 'universe.csv')}. Is the code right, or the universe not whole?`,
      { code: 'E202', at: where },
    );
  }
}

/**
 * Reads the panel of a dataset folder: its stocks and days are those of its universe and calendar.
 * @throws InputError for whatever else is there
 */
export async function readDataset(dir: string): Promise<Panel> {
  return (await readDatasetData(dir)).panel;
}

/** Reads a dataset folder with an account of its rows. */
export async function readDatasetData(dir: string, options: ReadOptions = {}): Promise<MarketData> {
  await readManifest(dir);
  const stocks = await readUniverse(join(dir, 'universe.csv'));
  const dates = await readOpenDays(join(dir, 'calendar.csv'));
  const data = await readMarketData(join(dir, 'prices.csv'), { ...options, axes: { stocks, dates } });
  // Who asks for an account of bad rows gets these days and stocks to look at, too.
  if (options.onBad !== 'quarantine') refuseStrangers(data, dir, { stocks, dates });
  const halts = join(dir, 'halts.csv');
  if (existsSync(halts)) await readHalts(halts, data.panel);
  return data;
}

/** Dates of a panel that the calendar knows as closed; a sign of wrong dates. */
export function unknownSessions(panel: Panel): string[] {
  const calendar = tradingCalendar();
  return panel.dates.filter((date) => date >= calendar.firstDate && !calendar.isOpen(date));
}
