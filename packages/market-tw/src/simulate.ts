import { createRandom, InputError, type Random } from '@preopen/core';
import { tradingCalendar } from './calendar.ts';
import { createPanel, type Panel, type Stock } from './panel.ts';
import { limitCents, roundStockCents } from './price-rules.ts';
import { type SimulatedStock, simulateUniverse } from './universe.ts';

/** How a market is to be simulated. */
export interface SimulationRequest {
  readonly stocks: number;
  readonly days: number;
  readonly seed: number;
  /** Last session. Default 2025-12-31; the sessions before it are the real ones. */
  readonly lastDate?: string;
  readonly semiconductorShare?: number;
  /** Strength of the planted signal: standard deviation of the expected return of a day over that of the return. */
  readonly signalStrength?: number;
  /** Multiplies the market's volatility; 1 is calm, about 3 is March 2020. */
  readonly stress?: number;
  /** A shock to the market factor on given days, counted from the end (1 is the last), as log returns. */
  readonly shocks?: readonly { readonly daysFromEnd: number; readonly logReturn: number }[];
}

/** A simulated market, and what nobody in it can know. */
export interface SimulatedMarket {
  readonly panel: Panel;
  /**
   * The best possible prediction of the next session's return, given the past: `[days × stocks]`, `NaN` where the stock
   * does not trade. Its information coefficient is the most that any pipeline can reach.
   */
  readonly oracle: Float64Array;
  readonly origin: string;
}

/** Predictions are for the return of the next session. */
export const simulatedHorizonDays = 1;

const perMille = { down: 100, up: 100 };
/** Sessions that are drawn before the first one that is kept, so that volatility and flows are under way. */
const burnInDays = 30;

/** Student’s t with 5 degrees of freedom, scaled to variance 1: fat tails with a finite kurtosis. */
function fatTailed(random: Random): number {
  let chi = 0;
  for (let k = 0; k < 5; k++) chi += random.normal() ** 2;
  return random.normal() / Math.sqrt(chi / 5) / Math.sqrt(5 / 3);
}

/** The sessions that end with a date. */
function lastSessions(lastDate: string, count: number): string[] {
  const calendar = tradingCalendar();
  const sessions: string[] = [];
  let date = calendar.isOpen(lastDate) ? lastDate : calendar.previousSession(lastDate);
  while (sessions.length < count) {
    sessions.push(date);
    if (sessions.length < count) date = calendar.previousSession(date);
  }
  return sessions.reverse();
}

/**
 * A market by daily bars. Returns come from one market factor with stochastic volatility that rises after losses, one
 * factor per sector, and the stock's own fat-tailed part. Prices keep to the tick grid and to the limits of ±10 %: what a
 * limit cuts off is carried over to the next day, so that limit locks run for days. On a limit day volume collapses.
 *
 * A signal is planted: a part of each day's own return is taken back the next day (reversal), and foreign net buying,
 * which lasts for days, is followed by higher returns. Both can be learnt from the panel's columns; `oracle` knows them.
 *
 * Same request, same bytes.
 */
export function simulateMarket(request: SimulationRequest): SimulatedMarket {
  const { stocks: count, days, seed, lastDate = '2025-12-31', signalStrength = 0.2, stress = 1 } = request;
  if (!Number.isInteger(count) || count < 2)
    throw new InputError(`simulateMarket: stocks must be a whole number of at least 2, got ${count}.`);
  if (!Number.isInteger(days) || days < 2)
    throw new InputError(`simulateMarket: days must be a whole number of at least 2, got ${days}.`);
  const stream = (purpose: string): Random => createRandom(seed, `market/${purpose}`);
  const universe = simulateUniverse({
    stocks: count,
    random: stream('universe'),
    ...(request.semiconductorShare === undefined ? {} : { semiconductorShare: request.semiconductorShare }),
  });
  const dates = lastSessions(lastDate, days);
  const life = drawLives(universe, days, stream('listings'));
  const stocks: Stock[] = universe.map(({ code, name, market, sector }, i) => ({
    code,
    name,
    market,
    sector,
    listed: life.first[i]! > 0 ? dates[life.first[i]!]! : '',
    delisted: life.last[i]! < days - 1 ? dates[life.last[i]!]! : null,
  }));
  const panel = createPanel(dates, stocks);
  const oracle = new Float64Array(days * count).fill(Number.NaN);
  drawDays({ universe, life, panel, oracle, stream, signalStrength, stress, shocks: request.shocks ?? [] });
  const origin = `simulated: ${count} stocks × ${days} sessions to ${dates.at(-1)}, seed ${seed}, signal ${signalStrength}, stress ${stress}`;
  return { panel, oracle, origin };
}

