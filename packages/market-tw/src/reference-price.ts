import { InputError } from '@preopen/core';
import { type PriceQuestion, roundToTick, toCents } from './price-rules.ts';

/** How a session ended for a stock, in NT$; without a trade there is no close, without an order on a side no quote. */
export interface SessionEnd {
  readonly close?: number | undefined;
  readonly bestBid?: number | undefined;
  readonly bestAsk?: number | undefined;
  /** The opening reference of the session that ended. */
  readonly openingReference: number;
}

/**
 * The reference price of the next session: the close; without one the best bid at the close if it lies above that
 * session's opening reference, the best ask if it lies below, else that reference itself.
 * Source: TWSE Operating Rules Art. 58-3
 */
export function referencePrice({ close, bestBid, bestAsk, openingReference }: SessionEnd): number {
  toCents(openingReference, 'referencePrice: openingReference');
  if (close !== undefined) return close;
  if (bestBid !== undefined && bestBid > openingReference) return bestBid;
  if (bestAsk !== undefined && bestAsk < openingReference) return bestAsk;
  return openingReference;
}

/** What holders of a share receive on an ex-day. */
export interface Distribution {
  /** Cash per share, NT$. */
  readonly cashDividend?: number;
  /** New shares for nothing, per share held: 0.1 is 100 shares per 1,000. */
  readonly stockDividendRatio?: number;
  /** New shares that may be bought, per share held, and their price. */
  readonly rightsRatio?: number;
  readonly rightsPrice?: number;
}

/**
 * The reference price of an ex-dividend or ex-rights day, rounded to two decimals: it need not lie on the tick grid, and
 * it, not the opening base, is what the limits start from.
 * Source: TWSE Operating Rules Art. 67; tested on the official tables of ex-days
 */
export function exReferencePrice(previousClose: number, distribution: Distribution): number {
  const { cashDividend = 0, stockDividendRatio = 0, rightsRatio = 0, rightsPrice = 0 } = distribution;
  toCents(previousClose, 'exReferencePrice: previousClose');
  const worth = previousClose - cashDividend + rightsPrice * rightsRatio;
  // A hair (1e-9) off a half counts as the half, which is what floats make of 62.835.
  const reference = Math.floor((worth / (1 + stockDividendRatio + rightsRatio)) * 100 + 0.5 + 1e-9) / 100;
  if (!(reference > 0)) {
    throw new InputError(
      `exReferencePrice: ${previousClose} less a distribution of ${cashDividend} leaves ${reference}; expected something above 0.`,
    );
  }
  return reference;
}

/** The price that opens the day's auction: the reference moved to the nearest tick. Limits do not start from it. */
export function openingBase({ reference, ...question }: PriceQuestion & { readonly reference: number }): number {
  return roundToTick({ ...question, price: reference });
}
