import { InputError } from '@preopen/core';
import { dayNumber } from './date.ts';

/** Kinds of security whose rules of price differ. */
export type Instrument =
  | 'stock'
  | 'etf' //          on domestic underlyings
  | 'etf-leveraged-2x'
  | 'etf-inverse'
  | 'etf-foreign' //  any foreign underlying, and bond ETFs: no limit
  | 'reit'
  | 'etn';

/** Prices are counted in hundredths of a dollar: 0.01 is the smallest tick, and no sum of floats is ever off. */
type Cents = number;

interface Band {
  /** The band ends below this price. */
  readonly below: Cents;
  readonly tick: Cents;
}

const endless = Number.POSITIVE_INFINITY;
/** Since 2005-03-01. Source: TWSE Operating Rules Art. 62; every close of 2005–2020 lies on this grid. */
const stockBands: readonly Band[] = [
  { below: 1000, tick: 1 },
  { below: 5000, tick: 5 },
  { below: 10_000, tick: 10 },
  { below: 50_000, tick: 50 },
  { below: 100_000, tick: 100 },
  { below: endless, tick: 500 },
];
/** Until 2005-02-28. Every close of 1992–2005 lies on this grid. */
const oldStockBands: readonly Band[] = [
  { below: 500, tick: 1 },
  { below: 1500, tick: 5 },
  { below: 5000, tick: 10 },
  { below: 15_000, tick: 50 },
  { below: 100_000, tick: 100 },
  { below: endless, tick: 500 },
];
const fundBands: readonly Band[] = [
  { below: 5000, tick: 1 },
  { below: endless, tick: 5 },
];

const newTicksFrom = dayNumber('2005-03-01');

function bandsOf(instrument: Instrument, date: string): readonly Band[] {
  if (instrument !== 'stock') return fundBands;
  return dayNumber(date) >= newTicksFrom ? stockBands : oldStockBands;
}

function tickAt(price: Cents, bands: readonly Band[]): Cents {
  return bands.find(({ below }) => price < below)!.tick;
}

function toCents(priceTwd: number, name: string): Cents {
  const cents = Math.round(priceTwd * 100);
  if (!(priceTwd > 0) || Math.abs(cents - priceTwd * 100) > 1e-6 * Math.max(1, cents)) {
    throw new InputError(
      `${name}: expected a price in NT$ of at least 0.01 with at most two decimals, got ${priceTwd}.`,
    );
  }
  return cents;
}

/** What the rules of price depend on. */
export interface PriceQuestion {
  readonly instrument?: Instrument;
  /** ISO date; the rules changed over the years. */
  readonly date: string;
}

/**
 * The tick at a price, in NT$. The upper edge of a band belongs to the next band.
 * Source: TWSE Operating Rules Art. 62; TPEx the same.
 */
export function tickSize({ price, instrument = 'stock', date }: PriceQuestion & { readonly price: number }): number {
  return tickAt(toCents(price, 'tickSize: price'), bandsOf(instrument, date)) / 100;
}

/**
 * A price moved onto the tick grid: to the nearest tick (halves up), or down or up.
 * @param options.price any positive price in NT$, decimals as many as it likes
 */
export function roundToTick({
  price,
  instrument = 'stock',
  date,
  direction = 'nearest',
}: PriceQuestion & { readonly price: number; readonly direction?: 'nearest' | 'down' | 'up' }): number {
  if (!(price > 0) || !Number.isFinite(price))
    throw new InputError(`roundToTick: expected a price above 0, got ${price}.`);
  return roundCents(price * 100, bandsOf(instrument, date), direction) / 100;
}

/** Rounds hundredths onto the grid; a hair (1e-6) off the grid counts as on it, which is what floats make of 0.1. */
function roundCents(cents: number, bands: readonly Band[], direction: 'nearest' | 'down' | 'up'): Cents {
  const tick = tickAt(Math.max(1, cents), bands);
  const ticks = cents / tick;
  const rounded =
    direction === 'down'
      ? Math.floor(ticks + 1e-6)
      : direction === 'up'
        ? Math.ceil(ticks - 1e-6)
        : Math.floor(ticks + 0.5 + 1e-9);
  // All band edges are multiples of both neighbours' ticks, so rounding up to an edge lands on the next grid too.
  return Math.max(1, rounded) * tick;
}

interface LimitPeriod {
  readonly from: string;
  /** Per mille of the reference price. */
  readonly down: number;
  readonly up: number;
}

