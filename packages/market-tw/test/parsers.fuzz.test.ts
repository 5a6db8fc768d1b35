import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '@preopen/core';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzz, mutatedBytes, mutatedDocuments, mutatedTexts } from '../../core/test/support/mutations.ts';
import { companyFiguresFile, readCompanyFigures } from '../src/company-figures-file.ts';
import { readDatasetData, readManifest, writeDataset } from '../src/dataset-folder.ts';
import { readPredictions } from '../src/predictions.ts';
import { type MarketData, readMarketData } from '../src/readers/market-data.ts';
import { simulateMarket } from '../src/simulate.ts';
import { scratchFiles } from './support/scratch-files.ts';

const files = scratchFiles();
afterAll(() => files.remove());

const { panel, oracle, origin } = simulateMarket({ stocks: 4, days: 12, seed: 3 });

/** Every figure that was read is one: not negative where it cannot be, and laid over whole axes. */
function expectAPanel({ panel: { stocks, dates, fields }, changeTwd, files: reports, quarantined }: MarketData): void {
  const cells = stocks.length * dates.length;
  expect(changeTwd.length).toBe(cells);
  for (const [name, values] of Object.entries(fields)) {
    expect(values.length, name).toBe(cells);
    expect(
      values.every((value) => Number.isNaN(value) || Number.isFinite(value)),
      name,
    ).toBe(true);
  }
  for (const date of dates) expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(new Set(dates).size).toBe(dates.length);
  for (const { rows, kept, quarantined: bad } of reports) expect(kept + bad).toBeLessThanOrEqual(rows);
  expect(quarantined.length).toBeLessThanOrEqual(
    reports.reduce((sum, report) => sum + report.quarantined, 0) + reports.length,
  );
}

const generic = [
  'date,stock,open,high,low,close,volume',
  '2024-01-02,2330,590,593,589,593,26059058',
  '2024/01/03,0050,133,134,132.5,133.9,"1,234"',
  '',
].join('\n');
const stockDay = [
  '"109年03月 2330 台積電 各日成交資訊"',
  '"日期","成交股數","成交金額","開盤價","最高價","最低價","收盤價","漲跌價差","成交筆數",',
  '"109/03/18","118,620,643","31,555,231,792","269.50","272.50","260.00","260.00","-8.00","53,985",',
  '"109/03/19","160,811,697","39,559,889,553","252.00","253.00","235.50","248.00","X0.00","77,302",',
  '"說明:"',
  '',
].join('\r\n');
const finMind = {
  msg: 'success',
  status: 200,
  data: [
    {
      date: '2024-01-02',
      stock_id: '2330',
      Trading_Volume: 26059058,
      Trading_money: 15417280000,
      open: 590,
      max: 593,
      min: 589,
      close: 593,
      spread: 0,
      Trading_turnover: 20667,
    },
    {
      date: '2024-01-03',
      stock_id: '2330',
      Trading_Volume: 1,
      Trading_money: 1,
      open: 584,
      max: 585,
      min: 576,
      close: 578,
      spread: -15,
      Trading_turnover: 1,
    },
  ],
};
const exchange = {
  stat: 'OK',
  date: '20240102',
  tables: [
    {},
    {
      title: '113年01月02日 每日收盤行情(全部)',
      fields: [
        '證券代號',
        '證券名稱',
        '成交股數',
        '成交筆數',
        '成交金額',
        '開盤價',
        '最高價',
        '最低價',
        '收盤價',
        '漲跌(+/-)',
        '漲跌價差',
      ],
      data: [
        [
          '2330',
          '台積電',
          '26,059,058',
          '20,667',
          '15,417,280,000',
          '590.00',
          '593.00',
          '589.00',
          '593.00',
          '<p style= color:red>+</p>',
          '0.00',
        ],
        ['0050', '元大台灣50', '1', '1', '1', '--', '--', '--', '--', '<p>X</p>', '0.00'],
      ],
    },
  ],
};

const modes = ['refuse', 'quarantine'] as const;
let count = 0;
const read = (content: string | Uint8Array, ending: string, onBad: 'refuse' | 'quarantine'): Promise<MarketData> =>
  readMarketData(files.write(`fuzz-${++count % 50}.${ending}`, content), { onBad });

