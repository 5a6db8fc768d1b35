import type { PriceGrid } from '../limit-columns.ts';
import { haltStates } from '../panel.ts';
import { exp, expColumn, log } from './deterministic-math.ts';
import { clip, type DayPlan, type MarketState, type Outcome, type Session } from './market-state.ts';
import { model } from './model.ts';

const flowKept = Math.sqrt(1 - model.flowPersistence * model.flowPersistence);
const flowPart = Math.sqrt(1 - model.reversalPart * model.reversalPart);

/** Change of the capitalisation-weighted index that a return of the market factor would make, as a ratio. */
export function indexReturnOf({ lives }: DayPlan, market: MarketState, session: Session, marketReturn: number): number {
  const { stocks, close, base, fallBeta, riseBeta, state, reference, down, up, power } = market;
  const { t, grid } = session;
  const n = close.length;
  const betas = marketReturn < 0 ? fallBeta : riseBeta;
  for (let i = 0; i < n; i++) power[i] = betas[i]! * marketReturn;
  expColumn(power, n);
  let valueBefore = 0;
  let valueNow = 0;
  for (let i = 0; i < n; i++) {
    if (!stocks.isTwse[i] || (t <= lives.first[i]! && lives.first[i]! > 0) || t > lives.last[i]!) continue;
    valueBefore += stocks.shares[i]! * close[i]!;
    const price =
      state[i] === haltStates.traded
        ? Math.min(up[i]!, Math.max(down[i]!, onGrid(grid, reference[i]!, base[i]! * power[i]!, stocks.stillTicks[i]!)))
        : close[i]!;
    valueNow += stocks.shares[i]! * price;
  }
  return valueNow / valueBefore - 1;
}

/** The nearest price on the grid; one that is about a tick from the reference stays there. */
function onGrid(grid: PriceGrid, reference: number, wanted: number, stillTicks: number): number {
  return grid.round(Math.abs(wanted - reference) < stillTicks * grid.tick(reference) ? reference : wanted);
}

/** Closes of a session, what limits and pauses keep for the next one, and what is to be expected of it. */
export function withTheMarket(
  plan: DayPlan,
  market: MarketState,
  session: Session,
  { marketReturn, done }: Outcome,
): void {
  const { stocks, draws, close, carry, logVolatility, flow, activity, expected } = market;
  const { own, fallBeta, riseBeta, reference, down, up, base, state } = market;
  const { pulled, kept, wanted, spread, before, power } = market;
  const { t, grid, scales, event, expectedVolatility } = session;
  const { oracle, signal } = plan;
  const { haltState } = plan.panel.fields;
  const n = close.length;
  const betas = marketReturn < 0 ? fallBeta : riseBeta;
  const slowFalls = event?.slowFalls ?? 0;

  // Deviation of what sets a stock apart on the coming session, as it is known now; the signal is a share of it.
  const common = model.sectorVolatility * scales.factors;
  // Of the part of the volatility that lasts one day: the mean square of e^(noise).
  const dayNoiseSquare = exp(2 * model.ownDayNoise * model.ownDayNoise);
  for (let i = 0; i < n; i++) power[i] = model.ownPersistence * logVolatility[i]!;
  expColumn(power, n);
  for (let i = 0; i < n; i++) {
    const sigma = stocks.ownVolatility[i]! * scales.own * power[i]!;
    const excess = (0.5 * (fallBeta[i]! + riseBeta[i]!) - 0.8) * expectedVolatility;
    spread[i] = Math.sqrt(sigma * sigma * dayNoiseSquare + excess * excess + common * common);
  }

  for (let i = 0; i < n; i++) {
    flow[i] = model.flowPersistence * flow[i]! + flowKept * draws.flow[i]!;
    activity[i] =
      model.activityPersistence * activity[i]! + model.activityNoise * stocks.turnoverNoise[i]! * draws.activity[i]!;
    pulled[i] = betas[i]! * marketReturn;
    const logReturn = pulled[i]! + own[i]!;
    let later = done < 1 ? (1 - done) * logReturn : 0;
    if (slowFalls && logReturn < 0) later += slowFalls * (logReturn - later);
    kept[i] = later;
    power[i] = pulled[i]! - later;
  }
  expColumn(power, n);

  for (let i = 0; i < n; i++) {
    const at = t * n + i;
    if (state[i]! < 0) {
      expected[i] = 0;
      carry[i] = 0;
    } else if (state[i] !== haltStates.traded || done === 0) {
      carry[i] = clip(carry[i]! + (pulled[i]! + own[i]!), 0.7);
      expected[i] = 0;
      if (t >= 0) haltState[at] = done === 0 ? haltStates.halted : state[i]!;
    } else {
      const price = base[i]! * power[i]!;
      const bound = Math.min(up[i]!, Math.max(down[i]!, onGrid(grid, reference[i]!, price, stocks.stillTicks[i]!)));
      // Within the limits a price is where it wants to be but for its tick; beyond, what is left is carried over.
      const isCut = price > up[i]! * 1.003 || price < down[i]! * 0.997;
      before[i] = close[i]!;
      close[i] = bound;
      wanted[i] = price;
      const left = isCut ? model.carriedOver * log(price / bound) : 0;
      carry[i] = clip(left + kept[i]!, 0.7);
      const reversal = clip(draws.own[i]!, 3);
      expected[i] = signal * spread[i]! * (flowPart * flow[i]! - model.reversalPart * reversal);
      if (t >= 0) oracle[at] = expected[i]! + carry[i]!;
    }
  }
}
