import { freeListingFrom, freeListingSessions } from '../limit-eras.ts';
import { haltStates } from '../panel.ts';
import { expColumn } from './deterministic-math.ts';
import { clip, type DayPlan, type MarketState, type Session } from './market-state.ts';
import { model, noTradeChance } from './model.ts';

/** Returns of the factors on a session but for the market's; sectors by their place in `StockColumns.sectorCodes`. */
export interface FactorReturns {
  readonly sector: Float64Array;
  readonly size: number;
  readonly value: number;
  readonly momentum: number;
}

/** What each stock does on a session whatever the market factor does: its state, its own return, its reference and limits. */
export function beforeTheMarket(plan: DayPlan, market: MarketState, session: Session, factors: FactorReturns): void {
  setStates(plan, market, session);
  drawOwnReturns(plan, market, session, factors);
  setLimits(plan, market, session);
}

function setStates({ lives, universe }: DayPlan, market: MarketState, { t, event }: Session): void {
  const { state, stocks, draws } = market;
  const n = universe.length;
  if (t < 0) {
    state.fill(haltStates.traded);
    return;
  }
  for (let i = 0; i < n; i++) {
    const planned = lives.halts[t * n + i]!;
    const fewer = event?.turnover;
    if (t < lives.first[i]! || t > lives.last[i]!) state[i] = -1;
    else if (planned !== 0) state[i] = planned;
    else if (event?.haltedShare !== undefined && i !== stocks.largest && spun(draws.lot[i]!, t) < event.haltedShare)
      state[i] = haltStates.halted;
    else {
      const none = fewer === undefined ? stocks.noTrade[i]! : noTradeChance(stocks.usualTurnoverTwd[i]! * fewer);
      state[i] = draws.chance[i]! < none ? haltStates.withoutTrade : haltStates.traded;
    }
  }
}

/** Deals the same lots anew for each session of a storm, so that it hits others each day. */
function spun(lot: number, session: number): number {
  const turned = lot + session * 0.381966;
  return turned - Math.floor(turned);
}

function drawOwnReturns(plan: DayPlan, market: MarketState, session: Session, factors: FactorReturns): void {
  const { stocks, draws, own, power, logVolatility, momentum, expected, fallBeta, riseBeta } = market;
  const { t, scales, event } = session;
  const { first } = plan.lives;
  const n = own.length;
  const { ownPersistence, ownNoise, ownDayNoise } = model;
  const unevenness = 1 - model.crashEvensOut * scales.crash;
  for (let i = 0; i < n; i++) {
    logVolatility[i] = ownPersistence * logVolatility[i]! + ownNoise * draws.volatility[i]!;
    power[i] = unevenness * (logVolatility[i]! + ownDayNoise * draws.dayNoise[i]!);
  }
  expColumn(power, n);
  const { crash, own: ownScale } = scales;
  const eventVolatility = event?.ownVolatility ?? 1;
  for (let i = 0; i < n; i++) {
    const isNew = t >= 0 && t >= first[i]! && t < first[i]! + freeListingSessions && first[i]! > 0;
    const sigma = stocks.ownVolatility[i]! * ownScale * power[i]! * (isNew ? 2.5 : 1);
    const shock = sigma * draws.own[i]! * eventVolatility;
    const calm = stocks.calmBeta[i]!;
    fallBeta[i] = calm + (stocks.fallBeta[i]! - calm) * crash;
    riseBeta[i] = calm + (stocks.riseBeta[i]! - calm) * crash;
    own[i] =
      shock +
      factors.sector[stocks.sector[i]!]! +
      stocks.size[i]! * factors.size +
      stocks.value[i]! * factors.value +
      clip(momentum[i]!, 3) * factors.momentum +
      expected[i]!;
    momentum[i] = 0.97 * momentum[i]! + 0.24 * draws.own[i]!;
    // Known from tomorrow on.
    logVolatility[i]! += model.ownVolatilityAfterRise * draws.own[i]!;
  }
  if (t >= 0) for (let i = 0; i < n; i++) own[i]! += plan.jumps[t * n + i]!;
  if (event?.largestReturn && stocks.largest >= 0) own[stocks.largest]! += event.largestReturn;
  if (event?.smallTpexReturn)
    for (let i = 0; i < n; i++) if (!stocks.isTwse[i] && stocks.size[i]! < 0) own[i]! += event.smallTpexReturn;
}

/** References and limits, and the price that a day without the market factor would make. */
function setLimits({ lives, universe }: DayPlan, market: MarketState, { t, date, grid, event }: Session): void {
  const { close, carry, own, reference, down, up, base, power, draws } = market;
  const n = own.length;
  const hasFreeListings = date >= freeListingFrom;
  for (let i = 0; i < n; i++) power[i] = carry[i]! + own[i]!;
  expColumn(power, n);
  const exShare = event?.exDividendShare;
  for (let i = 0; i < n; i++) {
    let paid = t > 0 ? lives.dividends[t * n + i]! : 0;
    if (exShare !== undefined && t > 0 && paid === 0 && draws.lot[i]! < exShare) paid = universe[i]!.dividendYield;
    // The reference has two decimals; the opening base on the tick does not count for limits.
    reference[i] = Math.max(1, Math.round(close[i]! * (1 - paid)));
    const isFree = hasFreeListings && t >= 0 && lives.first[i]! > 0 && t < lives.first[i]! + freeListingSessions;
    down[i] = isFree ? 1 : grid.limitDown(reference[i]!);
    up[i] = isFree ? Number.POSITIVE_INFINITY : grid.limitUp(reference[i]!);
    base[i] = close[i]! * (1 - paid) * power[i]!;
  }
}