/** First and last session of each stock, and its halts as pairs of sessions. */
interface Lives {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly halted: Uint8Array;
}

function drawLives(universe: readonly SimulatedStock[], days: number, random: Random): Lives {
  const n = universe.length;
  const first = new Int32Array(n);
  const last = new Int32Array(n).fill(days - 1);
  const halted = new Uint8Array(n * days);
  for (let i = 0; i < n; i++) {
    const listing = random.uniform();
    const at = random.integer(days);
    // About 2 % of the stocks come to the market in a year and 1 % leave it; the largest company stays.
    if (universe[i]!.code !== '2330') {
      if (listing < (0.02 * days) / 250) first[i] = Math.min(at, days - 1);
      else if (listing < (0.03 * days) / 250) last[i] = Math.max(at, 1);
    }
    for (let t = 0; t < days; t++) {
      if (random.uniform() < 0.0004) {
        const until = Math.min(days, t + 1 + random.integer(5));
        for (; t < until; t++) halted[t * n + i] = 1;
      }
    }
  }
  return { first, last, halted };
}

function drawDays(job: {
  readonly universe: readonly SimulatedStock[];
  readonly life: Lives;
  readonly panel: Panel;
  readonly oracle: Float64Array;
  readonly stream: (purpose: string) => Random;
  readonly signalStrength: number;
  readonly stress: number;
  readonly shocks: NonNullable<SimulationRequest['shocks']>;
}): void {
  const { universe, life, panel, oracle, signalStrength, stress } = job;
  const { fields } = panel;
  const n = universe.length;
  const days = panel.dates.length;
  const marketRandom = job.stream('factors');
  const own = job.stream('stocks');
  const bars = job.stream('bars');
  const flows = job.stream('flows');
  const dividends = job.stream('dividends');
  const sectors = [...new Set(universe.map(({ sector }) => sector))];
  const sectorOf = Int32Array.from(universe, ({ sector }) => sectors.indexOf(sector));
  const shockOf = new Map(job.shocks.map(({ daysFromEnd, logReturn }) => [days - daysFromEnd, logReturn]));

  // Two effects of equal size make up the signal.
  const effect = signalStrength * Math.SQRT1_2;
  const fairLog = new Float64Array(n); // what the price would be without limits
  const closeCents = new Float64Array(n);
  const lastOwn = new Float64Array(n); // yesterday's own return in its standard deviations
  const flow = new Float64Array(n); // lasting part of foreign net buying, standard deviation 1
  const expected = new Float64Array(n);
  const sectorReturn = new Float64Array(sectors.length);
  for (let i = 0; i < n; i++) {
    closeCents[i] = roundStockCents(universe[i]!.startPriceTwd * 100);
    fairLog[i] = Math.log(closeCents[i]!);
    flow[i] = flows.normal();
  }
  let logVolatility = 0;
  for (let t = -burnInDays; t < days; t++) {
    // The market's own volatility is about 0.9 % a day in calm years; its logarithm wanders and comes back.
    const volatility = 0.009 * stress * Math.exp(logVolatility);
    const marketReturn = volatility * fatTailed(marketRandom) + (shockOf.get(t) ?? 0);
    const shock = marketReturn / volatility;
    logVolatility = 0.95 * logVolatility + 0.12 * marketRandom.normal() - 0.06 * Math.max(-3, Math.min(3, shock));
    for (let s = 0; s < sectors.length; s++) sectorReturn[s] = 0.5 * volatility * marketRandom.normal();
    const ownScale = Math.sqrt(stress) * Math.exp(0.3 * logVolatility);
    const row = t * n;
    const month = t >= 0 ? Number(panel.dates[t]!.slice(5, 7)) : 0;
    for (let i = 0; i < n; i++) {
      const stock = universe[i]!;
      const sigma = stock.ownVolatility * ownScale;
      const ownReturn = sigma * fatTailed(own);
      const logReturn = stock.beta * marketReturn + sectorReturn[sectorOf[i]!]! + ownReturn + expected[i]!;
      const newFlow = 0.7 * flow[i]! + Math.sqrt(1 - 0.49) * flows.normal();
      // Dividends are paid once a year, most in July and August.
      const paysNow = dividends.uniform() < (month === 7 || month === 8 ? 0.02 : 0.0004) && t > 0;
      const yieldRatio = paysNow ? 0.01 + 0.05 * dividends.uniform() : 0;
      const drawn: BarDraws = {
        gap: bars.normal(),
        high: bars.exponential(),
        low: bars.exponential(),
        volume: bars.normal(),
        flow: flows.normal(),
      };
      fairLog[i]! += logReturn + Math.log(1 - yieldRatio);
      const isTrading = t < 0 || (t >= life.first[i]! && t <= life.last[i]! && life.halted[row + i] === 0);
      if (isTrading) {
        const reference = Math.max(1, Math.round(closeCents[i]! * (1 - yieldRatio)));
        const { down, up } = limitCents(reference, perMille);
        const wanted = roundStockCents(Math.max(1, Math.exp(fairLog[i]!)));
        const close = Math.min(up, Math.max(down, wanted));
        closeCents[i] = close;
        if (t >= 0)
          writeBar({ fields, at: row + i, stock, reference, close, down, up, sigma, wanted, drawn, flow: newFlow });
      } else {
        // No price is made while a stock is halted: its fair price moves on, and the limits let it catch up later.
        if (t < life.first[i]!) fairLog[i] = Math.log(closeCents[i]!);
      }
      lastOwn[i] = ownReturn / sigma;
      flow[i] = newFlow;
      // Known to whoever has seen today: what tomorrow takes back, what the flow brings, and what a limit still owes.
      expected[i] = sigma * effect * (flow[i]! - Math.max(-3, Math.min(3, lastOwn[i]!)));
      if (t >= 0 && isTrading) oracle[row + i] = expected[i]! + fairLog[i]! - Math.log(closeCents[i]!);
    }
  }
}

