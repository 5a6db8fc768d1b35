import type { PriceLimits } from './price-rules.ts';

/** How a day's bar lies to its limits. `locked`: every trade of the day was at the limit. */
export type LimitState = 'locked-down' | 'down' | 'none' | 'up' | 'locked-up';

/** As numbers for a column: negative is down, ±2 is locked. */
export const limitStateCodes: Readonly<Record<LimitState, -2 | -1 | 0 | 1 | 2>> = {
  'locked-down': -2,
  down: -1,
  none: 0,
  up: 1,
  'locked-up': 2,
};

/** Prices of a day, in the limits' unit. */
export interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Less than half of the smallest tick: prices that were worked out differently are still the same price. */
const hair = 0.004;

/**
 * Whether a day closed at its limit, and whether it was locked there from the first trade to the last.
 * @param bar raw prices in NT$: adjusted ones lie on no limit
 * @param limits as `priceLimits` gives them; `undefined` is a day without limits
 */
export function limitState({ high, low, close }: Bar, limits: PriceLimits | undefined): LimitState {
  if (limits === undefined) return 'none';
  if (close >= limits.up - hair) return low >= limits.up - hair ? 'locked-up' : 'up';
  if (close <= limits.down + hair) return high <= limits.down + hair ? 'locked-down' : 'down';
  return 'none';
}

/** Which limits a day touched. */
export function touchedLimits({ high, low }: Bar, limits: PriceLimits | undefined): { down: boolean; up: boolean } {
  if (limits === undefined) return { down: false, up: false };
  return { down: low <= limits.down + hair, up: high >= limits.up - hair };
}

/**
 * Whether the order book of a moment is locked: everybody is on one side, at the limit. New orders there wait behind all
 * others, and little trades.
 */
export function lockedBook(
  book: { readonly bestBid?: number | undefined; readonly bestAsk?: number | undefined },
  limits: PriceLimits | undefined,
): 'down' | 'up' | undefined {
  if (limits === undefined) return undefined;
  const { bestBid, bestAsk } = book;
  if (bestAsk === undefined && bestBid !== undefined && bestBid >= limits.up - hair) return 'up';
  if (bestBid === undefined && bestAsk !== undefined && bestAsk <= limits.down + hair) return 'down';
  return undefined;
}
