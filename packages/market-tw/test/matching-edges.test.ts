import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { type AuctionOrder, callAuction } from '../src/call-auction.ts';
import { matchContinuous } from '../src/continuous-matching.ts';
import { priceGrid } from '../src/limit-columns.ts';

const grid = priceGrid({ date: '2025-04-07' });
const limits = { downCents: 900, upCents: 1100 };
const buy = (priceCents: number | null, quantity: number): AuctionOrder => ({ side: 'buy', priceCents, quantity });
const sell = (priceCents: number | null, quantity: number): AuctionOrder => ({ side: 'sell', priceCents, quantity });

describe('callAuction, by hand', () => {
  const auction = (orders: readonly AuctionOrder[], referenceCents = 1000) =>
    callAuction({ orders, referenceCents, grid, limits });
  it('takes the reference on its tick where any price between two would do', () => {
    expect(auction([buy(1020, 4), sell(1000, 4)], 1012).priceCents).toBe(1010);
    expect(auction([buy(1020, 4), sell(1000, 4)], 1013).priceCents).toBe(1015);
  });
  it('of market orders alone goes to the limit of the side that has more, and stays at the reference where neither has', () => {
    expect(auction([buy(null, 3), sell(null, 5)])).toEqual({
      priceCents: 900,
      volume: 3,
      filled: Float64Array.of(3, 3),
    });
    expect(auction([buy(null, 5), sell(null, 3)]).priceCents).toBe(1100);
    expect(auction([buy(null, 4), sell(null, 4)])).toEqual({
      priceCents: 1000,
      volume: 4,
      filled: Float64Array.of(4, 4),
    });
  });
  it('fills sells by the lower limit first, and a market order before all', () => {
    const orders = [sell(1000, 2), sell(990, 2), sell(null, 2), sell(1000, 2), buy(1000, 5)];
    expect([...auction(orders).filled]).toEqual([1, 2, 2, 0, 5]);
  });
  it.each([
    ['the limit order came first', [sell(900, 2), sell(null, 2)], [1, 2]],
    ['the market order came first', [sell(null, 2), sell(900, 2)], [2, 1]],
  ] as const)('fills a market order before a limit order at the limit: %s, with either lot', (_, sells, filled) => {
    const orders = [...sells, buy(900, 3)];
    for (const lots of [
      [0.1, 0.9, 0],
      [0.9, 0.1, 0],
    ]) {
      const draw = { ...createRandom(1), uniform: () => lots.shift()! };
      expect([...callAuction({ orders, referenceCents: 1000, grid, limits, draw }).filled]).toEqual([...filled, 3]);
    }
  });
  it('is bounded without limits by its orders and the reference', () => {
    const free = (orders: readonly AuctionOrder[], referenceCents: number) =>
      callAuction({ orders, referenceCents, grid });
    expect(free([buy(null, 1), sell(1200, 1)], 1000).priceCents).toBe(1200);
    expect(free([buy(800, 1), sell(null, 1)], 1000).priceCents).toBe(800);
    expect(free([buy(null, 2), sell(null, 2)], 1000).priceCents).toBe(1000);
    expect(free([buy(null, 3), sell(null, 5)], 1000).priceCents).toBe(1000);
  });
  it('of nothing that meets fills nothing', () => {
    expect(auction([buy(990, 2), sell(1000, 3)])).toEqual({
      priceCents: null,
      volume: 0,
      filled: Float64Array.of(0, 0),
    });
  });
  it('takes orders at the limits themselves', () => {
    expect(auction([buy(1100, 1), sell(900, 1)]).volume).toBe(1);
  });
  it.each([
    [buy(899, 1), 'an order at 8.99 TWD is off the tick or outside 9 to 11; the exchange would refuse it.'],
    [sell(1105, 1), 'an order at 11.05 TWD'],
    [sell(1001, 1), 'an order at 10.01 TWD'],
    [buy(1000, -1), 'expected a whole quantity above 0, got -1.'],
    [buy(1000, 1.5), 'expected a whole quantity above 0, got 1.5.'],
    [buy(null, 0), 'expected a whole quantity above 0, got 0.'],
    [buy(1000, Number.NaN), 'expected a whole quantity above 0, got NaN.'],
  ] as const)('refuses %j', (order, message) => {
    expect(() => auction([buy(1000, 1), order])).toThrow(`callAuction: ${message}`);
  });
});

