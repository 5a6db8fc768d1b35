import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, preopen } from './support/command.ts';

const made = aFolder('market-data');
afterAll(() => rmSync(made, { recursive: true }));

const official = `"2020/03  Daily Trading Value/Volume of 2330 "
"Date","Trade Volume","Trade Value","Opening Price","Highest Price","Lowest Price","Closing Price","Change","Transaction",
"2020/03/18","118,620,643","31,555,231,792","269.50","272.50","260.00","260.00","-8.00","53,985",
"2020/03/19","160,811,697","39,559,889,553","252.00","253.00","235.50","248.00","X0.00","77,302",
"Remarks:"
`;
const crawled =
  '109/03/18,5.56,5.56,5.01,5.08,77100,391088,-0.48,19\n109/03/19,5.08,5.08,4.60,bad,57401,282028,-0.01,19\n';

beforeAll(() => {
  mkdirSync(join(made, 'raw'));
  writeFileSync(join(made, 'raw', 'STOCK_DAY_2330_202003.csv'), official);
  writeFileSync(join(made, 'raw', '1213.csv'), crawled);
});
const run = async (...args: string[]) => {
  const started = preopen(args, made);
  return { code: await started.ended, out: started.out(), err: started.err() };
};

describe('preopen market convert', () => {
  it('refuses a folder with a bad row by file, line and value, and leaves nothing behind', async () => {
    const { code, err } = await run('market', 'convert', 'raw', '--out', 'dataset');
    expect(code).toBe(2);
    expect(err).toMatch(/1213\.csv:2: close: expected a number, got “bad”/);
    expect(readdirSync(made)).toEqual(['raw']);
  });
  it('refuses a name that looks like a file of a format it does not write', async () => {
    const { code, err } = await run('market', 'convert', 'raw/STOCK_DAY_2330_202003.csv', '--out', 'prices.feather');
    expect(code).toBe(2);
    expect(err).toContain('ends in .csv or .parquet');
    expect(readdirSync(made)).toEqual(['raw']);
  });
  it('puts bad rows into quarantine where asked to, and lists them', async () => {
    const { code, out, err } = await run('market', 'convert', 'raw', '--out', 'dataset', '--quarantine', '--json');
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      format: 'dataset',
      stocks: 2,
      days: 2,
      quarantined: 1,
      files: [
        { format: 'crawler-csv', rows: 2, kept: 1, quarantined: 1 },
        { format: 'twse-stock-day', rows: 2, kept: 2, quarantined: 0 },
      ],
    });
    const [, listed] = readFileSync(join(made, 'dataset.quarantine.csv'), 'utf8').split('\n');
    expect(listed).toMatch(/1213\.csv,2,"close: expected a number, got “bad”","109\/03\/19,5\.08/);
    expect(existsSync(join(made, 'dataset', 'prices.parquet'))).toBe(true);
  });
  it('writes the same market as one Parquet file and back as CSV', async () => {
    expect((await run('market', 'convert', 'dataset', '--out', 'prices.parquet')).code).toBe(0);
    expect((await run('market', 'convert', 'prices.parquet', '--out', 'prices.csv')).code).toBe(0);
    expect(readFileSync(join(made, 'prices.csv'), 'utf8')).toBe(
      readFileSync(join(made, 'dataset', 'prices.csv'), 'utf8'),
    );
    const again = await run('market', 'convert', 'dataset', '--out', 'prices.csv');
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('exists already')]);
  });
});

describe('preopen market quality', () => {
  it('reports every kind as JSON, bad rows with their place', async () => {
    const { code, out } = await run('market', 'quality', 'raw', '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ schemaVersion: 1, stocks: 2, days: 2, rows: 3, totals: { error: 1 } });
    expect(report.findings[0]).toMatchObject({
      kind: 'unreadable-row',
      outcome: 'tested',
      tested: 4,
      count: 1,
      examples: [{ line: 2 }],
    });
  });
  it('prints a table for people', async () => {
    const { out } = await run('market', 'quality', 'dataset');
    expect(out).toMatch(/2 stocks × 2 days, 2020-03-18 to 2020-03-19, 3 rows/);
    expect(out).toMatch(/outside-limits +error +0 +of \d/);
  });
});

describe('preopen market feed', () => {
  it('prints a day as events that begin with the open and end with the close', async () => {
    const { code, out, err } = await run('market', 'feed', 'dataset', '--date', '2020-03-18', '--seed', '1');
    expect(code, err).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const own = events.filter(({ stock, kind }) => stock === '1213' && kind === 'auction');
    expect(own[0]).toMatchObject({ timeMs: 9 * 3_600_000, priceTwd: 5.56 });
    expect(own.at(-1)).toMatchObject({ timeMs: 13.5 * 3_600_000, priceTwd: 5.08 });
    expect(events.filter(({ stock }) => stock === '1213').reduce((sum, { volume }) => sum + volume, 0)).toBe(77_100);
  });
});
