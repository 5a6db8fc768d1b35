import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Panel, PanelField } from '../src/panel.ts';
import { priceLimits } from '../src/price-rules.ts';
import { readMarketData } from '../src/readers/market-data.ts';
import { securityKind } from '../src/readers/security-kind.ts';
import { scratchFiles } from './support/scratch-files.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const files = scratchFiles();
afterAll(() => files.remove());
const shared = (name: string): string => join(sharedData, name);

/** One stock's days as rows, to compare files of different formats. */
function daysOf(panel: Panel, code: string, from: string, to: string): unknown[] {
  const i = panel.stocks.findIndex((stock) => stock.code === code);
  const fields: PanelField[] = ['open', 'high', 'low', 'close', 'volume', 'turnoverTwd', 'trades', 'reference'];
  return panel.dates
    .map((date, t) => [date, ...fields.map((field) => panel.fields[field][t * panel.stocks.length + i])])
    .filter(([date]) => (date as string) >= from && (date as string) <= to);
}

describe.skipIf(!hasSharedData)('real files (need the shared market data)', () => {
  it('of six formats tell the same of TSMC in March 2020', async () => {
    const march = async (name: string) =>
      daysOf((await readMarketData(shared(name))).panel, '2330', '2020-03-03', '2020-03-31');
    const official = await march('licensed/raw/STOCK_DAY_2330_202003.csv');
    expect(official).toHaveLength(21);
    // 2020-03-19 went ex-dividend: “X0.00”. Its reference is assumed, and so it is in every format.
    for (const name of [
      'unlicensed-facts/raw/finmind-api-shape-2330-2020-03.json',
      'unlicensed-facts/raw/finmind-derived-2330-2020-03.csv',
      'unlicensed-facts/raw/tsec-like-2330-2020-03.csv',
      'unlicensed-facts/stock-daily-45-stocks-2020h1.csv',
      'licensed/stock-day-13-stocks-2015-2025.csv.gz',
    ]) {
      expect(await march(name), name).toEqual(official);
    }
  });

  it('of TWSE’s whole market count as the exchange’s own totals of the day do', async () => {
    const {
      panel,
      changeTwd,
      files: reports,
    } = await readMarketData(shared('licensed/raw/twse-stocks-historical.json.gz'));
    const breadth = { up: 0, down: 0, flat: 0, none: 0, notCompared: 0 };
    panel.stocks.forEach(({ code }, i) => {
      // Depositary receipts (91…) do not count as stocks there.
      if (!/^[1-9]\d{3}$/.test(code) || code.startsWith('91')) return;
      if (Number.isNaN(panel.fields.close[i]!)) breadth.none++;
      else if (Number.isNaN(changeTwd[i]!)) breadth.notCompared++;
      else breadth[changeTwd[i]! > 0 ? 'up' : changeTwd[i]! < 0 ? 'down' : 'flat']++;
    });
    // licensed/raw/twse-market-trades.json: 上漲 764(14), 下跌 132(0), 持平 67, 未成交 1, 無比價 4
    expect(breadth).toEqual({ up: 764, down: 132, flat: 67, none: 1, notCompared: 4 });
    expect(reports[0]).toMatchObject({ format: 'exchange-daily', rows: 1182, kept: 1182 });
    expect(panel.stocks.find(({ code }) => code === '2330')?.name).toBe('台積電');
  });

  it('of TPEx’s whole market sum to the exchange’s totals; warrants are counted apart', async () => {
    const { panel, files: reports } = await readMarketData(shared('licensed/raw/tpex-stocks-historical.json.gz'));
    const isStock = panel.stocks.map(({ code }) => securityKind(code) === 'stock');
    const sum = (field: PanelField): number =>
      panel.fields[field].reduce((total, value, i) => total + (isStock[i] ? value || 0 : 0), 0);
    // Its subtitle, for stocks and preferred stocks: NT$63,437,743,399, 634,516,778 shares, 471,645 trades; 7,281 rows in all.
    expect([sum('turnoverTwd'), sum('volume'), sum('trades')]).toEqual([63_437_743_399, 634_516_778, 471_645]);
    expect(reports[0]).toMatchObject({ rows: 7281, kept: 908, skipped: { warrant: 6373 } });
  });

  it('with ex-dividend, capital-reduction and split tables give references whose limits are the printed ones', async () => {
    for (const name of [
      'tpex-stocks-dividends',
      'tpex-stocks-capital-reductions',
      'tpex-stocks-splits',
      'twse-stocks-dividends',
      'twse-stocks-capital-reductions',
      'twse-stocks-splits',
    ]) {
      const table = JSON.parse(readFileSync(shared(`licensed/raw/${name}.json`), 'utf8'));
      const { fields, data } = table.tables?.[0] ?? table;
      const at = (pattern: RegExp): number => fields.findIndex((field: string) => pattern.test(field));
      for (const row of data) {
        const number = (pattern: RegExp): number => Number(row[at(pattern)].replaceAll(',', ''));
        const code = row[at(/代號/)];
        const day = /^(\d{3})\D*(\d{2})\D*(\d{2})/.exec(row[at(/日期/)])!;
        const date = `${Number(day[1]) + 1911}-${day[2]}-${day[3]}`;
        const prices = files.write(
          `${name}-${code}.csv`,
          `stock,date,open,high,low,close,volume\n${code},${date},1,1,1,1,1000\n`,
        );
        const { panel } = await readMarketData([prices, shared(`licensed/raw/${name}.json`)]);
        const reference = panel.fields.reference[0]!;
        const instrument = code.startsWith('00') ? 'etf' : 'stock';
        expect([code, date, priceLimits({ reference, date, instrument })]).toEqual([
          code,
          date,
          { down: number(/跌停價/), up: number(/漲停價/) },
        ]);
      }
    }
  });

  it('of crawlers with every odd line that was found are read, and count', async () => {
    // The file of odd lines puts the stock before each line.
    const lines = readFileSync(shared('unlicensed-facts/raw/tsec-like-quirk-lines.txt'), 'utf8').trim().split('\n');
    const byStock = new Map<string, string[]>();
    for (const line of lines) byStock.set(line.slice(0, 4), [...(byStock.get(line.slice(0, 4)) ?? []), line]);
    const paths = [...byStock].map(([code, own]) =>
      files.write(`quirk-${code}.csv`, own.map((line) => `${line.slice(6)}\n`).join('')),
    );
    const data = await readMarketData(paths);
    expect(data.files.reduce((rows, file) => rows + file.kept, 0)).toBe(lines.length);
    expect(data.files.every(({ format }) => format === 'crawler-csv')).toBe(true);
    const noPrice = lines.filter((line) => /: [^,]+,(--|---|0\.00),/.test(line)).length;
    expect(data.references.none - (data.panel.dates.length * data.panel.stocks.length - lines.length)).toBe(noPrice);
    expect(data.panel.dates[0]).toBe('2008-02-13');
  });

  it('that hold something else are refused, each with what it lacks', async () => {
    const raw = shared('licensed/raw/');
    const refused = [
      'mis-twse-indices-quote.json',
      'mis-twse-stocks-quote-odd.json',
      'mis-twse-stocks-quote.json',
      'taifex-futures-historical-head-big5.csv',
      'taifex-futures-historical-no-data.csv',
      'tpex-indices-historical.json',
      'tpex-market-breadth.json',
      'tpex-market-trades.json',
      'tpex-warrant-rows-sample.csv',
      'twse-5s-index-first-40-rows.json',
      'twse-indices-trades.json',
      'twse-market-trades.json',
      'twse-warrant-rows-sample.csv',
    ];
    for (const name of refused) {
      await expect(readMarketData(join(raw, name)), name).rejects.toThrow(/expected|no table of daily prices/);
    }
    const noData = readdirSync(raw).filter((name) => name.endsWith('no-data.json'));
    expect(noData).toHaveLength(3);
    for (const name of noData) await expect(readMarketData(join(raw, name)), name).rejects.toThrow('there is no data');
  });

  it('cut anywhere or changed in a byte give a panel or an InputError, never another crash', async () => {
    const samples = [
      ...readdirSync(shared('licensed/raw')).map((name) => shared(`licensed/raw/${name}`)),
      ...readdirSync(shared('unlicensed-facts/raw')).map((name) => shared(`unlicensed-facts/raw/${name}`)),
    ];
    // A fixed sequence: the same damage in every run.
    let state = 12_345;
    const draw = (bound: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    let read = 0;
    let refused = 0;
    for (const sample of samples) {
      const packed = readFileSync(sample);
      const whole = sample.endsWith('.gz') ? gunzipSync(packed).subarray(0, 40_000) : packed;
      for (let round = 0; round < 6; round++) {
        const bytes = Uint8Array.from(round % 3 === 0 ? whole.subarray(0, draw(whole.length)) : whole);
        for (let change = 0; change < (round % 4) + 1 && bytes.length > 0; change++)
          bytes[draw(bytes.length)] = draw(256);
        const path = files.write(
          `damaged-2330${sample.endsWith('json') || sample.endsWith('json.gz') ? '.json' : '.csv'}`,
          bytes,
        );
        for (const onBad of ['refuse', 'quarantine'] as const) {
          try {
            const data = await readMarketData(path, { onBad });
            for (const { rows, kept, quarantined, skipped } of data.files)
              expect(rows).toBe(kept + quarantined + (skipped.warrant ?? 0) + (skipped.repeatedInAnotherFile ?? 0));
            read++;
          } catch (cause) {
            expect((cause as Error).name, `${sample}: ${(cause as Error).stack}`).toBe('InputError');
            refused++;
          }
        }
      }
    }
    expect(read).toBeGreaterThan(8);
    expect(refused).toBeGreaterThan(50);
  }, 60_000);
});
