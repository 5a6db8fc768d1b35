import { InputError } from '@preopen/core';
import { type SimulatedMarket, type SimulationRequest, simulateMarket } from '../simulate.ts';
import { log } from '../simulation/deterministic-math.ts';
import { type HistoricalPeriod, historicalPeriod, periodReturns } from './periods.ts';
import type { PeriodId } from './taiex-closes.ts';

/** A market that goes through a period of history. */
export interface HistoricalMarket extends SimulatedMarket {
  readonly period: HistoricalPeriod;
  /** Sessions of the panel that follow the real index, by number. */
  readonly stressDays: readonly number[];
  /** The real index's change on each of them, as ratios, times the severity. */
  readonly indexReturns: Float64Array;
}

/** NT$ of TWSE capitalisation per index point: 56.84 trillion at 17,931 (end of 2023), 110 trillion at 35,414 (2026-02-26). */
const twdPerPoint = 3.15e9;

/**
 * Simulates a market whose index is the real one, day by day: the market factor is what makes the capitalisation-weighted
 * index of the simulated TWSE stocks move as the TAIEX did, with the limits and the sessions of that time.
 *
 * With more `days` than the period has, an ordinary market leads up to it; with fewer, they are laid so that three in four
 * lie before the event. The default is the whole period and nothing else.
 */
export function simulatePeriod(
  request: Pick<SimulationRequest, 'stocks' | 'seed' | 'signalStrength'> & {
    readonly period: PeriodId | string;
    readonly days?: number;
    /** Multiplies the index's changes. Default 1. */
    readonly severity?: number;
  },
): HistoricalMarket {
  const { stocks, seed, signalStrength, severity = 1 } = request;
  const period = historicalPeriod(request.period);
  const { dates, returns } = periodReturns(period);
  if (dates.length !== returns.length)
    throw new InputError(`${period.id}: ${returns.length} index values for ${dates.length} sessions of the calendar.`);
  const { days = dates.length } = request;
  const event = dates.indexOf(period.eventDate);
  const end = Math.max(Math.min(days, dates.length), Math.min(dates.length, event + 1 + Math.floor(days / 4)));
  const used = Math.min(days, end);
  const indexReturns = returns.slice(end - used, end).map((change) => change * severity);
  const market = simulateMarket({
    stocks,
    seed,
    days,
    lastDate: dates[end - 1]!,
    weights: period.weights,
    capitalisationTwd: twdPerPoint * period.closes[0]!,
    indexReturns: Array.from(indexReturns, (change) => log(1 + change)),
    ...(signalStrength === undefined ? {} : { signalStrength }),
  });
  return {
    ...market,
    origin: `${market.origin}; index as in ${period.id}, ${used} sessions`,
    period,
    stressDays: Array.from({ length: used }, (_, k) => days - used + k),
    indexReturns,
  };
}
