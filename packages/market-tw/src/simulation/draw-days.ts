import { priceGrid } from '../limit-columns.ts';
import { beforeTheMarket, type FactorReturns } from './before-the-market.ts';
import { dayScales, followedVolatility, nextLogVolatility } from './climate.ts';
import { exp } from './deterministic-math.ts';
import { marketReturnFor } from './follow-index.ts';
import { type DayPlan, type Session, startMarket } from './market-state.ts';
import { model } from './model.ts';
import { writeBars } from './session-bars.ts';
import type { SessionEvents } from './session-events.ts';
import { indexReturnOf, withTheMarket } from './with-the-market.ts';

/** Sessions before the first one that is kept, so that volatility and flows are under way. */
const burnInDays = 40;

/**
 * Draws the sessions one after the other. Each stock's return is its beta times the market factor, its sector's and its
 * styles' factors, and a part of its own with a volatility of its own; what a limit cuts off is carried over to the next
 * session. The planted signal is in `expected`: a part of the next return that follows from what has been seen.
 */
export function drawDays(plan: DayPlan): void {
  const { panel, events, indexPath } = plan;
  const factorStream = plan.stream('factors');
  const { state: market, drawSession } = startMarket(plan);
  const sectorReturns = new Float64Array(market.stocks.sectorCodes.length);
  let marketLogVolatility = 0;
  let pathVolatility: number = model.calmMarketVolatility;

  for (let t = -burnInDays; t < panel.dates.length; t++) {
    const date = panel.dates[Math.max(0, t)]!;
    const grid = priceGrid({ date });
    const event = t >= 0 ? events.get(t) : undefined;
    drawSession();

    // The market factor, and the scales that it gives the day.
    const path = t >= 0 && indexPath ? indexPath[t]! : Number.NaN;
    const follows = !Number.isNaN(path);
    const drawnVolatility = model.calmMarketVolatility * plan.stress * exp(marketLogVolatility);
    const expectedVolatility = indexPath ? Math.max(pathVolatility, 1e-4) : drawnVolatility;
    const marketShock = fatTailed(factorStream.normal(), factorStream.normal());
    const volatilityNoise = factorStream.normal();
    let marketReturn = (follows ? path : drawnVolatility * marketShock) + (event?.marketReturn ?? 0);
    const scales = dayScales(Math.max(expectedVolatility, 0.7 * Math.abs(marketReturn)));
    const session: Session = { t, date, grid, event, expectedVolatility, scales };

    beforeTheMarket(plan, market, session, drawFactors(scales.factors, event));
    if (follows)
      marketReturn =
        marketReturnFor(exp(path) - 1, (candidate) => indexReturnOf(plan, market, session, candidate)) +
        (event?.marketReturn ?? 0);
    const outcome = { marketReturn, done: partDone(marketReturn, event) };
    withTheMarket(plan, market, session, outcome);
    writeBars(panel, market, session, outcome);

    if (indexPath) pathVolatility = followedVolatility(pathVolatility, follows ? path : marketReturn);
    marketLogVolatility = nextLogVolatility(marketLogVolatility, marketShock, volatilityNoise);
  }

  function drawFactors(scale: number, event: SessionEvents | undefined): FactorReturns {
    for (let s = 0; s < sectorReturns.length; s++)
      sectorReturns[s] = model.sectorVolatility * scale * factorStream.normal();
    const size = model.styleVolatility * scale * factorStream.normal();
    const value = model.styleVolatility * scale * factorStream.normal();
    const momentum = model.styleVolatility * scale * factorStream.normal();
    if (event?.sectorReturn) {
      const at = market.stocks.sectorCodes.indexOf(event.sectorReturn.sector);
      if (at >= 0) sectorReturns[at]! += event.sectorReturn.logReturn;
    }
    return { sector: sectorReturns, size, value, momentum };
  }
}

/** An index floor ends the day early; a closed session has no day at all. */
function partDone(marketReturn: number, event: SessionEvents | undefined): number {
  if (event?.isClosed) return 0;
  const floor = event?.indexFloor;
  return floor !== undefined && marketReturn < -floor ? floor / -marketReturn : 1;
}

/** A normal with the tails of a market: its own deviation varies from day to day. */
function fatTailed(normal: number, other: number): number {
  return normal * exp(0.3 * other - 0.09);
}
