import { afterAll, describe, expect, it } from 'vitest';
import type { Panel } from '../src/panel.ts';
import type { Finding, FindingKind } from '../src/quality/findings.ts';
import { findingKinds } from '../src/quality/findings.ts';
import { qualityReport } from '../src/quality/quality-report.ts';
import { type MarketData, readMarketData } from '../src/readers/market-data.ts';
import { simulateMarket } from '../src/simulate.ts';
import { scratchFiles } from './support/scratch-files.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const files = scratchFiles();
afterAll(() => files.remove());
const header = 'stock,date,open,high,low,close,volume,change\n';
const report = async (rows: string): Promise<ReturnType<typeof qualityReport>> =>
  qualityReport(await readMarketData(files.write('prices.csv', header + rows), { onBad: 'quarantine' }));
const of = (findings: readonly Finding[], kind: FindingKind): Finding => findings.find((one) => one.kind === kind)!;
/** Counts of the kinds that were found, without the informative ones unless named. */
const found = (findings: readonly Finding[]): Record<string, number> =>
  Object.fromEntries(
    findings.flatMap((one) => (one.outcome === 'tested' && one.count > 0 ? [[one.kind, one.count]] : [])),
  );

describe('the quality report', () => {
  it('finds nothing in a clean file, and says what it looked at', async () => {
    const { findings, totals, rows, adjustment } = await report(
      '2330,2020-03-18,269.5,272.5,260,260,118620643,-8.00\n2330,2020-03-19,252,253,235.5,248,160811697,-12.00\n',
    );
    expect(found(findings)).toEqual({});
    expect(totals).toEqual({ error: 0, warning: 0, info: 0 });
    expect([rows, adjustment.isAdjusted]).toEqual([2, false]);
    expect(findings.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(findingKinds).toSorted());
    expect(of(findings, 'outside-limits')).toMatchObject({ outcome: 'tested', tested: 2 });
  });
  it('finds volumes in lots, and turnovers in thousands of dollars', () => {
    const { panel } = simulateMarket({ stocks: 5, days: 30, seed: 1 });
    const changed = (field: 'volume' | 'turnoverTwd', at: number): Finding => {
      const fields = { ...panel.fields, [field]: Float64Array.from(panel.fields[field]) };
      fields[field][at]! /= 1000;
      return of(qualityReport({ ...panel, fields }).findings, 'unit-mismatch');
    };
    const traded = panel.fields.volume.findLastIndex((volume) => volume > 1e6);
    expect(of(qualityReport(panel).findings, 'unit-mismatch')).toMatchObject({ count: 0 });
    expect(changed('volume', traded)).toMatchObject({ severity: 'error', count: 1 });
    expect(changed('turnoverTwd', traded)).toMatchObject({ count: 1 });
  });
  it.each<[FindingKind, string, Partial<{ count: number; value: RegExp }>]>([
    ['closed-day', '1101,2020-03-21,10,10,10,10,1000,0.50\n', { value: /Saturday/ }],
    [
      'missing-session',
      '1101,2020-03-18,10,10,10,10,1000,0.50\n1101,2020-03-20,10,10,10,10,1000,0\n',
      { value: /no row of any stock/ },
    ],
    ['inconsistent-bar', '1101,2020-03-19,10,9.9,9.8,9.85,1000,0.05\n', { value: /open 10, high 9.9/ }],
    // Between 10 and 50 prices move by 0.05.
    ['off-tick', '1101,2020-03-19,10,10.03,10,10,1000,0.05\n', { value: /high 10.03/ }],
    // From 593 the limits are 652 and 534 (domain: an official quote of 2023-12-29).
    ['outside-limits', '2330,2024-01-02,593,653,593,650,1000,57\n', { value: /limits 534 to 652 of 593 \(change\)/ }],
    [
      'split-like-jump',
      '6415,2022-07-05,2485,2485,2485,2485,1000,5\n6415,2022-07-13,621,621,621,621,1000,0.00\n',
      { value: /2485 to 621, ×0.250/ },
    ],
    ['zero-volume', '1101,2020-03-19,10,10,10,10,0,0.50\n', {}],
    ['stale-price', '1101,2020-03-18,10,10,10,10,1000,0.50\n1101,2020-03-19,10,10,10,10,0,0\n', {}],
    [
      'repeated-bar',
      '1101,2020-03-18,10,10.05,9.9,10,123456,0.50\n1101,2020-03-19,10,10.05,9.9,10,123456,0\n1102,2020-03-18,10,10,10,10,1000,0\n1102,2020-03-19,10,10,10,10,1000,0\n',
      { value: /volume 123456/ },
    ],
    [
      'false-zero-change',
      '1101,2020-03-18,10,10,10,10,1000,0.50\n1101,2020-03-19,9.9,9.9,9.8,9.8,1000,0.00\n',
      { value: /change 0.00, close 10 to 9.8/ },
    ],
    ['no-price', '1101,2020-03-19,--,--,--,--,12,0\n1102,2020-03-19,10,10,10,10,1000,0.50\n', {}],
    [
      'unreadable-row',
      '1101,2020-03-19,10,x,10,10,1000,0.50\n1101,2020-03-20,10,10,10,10,1000,0.50\n',
      { value: /high: expected a number/ },
    ],
    [
      'duplicate-row',
      '1101,2020-03-19,10,10,10,10,1000,0.50\n1101,2020-03-19,10,10,10,10,1000,0.50\n',
      { value: /two rows on 2020-03-19/ },
    ],
    [
      'stock-gap',
      '1101,2020-03-18,10,10,10,10,1000,0.50\n1101,2020-03-20,10,10,10,10,1000,0\n1102,2020-03-19,10,10,10,10,1000,0.50\n',
      { value: /no row up to 2020-03-19/ },
    ],
    ['busy-limit-lock', '1101,2020-03-19,9,9,9,9,1000,-1\n', {}],
  ])('finds %s with its place', async (kind, rows, { value = /./ }) => {
    const finding = of((await report(rows)).findings, kind);
    expect(finding).toMatchObject({ outcome: 'tested', count: 1 });
    const [example] = finding.outcome === 'tested' ? finding.examples : [];
    expect(example?.value).toMatch(value);
    if (kind !== 'missing-session' && kind !== 'stock-gap')
      expect(example).toMatchObject({ file: expect.stringMatching(/prices\.csv$/), line: expect.any(Number) });
  });
  it('leaves the first five sessions of a new stock without limits, and tests the sixth', async () => {
    const days = ['2020-03-17', '2020-03-18', '2020-03-19', '2020-03-20', '2020-03-23', '2020-03-24', '2020-03-25'];
    const old = days.map((date) => `1101,${date},10,10,10,10,1000,0\n`).join('');
    let close = 20;
    const young = days.slice(1).map((date) => {
      const before = close;
      close *= 1.5;
      const price = Math.floor(close * 2) / 2;
      return `6999,${date},${price},${price},${price},${price},1000,${(price - before).toFixed(2)}\n`;
    });
    const { findings } = await report(old + young.join(''));
    expect(of(findings, 'outside-limits')).toMatchObject({
      count: 1,
      examples: [{ stock: '6999', date: '2020-03-25' }],
    });
  });
  it('tests no ticks and no limits on adjusted prices, and says why', async () => {
    const days = ['2020-03-17', '2020-03-18', '2020-03-19', '2020-03-20', '2020-03-23', '2020-03-24'];
    const rows = days.map((date) => `1101,${date},33.12,33.12,33.12,33.12,1000,0\n`).join('');
    const { findings, adjustment } = await report(rows);
    expect(adjustment).toMatchObject({ isAdjusted: true, stocks: 1, rowsOffTick: 6 });
    for (const kind of ['off-tick', 'outside-limits', 'busy-limit-lock'] as const)
      expect(of(findings, kind)).toMatchObject({
        outcome: 'not-tested',
        reason: expect.stringContaining('were adjusted'),
      });
  });
  it('tells one misprint from an adjusted stock', async () => {
    const days = ['2020-03-17', '2020-03-18', '2020-03-19', '2020-03-20', '2020-03-23', '2020-03-24'];
    const rows = days.map((date, i) => `1101,${date},33.1,33.12,33.1,${i === 3 ? 33.12 : 33.1},1000,0\n`).join('');
    const { findings, adjustment } = await report(rows);
    expect(adjustment.isAdjusted).toBe(false);
    expect(of(findings, 'off-tick')).toMatchObject({ count: 6 });
  });
  it('of a simulated panel has no errors: its prices keep the market’s rules', () => {
    const panel: Panel = simulateMarket({ stocks: 60, days: 60, seed: 5 }).panel;
    const { findings, totals } = qualityReport(panel);
    expect(totals.error).toBe(0);
    expect(of(findings, 'outside-limits')).toMatchObject({ outcome: 'tested', count: 0 });
  });
});

describe.skipIf(!hasSharedData)('real panels (need the shared market data)', () => {
  const read = (name: string): Promise<MarketData> => readMarketData(`${sharedData}${name}`, { onBad: 'quarantine' });
  it('thirteen stocks over ten years: no price off its tick or outside its limits', async () => {
    const { findings, totals } = qualityReport(await read('licensed/stock-day-13-stocks-2015-2025.csv.gz'));
    expect(totals.error).toBe(0);
    // The domain’s own count over this file: 0 breaches of 31,023.
    expect(of(findings, 'outside-limits')).toMatchObject({ tested: 31_023, count: 0 });
    // 2103 lacks July 2017 in the source.
    expect(of(findings, 'stock-gap')).toMatchObject({
      count: 21,
      examples: expect.arrayContaining([expect.objectContaining({ stock: '2103', date: '2017-07-03' })]),
    });
  });
});
