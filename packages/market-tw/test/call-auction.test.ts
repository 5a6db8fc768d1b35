import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuctionOrder, type CallAuction, callAuction } from '../src/call-auction.ts';
import { matchContinuous } from '../src/continuous-matching.ts';
import { priceGrid } from '../src/limit-columns.ts';

const grid = priceGrid({ date: '2025-04-07' });
const limits = { downCents: 900, upCents: 1100 };
const buy = (priceCents: number | null, quantity: number): AuctionOrder => ({ side: 'buy', priceCents, quantity });
const sell = (priceCents: number | null, quantity: number): AuctionOrder => ({ side: 'sell', priceCents, quantity });
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/** The rule read word for word: every price of the grid is tried. */
function byDefinition({ orders, referenceCents }: Pick<CallAuction, 'orders' | 'referenceCents'>) {
  const quantity = (side: string, holds: (price: number) => boolean): number =>
    sum(
      orders
        .filter((order) => order.side === side && holds(order.priceCents ?? (side === 'buy' ? 1100 : 900)))
        .map((order) => order.quantity),
    );
  let best = { price: Number.NaN, volume: 0, distance: Number.POSITIVE_INFINITY };
  for (let price = limits.downCents; price <= limits.upCents; price = grid.next(price, 'up')) {
    const bought = quantity('buy', (limit) => limit >= price);
    const sold = quantity('sell', (limit) => limit <= price);
    const volume = Math.min(bought, sold);
    const fillsAbove = quantity('buy', (limit) => limit > price) <= volume;
    const fillsBelow = quantity('sell', (limit) => limit < price) <= volume;
    const fillsOneSide = volume === bought || volume === sold;
    if (volume === 0 || !fillsAbove || !fillsBelow || !fillsOneSide) continue;
    const distance = Math.abs(price - referenceCents);
    if (volume > best.volume || (volume === best.volume && distance < best.distance))
      best = { price, volume, distance };
  }
  return best;
}

const anOrder = fc
  .record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    ticks: fc.option(fc.integer({ min: 0, max: 120 }), { freq: 8 }),
    quantity: fc.integer({ min: 1, max: 9 }),
  })
  // 9.00 to 10.00 by 0.01, 10.00 to 11.00 by 0.05.
  .map(({ side, ticks, quantity }) => ({
    side,
    quantity,
    priceCents: ticks === null ? null : ticks <= 100 ? 900 + ticks : 1000 + (ticks - 100) * 5,
  }));

