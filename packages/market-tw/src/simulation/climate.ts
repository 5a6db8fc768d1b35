import { exp, log } from './deterministic-math.ts';
import { model } from './model.ts';

/** What a market move makes of the day it happens on. */
export interface DayScales {
  /** 0 in calm, 1 in a crash: how far betas have moved to those of a crash. */
  readonly crash: number;
  /** What the day makes of a stock's own volatility. */
  readonly own: number;
  readonly factors: number;
}

/**
 * Scales of a day.
 * @param marketVolatility expected before it, or what the day turned out to be if that is more
 */
export function dayScales(marketVolatility: number): DayScales {
  const ratio = log(marketVolatility / model.calmMarketVolatility);
  const most = log(model.crashCap * model.crashVolatilityRatio);
  return {
    crash: Math.max(0, Math.min(1, ratio / log(model.crashVolatilityRatio))),
    own: exp(model.ownFollowsMarket * Math.max(0, Math.min(ratio, most) - log(model.ownFollowsFrom))),
    factors: exp(model.factorsFollowMarket * Math.max(0, Math.min(ratio, most) - log(model.factorsFollowFrom))),
  };
}

/** Volatility of a simulated market: its logarithm wanders, comes back, and rises with falls. */
export function nextLogVolatility(current: number, shock: number, noise: number): number {
  const clipped = Math.max(-3, Math.min(3, shock));
  const next =
    model.volatilityPersistence * current + model.volatilityNoise * noise - model.volatilityLeverage * clipped;
  return Math.max(-1.2, Math.min(2, next));
}

/** Volatility of a market whose path is given: the exponentially weighted mean of its squared returns. */
export function followedVolatility(current: number, logReturn: number): number {
  const weight = 0.75;
  const floor = 0.7 * model.calmMarketVolatility;
  return Math.max(floor, Math.sqrt((1 - weight) * current * current + weight * logReturn * logReturn));
}