/** Source: TWSE Operating Rules Art. 63 in its versions; before 1989-10 general knowledge; moves in the data agree. */
const limitPeriods: readonly LimitPeriod[] = [
  { from: '1987-01-01', down: 50, up: 50 },
  { from: '1987-10-27', down: 30, up: 30 },
  { from: '1988-11-14', down: 50, up: 50 },
  { from: '1989-10-11', down: 70, up: 70 },
  { from: '2015-06-01', down: 100, up: 100 },
];

/** The downside limit was halved to 3.5 % in these sessions, first and last included; dated from prices. */
export const narrowedPeriods: readonly { readonly from: string; readonly to: string; readonly event: string }[] = [
  { from: '1999-09-27', to: '1999-10-08', event: '921 earthquake' },
  { from: '2000-03-20', to: '2000-03-24', event: 'presidential election' },
  { from: '2000-10-04', to: '2000-10-11', event: 'fall of autumn 2000' },
  { from: '2000-10-20', to: '2000-11-07', event: 'fall of autumn 2000' },
  { from: '2000-11-21', to: '2000-12-30', event: 'fall of autumn 2000' },
  { from: '2001-09-19', to: '2001-09-21', event: 'after 11 September' },
  { from: '2008-10-13', to: '2008-10-24', event: 'financial crisis' },
];

/** Limits of a day in per mille of the reference; `undefined` for securities without any. */
function limitPerMille(instrument: Instrument, date: string): { down: number; up: number } | undefined {
  if (instrument === 'etf-foreign') return undefined;
  // ISO dates compare as texts.
  const period = limitPeriods.findLast(({ from }) => from <= date);
  if (!period) throw new InputError(`priceLimits: the rules are known from ${limitPeriods[0]!.from}, not for ${date}.`);
  const narrowed = narrowedPeriods.some(({ from, to }) => from <= date && date <= to);
  const multiple = instrument === 'etf-leveraged-2x' ? 2 : 1;
  return { down: (narrowed ? 35 : period.down) * multiple, up: period.up * multiple };
}

/**
 * The lowest and highest price of a day, in NT$: the reference less and plus the day's limit, rounded into the band onto
 * the limit price's own tick, and at least one tick away. In integer arithmetic.
 *
 * The reference is the exchange's, with two decimals: on ex-dividend days it is not on the tick grid.
 * @param question.listedSessions number of this session since listing, from 1: new stocks have no limit in their first five
 * @returns `undefined` for what has no limit that day
 * Source: TWSE Operating Rules Art. 63; 808 of 808 limits in TPEx’s own file of 2023-01-30 come out exactly
 */
export function priceLimits({
  reference,
  instrument = 'stock',
  date,
  listedSessions,
}: PriceQuestion & { readonly reference: number; readonly listedSessions?: number }):
  | { down: number; up: number }
  | undefined {
  const cents = toCents(reference, 'priceLimits: reference');
  dayNumber(date);
  const perMille = limitPerMille(instrument, date);
  const isNew = listedSessions !== undefined && listedSessions <= 5 && date >= '2005-03-01' && instrument === 'stock';
  if (perMille === undefined || isNew) return undefined;
  const { down, up } = limitCents(cents, perMille, bandsOf(instrument, date));
  return { down: down / 100, up: up / 100 };
}

/** Kernel of `priceLimits` in hundredths; also used by the simulator, day by day. */
export function limitCents(
  reference: Cents,
  perMille: { readonly down: number; readonly up: number },
  bands: readonly Band[] = stockBands,
): { down: Cents; up: Cents } {
  // In thousandths of a hundredth everything is whole: reference × (1000 ± limit).
  const rawUp = reference * (1000 + perMille.up);
  const rawDown = reference * (1000 - perMille.down);
  const tickUp = tickAt(rawUp / 1000, bands);
  const tickDown = tickAt(Math.max(1, rawDown / 1000), bands);
  const up = Math.floor(rawUp / (1000 * tickUp)) * tickUp;
  const down = Math.ceil(rawDown / (1000 * tickDown)) * tickDown;
  // A limit of less than a tick is one tick.
  const leastUp = reference - (reference % tickAt(reference, bands)) + tickAt(reference, bands);
  const below = Math.max(1, reference - 1);
  const leastDown = Math.max(1, Math.floor(below / tickAt(below, bands)) * tickAt(below, bands));
  return { down: Math.max(1, down >= reference ? leastDown : down), up: up <= reference ? leastUp : up };
}

/** Rounds hundredths onto the stocks' grid of today; for kernels that hold prices as integers. */
export function roundStockCents(cents: number): Cents {
  return roundCents(cents, stockBands, 'nearest');
}
