/** Prices are counted in hundredths of a dollar: 0.01 is the smallest tick, and no sum of floats is ever off. */
export type Cents = number;

/** Kinds of security whose rules of price differ. Preferred shares and certificates to new shares are as `stock`. */
export type Instrument =
  | 'stock'
  | 'tdr' //              Taiwan depositary receipts
  | 'etf' //              on domestic underlyings
  | 'etf-leveraged-2x'
  | 'etf-inverse'
  | 'etf-foreign' //      any foreign underlying, and bond ETFs: no limit
  | 'reit'
  | 'etn'
  | 'warrant'
  | 'convertible-bond'
  | 'corporate-bond';

/** Every kind of security whose ticks and limits are known. */
export const instruments: readonly Instrument[] = [
  'stock',
  'tdr',
  'etf',
  'etf-leveraged-2x',
  'etf-inverse',
  'etf-foreign',
  'reit',
  'etn',
  'warrant',
  'convertible-bond',
  'corporate-bond',
];

/**
 * How a rule is known: from the exchange's rules or the press (`sourced`), from prices that keep to it (`measured`), or
 * `unverified`: commonly told, and neither found in a source nor tested on data.
 */
export type Basis = 'sourced' | 'measured' | 'unverified';

/** From `from` cents on, prices move by `tick` cents. */
export interface Band {
  readonly below: Cents;
  readonly tick: Cents;
}

/** The ticks of some instruments from a date on. */
export interface TickTable {
  /** First date; the table holds until the next one of the same instruments. */
  readonly from: string;
  readonly instruments: readonly Instrument[];
  readonly bands: readonly Band[];
  readonly basis: Basis;
  readonly source: string;
}

const endless = Number.POSITIVE_INFINITY;
const bands = (...pairs: readonly (readonly [below: Cents, tick: Cents])[]): Band[] =>
  pairs.map(([below, tick]) => ({ below, tick }));

const stockLike: readonly Instrument[] = ['stock', 'tdr'];
const funds: readonly Instrument[] = ['etf', 'etf-leveraged-2x', 'etf-inverse', 'etf-foreign', 'reit', 'etn'];

/** All tick tables, oldest first. A change of the rules is one more row here. */
export const tickTables: readonly TickTable[] = [
  {
    from: '1987-01-01',
    instruments: stockLike,
    bands: bands([500, 1], [1500, 5], [5000, 10], [15_000, 50], [100_000, 100], [endless, 500]),
    basis: 'measured',
    source: 'every one of 1.1 million closes of 1992 to 2005-02 lies on this grid',
  },
  {
    from: '2005-03-01',
    instruments: stockLike,
    bands: bands([1000, 1], [5000, 5], [10_000, 10], [50_000, 50], [100_000, 100], [endless, 500]),
    basis: 'sourced',
    source: 'TWSE Operating Rules Art. 62; every one of 5.06 million closes of 2005-03 to 2020 lies on this grid',
  },
  {
    from: '1987-01-01',
    instruments: funds,
    bands: bands([5000, 1], [endless, 5]),
    basis: 'sourced',
    source: 'TWSE rules of beneficiary certificates Art. 7 and of ETNs Art. 8; the first ETF was listed in 2003',
  },
  {
    from: '1987-01-01',
    instruments: ['warrant'],
    bands: bands([500, 1], [1000, 5], [5000, 10], [10_000, 50], [50_000, 100], [endless, 500]),
    basis: 'measured',
    source: 'every price and limit below 50 of the 6,000 warrants in TPEx’s file of 2023-01-30; unverified from 50 on',
  },
  {
    from: '1987-01-01',
    instruments: ['convertible-bond'],
    bands: bands([15_000, 5], [100_000, 100], [endless, 500]),
    basis: 'unverified',
    source:
      'Operating Rules Art. 62, second item, by the rules of convertible bonds Art. 5; its figures as commonly told',
  },
  {
    from: '1987-01-01',
    instruments: ['corporate-bond'],
    bands: bands([endless, 5]),
    basis: 'sourced',
    source: 'TWSE rules of corporate bonds Art. 6, per 100 of par value',
  },
];

/**
 * Assumptions of one's own on top of the rules in force. A tick of NT$1 from 1,000 up was under study by the exchange in
 * 2026 and is in force in no source.
 */
export interface TickAssumption {
  /** First date on which stocks from NT$1,000 up are to move by NT$1 instead of 5. */
  readonly oneDollarTickFrom?: string | undefined;
}

/** By the table assumed upon and the day: grids are kept by their bands, so each is made once. */
const withOneDollarTick = new Map<TickTable, Map<string, TickTable>>();

/** The table that holds for an instrument on a date (ISO dates compare as texts). */
export function tickTableOf(instrument: Instrument, date: string, assumption: TickAssumption = {}): TickTable {
  const table = tickTables.findLast(({ from, instruments }) => from <= date && instruments.includes(instrument));
  // Dates before the first table are refused by the calendar's arithmetic or by the limits; ticks go on backwards.
  const found = table ?? tickTables.find(({ instruments }) => instruments.includes(instrument))!;
  const { oneDollarTickFrom } = assumption;
  if (oneDollarTickFrom === undefined || date < oneDollarTickFrom || !stockLike.includes(instrument)) return found;
  const byDay = withOneDollarTick.get(found) ?? new Map<string, TickTable>();
  withOneDollarTick.set(found, byDay);
  const assumed = byDay.get(oneDollarTickFrom) ?? {
    ...found,
    from: oneDollarTickFrom,
    bands: found.bands.map((band) => (band.below === endless ? { ...band, tick: 100 } : band)),
    basis: 'unverified' as const,
    source: 'an assumption: a tick of NT$1 from 1,000 up, under study in 2026',
  };
  byDay.set(oneDollarTickFrom, assumed);
  return assumed;
}

/** The tick at a price, `NaN` of `NaN`. The upper edge of a band belongs to the next band. */
export function tickAt(price: Cents, bandsOfPrice: readonly Band[]): Cents {
  for (let b = 0; b < bandsOfPrice.length; b++) if (price < bandsOfPrice[b]!.below) return bandsOfPrice[b]!.tick;
  return Number.NaN;
}

export type Direction = 'nearest' | 'down' | 'up';

/** Rounds hundredths onto the grid; a hair (1e-6) off the grid counts as on it, which is what floats make of 0.1. */
export function roundCents(cents: number, bandsOfPrice: readonly Band[], direction: Direction): Cents {
  const tick = tickAt(cents, bandsOfPrice);
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

/** The grid's next price above, or below; never below its first price. */
export function nextTick(price: Cents, bandsOfPrice: readonly Band[], direction: 'down' | 'up'): Cents {
  if (direction === 'up') {
    const tick = tickAt(price, bandsOfPrice);
    return price - (price % tick) + tick;
  }
  const below = price - 1;
  return Math.max(bandsOfPrice[0]!.tick, below - (below % tickAt(below, bandsOfPrice)));
}
