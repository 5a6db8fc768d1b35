import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { tradingCalendar } from '../src/calendar.ts';
import { readDataset, writeDataset } from '../src/dataset-folder.ts';
import { dayNumber } from '../src/date.ts';
import { createPanel, type Panel, type Stock } from '../src/panel.ts';
import { parseDay, parseNumber } from '../src/readers/cell.ts';
import { readMarketData } from '../src/readers/market-data.ts';
import { writeNumber } from '../src/writers/number-text.ts';
import { writePriceParquet } from '../src/writers/price-parquet-writer.ts';
import { scratchFiles } from './support/scratch-files.ts';

const files = scratchFiles();
afterAll(() => files.remove());
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let count = 0;

const figure = fc.oneof(
  fc.integer({ min: 0, max: 3_000_000_000 }),
  fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100),
  fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
);
const sessions = tradingCalendar().sessionsBetween('2020-03-02', '2020-04-30');

/** Any panel: holes, whole days and stocks without a row, figures of every size; prices above 0, with references. */
const anyPanel: fc.Arbitrary<Panel> = fc
  .record({
    dates: fc.uniqueArray(fc.constantFrom(...sessions), { minLength: 1, maxLength: 5 }),
    codes: fc.uniqueArray(fc.stringMatching(/^[1-9][0-9]{3}[A-Z]?$/), { minLength: 1, maxLength: 5 }),
    names: fc.array(fc.stringMatching(/^[^\r\n"\uFEFF\s][^\r\n"]{0,6}[^\r\n"\s]$/), { minLength: 5, maxLength: 5 }),
  })
  .chain(({ dates, codes, names }) => {
    const stocks = codes.toSorted().map(
      (code, i): Stock => ({
        code,
        name: names[i]!,
        market: i % 2 ? 'TPEx' : 'TWSE',
        sector: '24',
        listed: '',
        delisted: null,
      }),
    );
    const cells = dates.length * stocks.length;
    return fc
      .record({
        present: fc.array(fc.boolean(), { minLength: cells, maxLength: cells }),
        volume: fc.array(figure, { minLength: cells, maxLength: cells }),
        prices: fc.array(
          figure.filter((value) => value > 0),
          { minLength: cells * 5, maxLength: cells * 5 },
        ),
        flows: fc.array(
          fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value || 0),
          { minLength: cells, maxLength: cells },
        ),
      })
      .map(({ present, volume, prices, flows }) => {
        const panel = createPanel(dates.toSorted(), stocks);
        for (let at = 0; at < cells; at++) {
          // Odd lots have a volume and no price.
          panel.fields.volume[at] = volume[at]!;
          if (!present[at]) continue;
          for (const [k, field] of (['open', 'high', 'low', 'close', 'reference'] as const).entries())
            panel.fields[field][at] = prices[at * 5 + k]!;
          panel.fields.foreignNetBuy[at] = flows[at]!;
        }
        if (!present.includes(true)) panel.fields.reference[0] = 1;
        return panel;
      });
  });

describe('a panel', () => {
  it('written as a dataset folder reads back equal, whatever its holes and figures', async () => {
    await fc.assert(
      fc.asyncProperty(anyPanel, async (panel) => {
        const dir = join(files.root, `any-${++count}`);
        await writeDataset(panel, dir, { source: 'files', origin: 'any' });
        expect(await readDataset(dir)).toEqual(panel);
      }),
      { numRuns: 25 },
    );
  }, 30_000);
  it('written as Parquet holds the same figures as written as CSV', async () => {
    await fc.assert(
      fc.asyncProperty(anyPanel, async (panel) => {
        const path = join(files.root, `any-${++count}.parquet`);
        writePriceParquet(panel, path);
        const back = (await readMarketData(path)).panel;
        // Every cell has a volume, so every stock and day has a row; names stand in the universe file alone.
        expect(back.dates).toEqual(panel.dates);
        expect(back.stocks.map(({ code }) => code)).toEqual(panel.stocks.map(({ code }) => code));
        expect(back.fields).toEqual(panel.fields);
      }),
      { numRuns: 25 },
    );
  }, 30_000);
  it('as Parquet with bytes changed gives a panel or an InputError, and ends', async () => {
    const [panel] = fc.sample(anyPanel, { numRuns: 1, seed: 11 });
    const path = join(files.root, 'damaged.parquet');
    writePriceParquet(panel!, path);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.option(fc.nat({ max: whole.length }), { freq: 4 }),
        async (changes, length) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          const damaged = files.write('damaged-1.parquet', bytes.subarray(0, length ?? bytes.length));
          const outcome = await readMarketData(damaged).then(
            () => 'read',
            (cause: Error) => cause.name,
          );
          expect(['read', 'InputError']).toContain(outcome);
        },
      ),
      { numRuns: 150 },
    );
  }, 30_000);
  const hasPython = spawnSync('python3', ['--version']).status === 0;
  it.skipIf(!hasPython)('reads the same with python’s csv module (needs python3)', async () => {
    const [panel] = fc.sample(anyPanel, { numRuns: 1, seed: 7 });
    const dir = join(files.root, 'python');
    await writeDataset(panel!, dir, { source: 'files', origin: 'any' });
    const script = `
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1] + '/prices.csv', encoding='utf-8', newline='')))
names = [row['name'] for row in csv.DictReader(open(sys.argv[1] + '/universe.csv', encoding='utf-8', newline=''))]
print(json.dumps({'keys': [[r['date'], r['stock']] for r in rows], 'volume': [float(r['volume']) for r in rows], 'close': [float(r['close']) if r['close'] else None for r in rows], 'names': names}))`;
    const ran = spawnSync('python3', ['-c', script, dir], { encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    const { dates, stocks, fields } = panel!;
    expect(JSON.parse(ran.stdout)).toEqual({
      keys: dates.flatMap((date) => stocks.map(({ code }) => [date, code])),
      volume: [...fields.volume],
      close: [...fields.close].map((close) => (Number.isNaN(close) ? null : close)),
      names: stocks.map(({ name }) => name),
    });
  });
});

describe('numbers', () => {
  it('are written as String writes them, and read as Number reads them', () => {
    const room = new Uint8Array(64);
    fc.assert(
      fc.property(fc.oneof(figure, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), (value) => {
        const text = decoder.decode(room.subarray(0, writeNumber(value, room, 0)));
        expect(text).toBe(String(value));
        const bytes = encoder.encode(text);
        expect(parseNumber(bytes, 0, bytes.length)).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 2000 },
    );
  });
  it('with thousands commas are the same numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (value) => {
        const bytes = encoder.encode(` ${value.toLocaleString('en-US')} `);
        expect(parseNumber(bytes, 0, bytes.length)).toBe(value);
      }),
    );
  });
});