describe('callAuction', () => {
  it('takes the price of the highest volume (by hand)', () => {
    const orders = [buy(1010, 5), buy(1005, 10), buy(1000, 20), sell(990, 8), sell(1000, 10), sell(1010, 30)];
    // At 10.00: bought 35, sold 18; at 10.05: 15 and 18; at 10.10: 5 and 48.
    const { priceCents, volume, filled } = callAuction({ orders, referenceCents: 1000, grid, limits });
    expect([priceCents, volume]).toEqual([1000, 18]);
    expect([...filled]).toEqual([5, 10, 3, 8, 10, 0]);
  });
  it('of several prices takes the one nearest to the reference', () => {
    const orders = [buy(1020, 4), sell(1000, 4)];
    const priceAt = (referenceCents: number) => callAuction({ orders, referenceCents, grid, limits }).priceCents;
    expect([priceAt(1010), priceAt(950), priceAt(1090)]).toEqual([1010, 1000, 1020]);
  });
  it('fills market orders first, then the better price, then the earlier order', () => {
    const orders = [buy(1000, 3), buy(1000, 3), buy(1005, 3), buy(null, 3), sell(1000, 8)];
    expect([...callAuction({ orders, referenceCents: 1000, grid, limits }).filled]).toEqual([2, 0, 3, 3, 8]);
  });
  it('draws lots among equals that were entered before the open, the same lots for the same seed', () => {
    const orders = [...Array.from({ length: 40 }, () => buy(1000, 1)), sell(1000, 10)];
    const served = (seed: number) => [
      ...callAuction({ orders, referenceCents: 1000, grid, limits, draw: createRandom(seed, 'pre-open') }).filled,
    ];
    expect(served(1)).toEqual(served(1));
    expect(served(1)).not.toEqual(served(2));
    expect(sum(served(1).slice(0, 40))).toBe(10);
    // Each is served one time in four: 400 draws give 100 on average, with a standard deviation of 8.7.
    const first = Array.from({ length: 400 }, (_, seed) => served(seed)[0]!);
    expect(Math.abs(sum(first) - 100)).toBeLessThan(45);
  });
  it('trades nothing where the sides do not meet, and refuses what the exchange would', () => {
    expect(
      callAuction({ orders: [buy(990, 1), sell(1000, 1)], referenceCents: 1000, grid, limits }).priceCents,
    ).toBeNull();
    expect(callAuction({ orders: [], referenceCents: 1000, grid, limits }).volume).toBe(0);
    const refused = (order: AuctionOrder) => () => callAuction({ orders: [order], referenceCents: 1000, grid, limits });
    expect(refused(buy(1003, 1))).toThrow('off the tick');
    expect(refused(buy(1105, 1))).toThrow('outside 9 to 11');
    expect(refused(buy(1000, 0))).toThrow('whole quantity');
  });
  it('is locked at the limit where only one side has orders enough: the queue is served by rank', () => {
    const orders = [sell(900, 100), sell(900, 100), buy(900, 30)];
    const { priceCents, filled } = callAuction({ orders, referenceCents: 1000, grid, limits });
    expect(priceCents).toBe(900);
    expect([...filled]).toEqual([30, 0, 30]);
  });
  it('gives what the rule gives when every price is tried (property)', () => {
    fc.assert(
      fc.property(
        fc.array(anOrder, { maxLength: 14 }),
        fc.integer({ min: 900, max: 1000 }),
        (orders, referenceCents) => {
          const { priceCents, volume, filled } = callAuction({ orders, referenceCents, grid, limits });
          const expected = byDefinition({ orders, referenceCents });
          expect(volume).toBe(expected.volume);
          if (priceCents !== null) expect(priceCents).toBe(expected.price);
          const side = (name: string) => sum(orders.map((order, i) => (order.side === name ? filled[i]! : 0)));
          expect([side('buy'), side('sell')]).toEqual([volume, volume]);
          orders.forEach(({ side: on, priceCents: limit, quantity }, i) => {
            expect(filled[i]).toBeLessThanOrEqual(quantity);
            // Nobody trades beyond his limit; whoever is better than the price is filled.
            if (priceCents === null || limit === null) return;
            const better = on === 'buy' ? limit - priceCents : priceCents - limit;
            if (better < 0) expect(filled[i]).toBe(0);
            if (better > 0) expect(filled[i]).toBe(quantity);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('matchContinuous', () => {
  const book = [
    { priceCents: 1000, quantity: 3 },
    { priceCents: 1005, quantity: 3 },
    { priceCents: 1040, quantity: 5 },
  ];
  const order = { side: 'buy', priceCents: 1040, quantity: 8, validity: 'ROD' } as const;
  it('trades at the resting prices, one after another', () => {
    const { trades, resting, waits, refused, interrupts } = matchContinuous(book, order);
    expect(trades.map(({ priceCents, quantity }) => [priceCents, quantity])).toEqual([
      [1000, 3],
      [1005, 3],
      [1040, 2],
    ]);
    expect([resting, waits, refused, interrupts]).toEqual([[{ priceCents: 1040, quantity: 3 }], 0, 0, false]);
    expect(matchContinuous(book, { ...order, priceCents: 1002 })).toMatchObject({ waits: 5, refused: 0 });
    expect(
      matchContinuous([{ priceCents: 1000, quantity: 1 }], { ...order, side: 'sell', priceCents: 1003 }).trades,
    ).toEqual([]);
  });
  it('inside the band fills; beyond it a day order interrupts and waits, an immediate one is refused', () => {
    const band = { downCents: 965, upCents: 1035 };
    expect(matchContinuous(book, order, band)).toMatchObject({ waits: 2, refused: 0, interrupts: true });
    expect(matchContinuous(book, { ...order, validity: 'IOC' }, band)).toMatchObject({
      waits: 0,
      refused: 2,
      interrupts: false,
    });
    expect(matchContinuous(book, { ...order, priceCents: null }, band)).toMatchObject({ refused: 2, interrupts: true });
    expect(matchContinuous(book, { ...order, validity: 'FOK' }, band)).toMatchObject({ trades: [], refused: 8 });
    expect(matchContinuous(book, { ...order, validity: 'FOK' })).toMatchObject({ waits: 0, refused: 0 });
  });
  it('loses nothing: what comes in is traded, waits or is refused (property)', () => {
    const level = fc.record({ step: fc.integer({ min: 0, max: 40 }), quantity: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(
        fc.array(level, { maxLength: 8 }),
        fc.constantFrom('ROD' as const, 'IOC' as const, 'FOK' as const),
        fc.option(fc.integer({ min: 0, max: 40 })),
        fc.integer({ min: 1, max: 30 }),
        (levels, validity, limit, quantity) => {
          const asks = levels
            .map(({ step, quantity: waiting }) => ({ priceCents: 1000 + step * 5, quantity: waiting }))
            .sort((a, b) => a.priceCents - b.priceCents);
          const priceCents = limit === null ? null : 1000 + limit * 5;
          const band = { downCents: 965, upCents: 1100 };
          const { trades, resting, waits, refused } = matchContinuous(
            asks,
            { side: 'buy', priceCents, quantity, validity },
            band,
          );
          const traded = sum(trades.map((trade) => trade.quantity));
          expect(traded + waits + refused).toBe(quantity);
          expect(sum(resting.map((rest) => rest.quantity)) + traded).toBe(sum(asks.map((ask) => ask.quantity)));
          for (const trade of trades) {
            expect(trade.priceCents).toBeLessThanOrEqual(Math.min(priceCents ?? 2000, band.upCents));
          }
          if (validity !== 'ROD') expect(waits).toBe(0);
          if (validity === 'FOK') expect([0, quantity]).toContain(traded);
        },
      ),
    );
  });
});
