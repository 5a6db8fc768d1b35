import type { SimulatedStock } from '../universe.ts';
import { exp, log } from './deterministic-math.ts';

/**
 * The simulator's constants. They were set so that most statistics of its panels lie inside what real ones show
 * (`scripts/calibration-table.mjs` prints both); none of them is a rule.
 */
export const model = {
  /** Volatility of the market factor on a calm day. */
  calmMarketVolatility: 0.006,
  /** The logarithm of the market's volatility: persistence, its own noise, and its rise with each fall (leverage effect). */
  volatilityPersistence: 0.95,
  volatilityNoise: 0.1,
  volatilityLeverage: 0.06,
  /** Market volatility at which betas have reached those of a crash, over the calm one. */
  crashVolatilityRatio: 5,
  /** Of what a limit cuts off, the part that comes with the next session: some of it was the panic of the day. */
  carriedOver: 0.75,
  /** The stocks' own volatility follows the market's by this power once it is well above the calm one; sector and style factors. */
  ownFollowsFrom: 2.14,
  ownFollowsMarket: 1.12,
  factorsFollowMarket: 0.3,
  factorsFollowFrom: 1.5,
  sectorVolatility: 0.004,
  styleVolatility: 0.0015,
  /** A stock's own log volatility: persistence and noise; and the part of it that lasts one day, which makes fat tails. */
  ownPersistence: 0.85,
  ownNoise: 0.36,
  ownDayNoise: 0.45,
  /** In a crash all stocks are wild: these two fade by this part. */
  crashEvensOut: 0.59,
  /** Share of a day's return that is there at the open, and how it grows with the size of the market's move. */
  overnightShare: 0.35,
  overnightWithMove: 5,
  overnightWithOwnMove: 1.07,
  openNoise: 0.35,
  /** Excursions beyond open and close, in the day's standard deviations. */
  excursion: 0.475,
  /** Log turnover: persistence and noise of a stock's activity, noise of a day, growth with the size of the move. */
  activityPersistence: 0.9,
  activityNoise: 0.2,
  turnoverDayNoise: 0.4,
  turnoverWithMove: 0.44,
  /** Part of the turnover that is left when a stock is locked at its limit, and how it falls with the market’s move: where all are locked, nobody takes the other side. */
  lockedTurnover: 1.2,
  lockedTurnoverWithMarket: 2.4,
  /** NT$ of a mean trade: 279.8 billion in 2.5 million trades on 2020-03-19. */
  tradeTwd: 112_000,
  /** Foreign flow: persistence, and its day-to-day noise in what is seen. */
  flowPersistence: 0.7,
  flowSeenNoise: 0.5,
  /** The planted signal is foreign flow and, by this part, the reversal of the day's own return. */
  reversalPart: 0.4,
  /** Listings and delistings of a year as shares of the universe; news halts and suspensions of a stock in a session. */
  listingsPerYear: 0.02,
  delistingsPerYear: 0.01,
  haltsPerSession: 0.0004,
  suspensionsPerSession: 0.00004,
} as const;

/** Of betas and of own volatility, what quiet companies have: those that hardly move whatever happens. */
const quietBeta = 0.17;
const quietVolatility = 0.12;

/** The stocks as columns for the kernel. */
export interface StockColumns {
  readonly isTwse: Uint8Array;
  readonly sector: Int32Array;
  readonly sectorCodes: readonly string[];
  readonly size: Float64Array;
  readonly value: Float64Array;
  readonly calmBeta: Float64Array;
  readonly fallBeta: Float64Array;
  readonly riseBeta: Float64Array;
  readonly ownVolatility: Float64Array;
  readonly usualTurnoverTwd: Float64Array;
  /** Ticks by which a price must want to move before it does; more where little is traded. */
  readonly stillTicks: Float64Array;
  /** Chance that a session sees no trade. */
  readonly noTrade: Float64Array;
  readonly shares: Float64Array;
  /** −1 where it is not in the universe. */
  readonly largest: number;
}

export function stockColumns(universe: readonly SimulatedStock[]): StockColumns {
  const sectorCodes = [...new Set(universe.map(({ sector }) => sector))].sort();
  const column = (of: (stock: SimulatedStock) => number): Float64Array => Float64Array.from(universe, of);
  return {
    isTwse: Uint8Array.from(universe, ({ market }) => (market === 'TWSE' ? 1 : 0)),
    sector: Int32Array.from(universe, ({ sector }) => sectorCodes.indexOf(sector)),
    sectorCodes,
    size: column(({ size }) => size),
    value: column(({ value }) => value),
    calmBeta: column(({ size, betaScore, isQuiet }) =>
      Math.max(0.05, (0.7 + 0.15 * size + 0.3 * betaScore) * (isQuiet ? quietBeta : 1)),
    ),
    // In a crash small companies fall with the market more than the large ones, and do not rise with it as much.
    fallBeta: column(({ size, betaScore, isQuiet }) =>
      Math.max(0.05, (1.4 - 0.135 * size + 0.28 * betaScore) * (isQuiet ? quietBeta : 1)),
    ),
    riseBeta: column(({ size, betaScore, isQuiet }) =>
      Math.max(0.05, (0.9 - 0.01 * size + 0.28 * betaScore) * (isQuiet ? quietBeta : 1)),
    ),
    ownVolatility: column(({ size, volatilityScore, code, isQuiet }) =>
      code === '2330' ? 0.0075 : 0.0087 * exp(0.5 * volatilityScore - 0.08 * size) * (isQuiet ? quietVolatility : 1),
    ),
    usualTurnoverTwd: column(({ usualTurnoverTwd }) => usualTurnoverTwd),
    stillTicks: column(
      ({ usualTurnoverTwd }) =>
        0.02 + 0.215 * Math.max(0, log((2000 * model.tradeTwd) / Math.max(1, usualTurnoverTwd))),
    ),
    noTrade: column(({ usualTurnoverTwd }) => noTradeChance(usualTurnoverTwd)),
    shares: column(({ sharesOutstanding }) => sharesOutstanding),
    largest: universe.findIndex(({ code }) => code === '2330'),
  };
}

/** Chance that a stock of a usual turnover finds no trade in a session. */
export function noTradeChance(usualTurnoverTwd: number): number {
  const trades = usualTurnoverTwd / model.tradeTwd;
  return trades > 500 ? 0 : exp(-2.3 * exp(0.35 * log(trades)));
}
