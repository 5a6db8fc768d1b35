import { InputError } from '@preopen/core';
import { tradingCalendar } from './calendar.ts';
import { dayNumber } from './date.ts';
import { freeListingFrom, freeListingSessions, type LimitPerMille, limitRuleOf } from './limit-eras.ts';
import {
  type Band,
  type Cents,
  type Direction,
  type Instrument,
  nextTick,
  roundCents,
  type TickAssumption,
  tickAt,
  tickTableOf,
} from './tick-table.ts';

/** What the rules of price depend on. */
export interface PriceQuestion extends TickAssumption {
  readonly instrument?: Instrument;
  /** ISO date; the rules changed over the years. */
  readonly date: string;
}

/** The lowest and highest price of a day, in NT$. */
export interface PriceLimits {
  readonly down: number;
  readonly up: number;
}

/** A price in NT$ as whole hundredths; refused if it has more decimals or is none. */
export function toCents(priceTwd: number, name: string): Cents {
  const cents = Math.round(priceTwd * 100);
  if (!(priceTwd > 0) || !Number.isFinite(priceTwd) || Math.abs(cents - priceTwd * 100) > 1e-6 * Math.max(1, cents)) {
    throw new InputError(
      `${name}: expected a price in NT$ of at least 0.01 with at most two decimals, got ${priceTwd}.`,
    );
  }
  return cents;
}

/** The bands of a question, its date checked. */
function bandsOf({ instrument = 'stock', date, oneDollarTickFrom }: PriceQuestion): readonly Band[] {
  dayNumber(date);
  return tickTableOf(instrument, date, { oneDollarTickFrom }).bands;
}

/**
 * The tick at a price, in NT$. The upper edge of a band belongs to the next band.
 * @throws InputError for what is no price or no date
 * Source: TWSE Operating Rules Art. 62; TPEx the same; `tickTables` names the source of each table
 */
export function tickSize(question: PriceQuestion & { readonly price: number }): number {
  return tickAt(toCents(question.price, 'tickSize: price'), bandsOf(question)) / 100;
}

/**
 * A price moved onto the tick grid: to the nearest tick (halves up), or down or up. Any positive price in NT$ may be given, with as
 * many decimals as it likes.
 */
export function roundToTick({
  price,
  direction = 'nearest',
  ...question
}: PriceQuestion & { readonly price: number; readonly direction?: Direction }): number {
  if (!(price > 0) || !Number.isFinite(price))
    throw new InputError(`roundToTick: expected a price above 0, got ${price}.`);
  return roundCents(price * 100, bandsOf(question), direction) / 100;
}

/** What tells whether a stock is new: either may be left out. */
export interface ListingAge {
  /** Number of this session since listing, 1 on the first day of trading. */
  readonly sessionsSinceListing?: number | undefined;
  /** First day of trading, ISO; the sessions are counted with the trading calendar. */
  readonly listedOn?: string | undefined;
}

/** Whether a stock is in its first five sessions, in which it has no limit (since 2005-03-01). */
export function isFreeListing({ sessionsSinceListing, listedOn }: ListingAge, date: string): boolean {
  if (date < freeListingFrom) return false;
  if (sessionsSinceListing !== undefined) return sessionsSinceListing <= freeListingSessions;
  if (listedOn === undefined || listedOn > date) return false;
  // Five sessions lie within three weeks but for the longest closures; the calendar need not be asked about older stocks.
  if (dayNumber(date) - dayNumber(listedOn) > 40) return false;
  return tradingCalendar().sessionsBetween(listedOn, date).length <= freeListingSessions;
}

/**
 * The lowest and highest price of a day, in NT$: the reference less and plus the day's limit, rounded into the band onto
 * the limit price's own tick, and at least one tick away. In integer arithmetic.
 *
 * The reference is the exchange's, with two decimals: on ex-dividend days it is not on the tick grid.
 * @returns `undefined` for what has no limit that day
 * @throws InputError for what is no price or date, before 1987, and for warrants (`warrantLimits`)
 * Source: TWSE Operating Rules Art. 63; 808 of 808 limits in TPEx’s own file of 2023-01-30 come out exactly
 */
export function priceLimits({
  reference,
  sessionsSinceListing,
  listedOn,
  ...question
}: PriceQuestion & ListingAge & { readonly reference: number }): PriceLimits | undefined {
  const cents = toCents(reference, 'priceLimits: reference');
  const bands = bandsOf(question);
  const { instrument = 'stock', date } = question;
  const { limits } = limitRuleOf(instrument, date);
  const isFree = instrument === 'stock' && isFreeListing({ sessionsSinceListing, listedOn }, date);
  if (limits === undefined || isFree) return undefined;
  const { down, up } = limitCents(cents, limits, bands);
  return { down: down / 100, up: up / 100 };
}

const stockBands = tickTableOf('stock', '2005-03-01').bands;

/** Kernel of `priceLimits` in hundredths, by default on the stocks' grid of today; for one price at a time. */
export function limitCents(
  reference: Cents,
  perMille: LimitPerMille,
  bands: readonly Band[] = stockBands,
): { down: Cents; up: Cents } {
  return { down: limitDownCents(reference, perMille.down, bands), up: limitUpCents(reference, perMille.up, bands) };
}

/** Highest price: floor onto its own tick, never less than a tick above the reference. */
export function limitUpCents(reference: Cents, perMille: number, bands: readonly Band[]): Cents {
  // In thousandths of a hundredth everything is whole: reference × (1000 ± limit).
  const raw = reference * (1000 + perMille);
  const tick = tickAt(raw / 1000, bands);
  const up = Math.floor(raw / (1000 * tick)) * tick;
  return up <= reference ? nextTick(reference, bands, 'up') : up;
}

/** Lowest price: ceil onto its own tick, never less than a tick below the reference nor below the grid's first price. */
export function limitDownCents(reference: Cents, perMille: number, bands: readonly Band[]): Cents {
  const raw = reference * (1000 - perMille);
  const tick = tickAt(raw / 1000, bands);
  const down = Math.ceil(raw / (1000 * tick)) * tick;
  return down >= reference ? nextTick(reference, bands, 'down') : down;
}
