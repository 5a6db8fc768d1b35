import { dayNumber } from './date.ts';
import { type LimitPerMille, limitRuleOf } from './limit-eras.ts';
import { limitDownCents, limitUpCents, type PriceQuestion } from './price-rules.ts';
import { type Band, type Cents, type Direction, nextTick, roundCents, tickAt, tickTableOf } from './tick-table.ts';

/** Price rules of one instrument on one date as functions of whole hundredths: for loops over panels. */
export interface PriceGrid {
  readonly perMille: LimitPerMille | undefined;
  /** Size of the tick at a price. */
  tick(price: Cents): Cents;
  /** The grid's next price above or below. */
  next(price: Cents, direction: 'down' | 'up'): Cents;
  /** A price moved onto the grid, to the nearest tick unless said otherwise. */
  round(cents: number, direction?: Direction): Cents;
  /** Whether a price lies on the grid. */
  isOnTick(price: Cents): boolean;
  /** 1 where there is no limit. */
  limitDown(reference: Cents): Cents;
  /** `Infinity` where there is no limit. */
  limitUp(reference: Cents): Cents;
}

const grids = new Map<readonly Band[], Map<string, PriceGrid>>();

/**
 * The rules of a date, ready for a loop: nothing is looked up or allocated per price. Ask once per day and instrument.
 * New listings have no limit for five sessions (`isFreeListing`); that is the caller's to know.
 * @throws InputError as `priceLimits`
 */
export function priceGrid({ instrument = 'stock', date, oneDollarTickFrom }: PriceQuestion): PriceGrid {
  dayNumber(date);
  const { bands } = tickTableOf(instrument, date, { oneDollarTickFrom });
  const perMille = limitRuleOf(instrument, date).limits;
  const key = perMille ? `${perMille.down}/${perMille.up}` : 'none';
  const ofBands = grids.get(bands) ?? new Map<string, PriceGrid>();
  grids.set(bands, ofBands);
  const grid = ofBands.get(key) ?? gridOf(bands, perMille);
  ofBands.set(key, grid);
  return grid;
}

function gridOf(bands: readonly Band[], perMille: LimitPerMille | undefined): PriceGrid {
  return {
    perMille,
    tick: (price) => tickAt(price, bands),
    next: (price, direction) => nextTick(price, bands, direction),
    round: (cents, direction = 'nearest') => roundCents(cents, bands, direction),
    isOnTick: (price) => price > 0 && price % tickAt(price, bands) === 0,
    limitDown: perMille ? (reference) => limitDownCents(reference, perMille.down, bands) : () => 1,
    limitUp: perMille ? (reference) => limitUpCents(reference, perMille.up, bands) : () => Number.POSITIVE_INFINITY,
  };
}

/**
 * Limit prices of a whole cross-section.
 * @param references whole hundredths of a dollar, `NaN` for none
 * @returns whole hundredths; `NaN` where there is no reference; 1 and `Infinity` where there is no limit
 */
export function limitColumns(
  references: Float64Array,
  question: PriceQuestion,
): { readonly down: Float64Array; readonly up: Float64Array } {
  const grid = priceGrid(question);
  const down = new Float64Array(references.length);
  const up = new Float64Array(references.length);
  for (let i = 0; i < references.length; i++) {
    const reference = references[i]!;
    down[i] = Number.isNaN(reference) ? Number.NaN : grid.limitDown(reference);
    up[i] = Number.isNaN(reference) ? Number.NaN : grid.limitUp(reference);
  }
  return { down, up };
}