describe('matchContinuous, by hand', () => {
  const asks = [
    { priceCents: 1000, quantity: 3 },
    { priceCents: 1005, quantity: 4 },
  ];
  const bids = [
    { priceCents: 1000, quantity: 3 },
    { priceCents: 995, quantity: 4 },
  ];
  const rod = { validity: 'ROD' } as const;
  it('trades at its own limit, not beyond it, on either side', () => {
    expect(matchContinuous(asks, { ...rod, side: 'buy', priceCents: 1000, quantity: 5 })).toEqual({
      trades: [{ priceCents: 1000, quantity: 3 }],
      resting: [{ priceCents: 1005, quantity: 4 }],
      waits: 2,
      refused: 0,
      interrupts: false,
    });
    expect(matchContinuous(bids, { ...rod, side: 'sell', priceCents: 1000, quantity: 5 })).toEqual({
      trades: [{ priceCents: 1000, quantity: 3 }],
      resting: [{ priceCents: 995, quantity: 4 }],
      waits: 2,
      refused: 0,
      interrupts: false,
    });
    expect(matchContinuous(bids, { ...rod, side: 'sell', priceCents: 995, quantity: 7 }).resting).toEqual([]);
  });
  it('ends with a level that it takes whole: the next one neither trades nor interrupts', () => {
    expect(
      matchContinuous(asks, { ...rod, side: 'buy', priceCents: 1005, quantity: 3 }, { downCents: 900, upCents: 1004 }),
    ).toEqual({
      trades: [{ priceCents: 1000, quantity: 3 }],
      resting: [{ priceCents: 1005, quantity: 4 }],
      waits: 0,
      refused: 0,
      interrupts: false,
    });
  });
  it('takes part of a resting order and leaves the rest and all behind it', () => {
    expect(matchContinuous(asks, { ...rod, side: 'buy', priceCents: null, quantity: 2 })).toEqual({
      trades: [{ priceCents: 1000, quantity: 2 }],
      resting: [
        { priceCents: 1000, quantity: 1 },
        { priceCents: 1005, quantity: 4 },
      ],
      waits: 0,
      refused: 0,
      interrupts: false,
    });
  });
  it('waits with what an empty book leaves, or is refused with it at once', () => {
    expect(matchContinuous([], { ...rod, side: 'buy', priceCents: 1000, quantity: 2 })).toMatchObject({
      ...{ trades: [], waits: 2, refused: 0, interrupts: false },
    });
    expect(matchContinuous([], { side: 'buy', priceCents: 1000, quantity: 2, validity: 'IOC' })).toMatchObject({
      ...{ waits: 0, refused: 2 },
    });
    expect(matchContinuous(asks, { side: 'buy', priceCents: 1005, quantity: 7, validity: 'FOK' })).toMatchObject({
      ...{ waits: 0, refused: 0, resting: [] },
    });
    expect(matchContinuous(asks, { side: 'buy', priceCents: 1005, quantity: 8, validity: 'FOK' })).toEqual({
      trades: [],
      resting: asks,
      waits: 0,
      refused: 8,
      interrupts: false,
    });
  });
  it('interrupts beyond the band alone: its edges are inside, above and below', () => {
    const order = { ...rod, side: 'buy', priceCents: 1005, quantity: 7 } as const;
    expect(matchContinuous(asks, order, { downCents: 1000, upCents: 1005 }).interrupts).toBe(false);
    expect(matchContinuous(asks, order, { downCents: 1000, upCents: 1004 })).toMatchObject({
      ...{ waits: 4, interrupts: true, trades: [{ priceCents: 1000, quantity: 3 }] },
    });
    expect(matchContinuous(asks, order, { downCents: 1001, upCents: 1005 })).toMatchObject({
      ...{ waits: 7, interrupts: true, trades: [] },
    });
    const market = { ...rod, side: 'sell', priceCents: null, quantity: 7 } as const;
    expect(matchContinuous(bids, market, { downCents: 996, upCents: 2000 })).toMatchObject({
      ...{ waits: 0, refused: 4, interrupts: true },
    });
  });
});