interface BarDraws {
  readonly gap: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly flow: number;
}

/** One day of one stock around its close, on the tick grid and within the limits. */
function writeBar(bar: {
  readonly fields: Panel['fields'];
  readonly at: number;
  readonly stock: SimulatedStock;
  readonly reference: number;
  readonly close: number;
  readonly down: number;
  readonly up: number;
  readonly sigma: number;
  readonly wanted: number;
  readonly drawn: BarDraws;
  readonly flow: number;
}): void {
  const { fields, at, stock, reference, close, down, up, sigma, drawn } = bar;
  const onGrid = (cents: number): number => Math.min(up, Math.max(down, roundStockCents(Math.max(1, cents))));
  // A stock whose fair price lies far beyond its limit opens there and stays: a limit lock.
  const locked = bar.wanted > up * 1.02 || bar.wanted < down * 0.98;
  const open = locked
    ? close
    : onGrid(reference * Math.exp(0.5 * Math.log(close / reference) + 0.3 * sigma * drawn.gap));
  const high = locked ? close : onGrid(Math.max(open, close) * Math.exp(0.35 * sigma * drawn.high));
  const low = locked ? close : onGrid(Math.min(open, close) * Math.exp(-0.35 * sigma * drawn.low));
  const move = Math.abs(Math.log(close / reference)) / sigma;
  const crowd = locked ? 0.05 : 1;
  const volume = Math.max(
    1000,
    Math.round((stock.usualVolume * crowd * Math.exp(0.35 * Math.min(4, move) + 0.4 * drawn.volume - 0.3)) / 1000) *
      1000,
  );
  const average = (open + high + low + close) / 400;
  fields.open[at] = open / 100;
  fields.high[at] = high / 100;
  fields.low[at] = low / 100;
  fields.close[at] = close / 100;
  fields.reference[at] = reference / 100;
  fields.volume[at] = volume;
  fields.turnoverTwd[at] = Math.round(volume * average);
  fields.trades[at] = Math.max(1, Math.round(volume / 2500));
  // Never −0, which a file would not bring back.
  fields.foreignNetBuy[at] = Math.round((volume * 0.08 * (bar.flow + 0.5 * drawn.flow)) / 1000) * 1000 || 0;
}
