import type { Cents } from './tick-table.ts';

/** An order that waits in the book. */
export interface RestingOrder {
  readonly priceCents: Cents;
  readonly quantity: number;
}

/** An order that arrives during continuous trading. */
export interface IncomingOrder {
  readonly side: 'buy' | 'sell';
  /** `null` is a market order. */
  readonly priceCents: Cents | null;
  readonly quantity: number;
  /** Rest of day, immediate or cancel, fill or kill. */
  readonly validity: 'ROD' | 'IOC' | 'FOK';
}

/** What an incoming order did. */
export interface Execution {
  readonly trades: readonly RestingOrder[];
  /** The other side of the book afterwards. */
  readonly resting: readonly RestingOrder[];
  /** Quantity that waits in the book. */
  readonly waits: number;
  /** Quantity that was refused or deleted. */
  readonly refused: number;
  /** The next price lies beyond the stability band: matching of this stock is to wait. */
  readonly interrupts: boolean;
}

/**
 * Continuous matching: the resting side's prices, one after another. Beyond the stability band a limit order for the rest
 * of the day fills inside and its rest waits for the auction that ends the interruption; immediate ones fill inside and
 * their rest is refused. A market order's rest is deleted, as interruptions delete resting market orders.
 * @param book the other side, best price first, earlier orders first at a price
 * @param band lowest and highest price that does not interrupt; without it nothing does
 * Source: TWSE Operating Rules Art. 58-3; TWSE’s slides on continuous trading, 2018-12
 */
export function matchContinuous(
  book: readonly RestingOrder[],
  order: IncomingOrder,
  band: { readonly downCents: Cents; readonly upCents: Cents } = { downCents: 0, upCents: Number.POSITIVE_INFINITY },
): Execution {
  const { side, priceCents, quantity, validity } = order;
  const trades: RestingOrder[] = [];
  let left = quantity;
  let at = 0;
  let leaves = false;
  while (left > 0 && at < book.length) {
    const best = book[at]!;
    const accepts =
      priceCents === null || (side === 'buy' ? best.priceCents <= priceCents : best.priceCents >= priceCents);
    if (!accepts) break;
    leaves = best.priceCents < band.downCents || best.priceCents > band.upCents;
    if (leaves) break;
    const traded = Math.min(left, best.quantity);
    trades.push({ priceCents: best.priceCents, quantity: traded });
    left -= traded;
    if (traded === best.quantity) at++;
    else
      return settled(order, trades, [{ ...best, quantity: best.quantity - traded }, ...book.slice(at + 1)], 0, false);
  }
  if (validity === 'FOK' && left > 0)
    return { trades: [], resting: book, waits: 0, refused: quantity, interrupts: false };
  return settled(order, trades, book.slice(at), left, leaves && validity === 'ROD');
}

function settled(
  { priceCents, validity }: IncomingOrder,
  trades: readonly RestingOrder[],
  resting: readonly RestingOrder[],
  left: number,
  interrupts: boolean,
): Execution {
  const waits = validity === 'ROD' && !(interrupts && priceCents === null) ? left : 0;
  return { trades, resting, waits, refused: left - waits, interrupts };
}
