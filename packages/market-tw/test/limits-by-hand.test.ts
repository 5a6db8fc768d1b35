import { describe, expect, it } from 'vitest';
import { hypotheticalIndexHalts } from '../src/index-breaker.ts';
import { limitColumns, priceGrid } from '../src/limit-columns.ts';
import { limitEras, limitRuleOf, narrowedPeriods } from '../src/limit-eras.ts';
import { limitState, limitStateCodes, lockedBook, touchedLimits } from '../src/limit-state.ts';
import {
  isFreeListing,
  limitCents,
  limitDownCents,
  priceLimits,
  roundToTick,
  tickSize,
  toCents,
} from '../src/price-rules.ts';
import { exReferencePrice, openingBase, referencePrice } from '../src/reference-price.ts';
import { warrantLimits } from '../src/warrant-limits.ts';

const date = '2024-01-02';

describe('toCents', () => {
  it('gives whole hundredths, whatever floats make of a price', () => {
    expect(toCents(1.15, 'x')).toBe(115);
    expect(toCents(0.01, 'x')).toBe(1);
    expect(toCents(1_234_567.89, 'x')).toBe(123_456_789);
    // A hundred times this is 0.00012 off in floating point.
    expect(toCents(10_000_000_000.03, 'x')).toBe(1_000_000_000_003);
  });
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 0.004, 10.005, 10.001])('refuses %d by its name', (price) => {
    expect(() => toCents(price, 'the reference')).toThrow(
      `the reference: expected a price in NT$ of at least 0.01 with at most two decimals, got ${price}.`,
    );
  });
});