describe('dates', () => {
  it('in every form of a day are that day; of a day that does not exist none is', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1962-02-09'), max: new Date('2100-12-31'), noInvalidDate: true }),
        (moment) => {
          const iso = moment.toISOString().slice(0, 10);
          const [year, month, day] = iso.split('-') as [string, string, string];
          const republic = String(Number(year) - 1911);
          const forms = [
            iso,
            `${year}/${month}/${day}`,
            `${year}${month}${day}`,
            `${year}/${Number(month)}/${Number(day)}`,
            `${republic}/${month}/${day}`,
            `${republic}${month}${day}`,
            ` ${iso}T00:00:00 `,
            `${republic}/${month}/${day}*`,
          ];
          for (const form of forms) {
            const bytes = encoder.encode(form);
            expect([form, parseDay(bytes, 0, bytes.length)]).toEqual([form, dayNumber(iso)]);
          }
        },
      ),
    );
    for (const text of [
      '2020-02-30',
      '109/13/01',
      '2019-02-29',
      '2020-03-19 09:00:00',
      '20200',
      '1/2/2020',
      '19-03-2020',
      'today',
      '',
      '2020-03/19',
      '1911/01/01',
    ]) {
      const bytes = encoder.encode(text);
      expect([text, parseDay(bytes, 0, bytes.length)]).toEqual([text, -1]);
    }
  });
});