describe.each(modes)('whatever stands in a file of prices (bad rows: %s)', (onBad) => {
  it('gives a panel or an error with the file’s name, as CSV', async () => {
    await fuzz(mutatedTexts(generic, stockDay), (text) => read(text, 'csv', onBad), [InputError], expectAPanel);
  });

  it('the same as bytes: broken UTF-8, Big5, gzip', async () => {
    const samples = [generic, stockDay].flatMap((text) => [Buffer.from(text), gzipSync(text)]);
    await fuzz(mutatedBytes(...samples), (bytes) => read(bytes, 'csv', onBad), [InputError], expectAPanel);
  });

  it('the same as JSON of an exchange or of FinMind', async () => {
    const documents = mutatedDocuments(finMind, exchange, finMind.data).map((value) => JSON.stringify(value) ?? '');
    await fuzz(documents, (text) => read(text, 'json', onBad), [InputError], expectAPanel);
    const texts = mutatedTexts(JSON.stringify(finMind), JSON.stringify(exchange));
    await fuzz(texts, (text) => read(text, 'json', onBad), [InputError], expectAPanel);
  });
});

describe('whatever stands in a dataset folder', () => {
  const dir = join(files.root, 'dataset');
  beforeAll(() => writeDataset(panel, dir, { source: 'simulated', origin, oracle }));

  it.each(modes)('gives a panel or an error with the file’s name, as Parquet (bad rows: %s)', async (onBad) => {
    const bytes = readFileSync(join(dir, 'prices.parquet'));
    await fuzz(mutatedBytes(bytes), (changed) => read(changed, 'parquet', onBad), [InputError], expectAPanel);
  });

  it.each(['dataset.json', 'universe.csv', 'calendar.csv', 'halts.csv', 'prices.csv'])(
    'the same of %s',
    async (name) => {
      const path = join(dir, name);
      const whole = readFileSync(path, 'utf8');
      await fuzz(
        mutatedTexts(whole),
        async (text) => {
          writeFileSync(path, text);
          return await readDatasetData(dir);
        },
        [InputError],
        expectAPanel,
      );
      writeFileSync(path, whole);
      expect((await readDatasetData(dir)).panel.dates).toEqual(panel.dates);
    },
  );

  it('gives what the folder says of itself, with numbers where numbers stand', async () => {
    const own = join(files.root, 'own');
    mkdirSync(own);
    const manifest = JSON.parse(readFileSync(join(dir, 'dataset.json'), 'utf8')) as unknown;
    await fuzz(
      mutatedDocuments(manifest),
      (value) => {
        writeFileSync(join(own, 'dataset.json'), JSON.stringify(value) ?? '');
        return readManifest(own);
      },
      [InputError],
      ({ stocks, days, digest }) => {
        expect([Number.isSafeInteger(stocks), Number.isSafeInteger(days), typeof digest]).toEqual([
          true,
          true,
          'string',
        ]);
      },
    );
  });
});

describe('whatever a pipeline writes', () => {
  const lines = panel.stocks.map(({ code }, i) => `${panel.dates[0]},${code},${i / 7}`);
  const csv = `date,stock,prediction\n${lines.join('\n')}\n`;

  it('gives predictions that are finite or none, or an error with file and line', async () => {
    await fuzz(
      mutatedTexts(csv, csv.replaceAll('\n', '\r\n')),
      (text) => {
        files.write('predictions.csv', text);
        return readPredictions(files.root, panel);
      },
      [InputError],
      ({ values, rows, unknown, nonFinite }) => {
        const known = values.filter((value) => !Number.isNaN(value));
        expect(known.every(Number.isFinite)).toBe(true);
        expect(known.length + unknown + nonFinite).toBe(rows);
      },
    );
  });

  it('the same as Parquet', async () => {
    const dir = join(files.root, 'parquet');
    mkdirSync(dir);
    const columnData = [
      { name: 'date', data: panel.stocks.map(() => panel.dates[0]!), type: 'STRING' as const },
      { name: 'stock', data: panel.stocks.map(({ code }) => code), type: 'STRING' as const },
      { name: 'prediction', data: panel.stocks.map((_, i) => i / 7), type: 'DOUBLE' as const },
    ];
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
    await fuzz(
      mutatedBytes(bytes),
      (changed) => {
        writeFileSync(join(dir, 'predictions.parquet'), changed);
        return readPredictions(dir, panel);
      },
      [InputError],
    );
  });
});

describe('whatever companies are said to have reported', () => {
  it('gives figures of stocks that are there, or an error with file and line', async () => {
    const stocks = [{ code: '2330' }, { code: '0050' }];
    const text =
      'stock,figure,period,publishedDate,value\n2330,revenue,2020-02,2020-03-10,5.5e9\n0050,revenue,2020-03,2020-04-10,1\n';
    await fuzz(
      mutatedTexts(text),
      (changed) => readCompanyFigures(files.write(companyFiguresFile, changed), stocks),
      [InputError],
      ({ stock, value }) => {
        expect(stock.every((at) => at < stocks.length)).toBe(true);
        expect(value.every(Number.isFinite)).toBe(true);
      },
    );
  });
});
