import { createPanel, type Stock } from '@preopen/market-tw';
import { describe, expect, it } from 'vitest';
import { type FeedPrint, livePredictions } from '../src/live/live-prints.ts';
import { settlementDays } from '../src/settlement-days.ts';
import { sinceListing } from '../src/since-listing.ts';

const nine = 32_400_000;
const print = (sequence: number, more: Partial<FeedPrint> = {}): FeedPrint => ({
  receivedMs: nine + 1000 * sequence,
  timeMs: nine + 1000 * sequence,
  sequence,
  stock: '2330',
  session: 'regular',
  priceTwd: 100,
  volume: 1000,
  kind: 'trade',
  ...more,
});
const asked = [{ asOfMs: nine + 60_000, maxAgeMs: 50_000 }];

describe('what the reference says during a session', () => {
  it('is the mean price of the session against the last one', () => {
    const prints = [print(1, { priceTwd: 90 }), print(20, { priceTwd: 110, volume: 3000 })];
    const [row] = livePredictions(prints, [], asked);
    // (90 × 1000 + 110 × 3000) / 4000 = 105.
    expect(row).toMatchObject({ asOfMs: asked[0]!.asOfMs, stock: '2330', flag: '', late: 0 });
    expect(row!.prediction).toBeCloseTo(105 / 110 - 1, 12);
  });
  it('takes a print once, whether it comes again or its number does', () => {
    const again = { ...print(1), receivedMs: nine + 30_000 };
    const restarted = print(1, { timeMs: nine + 40_000, receivedMs: nine + 40_000, priceTwd: 120 });
    const once = livePredictions([print(1), print(2, { priceTwd: 90 })], [], asked);
    expect(livePredictions([print(1), print(2, { priceTwd: 90 }), again], [], asked)).toEqual(once);
    const [row] = livePredictions([print(1), print(2, { priceTwd: 90 }), restarted], [], asked);
    expect(row!.prediction).toBeCloseTo((100 + 90 + 120) / 3 / 120 - 1, 12);
  });
  it('knows nothing that has not been received, and flags what is old, locked or halted', () => {
    expect(livePredictions([print(1, { receivedMs: nine + 60_001 })], [], asked)).toEqual([]);
    expect(livePredictions([print(9)], [], asked)[0]!.flag).toBe('stale');
    const states = [
      { receivedMs: nine, stock: '*', state: 'halted' },
      { receivedMs: nine + 10, stock: '*', state: 'trading' },
      { receivedMs: nine + 20, stock: '2330', state: 'limit-down' },
      { receivedMs: nine + 60_001, stock: '2330', state: 'trading' },
    ];
    expect(livePredictions([print(20)], states, asked)[0]!.flag).toBe('limit-down');
    expect(livePredictions([print(20, { stock: '1101' })], states, asked)[0]!.flag).toBe('');
  });
  it('has a volatility from one trade to the next, to which an auction is no step', () => {
    const prints = [
      print(1),
      print(2, { priceTwd: 110 }),
      print(3, { kind: 'auction', priceTwd: 55 }),
      print(4, { priceTwd: 50 }),
    ];
    const [row] = livePredictions(prints, [], asked);
    expect(row!.volatility).toBeCloseTo(Math.hypot(Math.log(1.1), Math.log(50 / 55)) / Math.SQRT2, 12);
    expect(livePredictions([print(1), print(2)], [], asked)[0]!.volatility).toBeNaN();
  });
  it('counts what came after something of the same stock that happened later', () => {
    const late = print(2, { receivedMs: nine + 5000 });
    expect(livePredictions([print(1), print(3), late], [], asked)[0]!.late).toBe(1);
    expect(livePredictions([print(1), print(3), { ...late, stock: '1101' }], [], asked).map((row) => row.late)).toEqual(
      [0, 0],
    );
  });
});

describe('settlement days', () => {
  it('are the second session after a trade; a day that a typhoon closed is none', () => {
    // 2024-10-31 was closed by Kong-rey; trades of the 30th settled on November 4th, a Monday. Source: TWSE
    const sessions = ['2024-10-29', '2024-10-30', '2024-11-01', '2024-11-04'];
    expect(settlementDays(sessions)).toEqual([
      ['2024-10-29', '2024-11-01'],
      ['2024-10-30', '2024-11-04'],
    ]);
  });
  it('are two before Lunar New Year on which nothing is traded', () => {
    // The last session before it was 2025-01-22; 23 and 24 were for settlement alone. Source: TWSE notice
    const sessions = ['2025-01-21', '2025-01-22', '2025-02-03', '2025-02-04'];
    expect(new Map(settlementDays(sessions)).get('2025-01-22')).toBe('2025-01-24');
  });
});

describe('rows before a listing', () => {
  const dates = ['2025-04-07', '2025-04-08', '2025-04-09'];
  const stock = (code: string, listed: string): Stock => ({
    code,
    name: code,
    market: 'TWSE',
    sector: '24',
    listed,
    delisted: null,
  });
  it('are left out: they are of another company', () => {
    const panel = createPanel(dates, [stock('1101', '2025-04-09'), stock('2330', '')]);
    panel.fields.close.set([1, 2, 3, 4, 5, 6]);
    const { panel: left, codes } = sinceListing(panel);
    expect(codes).toEqual(['1101']);
    expect([...left.fields.close]).toEqual([Number.NaN, 2, Number.NaN, 4, 5, 6]);
    expect([...panel.fields.close]).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it('change nothing where there are none', () => {
    const panel = createPanel(dates, [stock('1101', '2025-04-08'), stock('2330', '')]);
    panel.fields.close.set([Number.NaN, 2, 3, 4, 5, 6]);
    expect(sinceListing(panel)).toEqual({ panel, codes: [] });
    expect(sinceListing(panel).panel).toBe(panel);
  });
});
