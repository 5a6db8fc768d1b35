import { describe, expect, it } from 'vitest';
import {
  type Instrument,
  instruments,
  nextTick,
  roundCents,
  tickAt,
  tickTableOf,
  tickTables,
} from '../src/tick-table.ts';

const stock = tickTableOf('stock', '2024-01-02').bands;

describe('the tick tables', () => {
  // Each band by its first price and the tick there, in hundredths, as the rules print them; the price a hundredth below an edge
  // moves by the tick of the band before.
  const today: [Instrument, [from: number, tick: number][]][] = [
    [
      'stock',
      [
        [1, 1],
        [1000, 5],
        [5000, 10],
        [10_000, 50],
        [50_000, 100],
        [100_000, 500],
      ],
    ],
    [
      'etf',
      [
        [1, 1],
        [5000, 5],
      ],
    ],
    [
      'warrant',
      [
        [1, 1],
        [500, 5],
        [1000, 10],
        [5000, 50],
        [10_000, 100],
        [50_000, 500],
      ],
    ],
    [
      'convertible-bond',
      [
        [1, 5],
        [15_000, 100],
        [100_000, 500],
      ],
    ],
    ['corporate-bond', [[1, 5]]],
  ];
  it.each(today)('of %s change at the edges of their bands', (instrument, expected) => {
    const { bands } = tickTableOf(instrument, '2024-01-02');
    expect(bands).toHaveLength(expected.length);
    expected.forEach(([from, tick], b) => {
      expect(tickAt(from, bands)).toBe(tick);
      if (b > 0) expect(tickAt(from - 1, bands)).toBe(expected[b - 1]![1]);
    });
    expect(bands.at(-1)!.below).toBe(Number.POSITIVE_INFINITY);
  });
  it('of stocks before 2005-03-01 change at 5, 15, 50, 150 and 1,000', () => {
    const { bands } = tickTableOf('stock', '2005-02-28');
    const edges = [500, 1500, 5000, 15_000, 100_000];
    expect(edges.map((edge) => [tickAt(edge - 1, bands), tickAt(edge, bands)])).toEqual([
      [1, 5],
      [5, 10],
      [10, 50],
      [50, 100],
      [100, 500],
    ]);
  });
  it('are those of stocks for depositary receipts, and those of domestic ETFs for every other fund', () => {
    const of = (instrument: Instrument) => tickTableOf(instrument, '2024-01-02');
    expect(of('tdr')).toBe(of('stock'));
    for (const fund of ['etf-leveraged-2x', 'etf-inverse', 'etf-foreign', 'reit', 'etn'] as const)
      expect(of(fund)).toBe(of('etf'));
    expect(new Set(instruments.map(of)).size).toBe(5);
  });
  it('go on backwards before the first one', () => {
    for (const instrument of instruments)
      expect(tickTableOf(instrument, '1980-01-01')).toBe(tickTableOf(instrument, '1987-01-01'));
  });
  it('hold from their first day on', () => {
    expect(tickTableOf('stock', '2005-02-28').from).toBe('1987-01-01');
    expect(tickTableOf('stock', '2005-03-01').from).toBe('2005-03-01');
  });
  it('say how they are known, and none without its source', () => {
    const bases = tickTables.map((table) => [table.instruments[0], table.basis]);
    expect(bases).toEqual([
      ['stock', 'measured'],
      ['stock', 'sourced'],
      ['etf', 'sourced'],
      ['warrant', 'measured'],
      ['convertible-bond', 'unverified'],
      ['corporate-bond', 'sourced'],
    ]);
    for (const { source } of tickTables) expect(source).toMatch(/\w{3}/);
  });
  it('have no tick at what is no price', () => {
    expect(tickAt(Number.NaN, stock)).toBeNaN();
  });
});

describe('an assumed tick of NT$1', () => {
  const assumption = { oneDollarTickFrom: '2027-07-01' };
  it('is marked as assumed, changes the last band of stocks alone, and is one table however often it is asked for', () => {
    const table = tickTableOf('stock', '2027-07-01', assumption);
    expect(table).toMatchObject({
      from: '2027-07-01',
      basis: 'unverified',
      source: expect.stringContaining('assumption'),
    });
    expect(table.bands.slice(0, -1)).toEqual(stock.slice(0, -1));
    expect(table.bands.at(-1)).toEqual({ below: Number.POSITIVE_INFINITY, tick: 100 });
    // A grid is kept by its bands: another object each time would be another grid for each price.
    expect(tickTableOf('stock', '2028-01-03', assumption)).toBe(table);
    expect(tickTableOf('tdr', '2027-07-01', assumption)).toBe(table);
  });
  it('begins on the day that was asked for, whatever was asked before', () => {
    for (const oneDollarTickFrom of ['2027-07-01', '2026-12-01', '2027-07-01'])
      expect(tickTableOf('stock', '2028-01-03', { oneDollarTickFrom }).from).toBe(oneDollarTickFrom);
  });
  it('leaves other securities and the days before as they are', () => {
    expect(tickTableOf('etf', '2027-07-01', assumption)).toBe(tickTableOf('etf', '2027-07-01'));
    expect(tickTableOf('stock', '2027-06-30', assumption)).toBe(tickTableOf('stock', '2027-06-30'));
    expect(tickTableOf('stock', '2027-07-01', {})).toBe(tickTableOf('stock', '2027-07-01'));
  });
});

describe('roundCents', () => {
  it.each([
    // At 10.00 to 50.00 the tick is 0.05: halves go up.
    [1002.4, 'nearest', 1000],
    [1002.5, 'nearest', 1005],
    [1004.9, 'down', 1000],
    [1000.1, 'up', 1005],
    // On the grid but for what floats make of it.
    [1005 + 1e-7, 'up', 1005],
    [1005 - 1e-7, 'down', 1005],
    [1002.5 - 1e-10, 'nearest', 1005],
    // Nothing is below the smallest tick.
    [0.2, 'down', 1],
    [0.2, 'nearest', 1],
    // Up over an edge: 9.999 to 10.00; 99.95 to 100.
    [999.9, 'up', 1000],
    [9995, 'up', 10_000],
    [9994, 'down', 9990],
  ] as const)('moves %d %s to %d', (cents, direction, rounded) => {
    expect(roundCents(cents, stock, direction)).toBe(rounded);
  });
});

describe('nextTick', () => {
  it.each([
    [999, 'up', 1000],
    [1000, 'up', 1005],
    [1003, 'up', 1005],
    [1000, 'down', 999],
    [1005, 'down', 1000],
    [1003, 'down', 1000],
    [10_000, 'down', 9990],
    [10_000, 'up', 10_050],
    [2, 'down', 1],
    [1, 'down', 1],
  ] as const)('of %d %s is %d', (cents, direction, next) => {
    expect(nextTick(cents, stock, direction)).toBe(next);
  });
  it('downwards stays on a grid whose smallest price is not 0.01', () => {
    const { bands } = tickTableOf('corporate-bond', '2024-01-02');
    expect(nextTick(10, bands, 'down')).toBe(5);
    expect(nextTick(5, bands, 'down')).toBe(5);
  });
});
