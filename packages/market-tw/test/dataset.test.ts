import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';
import { tradingCalendar } from '../src/calendar.ts';
import { readDataset, readManifest, writeDataset } from '../src/dataset-folder.ts';
import { fileDataset, simulatedDataset } from '../src/dataset-source.ts';
import { forwardReturns, narrowPanel } from '../src/panel.ts';
import { readPredictions } from '../src/predictions.ts';
import { readPriceCsv } from '../src/price-csv.ts';
import { simulateMarket } from '../src/simulate.ts';

const root = mkdtempSync(join(tmpdir(), 'market-tw-'));
afterAll(() => rmSync(root, { recursive: true }));
const { panel, oracle, origin } = simulateMarket({ stocks: 40, days: 30, seed: 3 });
const request = { stocks: 40, days: 30, seed: 3, signal: new AbortController().signal };
const write = (name: string, text: string | Uint8Array): string => {
  const path = join(root, name);
  writeFileSync(path, text);
  return path;
};
const realPanel = new URL('../../../../shared/data/taiwan/panels/panel-full-2019h2-2020.csv.gz', import.meta.url);

describe('dataset folders', () => {
  it('come back as they were written', async () => {
    const dir = join(root, 'round-trip');
    const dataset = await writeDataset(panel, dir, { source: 'simulated', origin, oracle });
    const back = await readDataset(dir);
    expect(back.dates).toEqual(panel.dates);
    expect(back.stocks).toEqual(panel.stocks);
    expect(back.fields).toEqual(panel.fields);
    expect(dataset).toMatchObject({ stocks: 40, days: 30, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(readdirSync(dir).toSorted()).toEqual([
      'calendar.csv',
      'calendar.parquet',
      'dataset.json',
      'halts.csv',
      'prices.csv',
      'prices.parquet',
      'universe.csv',
      'universe.parquet',
    ]);
    await expect(writeDataset(panel, dir, { source: 'simulated', origin })).rejects.toThrow('exists already');
  });

  it('hold the same rows as CSV and as Parquet', async () => {
    const dir = join(root, 'round-trip');
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(dir, 'prices.parquet')) });
    const lines = readFileSync(join(dir, 'prices.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows).toHaveLength(lines.length);
    for (const at of [0, 17, rows.length - 1]) {
      const [date, stock, open] = lines[at]!.split(',');
      expect(rows[at]).toMatchObject({ date, stock, open: Number(open) });
    }
  });

  it('keep how far predictions look ahead when they are narrowed', async () => {
    const weekly = join(root, 'weekly');
    await writeDataset(panel, weekly, { source: 'files', origin, horizonDays: 5 });
    await fileDataset(weekly)({ ...request, stocks: 10, dir: join(root, 'weekly-narrow') });
    expect((await readManifest(join(root, 'weekly-narrow'))).horizonDays).toBe(5);
  });

  it('with a row of a day or stock that they do not know are refused, with its line', async () => {
    const dir = join(root, 'strangers');
    await writeDataset(panel, dir, { source: 'simulated', origin });
    const path = join(dir, 'prices.csv');
    const text = readFileSync(path, 'utf8');
    const row = text.trim().split('\n').at(-1)!;
    writeFileSync(path, `${text + row.replace(/^\d{4}/, (year) => String(Number(year) + 10))}\n`);
    const line = text.trim().split('\n').length + 1;
    await expect(readDataset(dir)).rejects.toThrow(
      new RegExp(`prices\\.csv:${line}: \\S+ is no open day of \\S+calendar\\.csv`),
    );
    writeFileSync(path, `${text + row.replace(/^([^,]*),[^,]*/, '$1,9998')}\n`);
    await expect(readDataset(dir)).rejects.toThrow(new RegExp(`prices\\.csv:${line}: 9998 is no stock of`));
  });

  it('of one request have one digest', async () => {
    const one = await simulatedDataset()({ ...request, dir: join(root, 'one') });
    const two = await simulatedDataset()({ ...request, dir: join(root, 'two') });
    const other = await simulatedDataset()({ ...request, seed: 4, dir: join(root, 'three') });
    expect(two.digest).toBe(one.digest);
    expect(other.digest).not.toBe(one.digest);
    expect(one.truthDir).toBeDefined();
    expect((await readPredictions(one.truthDir!, panel, 'oracle')).values).toEqual(oracle);
  });
});

describe('price files', () => {
  const header = 'code,date,open,high,low,close,volume,value,change,trades';
  it('give the reference by the change, and by the last close where the change is a false zero', async () => {
    const path = write(
      'prices.csv',
      `${header}\r\n1101,2020-03-19,10,10,9,9.5,1000,9500,-0.5,3\n1101,2020-03-20,9,9,9,9,0,0,0.00,0\n0050,2020-03-19,80,81,79,80.5,5000,402500,--,9\n`,
    );
    const read = await readPriceCsv(path);
    expect(read.stocks.map((stock) => stock.code)).toEqual(['0050', '1101']);
    expect(read.dates).toEqual(['2020-03-19', '2020-03-20']);
    expect([...read.fields.reference]).toEqual([80.5, 10, Number.NaN, 9.5]);
    expect(forwardReturns(read, 1)[1]).toBeCloseTo(9 / 9.5 - 1, 12);
  });
  it.each([
    ['a cell too few', `1101,2020-03-19,10,10,9,9.5,1000,9500,-0.5`, /prices-bad\.csv:2: expected 10 cells, got 9/],
    ['a text for a price', `1101,2020-03-19,10,X,9,9.5,1000,9500,-0.5,3`, /:2: high: expected a number, got “X”/],
    ['a negative price', `1101,2020-03-19,10,10,-9,9.5,1000,9500,-0.5,3`, /:2: low: expected no negative number/],
    ['a date that is none', `1101,2020-02-30,10,10,9,9.5,1000,9500,-0.5,3`, /:2: expected a date .*, got “2020-02-30”/],
    ['nothing at all', '', /holds no prices/],
  ])('with %s are refused with file, line and value', async (_what, row, message) => {
    await expect(readPriceCsv(write('prices-bad.csv', `${header}\n${row}\n`))).rejects.toThrow(message);
  });
  it('with two rows for one stock and day, a missing column, bytes that are no text, or a torn archive are refused', async () => {
    const row = '1101,2020-03-19,10,10,9,9.5,1000,9500,-0.5,3\n';
    await expect(readPriceCsv(write('twice.csv', `${header}\n${row}${row}`))).rejects.toThrow(
      '1101 has two rows on 2020-03-19',
    );
    await expect(readPriceCsv(write('narrow.csv', 'code,date,close\n'))).rejects.toThrow(
      'open, high, low, volume not among',
    );
    await expect(readPriceCsv(write('bytes.csv', Uint8Array.of(0xc0, 0x10, 0x0a)))).rejects.toThrow(
      'neither UTF-8 nor Big5',
    );
    const torn = write('torn.csv.gz', gzipSync(`${header}\n${row.repeat(1000)}`));
    truncateSync(torn, 60);
    await expect(readPriceCsv(torn)).rejects.toThrow(/torn\.csv\.gz: cannot be read/);
  });
  it('with prices on closed days are not taken as a market', async () => {
    const path = write('shifted.csv', `${header}\n1101,2020-03-21,10,10,9,9.5,1000,9500,-0.5,3\n`);
    await expect(fileDataset(path)({ ...request, dir: join(root, 'shifted') })).rejects.toThrow(
      'when the exchange was closed',
    );
    expect(existsSync(join(root, 'shifted'))).toBe(false);
  });
  it.skipIf(!existsSync(realPanel))(
    'of the whole market of 2019–2020 are read whole (needs the shared market data)',
    async () => {
      const read = await readPriceCsv(realPanel.pathname);
      expect(read.dates).toEqual(tradingCalendar().sessionsBetween('2019-07-01', '2020-12-31'));
      expect(read.fields.close.filter((close) => close > 0).length).toBeGreaterThan(630_000);
      const narrow = narrowPanel(read, { stocks: 100, days: 63 });
      expect(narrow.stocks).toHaveLength(100);
      expect(narrow.dates).toHaveLength(63);
      expect(narrow.stocks.some((stock) => stock.code === '2330')).toBe(true);
    },
    60_000,
  );
});

describe('predictions', () => {
  const line = (t: number, i: number, value: string) => `${panel.dates[t]},${panel.stocks[i]!.code},${value}\n`;
  const read = (text: string) => {
    const dir = mkdtempSync(join(root, 'predictions-'));
    writeFileSync(join(dir, 'predictions.csv'), text);
    return readPredictions(dir, panel);
  };
  it('are laid over the panel; what is not finite or unknown is counted', async () => {
    const result = await read(
      `date,stock,prediction\n${line(3, 2, '0.25')}${line(3, 3, 'nan')}${line(4, 2, '-inf')}2001-01-02,9999,1\n`,
    );
    expect(result).toMatchObject({ rows: 4, unknown: 1, nonFinite: 2 });
    expect(result.values[3 * 40 + 2]).toBe(0.25);
    expect(result.values.filter((value) => !Number.isNaN(value))).toHaveLength(1);
  });
  it.each([
    ['cut off in the middle of a line', `date,stock,prediction\n${line(3, 2, '0.25')}2020-`, /:3: expected 3 cells/],
    [
      'cut off after the comma',
      `date,stock,prediction\n${line(3, 2, '').trimEnd()}`,
      /:2: expected a number as prediction, got “”/,
    ],
    ['with a word for a number', `date,stock,prediction\n${line(3, 2, 'high')}`, /got “high”/],
    ['with other columns', 'a,b\n', /expected the columns date, stock, prediction/],
    [
      'with two for one stock and day',
      `date,stock,prediction\n${line(3, 2, '1')}${line(3, 2, '2')}`,
      /:3: a second prediction/,
    ],
    ['that are empty', '', /is empty/],
  ])('%s are refused with file, line and value', async (_what, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
  it('that are not there are missed by name', async () => {
    await expect(readPredictions(root, panel)).rejects.toThrow('the pipeline wrote no predictions');
  });
});
