import { limitStateCodes } from '../limit-state.ts';
import { haltStates, type Panel } from '../panel.ts';
import { exp, expColumn, log } from './deterministic-math.ts';
import { clip, type MarketState, type Outcome, type Session } from './market-state.ts';
import { model } from './model.ts';

/** Writes the bars of a session into the panel: the day around its close, on the ticks and within the limits. */
export function writeBars(panel: Panel, market: MarketState, session: Session, outcome: Outcome): void {
  if (session.t < 0 || outcome.done === 0) return;
  setPrices(market, session, outcome);
  setTurnovers(market, session, outcome);
  writeFields(panel, market, session);
}

/** Where the price opens and how far it goes, before ticks and limits. */
function setPrices(market: MarketState, { event, grid }: Session, { marketReturn }: Outcome): void {
  const { state, reference, wanted, pulled, spread, down, up, power, draws, open, high, low } = market;
  const n = state.length;
  const openGap = event?.openGap ?? 0;
  const marketMove = model.overnightWithMove * Math.max(0, Math.abs(marketReturn) - 0.06);
  for (let i = 0; i < n; i++) {
    if (state[i] !== haltStates.traded) continue;
    const total = log(wanted[i]! / reference[i]!);
    const share = Math.min(
      0.95,
      model.overnightShare + marketMove + model.overnightWithOwnMove * Math.abs(total - pulled[i]!),
    );
    power[i] = clip(share * total + (model.openNoise * spread[i]! + openGap) * draws.gap[i]!, 0.6);
  }
  expColumn(power, n);
  const eventRange = event?.range ?? 1;
  for (let i = 0; i < n; i++) {
    open[i] = reference[i]! * power[i]!;
    const sigma = Math.sqrt(spread[i]! * spread[i]! + 0.3 * marketReturn * marketReturn) * eventRange;
    high[i] = model.excursion * sigma * Math.abs(draws.high[i]!);
    low[i] = -model.excursion * sigma * Math.abs(draws.low[i]!);
  }
  expColumn(high, n);
  expColumn(low, n);
  for (let i = 0; i < n; i++) {
    if (state[i] !== haltStates.traded) continue;
    const top = Math.max(open[i]!, wanted[i]!) * high[i]!;
    const bottom = Math.min(open[i]!, wanted[i]!) * low[i]!;
    open[i] = Math.min(up[i]!, Math.max(down[i]!, grid.round(open[i]!)));
    high[i] = Math.min(up[i]!, Math.max(down[i]!, grid.round(top)));
    low[i] = Math.min(up[i]!, Math.max(down[i]!, grid.round(bottom)));
  }
}

const { none, down: atDown, up: atUp, 'locked-down': lockedDown, 'locked-up': lockedUp } = limitStateCodes;

/** How a bar ends: `limitStateCodes`. */
function limitStateOf({ close, down, up, high, low }: MarketState, i: number): number {
  if (close[i] === down[i]) return high[i] === down[i] ? lockedDown : atDown;
  if (close[i] === up[i]) return low[i] === up[i] ? lockedUp : atUp;
  return none;
}

/** Turnover and margin buying follow the move; where a stock is locked, nobody takes the other side. */
function setTurnovers(market: MarketState, { event }: Session, { marketReturn, done }: Outcome): void {
  const { stocks, state, pulled, own, kept, spread, activity, margin, draws, turnover, power } = market;
  const n = state.length;
  const locked = model.lockedTurnover * exp(-model.lockedTurnoverWithMarket * Math.abs(marketReturn));
  const eventTurnover = event?.turnover ?? 1;
  const noiseVariance =
    model.turnoverDayNoise * model.turnoverDayNoise +
    (model.activityNoise * model.activityNoise) / (1 - model.activityPersistence * model.activityPersistence);
  for (let i = 0; i < n; i++) {
    const moved = pulled[i]! + own[i]! - kept[i]!;
    const isLocked = Math.abs(limitStateOf(market, i)) === lockedUp;
    const move = isLocked ? 0 : Math.min(3.5, Math.abs(moved) / spread[i]!);
    const noise = stocks.turnoverNoise[i]!;
    const dayNoise = model.turnoverDayNoise * noise * draws.volume[i]!;
    // Less noise makes the median of a log-normal rise: its mean is the usual turnover all the same.
    const calmed = 0.5 * noiseVariance * (1 - noise * noise);
    turnover[i] = activity[i]! + dayNoise + calmed + model.turnoverWithMove * move - 0.45;
    // Those who buy on margin buy after falls, and are sold out where falls are deep.
    power[i] = -0.25 * moved + 0.006 * draws.margin[i]! - (moved < -0.07 ? 0.05 : 0);
  }
  expColumn(turnover, n);
  expColumn(power, n);
  for (let i = 0; i < n; i++) {
    if (state[i] !== haltStates.traded) continue;
    const isLocked = Math.abs(limitStateOf(market, i)) === lockedUp;
    turnover[i] = stocks.usualTurnoverTwd[i]! * eventTurnover * done * (isLocked ? locked : 1) * turnover[i]!;
    margin[i] = Math.max(0, Math.round(margin[i]! * power[i]!));
  }
}

function writeFields({ fields }: Panel, market: MarketState, { t, event }: Session): void {
  const { state, close, reference, before, factor, margin, flow, draws, open, high, low, turnover } = market;
  const n = state.length;
  const foreignFlow = event?.foreignFlow ?? 0;
  for (let i = 0; i < n; i++) {
    if (state[i] !== haltStates.traded) continue;
    const at = t * n + i;
    const price = (open[i]! + high[i]! + low[i]! + close[i]!) / 400;
    const volume = Math.max(1, Math.round(turnover[i]! / price));
    const seen = flow[i]! + model.flowSeenNoise * draws.flowNoise[i]! + foreignFlow;
    factor[i]! *= before[i]! / reference[i]!;
    fields.open[at] = open[i]! / 100;
    fields.high[at] = Math.max(open[i]!, high[i]!, close[i]!) / 100;
    fields.low[at] = Math.min(open[i]!, low[i]!, close[i]!) / 100;
    fields.close[at] = close[i]! / 100;
    fields.reference[at] = reference[i]! / 100;
    fields.volume[at] = volume;
    fields.turnoverTwd[at] = Math.round(volume * price);
    fields.trades[at] = Math.max(1, Math.min(volume, Math.round(turnover[i]! / model.tradeTwd)));
    // Never −0, which a file would not bring back.
    fields.foreignNetBuy[at] = Math.round(volume * 0.08 * clip(seen, 10)) || 0;
    fields.marginBalance[at] = margin[i]!;
    fields.limitState[at] = limitStateOf(market, i);
    fields.haltState[at] = haltStates.traded;
    fields.adjustedFactor[at] = factor[i]!;
  }
}
