import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrowedPeriods, priceLimits, roundToTick, tickSize } from '../src/price-rules.ts';

const date = '2024-01-02';
const tpexFile = new URL('../../../../shared/data/taiwan/licensed/raw/tpex-stocks-historical.json.gz', import.meta.url);

describe('tickSize', () => {
  it.each([
    [9.99, 0.01],
    [10, 0.05],
    [49.95, 0.05],
    [50, 0.1],
    [100, 0.5],
    [500, 1],
    [1000, 5],
  ])('at %d is %d', (price, tick) => {
    expect(tickSize({ price, date })).toBe(tick);
  });
  it('had other bands before 2005-03-01, and has others for ETFs', () => {
    expect(tickSize({ price: 12, date: '2005-02-28' })).toBe(0.05);
    expect(tickSize({ price: 20, date: '2005-02-28' })).toBe(0.1);
    expect(tickSize({ price: 20, date: '2005-03-01' })).toBe(0.05);
    expect(tickSize({ price: 80, date, instrument: 'etf' })).toBe(0.05);
  });
});

describe('priceLimits', () => {
  // Official figures: TWSE and TPEx files and notices.
  it.each([
    [593, 652, 534],
    [8.65, 9.51, 7.79],
    [36.24, 39.85, 32.65],
    [19.69, 21.65, 17.75],
    [101.3, 111, 91.2],
    [621.25, 683, 560],
  ])('of reference %d are %d and %d', (reference, up, down) => {
    expect(priceLimits({ reference, date })).toEqual({ up, down });
  });
  it('were 7 % before 2015-06-01', () => {
    expect(priceLimits({ reference: 100, date: '2015-05-29' })).toEqual({ up: 107, down: 93 });
    expect(priceLimits({ reference: 100, date: '2015-06-01' })).toEqual({ up: 110, down: 90 });
  });
  it('were halved downwards, and only downwards, in seven periods', () => {
    for (const { from, to } of narrowedPeriods) {
      for (const day of [from, to]) expect(priceLimits({ reference: 40, date: day })).toEqual({ up: 42.8, down: 38.6 });
    }
  });
  it('do not exist for new stocks in their first five sessions, nor for ETFs with foreign underlyings', () => {
    expect(priceLimits({ reference: 100, date, listedSessions: 5 })).toBeUndefined();
    expect(priceLimits({ reference: 100, date, listedSessions: 6 })).toBeDefined();
    expect(priceLimits({ reference: 100, date, instrument: 'etf-foreign' })).toBeUndefined();
    expect(priceLimits({ reference: 20, date, instrument: 'etf-leveraged-2x' })).toEqual({ up: 24, down: 16 });
  });
  it('are never less than a tick away', () => {
    expect(priceLimits({ reference: 0.05, date })).toEqual({ up: 0.06, down: 0.04 });
    expect(priceLimits({ reference: 0.01, date })).toEqual({ up: 0.02, down: 0.01 });
  });
  it('lie on the tick, inside the band, and the next tick is outside (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500_000 }), (cents) => {
        const reference = cents / 100;
        const { up, down } = priceLimits({ reference, date })!;
        const tickUp = tickSize({ price: up, date });
        expect(Math.round(up * 100) % Math.round(tickUp * 100)).toBe(0);
        expect(Math.round(up * 100) * 10).toBeLessThanOrEqual(cents * 11);
        expect(Math.round((up + tickUp) * 100) * 10).toBeGreaterThan(cents * 11);
        expect(Math.round(down * 100) * 10).toBeGreaterThanOrEqual(cents * 9);
        const below = roundToTick({ price: down - 0.001, date, direction: 'down' });
        expect(Math.round(below * 100) * 10).toBeLessThan(cents * 9);
      }),
    );
  });
  it('are refused for a reference that is no price', () => {
    expect(() => priceLimits({ reference: -1, date })).toThrow('expected a price');
    expect(() => priceLimits({ reference: 10.123, date })).toThrow('two decimals');
  });
  it.skipIf(!existsSync(tpexFile))(
    'equal those that TPEx itself printed for every stock on 2023-01-30 (needs the shared market data)',
    () => {
      const text = gunzipSync(readFileSync(tpexFile)).toString('utf8');
      const table = JSON.parse(text) as { tables?: { data: string[][]; fields: string[] }[]; aaData?: string[][] };
      const rows = table.tables?.[0]?.data ?? table.aaData ?? [];
      let compared = 0;
      for (const row of rows) {
        if (!/^[1-9]\d{3}$/.test(row[0]?.trim() ?? '')) continue;
        const numbers = row.map((cell) => Number(cell.replaceAll(',', '')));
        const [reference, up, down] = numbers.slice(-3);
        if (!reference || !up || !down || up > 9000) continue;
        expect(priceLimits({ reference, date: '2023-01-31' }), row[0]).toEqual({ up, down });
        compared++;
      }
      expect(compared).toBeGreaterThan(750);
    },
  );
});

describe('roundToTick', () => {
  it('is exact on the grid and moves by less than a tick off it (property)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 5000, noNaN: true }), (price) => {
        const rounded = roundToTick({ price, date });
        expect(roundToTick({ price: rounded, date })).toBe(rounded);
        expect(Math.abs(rounded - price)).toBeLessThanOrEqual(
          tickSize({ price: Math.max(rounded, 0.01), date }) / 2 + 0.01,
        );
        expect(roundToTick({ price, date, direction: 'down' })).toBeLessThanOrEqual(price + 1e-6);
        expect(roundToTick({ price, date, direction: 'up' })).toBeGreaterThanOrEqual(price - 1e-6);
      }),
    );
  });
});
