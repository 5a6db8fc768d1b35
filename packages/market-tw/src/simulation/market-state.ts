import { type PriceGrid, priceGrid } from '../limit-columns.ts';
import type { Panel } from '../panel.ts';
import type { SimulatedStock } from '../universe.ts';
import type { DayScales } from './climate.ts';
import type { Lives } from './company-lives.ts';
import { exp } from './deterministic-math.ts';
import { type StockColumns, stockColumns } from './model.ts';
import type { NormalStream } from './normal-stream.ts';
import type { SessionEvents } from './session-events.ts';

/** Everything that the days of a market are drawn from. */
export interface DayPlan {
  readonly universe: readonly SimulatedStock[];
  readonly lives: Lives;
  readonly panel: Panel;
  /** Filled here. */
  readonly oracle: Float64Array;
  readonly stream: (purpose: string) => NormalStream;
  /** Standard deviation of a stock's expected return over that of the part of its return that sets it apart. */
  readonly signal: number;
  /** Multiplies the volatility of the market factor. */
  readonly stress: number;
  /** Log return of the index on each session; NaN where the market factor is drawn. */
  readonly indexPath?: Float64Array;
  readonly events: ReadonlyMap<number, SessionEvents>;
  /** `[days × stocks]`: jumps on news of companies, log returns. */
  readonly jumps: Float32Array;
}

/** Of one session, what is the same for all stocks. */
export interface Session {
  /** Number in the panel; below 0 before the first session that is kept. */
  readonly t: number;
  readonly date: string;
  readonly grid: PriceGrid;
  readonly event: SessionEvents | undefined;
  readonly expectedVolatility: number;
  readonly scales: DayScales;
}

/** How a session went: the market factor's log return, and the part of the session that took place. */
export interface Outcome {
  readonly marketReturn: number;
  /** Below 1 where an index floor ends the session, 0 where it is closed. */
  readonly done: number;
}

/**
 * The market on a session, one place per stock; prices are whole hundredths. The kernel goes over it in passes, each with
 * one kind of work and its exponents in a column: loops without calls that return numbers run several times as fast.
 */
export interface MarketState {
  readonly stocks: StockColumns;
  // Carried from one session to the next. `carry`: log of what limits and pauses have kept from the price so far.
  readonly close: Float64Array;
  readonly carry: Float64Array;
  readonly logVolatility: Float64Array;
  readonly flow: Float64Array;
  readonly momentum: Float64Array;
  readonly activity: Float64Array;
  readonly expected: Float64Array;
  readonly factor: Float64Array;
  readonly margin: Float64Array;
  // Before the market factor. `own`: the return but for that factor; `base`: the price that this alone would make.
  readonly own: Float64Array;
  readonly fallBeta: Float64Array;
  readonly riseBeta: Float64Array;
  readonly reference: Float64Array;
  readonly down: Float64Array;
  readonly up: Float64Array;
  readonly base: Float64Array;
  /** Values of `haltStates`, or −1 where a stock is not listed. */
  readonly state: Int8Array;
  // With it. `pulled`: its part of the return; `kept`: what of the return comes with the next session; `wanted`: the price
  // without ticks and limits; `spread`: deviation of what sets a stock apart.
  readonly pulled: Float64Array;
  readonly kept: Float64Array;
  readonly wanted: Float64Array;
  readonly spread: Float64Array;
  readonly before: Float64Array;
  // The day’s bar.
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly turnover: Float64Array;
  /** Exponents, and what they become. */
  readonly power: Float64Array;
  readonly draws: Draws;
}

/** What is drawn for each stock on each session: normals, but for `chance`. */
export interface Draws {
  readonly own: Float64Array;
  readonly dayNoise: Float64Array;
  readonly volatility: Float64Array;
  readonly flow: Float64Array;
  readonly flowNoise: Float64Array;
  readonly gap: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly activity: Float64Array;
  readonly volume: Float64Array;
  readonly margin: Float64Array;
  readonly chance: Float64Array;
  /** Drawn once: who is hit in a scenario that hits some. */
  readonly lot: Float64Array;
}

/** The market before its first session, and what draws the numbers of the next one. */
export function startMarket({ universe, panel, stream }: DayPlan): { state: MarketState; drawSession: () => void } {
  const n = universe.length;
  const column = (): Float64Array => new Float64Array(n);
  const stocks = stockColumns(universe);
  const draws: Draws = {
    own: column(),
    dayNoise: column(),
    volatility: column(),
    flow: column(),
    flowNoise: column(),
    gap: column(),
    high: column(),
    low: column(),
    activity: column(),
    volume: column(),
    margin: column(),
    chance: column(),
    lot: column(),
  };
  const { chance, lot, ...normals } = draws;
  const streams = Object.entries(normals).map(([purpose, values]) => ({ values, source: stream(purpose) }));
  const chances = stream('trades');
  stream('scenario').fillUniform(lot, n);
  const state: MarketState = {
    stocks,
    close: column(),
    carry: column(),
    logVolatility: column(),
    flow: column(),
    momentum: column(),
    activity: column(),
    expected: column(),
    factor: column().fill(1),
    margin: column(),
    own: column(),
    fallBeta: column(),
    riseBeta: column(),
    reference: column(),
    down: column(),
    up: column(),
    base: column(),
    state: new Int8Array(n),
    pulled: column(),
    kept: column(),
    wanted: column(),
    spread: column(),
    before: column(),
    open: column(),
    high: column(),
    low: column(),
    turnover: column(),
    power: column(),
    draws,
  };
  const grid = priceGrid({ date: panel.dates[0]! });
  stream('start').fillNormal(state.flow, n);
  for (let i = 0; i < n; i++) {
    state.close[i] = grid.round(universe[i]!.startPriceTwd * 100);
    state.margin[i] = Math.round(stocks.shares[i]! * 0.03 * exp(0.5 * state.flow[i]!));
  }
  return {
    state,
    drawSession() {
      for (const { source, values } of streams) source.fillNormal(values, n);
      chances.fillUniform(chance, n);
    },
  };
}

export const clip = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