describe('tickSize and roundToTick', () => {
  it('refuse what is no price or no date, and say who refused', () => {
    expect(() => tickSize({ price: 0, date })).toThrow('tickSize: price: expected');
    expect(() => tickSize({ price: 10, date: '2024-02-30' })).toThrow('is no date');
    for (const price of [0, -3, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => roundToTick({ price, date })).toThrow(`roundToTick: expected a price above 0, got ${price}.`);
    expect(() => roundToTick({ price: 10, date: 'today' })).toThrow('is no date');
  });
  it('move to the nearest tick, halves up, or down or up', () => {
    expect(roundToTick({ price: 10.025, date })).toBe(10.05);
    expect(roundToTick({ price: 10.024, date })).toBe(10);
    expect(roundToTick({ price: 10.049, date, direction: 'down' })).toBe(10);
    expect(roundToTick({ price: 10.001, date, direction: 'up' })).toBe(10.05);
    expect(roundToTick({ price: 10.02, date, instrument: 'etf' })).toBe(10.02);
    expect(roundToTick({ price: 1201, date: '2027-07-01', oneDollarTickFrom: '2027-07-01' })).toBe(1201);
  });
});

describe('isFreeListing', () => {
  it('counts the first five sessions, since 2005-03-01', () => {
    expect(isFreeListing({ sessionsSinceListing: 5 }, '2005-03-01')).toBe(true);
    expect(isFreeListing({ sessionsSinceListing: 6 }, '2005-03-01')).toBe(false);
    expect(isFreeListing({ sessionsSinceListing: 1 }, '2005-02-28')).toBe(false);
  });
  it('believes a given number before it counts, and knows nothing of a stock without either', () => {
    expect(isFreeListing({ sessionsSinceListing: 6, listedOn: date }, date)).toBe(false);
    expect(isFreeListing({}, date)).toBe(false);
  });
  it('is not before the first day, and asks no calendar about stocks listed long ago', () => {
    expect(isFreeListing({ listedOn: date }, date)).toBe(true);
    expect(isFreeListing({ listedOn: '2024-01-03' }, date)).toBe(false);
    // Listed before the calendar begins.
    expect(isFreeListing({ listedOn: '1962-02-09' }, date)).toBe(false);
  });
  it('counts over the longest closure: five sessions from the one before Lunar New Year of 2024', () => {
    expect(isFreeListing({ listedOn: '2024-02-05' }, '2024-02-20')).toBe(true);
    expect(isFreeListing({ listedOn: '2024-02-05' }, '2024-02-21')).toBe(false);
  });
});

describe('limits, by hand', () => {
  it('of the sessions before and after each narrowed period are 7 % both ways', () => {
    // The day before and the day after by the calendar of days: the rule asks for dates, not sessions.
    const dayFrom = (day: string, days: number) =>
      new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
    for (const { from, to } of narrowedPeriods) {
      for (const day of [dayFrom(from, -1), dayFrom(to, 1)])
        expect(limitRuleOf('stock', day)).toMatchObject({ limits: { down: 70, up: 70 }, basis: 'measured' });
      for (const day of [from, to])
        expect(limitRuleOf('stock', day)).toMatchObject({
          limits: { down: 35, up: 70 },
          source: expect.stringMatching(/^halved after: \w/),
        });
    }
  });
  it.each([
    ['1987-01-01', 50],
    ['1987-10-26', 50],
    ['1987-10-27', 30],
    ['1988-11-13', 30],
    ['1988-11-14', 50],
    ['1989-10-10', 50],
    ['1989-10-11', 70],
    ['2015-05-31', 70],
    ['2015-06-01', 100],
  ])('on %s are %d per mille', (day, perMille) => {
    expect(limitRuleOf('stock', day).limits).toEqual({ down: perMille, up: perMille });
  });
  it('double for leveraged ETFs, also downwards in a narrowed period', () => {
    expect(limitRuleOf('etf-leveraged-2x', '2015-05-29').limits).toEqual({ down: 140, up: 140 });
    expect(limitRuleOf('etf-leveraged-2x', '2008-10-13').limits).toEqual({ down: 70, up: 140 });
  });
  it('say where they come from', () => {
    for (const { source } of limitEras) expect(source).toMatch(/\w{3}/);
    expect(limitRuleOf('stock', '2015-06-01').source).toContain('Art. 63');
    expect(limitRuleOf('stock', '1992-01-04').source).toMatch(/Art\. 63.*no move/);
    expect(limitRuleOf('etf-foreign', date)).toMatchObject({
      basis: 'sourced',
      source: expect.stringContaining('ETN'),
    });
    expect(limitRuleOf('corporate-bond', date)).toMatchObject({
      basis: 'sourced',
      source: expect.stringContaining('Art. 7'),
    });
  });
  it('are refused for a warrant with what to ask instead, and before they are known', () => {
    expect(() => priceLimits({ reference: 10, date, instrument: 'warrant' })).toThrow('Ask warrantLimits()');
    expect(() => priceLimits({ reference: 10, date: '1986-12-31' })).toThrow(
      'priceLimits: the rules are known from 1987-01-01, not for 1986-12-31.',
    );
  });
  it('know new listings of stocks only: an ETF has its limits from the first day', () => {
    expect(priceLimits({ reference: 100, date, sessionsSinceListing: 1 })).toBeUndefined();
    expect(priceLimits({ reference: 100, date, instrument: 'etf', sessionsSinceListing: 1 })).toEqual({
      down: 90,
      up: 110,
    });
  });
  it('name the reference that is no price', () => {
    expect(() => priceLimits({ reference: 0, date })).toThrow('priceLimits: reference: expected');
  });
  it('of one price are those of today’s stocks unless told otherwise', () => {
    // 8.65: 9.515 down to 9.51, 7.785 up to 7.79.
    expect(limitCents(865, { down: 100, up: 100 })).toEqual({ down: 779, up: 951 });
  });
  it('are a tick away where the limit is less than that, on the grid of a bond too', () => {
    // 5 % of 0.10 is less than its tick of 0.05.
    expect(priceLimits({ reference: 0.1, date, instrument: 'corporate-bond' })).toEqual({ down: 0.05, up: 0.15 });
    // Nothing is below the grid's first price.
    expect(priceLimits({ reference: 0.05, date, instrument: 'corporate-bond' })).toEqual({ down: 0.05, up: 0.1 });
    expect(limitDownCents(1, 100, [{ below: Number.POSITIVE_INFINITY, tick: 1 }])).toBe(1);
  });
  it('reach the next band at its edge: 10 % below 11.11 is 9.999, and 10.00 lies on both grids', () => {
    expect(priceLimits({ reference: 11.11, date })).toEqual({ down: 10, up: 12.2 });
    expect(priceLimits({ reference: 9.1, date })).toEqual({ down: 8.19, up: 10 });
  });
});

describe('priceGrid', () => {
  const grid = priceGrid({ date });
  it('is kept: one for each table and limit', () => {
    expect(priceGrid({ date: '2024-01-03' })).toBe(grid);
    expect(priceGrid({ date, instrument: 'tdr' })).toBe(grid);
    expect(priceGrid({ date: '2015-05-29' })).not.toBe(grid);
    expect(priceGrid({ date, instrument: 'etf' })).not.toBe(grid);
    expect(priceGrid({ date: '2008-10-13' })).not.toBe(priceGrid({ date: '2008-10-12' }));
    expect(priceGrid({ date, instrument: 'etf-foreign' }).perMille).toBeUndefined();
    expect(grid.perMille).toEqual({ down: 100, up: 100 });
  });
  it('rounds to the nearest tick unless told otherwise, and knows what lies on it', () => {
    expect([grid.round(1003), grid.round(1003, 'down'), grid.round(1001, 'up')]).toEqual([1005, 1000, 1005]);
    expect([grid.isOnTick(1005), grid.isOnTick(1003), grid.isOnTick(0), grid.isOnTick(-5)]).toEqual([
      ...[true, false, false, false],
    ]);
  });
  it('has limits for what has none too: the lowest price there is, and no highest', () => {
    const free = priceGrid({ date, instrument: 'etf-foreign' });
    expect([free.limitDown(10_000), free.limitUp(10_000)]).toEqual([1, Number.POSITIVE_INFINITY]);
  });
  it('takes an assumed tick from its day on', () => {
    const tickOf1200 = (day: string) => priceGrid({ date: day, oneDollarTickFrom: '2027-07-01' }).tick(120_000);
    expect([tickOf1200('2027-06-30'), tickOf1200('2027-07-01')]).toEqual([500, 100]);
  });
  it('refuses what is no date', () => {
    expect(() => priceGrid({ date: '2024-13-01' })).toThrow('is no date');
    expect(() => priceGrid({ date, instrument: 'warrant' })).toThrow('warrantLimits');
  });
  it('gives columns of holes for holes, down as up', () => {
    const { down, up } = limitColumns(Float64Array.of(Number.NaN, 10_000), { date });
    expect([down[0], up[0], down[1], up[1]]).toEqual([Number.NaN, Number.NaN, 9000, 11_000]);
  });
});

describe('limitState, at the hair', () => {
  const limits = { down: 90, up: 110 };
  const bar = (low: number, high: number, close: number) => ({ low, high, close });
  it('takes prices less than half of the smallest tick off for the limit', () => {
    expect(limitState(bar(109.997, 110, 109.997), limits)).toBe('locked-up');
    expect(limitState(bar(90, 90.003, 90.003), limits)).toBe('locked-down');
    expect(limitState(bar(100, 109.99, 109.99), limits)).toBe('none');
    expect(limitState(bar(90.01, 95, 90.01), limits)).toBe('none');
    expect(limitState(bar(109.99, 110, 110), limits)).toBe('up');
    expect(limitState(bar(90, 90.01, 90), limits)).toBe('down');
    expect(touchedLimits(bar(90.003, 109.997, 100), limits)).toEqual({ down: true, up: true });
    expect(touchedLimits(bar(90.01, 109.99, 100), limits)).toEqual({ down: false, up: false });
    expect(touchedLimits(bar(1, 1000, 100), undefined)).toEqual({ down: false, up: false });
  });
  it('of a book takes them so too, and is none without limits', () => {
    expect(lockedBook({ bestBid: 109.997 }, limits)).toBe('up');
    expect(lockedBook({ bestAsk: 90.003 }, limits)).toBe('down');
    expect(lockedBook({ bestAsk: 90.01 }, limits)).toBeUndefined();
    expect(lockedBook({ bestAsk: 90, bestBid: 89 }, limits)).toBeUndefined();
    expect(lockedBook({}, limits)).toBeUndefined();
    expect(lockedBook({ bestBid: 110 }, undefined)).toBeUndefined();
  });
  it('as a column is negative downwards and twice as large where it is locked', () => {
    expect(limitStateCodes).toEqual({ 'locked-down': -2, down: -1, none: 0, up: 1, 'locked-up': 2 });
  });
});

describe('reference prices, by hand', () => {
  it('take no quote that only equals the opening reference for one beyond it', () => {
    expect(referencePrice({ bestBid: 10, bestAsk: 9.9, openingReference: 10 })).toBe(9.9);
    expect(referencePrice({ bestAsk: 10, openingReference: 10 })).toBe(10);
    expect(() => referencePrice({ close: 10, openingReference: 0 })).toThrow('referencePrice: openingReference');
  });
  it('of rights: (50 + 30 × 0.2) / 1.2 is 46.67, and with 2 in cash and a tenth in stock (48 + 6) / 1.3', () => {
    expect(exReferencePrice(50, { rightsRatio: 0.2, rightsPrice: 30 })).toBe(46.67);
    expect(exReferencePrice(50, { cashDividend: 2, stockDividendRatio: 0.1, rightsRatio: 0.2, rightsPrice: 30 })).toBe(
      41.54,
    );
    expect(exReferencePrice(50, {})).toBe(50);
  });
  it('round a half up, as floats show it too: 62.845 is 62.85', () => {
    expect(exReferencePrice(65.7, { cashDividend: 2.855 })).toBe(62.85);
    expect(exReferencePrice(1.15, { cashDividend: 0.145 })).toBe(1.01);
  });
  it('are refused where nothing is left, and for a close that is no price', () => {
    expect(() => exReferencePrice(5, { cashDividend: 5 })).toThrow(
      'exReferencePrice: 5 less a distribution of 5 leaves 0; expected something above 0.',
    );
    expect(() => exReferencePrice(0, {})).toThrow('exReferencePrice: previousClose');
  });
  it('open on the nearest tick', () => {
    expect(openingBase({ reference: 101.25, date })).toBe(101.5);
    expect(openingBase({ reference: 101.24, date })).toBe(101);
  });
});

describe('warrantLimits, by hand', () => {
  // 100 may move by 10 a day since 2015.
  const question = { kind: 'call', reference: 2, underlyingReference: 100, exerciseRatio: 0.1, date } as const;
  it('of a call rise with the underlying, of a put with its fall', () => {
    expect(warrantLimits(question)).toEqual({ up: 3, down: 1 });
    // 101.3: up to 111 by 9.7, down to 91.2 by 10.1.
    const uneven = { ...question, underlyingReference: 101.3 };
    expect(warrantLimits(uneven)).toEqual({ up: 2.97, down: 0.99 });
    expect(warrantLimits({ ...uneven, kind: 'put' })).toEqual({ up: 3.01, down: 1.03 });
  });
  it('never go below 0.01, and are at least a tick away', () => {
    expect(warrantLimits({ ...question, reference: 1 })).toEqual({ up: 2, down: 0.01 });
    expect(warrantLimits({ ...question, reference: 1.01 })).toEqual({ up: 2.01, down: 0.01 });
    expect(warrantLimits({ ...question, reference: 1.02 })).toEqual({ up: 2.02, down: 0.02 });
    // 0.001 × 10 is 0.01 either way; 0.0001 × 10 is less than a tick.
    expect(warrantLimits({ ...question, exerciseRatio: 0.0001 })).toEqual({ up: 2.01, down: 1.99 });
  });
  it('take the underlying’s kind: a leveraged fund moves by 20 %', () => {
    expect(warrantLimits({ ...question, underlyingInstrument: 'etf-leveraged-2x' })).toEqual({ up: 4, down: 0.01 });
  });
  it('refuse a ratio, a reference or a date that is none', () => {
    for (const exerciseRatio of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => warrantLimits({ ...question, exerciseRatio })).toThrow(
        `warrantLimits: expected an exercise ratio above 0, got ${exerciseRatio}.`,
      );
    expect(() => warrantLimits({ ...question, reference: 0 })).toThrow('warrantLimits: reference');
    expect(() => warrantLimits({ ...question, date: 'soon' })).toThrow('is no date');
  });
});

describe('a hypothetical index breaker, at its edges', () => {
  const index = (...levels: number[]) => levels.map((level, i) => ({ second: i * 100, level }));
  it('halts where the fall is the threshold, not a hair before, and takes thresholds in any order', () => {
    const halts = hypotheticalIndexHalts(
      { thresholdsPerMille: [70, 35], haltSeconds: 100 },
      100,
      index(96.51, 96.5, 93),
    );
    expect(halts.map(({ fromSecond, thresholdPerMille }) => [fromSecond, thresholdPerMille])).toEqual([
      [100, 35],
      [200, 70],
    ]);
  });
  it('names the highest of several thresholds that fall at once, and each once a day', () => {
    const halts = hypotheticalIndexHalts({ thresholdsPerMille: [35, 70], haltSeconds: 50 }, 100, index(92, 99, 96, 92));
    expect(halts).toEqual([{ hypothetical: true, fromSecond: 0, toSecond: 50, thresholdPerMille: 70 }]);
  });
  it('leaves the thresholds that it was given as they were', () => {
    const thresholdsPerMille = [70, 35];
    hypotheticalIndexHalts({ thresholdsPerMille, haltSeconds: 50 }, 100, []);
    expect(thresholdsPerMille).toEqual([70, 35]);
  });
  it.each([[[]], [[0]], [[35, -1]], [[Number.NaN]]])('refuses the thresholds %j', (thresholdsPerMille) => {
    expect(() => hypotheticalIndexHalts({ thresholdsPerMille, haltSeconds: 1 }, 100, [])).toThrow(
      'hypotheticalIndexHalts: expected thresholds above 0 per mille',
    );
  });
});
