import { createRandom } from '@preopen/core';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { datasetFaults, mojibake, rocDate } from '../src/data/dataset-faults.ts';
import { judgePipeline, type PipelineEnd } from '../src/data/judge-pipeline.ts';
import { pricesCsv, pricesParquet, readPrices } from '../src/data/price-table.ts';
import { aDataset } from './support/pipelines.ts';

const files = aDataset({ stocks: 10, days: 20 });
const damaged = (id: string, seed = 1) =>
  datasetFaults.find((fault) => fault.id === id)!.damage(files, createRandom(seed, id));
const prices = readPrices(files);
const parquetRows = (bytes: Uint8Array) =>
  parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer });

describe('faults of datasets', () => {
  it.each(datasetFaults.map(({ id }) => id))(
    '%s is the same with the same seed, and changes nothing that was given',
    (id) => {
      const before = new Map([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]));
      const [one, two] = [damaged(id), damaged(id)];
      expect([...one.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')])).toEqual(
        [...two.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]),
      );
      expect(new Map([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]))).toEqual(before);
      // What is broken is broken in both forms: a pipeline reads the one or the other.
      for (const name of [pricesCsv, pricesParquet]) {
        const after = one.files.get(name);
        expect(after === undefined || !Buffer.from(after).equals(files.get(name)!)).toBe(true);
      }
    },
  );

  it('of rows strike the same rows of the CSV and of the Parquet file', async () => {
    const { files: after } = damaged('negative-prices');
    const csv = readPrices(after).rows.map((row) => Number(row[5]));
    const rows = await parquetRows(after.get(pricesParquet)!);
    expect(rows.map(({ close }) => close)).toEqual(csv);
    expect(csv.filter((close) => close < 0).length).toBeGreaterThanOrEqual(3);
    expect(csv.filter((close) => close < 0).length).toBeLessThan(10);
  });

  it('name what could be left out: the rest is as it was', () => {
    const { withoutWrongRows, files: after } = damaged('infinite-prices');
    const struck = readPrices(after).rows.filter((row) => row[5]!.includes('Infinity')).length;
    expect(readPrices(withoutWrongRows!).rows).toHaveLength(prices.rows.length - struck);
    expect(readPrices(damaged('duplicated-rows').withoutWrongRows!).rows).toEqual(prices.rows);
    expect(readPrices(damaged('out-of-order-rows').files).rows.toSorted()).toEqual(prices.rows.toSorted());
  });

  it('make dates of the Republic and garbled text as they are met', () => {
    expect(rocDate('2025-04-07')).toBe('114/04/07');
    expect(rocDate('2024-02-29', '')).toBe('1130229');
    expect(mojibake('台')).toBe('å\u008f°');
    expect(readPrices(damaged('roc-dates').files).rows.some(([date]) => date!.startsWith('114/11/'))).toBe(true);
  });
});

describe('judgePipeline', () => {
  const clean = new Map([
    ['2025-11-03,1101', 1],
    ['2025-11-04,1101', 2],
  ]);
  const about = { subjects: ['prices.csv', '1101'], where: '3 rows' };
  const end = (change: Partial<PipelineEnd>): PipelineEnd => ({
    code: 0,
    signal: null,
    said: [],
    found: { isThere: true, predictions: clean, duplicates: 0 },
    ...change,
  });
  const nothing = { isThere: false as const, reason: 'there is no predictions.csv or predictions.parquet' };
  const found = (...entries: [string, number][]) => ({
    isThere: true as const,
    predictions: new Map(entries),
    duplicates: 0,
  });
  const judge = (change: Partial<PipelineEnd>, reduced?: ReadonlyMap<string, number>) =>
    judgePipeline(end(change), clean, about, async () => reduced);

  it('takes a refusal for one only if it says what is wrong', async () => {
    const words = ['Traceback', '  at main (x.js)', 'ValueError: prices.csv:7: expected a number'];
    expect(await judge({ code: 1, said: words, found: nothing })).toEqual({ kind: 'refused', said: words[2] });
    expect(await judge({ code: 1, said: ['KeyError: 3'], found: nothing })).toEqual({
      kind: 'swallowed',
      sentence: 'it ended with code 1 and said only “KeyError: 3”: nobody learns that 3 rows are wrong',
    });
    expect(await judge({ code: 1, said: [], found: nothing })).toMatchObject({ kind: 'swallowed' });
    expect(await judge({ code: null, signal: 'SIGSEGV', found: nothing })).toMatchObject({
      sentence: 'it was ended by SIGSEGV instead of refusing its data',
    });
  });

  it('does not take an error for a refusal that leaves predictions behind', async () => {
    expect(await judge({ code: 1, said: ['prices.csv:7: bad'] })).toMatchObject({
      kind: 'swallowed',
      sentence: expect.stringContaining('left predictions behind'),
    });
  });

  it('tells what was repaired, left out and said from what was swallowed', async () => {
    expect(await judge({})).toEqual({ kind: 'repaired' });
    const other = found(['2025-11-03,1101', 1], ['2025-11-04,1101', 2.5]);
    expect(await judge({ found: other }, other.predictions)).toEqual({ kind: 'left-out' });
    expect(await judge({ found: other, said: ['warning: 1101 has no price'] }, clean)).toMatchObject({
      kind: 'warned',
    });
    expect(await judge({ found: other, said: ['all is well with 1101'] }, clean)).toEqual({
      kind: 'swallowed',
      sentence:
        'it ended with code 0 and without a word, and its predictions are neither those from right data nor those without the wrong rows: 3 rows went into them',
    });
    expect(await judge({ found: found(['2025-11-03,1101', Number.NaN]) })).toMatchObject({
      sentence: 'it ended with code 0, and 1 of 1 predictions are not finite',
    });
    expect(await judge({ found: found(['2025-11-03,1101', 1]) })).toMatchObject({
      sentence: 'it ended with code 0 and without a word, and 1 of 2 predictions are missing',
    });
    expect(await judge({ found: nothing })).toMatchObject({ kind: 'swallowed' });
    expect(await judge({ found: found() })).toMatchObject({ kind: 'swallowed' });
  });
});
