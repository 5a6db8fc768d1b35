import { createRandom, InputError } from '@preopen/core';
import { tradingCalendar } from './calendar.ts';
import { createPanel, type Panel, type Stock } from './panel.ts';
import { drawLives } from './simulation/company-lives.ts';
import { type CompanyFigures, drawReports } from './simulation/company-reports.ts';
import { drawDays } from './simulation/draw-days.ts';
import { createNormalStream } from './simulation/normal-stream.ts';
import type { SessionEvents } from './simulation/session-events.ts';
import { namedWeights, simulateUniverse, type Weights, type WeightsName } from './universe.ts';

/** How a market is to be simulated. */
export interface SimulationRequest {
  readonly stocks: number;
  readonly days: number;
  readonly seed: number;
  /** Last session. Default 2025-12-31; the sessions before it are the real ones. */
  readonly lastDate?: string;
  /** How capitalisation is spread. Default `specification`, semiconductors at 35 %. */
  readonly weights?: WeightsName | Weights;
  /** Capitalisation of TWSE at the start, NT$. Default 56.84 trillion, that of 2024-01-01. */
  readonly capitalisationTwd?: number;
  /** Rank IC of the best possible prediction in a calm market. Default 0.2. */
  readonly signalStrength?: number;
  /** Multiplies the market's volatility; 1 is calm, about 5 is March 2020. */
  readonly stress?: number;
  /** A shock to the market factor on given days, counted from the end (1 is the last), as log returns. */
  readonly shocks?: readonly { readonly daysFromEnd: number; readonly logReturn: number }[];
  /** What befalls the market on sessions counted from the end (1 is the last). */
  readonly events?: readonly { readonly daysFromEnd: number; readonly events: SessionEvents }[];
  /** Log returns of the index on the last sessions, which the market then follows. */
  readonly indexReturns?: readonly number[];
}

/** A simulated market, and what nobody in it can know. */
export interface SimulatedMarket {
  readonly panel: Panel;
  /**
   * The best possible prediction of the next session's return, given the past: `[days × stocks]`, `NaN` where the stock
   * does not trade. Its information coefficient is the most that any pipeline can reach.
   */
  readonly oracle: Float64Array;
  /** What the companies reported, with the days on which it became public. */
  readonly figures: CompanyFigures;
  /** `[stocks]` */
  readonly sharesOutstanding: Float64Array;
  readonly origin: string;
}

/** Predictions are for the return of the next session. */
export const simulatedHorizonDays = 1;

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
 * Draws a market by daily bars that keeps to Taiwan's ticks, limits and calendar, with a planted signal. Same request, same bytes.
 * @throws InputError with the field and what it may be, if the request cannot be met
 */
export function simulateMarket(request: SimulationRequest): SimulatedMarket {
  const { stocks: count, days, seed, lastDate = '2025-12-31', signalStrength = 0.2, stress = 1 } = request;
  if (!Number.isInteger(count) || count < 2)
    throw new InputError(`simulateMarket: stocks must be a whole number of at least 2, got ${count}.`);
  if (!Number.isInteger(days) || days < 2)
    throw new InputError(`simulateMarket: days must be a whole number of at least 2, got ${days}.`);
  const { weights = 'specification' } = request;
  const universe = simulateUniverse({
    stocks: count,
    random: createRandom(seed, 'market/universe'),
    weights: typeof weights === 'string' ? namedWeights[weights] : weights,
    ...(request.capitalisationTwd === undefined ? {} : { capitalisationTwd: request.capitalisationTwd }),
  });
  const dates = lastSessions(lastDate, days);
  const stream = (purpose: string) => createNormalStream(createRandom(seed, `market/${purpose}`));
  const lives = drawLives(universe, dates, stream('lives'));
  const stocks: Stock[] = universe.map(({ code, name, market, sector }, i) => ({
    code,
    name,
    market,
    sector,
    listed: lives.first[i]! > 0 ? dates[lives.first[i]!]! : '',
    delisted: lives.last[i]! < days - 1 ? dates[lives.last[i]!]! : null,
  }));
  const panel = createPanel(dates, stocks);
  const oracle = new Float64Array(days * count).fill(Number.NaN);
  const jumps = new Float32Array(days * count);
  const figures = drawReports(universe, dates, stream('reports'), jumps);
  const events = new Map<number, SessionEvents>();
  for (const { daysFromEnd, events: session } of request.events ?? []) events.set(days - daysFromEnd, session);
  for (const { daysFromEnd, logReturn } of request.shocks ?? []) {
    const at = days - daysFromEnd;
    events.set(at, { ...events.get(at), marketReturn: (events.get(at)?.marketReturn ?? 0) + logReturn });
  }
  let indexPath: Float64Array | undefined;
  if (request.indexReturns) {
    indexPath = new Float64Array(days).fill(Number.NaN);
    const given = request.indexReturns;
    for (let k = 0; k < given.length && k < days; k++) indexPath[days - 1 - k] = given[given.length - 1 - k]!;
  }
  drawDays({
    universe,
    lives,
    panel,
    oracle,
    stream,
    signal: signalStrength,
    stress,
    ...(indexPath ? { indexPath } : {}),
    events,
    jumps,
  });
  const origin = `simulated: ${count} stocks × ${days} sessions to ${dates.at(-1)}, seed ${seed}, signal ${signalStrength}, stress ${stress}`;
  return { panel, oracle, figures, sharesOutstanding: Float64Array.from(universe, (s) => s.sharesOutstanding), origin };
}
