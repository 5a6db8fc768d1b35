import type { SimulatedStock } from '../universe.ts';
import { exp, log } from './deterministic-math.ts';

/**
 * The simulator's constants. They were set so that most statistics of its panels lie inside what real ones show
 * (`scripts/calibration-table.mjs` prints both); none of them is a rule.
 */
export const model = {
  /** Volatility of the market factor on a calm day. */
  calmMarketVolatility: 0.006847,
  /** The logarithm of the market's volatility: persistence, its own noise, and its rise with each fall (leverage effect). */
  volatilityPersistence: 0.95,
  volatilityNoise: 0.08473,
  volatilityLeverage: 0.05936,
  /** Market volatility at which betas have reached those of a crash, over the calm one. */
  crashVolatilityRatio: 5,
  /** A market cannot be wilder than wild: beyond this part of that ratio stocks differ no more on the worst day than on a bad one. */
  crashCap: 1.157,
  /** Of what a limit cuts off, the part that comes with the next session: some of it was the panic of the day. */
  carriedOver: 0.6709,
  /** The stocks' own volatility follows the market's by this power once it is well above the calm one; sector and style factors. */
  ownFollowsFrom: 2.325,
  ownFollowsMarket: 1.212,
  factorsFollowMarket: 0.257,
  factorsFollowFrom: 1.535,
  sectorVolatility: 0.003481,
  styleVolatility: 0.001437,
  /** A stock's own log volatility: persistence and noise; and the part of it that lasts one day, which makes fat tails. */
  ownPersistence: 0.8276,
  ownNoise: 0.3843,
  /** What rises draws a crowd: a stock's own volatility follows its rises, against the market's, which follows falls. */
  ownVolatilityAfterRise: 0.03,
  ownDayNoise: 0.3666,
  /** A stock's own volatility on a calm day: the usual one, how it falls with size, and what sets companies apart. TSMC's is its own. */
  ownVolatility: 0.009889,
  ownVolatilityBySize: -0.07891,
  ownVolatilitySpread: 0.4757,
  largestVolatility: 0.007582,
  /** Betas in calm, and in a crash of sessions that fall and that rise: of a company of mean size, by size, and the spread. */
  calmBeta: 0.6579,
  calmBetaBySize: 0.1554,
  calmBetaSpread: 0.3335,
  // In a crash small companies fall with the market more than the large ones, and do not rise with it as much.
  fallBeta: 1.505,
  fallBetaBySize: -0.126,
  fallBetaSpread: 0.2385,
  riseBeta: 0.9519,
  riseBetaBySize: -0.01,
  riseBetaSpread: 0.2345,
  /** Companies that hardly move whatever happens: their share, and what they have of betas and of own volatility. */
  quietShare: 0.1457,
  quietBeta: 0.171,
  quietVolatility: 0.1469,
  /** Ticks by which a price must want to move before it does: of a stock that trades much, and more where little is traded. */
  stillTicks: 0.01996,
  stillTicksByRarity: 0.2167,
  /** The higher, the rarer are sessions without a trade. */
  tradeChance: 2.289,
  /** In a crash all stocks are wild: these two fade by this part. */
  crashEvensOut: 0.5476,
  /** Share of a day's return that is there at the open, and how it grows with the size of the market's move. */
  overnightShare: 0.348,
  overnightWithMove: 5,
  overnightWithOwnMove: 1.185,
  openNoise: 0.3533,
  /** Excursions beyond open and close, in the day's standard deviations. */
  excursion: 0.4628,
  /** Log turnover: persistence and noise of a stock's activity, noise of a day, growth with the size of the move. */
  activityPersistence: 0.9,
  activityNoise: 0.2032,
  turnoverDayNoise: 0.4037,
  /**
   * What busy stocks have less of these two, by the power of their turnover over the mean stock's: from one 20 sessions to
   * the next the log share of the market's turnover changes by 0.36 for the busiest 20 stocks, 0.5 for the next 80, 0.65 for
   * the next 200; within them the days deviate by 0.45, 0.55 and 0.63 (2019, 2020, 2025).
   */
  busyNoise: -0.11,
  /** Of that noise, what TSMC has: the log of its share of the market's turnover deviates by 0.35 from day to day. */
  largestTurnoverNoise: 0.4,
  turnoverWithMove: 0.4333,
  /** Part of the turnover that is left when a stock is locked at its limit, and how it falls with the market’s move: where all are locked, nobody takes the other side. */
  lockedTurnover: 1.113,
  lockedTurnoverWithMarket: 2.415,
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
  /** Of the noise in turnover, what a stock of its turnover has: 1 up to the mean one. */
  readonly turnoverNoise: Float64Array;
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
  const meanTurnover = universe.reduce((sum, { usualTurnoverTwd }) => sum + usualTurnoverTwd, 0) / universe.length;
  const beta = (usual: number, bySize: number, spread: number): Float64Array =>
    column(({ size, betaScore, isQuiet }) =>
      Math.max(0.05, (usual + bySize * size + spread * betaScore) * (isQuiet ? model.quietBeta : 1)),
    );
  return {
    isTwse: Uint8Array.from(universe, ({ market }) => (market === 'TWSE' ? 1 : 0)),
    sector: Int32Array.from(universe, ({ sector }) => sectorCodes.indexOf(sector)),
    sectorCodes,
    size: column(({ size }) => size),
    value: column(({ value }) => value),
    calmBeta: beta(model.calmBeta, model.calmBetaBySize, model.calmBetaSpread),
    fallBeta: beta(model.fallBeta, model.fallBetaBySize, model.fallBetaSpread),
    riseBeta: beta(model.riseBeta, model.riseBetaBySize, model.riseBetaSpread),
    ownVolatility: column(({ size, volatilityScore, code, isQuiet }) =>
      code === '2330'
        ? model.largestVolatility
        : model.ownVolatility *
          exp(model.ownVolatilitySpread * volatilityScore + model.ownVolatilityBySize * size) *
          (isQuiet ? model.quietVolatility : 1),
    ),
    usualTurnoverTwd: column(({ usualTurnoverTwd }) => usualTurnoverTwd),
    turnoverNoise: column(({ usualTurnoverTwd, code }) => {
      if (code === '2330') return model.largestTurnoverNoise;
      return usualTurnoverTwd > meanTurnover ? exp(model.busyNoise * log(usualTurnoverTwd / meanTurnover)) : 1;
    }),
    stillTicks: column(
      ({ usualTurnoverTwd }) =>
        model.stillTicks +
        model.stillTicksByRarity * Math.max(0, log((2000 * model.tradeTwd) / Math.max(1, usualTurnoverTwd))),
    ),
    noTrade: column(({ usualTurnoverTwd }) => noTradeChance(usualTurnoverTwd)),
    shares: column(({ sharesOutstanding }) => sharesOutstanding),
    largest: universe.findIndex(({ code }) => code === '2330'),
  };
}

/** Chance that a stock of a usual turnover finds no trade in a session. */
export function noTradeChance(usualTurnoverTwd: number): number {
  const trades = usualTurnoverTwd / model.tradeTwd;
  return trades > 500 ? 0 : exp(-model.tradeChance * exp(0.35 * log(trades)));
}
