import { InputError, type Random } from '@preopen/core';
import type { PriceGrid } from './limit-columns.ts';
import type { Cents } from './tick-table.ts';

/** An order in an auction; earlier ones come first in a list. */
export interface AuctionOrder {
  readonly side: 'buy' | 'sell';
  /** Limit in whole hundredths; `null` is a market order, which ranks ahead of every limit order. */
  readonly priceCents: Cents | null;
  readonly quantity: number;
}

/** What an auction starts from. */
export interface CallAuction {
  readonly orders: readonly AuctionOrder[];
  /** Last trade of the session, or before the first one the opening base: of several prices the nearest to it is taken. */
  readonly referenceCents: Cents;
  readonly grid: PriceGrid;
  /** The day's limits; without them the orders' own prices bound the auction. */
  readonly limits?: { readonly downCents: Cents; readonly upCents: Cents } | undefined;
  /** Orders entered before the open rank equal in time: then the draw decides. Without it the list's order does. */
  readonly draw?: Random;
}

/** What an auction made. */
export interface AuctionResult {
  /** `null`: nothing could be matched. */
  readonly priceCents: Cents | null;
  readonly volume: number;
  /** Quantity filled of each order, in the order in which they were given. */
  readonly filled: Float64Array;
}

/**
 * One call auction: (1) the price of the highest volume at which all buys above and all sells below it are filled,
 * (2) where at the price itself at least one side is filled, (3) of several the nearest to the reference.
 * @throws InputError for an order off the tick or beyond the limits
 * Source: TWSE Operating Rules Art. 58-3
 */
export function callAuction({ orders, referenceCents, grid, limits, draw }: CallAuction): AuctionResult {
  const prices = orders.flatMap(({ priceCents }) => (priceCents === null ? [] : [priceCents]));
  const down = limits?.downCents ?? prices.reduce((low, price) => Math.min(low, price), referenceCents);
  const up = limits?.upCents ?? prices.reduce((high, price) => Math.max(high, price), referenceCents);
  checkOrders(orders, grid, down, up);
  // A market order buys at up to the highest price there is; that it ranks ahead matters only for who is filled.
  const limitOf = ({ side, priceCents }: AuctionOrder): Cents => priceCents ?? (side === 'buy' ? up : down);
  const steps = [...new Set([down, up, ...prices])].sort((a, b) => a - b);
  const book = cumulate(orders, limitOf, steps);
  // What is demanded above a price falls with it and what is offered up to it rises: the prices that fill all that must be
  // filled are one interval, and its ends are orders' prices or limits. All of them have the same, highest volume.
  const lowest = steps.findIndex((_, s) => (book.bought[s + 1] ?? 0) <= book.sold[s]!);
  const highest = steps.findLastIndex((_, s) => (s === 0 ? 0 : book.sold[s - 1]!) <= book.bought[s]!);
  const volume = Math.min(book.bought[lowest]!, book.sold[lowest]!);
  if (volume === 0) return { priceCents: null, volume, filled: new Float64Array(orders.length) };
  const priceCents = Math.min(steps[highest]!, Math.max(steps[lowest]!, grid.round(referenceCents)));
  return { priceCents, volume, filled: fill({ orders, limitOf, priceCents, volume, draw }) };
}

function checkOrders(orders: readonly AuctionOrder[], grid: PriceGrid, down: Cents, up: Cents): void {
  for (const { priceCents, quantity } of orders) {
    if (!(quantity > 0) || !Number.isInteger(quantity))
      throw new InputError(`callAuction: expected a whole quantity above 0, got ${quantity}.`);
    if (priceCents === null) continue;
    if (!grid.isOnTick(priceCents) || priceCents < down || priceCents > up) {
      throw new InputError(
        `callAuction: an order at ${priceCents / 100} TWD is off the tick or outside ${down / 100} to ${up / 100}; the exchange would refuse it.`,
      );
    }
  }
}

/** Quantity bought at each step's price or above, and sold at it or below. */
function cumulate(
  orders: readonly AuctionOrder[],
  limitOf: (order: AuctionOrder) => Cents,
  steps: readonly Cents[],
): { bought: Float64Array; sold: Float64Array } {
  const at = new Map(steps.map((price, s) => [price, s]));
  const bought = new Float64Array(steps.length);
  const sold = new Float64Array(steps.length);
  for (const order of orders) (order.side === 'buy' ? bought : sold)[at.get(limitOf(order))!]! += order.quantity;
  for (let s = steps.length - 2; s >= 0; s--) bought[s]! += bought[s + 1]!;
  for (let s = 1; s < steps.length; s++) sold[s]! += sold[s - 1]!;
  return { bought, sold };
}

/** Hands the volume out by rank: market orders, then the better price, then time or draw. */
function fill(job: {
  readonly orders: readonly AuctionOrder[];
  readonly limitOf: (order: AuctionOrder) => Cents;
  readonly priceCents: Cents;
  readonly volume: number;
  readonly draw: Random | undefined;
}): Float64Array {
  const { orders, limitOf, priceCents, draw } = job;
  const lot = orders.map((_, i) => (draw ? draw.uniform() : i));
  const filled = new Float64Array(orders.length);
  for (const side of ['buy', 'sell'] as const) {
    const better = side === 'buy' ? -1 : 1;
    const ranked = orders
      .map((order, i) => ({ order, i }))
      .filter(({ order }) => order.side === side && better * (limitOf(order) - priceCents) <= 0)
      .sort(
        (a, b) =>
          Number(b.order.priceCents === null) - Number(a.order.priceCents === null) ||
          better * (limitOf(a.order) - limitOf(b.order)) ||
          lot[a.i]! - lot[b.i]!,
      );
    let left = job.volume;
    for (const { order, i } of ranked) {
      filled[i] = Math.min(left, order.quantity);
      left -= filled[i]!;
    }
  }
  return filled;
}
