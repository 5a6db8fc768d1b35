import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitColumns, priceGrid } from '../src/limit-columns.ts';
import { limitRuleOf, narrowedPeriods } from '../src/limit-eras.ts';
import { limitState, lockedBook, touchedLimits } from '../src/limit-state.ts';
import { priceLimits, roundToTick, tickSize } from '../src/price-rules.ts';
import { exReferencePrice, openingBase, referencePrice } from '../src/reference-price.ts';
import { instruments, tickTables } from '../src/tick-table.ts';
import { warrantLimits } from '../src/warrant-limits.ts';

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
    expect(tickSize({ price: 49.99, date, instrument: 'reit' })).toBe(0.01);
    expect(tickSize({ price: 6, date, instrument: 'warrant' })).toBe(0.05);
    expect(tickSize({ price: 120, date, instrument: 'convertible-bond' })).toBe(0.05);
    expect(tickSize({ price: 101.25, date, instrument: 'corporate-bond' })).toBe(0.05);
  });
  it('is 5 from 1,000 up unless a tick of 1 is assumed from a date on', () => {
    const assumed = { price: 1200, oneDollarTickFrom: '2027-07-01' };
    expect(tickSize({ ...assumed, date: '2027-06-30' })).toBe(5);
    expect(tickSize({ ...assumed, date: '2027-07-01' })).toBe(1);
    expect(tickSize({ ...assumed, date: '2027-07-01', price: 999 })).toBe(1);
    expect(tickSize({ price: 1200, date: '2027-07-01' })).toBe(5);
    expect(priceLimits({ reference: 1210, date: '2027-07-01', oneDollarTickFrom: '2027-07-01' })).toEqual({
      up: 1331,
      down: 1089,
    });
    expect(priceLimits({ reference: 1210, date: '2027-07-01' })).toEqual({ up: 1330, down: 1090 });
  });
  it('has a table for every kind of security, whose band edges lie on both grids', () => {
    for (const instrument of instruments)
      expect(tickTables.some((table) => table.instruments.includes(instrument))).toBe(true);
    for (const { bands } of tickTables) {
      bands.slice(1).forEach(({ tick }, b) => {
        expect(bands[b]!.below % tick).toBe(0);
        expect(bands[b]!.below % bands[b]!.tick).toBe(0);
      });
    }
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
    expect(priceLimits({ reference: 100, date, sessionsSinceListing: 5 })).toBeUndefined();
    expect(priceLimits({ reference: 100, date, sessionsSinceListing: 6 })).toBeDefined();
    expect(priceLimits({ reference: 100, date: '2005-02-28', sessionsSinceListing: 1 })).toBeDefined();
    // Listed before the Lunar New Year of 2024: sessions on 2 and 5 February, then from the 15th on.
    expect(priceLimits({ reference: 100, date: '2024-02-19', listedOn: '2024-02-02' })).toBeUndefined();
    expect(priceLimits({ reference: 100, date: '2024-02-20', listedOn: '2024-02-02' })).toBeDefined();
    expect(priceLimits({ reference: 100, date, instrument: 'etf-foreign' })).toBeUndefined();
    expect(priceLimits({ reference: 20, date, instrument: 'etf-leveraged-2x' })).toEqual({ up: 24, down: 16 });
    expect(priceLimits({ reference: 20, date, instrument: 'etf-inverse' })).toEqual({ up: 22, down: 18 });
    expect(priceLimits({ reference: 100, date, instrument: 'corporate-bond' })).toEqual({ up: 105, down: 95 });
    expect(() => priceLimits({ reference: 1, date, instrument: 'warrant' })).toThrow('warrantLimits');
  });
  it('say of eras that no source confirms that they are unverified', () => {
    expect(limitRuleOf('stock', '1988-01-05')).toMatchObject({ limits: { down: 30, up: 30 }, basis: 'unverified' });
    expect(limitRuleOf('stock', '1989-03-01')).toMatchObject({ limits: { down: 50, up: 50 }, basis: 'unverified' });
    expect(limitRuleOf('stock', '2000-03-21')).toMatchObject({ limits: { down: 35, up: 70 }, basis: 'measured' });
    expect(limitRuleOf('stock', '2020-03-19')).toMatchObject({ limits: { down: 100, up: 100 }, basis: 'sourced' });
    expect(() => limitRuleOf('stock', '1986-12-31')).toThrow('known from 1987');
  });
  it('start from the two-decimal reference, not from the opening base (ex-days of 2022 and 2024)', () => {
    expect(priceLimits({ reference: 101.3, date })).toEqual({ up: 111, down: 91.2 });
    expect(priceLimits({ reference: openingBase({ reference: 101.3, date }), date })).toEqual({
      up: 111.5,
      down: 91.4,
    });
  });
  it('are never less than a tick away', () => {
    expect(priceLimits({ reference: 0.05, date })).toEqual({ up: 0.06, down: 0.04 });
    expect(priceLimits({ reference: 0.01, date })).toEqual({ up: 0.02, down: 0.01 });
  });
  it('lie on the tick, inside the band, and the next tick is outside, for any instrument and date (property)', () => {
    const kinds = instruments.filter((kind) => kind !== 'warrant' && kind !== 'etf-foreign');
    const day = fc.date({ min: new Date('1987-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 1_000_000 }), fc.constantFrom(...kinds), day, (cents, instrument, at) => {
        const question = { instrument, date: at.toISOString().slice(0, 10) };
        const perMille = limitRuleOf(instrument, question.date).limits!;
        const { up, down } = priceLimits({ reference: cents / 100, ...question })!;
        const [upCents, downCents] = [Math.round(up * 100), Math.round(down * 100)];
        for (const price of [up, down]) expect(roundToTick({ price, ...question })).toBe(price);
        const tick = (price: number): number => Math.round(tickSize({ price, ...question }) * 100);
        const least = tick(cents / 100);
        const below = Math.round(roundToTick({ price: down - 0.001, direction: 'down', ...question }) * 100);
        // Where the limit is less than a tick, the limit is a tick.
        if (upCents * 1000 > cents * (1000 + perMille.up)) expect(upCents - cents).toBeLessThanOrEqual(least);
        else expect((upCents + tick(up)) * 1000).toBeGreaterThan(cents * (1000 + perMille.up));
        if (downCents * 1000 < cents * (1000 - perMille.down)) expect(cents - downCents).toBeLessThanOrEqual(least);
        else expect(below * 1000).toBeLessThan(cents * (1000 - perMille.down));
        expect(downCents).toBeLessThan(cents);
        expect(upCents).toBeGreaterThan(cents);
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

describe('priceGrid and limitColumns', () => {
  it('give what priceLimits and tickSize give, in hundredths (property)', () => {
    const day = fc.constantFrom('1990-06-01', '2000-03-21', '2004-12-31', '2008-10-14', '2015-05-29', '2026-01-05');
    const kind = fc.constantFrom(
      'stock' as const,
      'etf' as const,
      'etf-leveraged-2x' as const,
      'corporate-bond' as const,
    );
    const cents = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(cents, kind, day, (references, instrument, at) => {
        const columns = limitColumns(Float64Array.from(references), { instrument, date: at });
        const grid = priceGrid({ instrument, date: at });
        references.forEach((reference, i) => {
          const limits = priceLimits({ reference: reference / 100, instrument, date: at })!;
          expect([columns.down[i]! / 100, columns.up[i]! / 100]).toEqual([limits.down, limits.up]);
          expect(grid.tick(reference) / 100).toBe(tickSize({ price: reference / 100, instrument, date: at }));
          expect(grid.isOnTick(grid.next(reference, 'up'))).toBe(true);
          // Below the grid's first price, which is 0.05 for bonds, there is none.
          expect(grid.isOnTick(grid.next(reference, 'down'))).toBe(true);
          expect(grid.next(reference, 'down')).toBeLessThanOrEqual(Math.max(reference, grid.round(1)));
        });
      }),
    );
  });
  it('leave holes holes, and have no limits where there are none', () => {
    const references = Float64Array.of(Number.NaN, 10_000);
    expect(limitColumns(references, { date }).up).toEqual(Float64Array.of(Number.NaN, 11_000));
    const free = limitColumns(references, { date, instrument: 'etf-foreign' });
    expect([free.down[1], free.up[1]]).toEqual([1, Number.POSITIVE_INFINITY]);
  });
});

describe('reference prices', () => {
  it('are the close, else a quote that lies beyond the opening reference, else that reference', () => {
    expect(referencePrice({ close: 10.2, bestBid: 10.1, bestAsk: 10.2, openingReference: 10 })).toBe(10.2);
    expect(referencePrice({ bestBid: 10.1, bestAsk: 10.5, openingReference: 10 })).toBe(10.1);
    expect(referencePrice({ bestBid: 9.5, bestAsk: 9.9, openingReference: 10 })).toBe(9.9);
    expect(referencePrice({ bestBid: 9.5, bestAsk: 10.5, openingReference: 10 })).toBe(10);
    expect(referencePrice({ openingReference: 10 })).toBe(10);
  });
  // Official tables of TWSE and TPEx: close before, what is paid, reference, opening base, limits.
  it.each([
    ['2024-03-22', 'stock', 65.7, { cashDividend: 2.86203464 }, 62.84, 62.8, 69.1, 56.6],
    ['2024-03-22', 'stock', 166.5, { cashDividend: 9 }, 157.5, 157.5, 173, 142],
    ['2024-03-22', 'stock', 103.5, { cashDividend: 2.2 }, 101.3, 101.5, 111, 91.2],
    ['2024-03-04', 'etf', 31.35, { cashDividend: 0.75 }, 30.6, 30.6, 33.66, 27.54],
    ['2024-03-04', 'etf', 19.42, { cashDividend: 0.46 }, 18.96, 18.96, 20.85, 17.07],
    // A split in two is a dividend of one new share per share.
    ['2022-08-29', 'stock', 169, { stockDividendRatio: 1 }, 84.5, 84.5, 92.9, 76.1],
    ['2022-07-13', 'stock', 2485, { stockDividendRatio: 3 }, 621.25, 621, 683, 560],
    ['2022-09-05', 'stock', 90.6, { stockDividendRatio: 1.5 }, 36.24, 36.25, 39.85, 32.65],
    ['2022-12-12', 'stock', 109.5, { stockDividendRatio: 3 }, 27.38, 27.4, 30.1, 24.65],
  ] as const)('of %s (%s): %d less what is paid', (day, instrument, close, paid, reference, base, up, down) => {
    expect(exReferencePrice(close, paid)).toBe(reference);
    expect(openingBase({ reference, instrument, date: day })).toBe(base);
    expect(priceLimits({ reference, instrument, date: day })).toEqual({ up, down });
  });
  // Capital reductions, from the same sources.
  it.each([
    ['2024-02-05', 35.5, 35.5, 39.05, 31.95],
    ['2024-02-21', 20.9, 20.9, 22.95, 18.85],
    ['2024-01-22', 19.69, 19.7, 21.65, 17.75],
    ['2024-03-11', 8.65, 8.65, 9.51, 7.79],
    ['2024-04-01', 31.26, 31.25, 34.35, 28.15],
  ])('after the capital reduction of %s', (day, reference, base, up, down) => {
    expect(openingBase({ reference, date: day })).toBe(base);
    expect(priceLimits({ reference, date: day })).toEqual({ up, down });
  });
});

describe('warrantLimits', () => {
  const question = { underlyingReference: 140, exerciseRatio: 0.041, date: '2013-01-02' } as const;
  it('follow the underlying’s limits, times the exercise ratio', () => {
    // A textbook’s example: 140 may rise by 9.5 at 7 %, the warrant by 0.38 (0.3895 rounded into the band).
    expect(warrantLimits({ ...question, kind: 'call', reference: 1.15 })).toEqual({ up: 1.53, down: 0.77 });
    // The underlying’s falls move a put upwards.
    expect(warrantLimits({ ...question, kind: 'put', reference: 0.3 })).toEqual({ up: 0.68, down: 0.01 });
    expect(
      warrantLimits({ ...question, kind: 'call', reference: 1, underlyingInstrument: 'etf-foreign' }),
    ).toBeUndefined();
  });
});

describe('limitState', () => {
  const limits = { down: 90, up: 110 };
  it.each([
    [{ high: 110, low: 110, close: 110 }, 'locked-up', { up: true, down: false }],
    [{ high: 110, low: 99, close: 110 }, 'up', { up: true, down: false }],
    [{ high: 90, low: 90, close: 90 }, 'locked-down', { up: false, down: true }],
    [{ high: 110, low: 90, close: 90 }, 'down', { up: true, down: true }],
    [{ high: 110, low: 90.1, close: 109.5 }, 'none', { up: true, down: false }],
  ] as const)('of %o is %s', (bar, state, touched) => {
    expect(limitState(bar, limits)).toBe(state);
    expect(touchedLimits(bar, limits)).toEqual(touched);
    expect(limitState(bar, undefined)).toBe('none');
  });
  it('of a book is a lock where nobody stands on the other side', () => {
    expect(lockedBook({ bestBid: 110 }, limits)).toBe('up');
    expect(lockedBook({ bestAsk: 90 }, limits)).toBe('down');
    expect(lockedBook({ bestBid: 110, bestAsk: 110 }, limits)).toBeUndefined();
    expect(lockedBook({ bestBid: 109.5 }, limits)).toBeUndefined();
  });
});
