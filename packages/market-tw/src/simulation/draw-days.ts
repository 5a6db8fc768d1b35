import { type PriceGrid, priceGrid } from '../limit-columns.ts';
import { freeListingFrom, freeListingSessions } from '../limit-eras.ts';
import { limitStateCodes } from '../limit-state.ts';
import { haltStates, type Panel } from '../panel.ts';
import type { SimulatedStock } from '../universe.ts';
import { dayScales, followedVolatility, nextLogVolatility } from './climate.ts';
import type { Lives } from './company-lives.ts';
import { exp, log } from './deterministic-math.ts';
import { marketReturnFor } from './follow-index.ts';
import { model, noTradeChance, stockColumns } from './model.ts';
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

/** Sessions before the first one that is kept, so that volatility and flows are under way. */
const burnInDays = 40;
/** Of the part of the volatility that lasts one day: the mean square of e^(noise). */
const dayNoiseSquare = exp(2 * model.ownDayNoise * model.ownDayNoise);
const clip = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/**
 * Draws the sessions one after the other. Each stock's return is its beta times the market factor, its sector's and its
 * styles' factors, and a part of its own with a volatility of its own; what a limit cuts off is carried over to the next
 * session. The planted signal is in `expected`: a part of the next return that follows from what has been seen.
 */
export function drawDays(plan: DayPlan): void {
  const { lives, panel, oracle, events, signal } = plan;
  const { fields } = panel;
  const n = panel.stocks.length;
  const days = panel.dates.length;
  const stocks = stockColumns(plan.universe);
  const sectorCount = stocks.sectorCodes.length;
  const column = (): Float64Array => new Float64Array(n);

  const factorStream = plan.stream('factors');
  const draws = Object.fromEntries(
    ['own', 'dayNoise', 'volatility', 'flow', 'flowNoise', 'gap', 'high', 'low', 'activity', 'volume', 'margin'].map(
      (purpose) => [purpose, { stream: plan.stream(purpose), values: column() }],
    ),
  );
  const drawn = (purpose: string): Float64Array => draws[purpose]!.values;
  const [ownDraw, dayNoise, volatilityDraw] = [drawn('own'), drawn('dayNoise'), drawn('volatility')];
  const [flowDraw, flowNoise, gapDraw] = [drawn('flow'), drawn('flowNoise'), drawn('gap')];
  const [highDraw, lowDraw, activityDraw] = [drawn('high'), drawn('low'), drawn('activity')];
  const [volumeDraw, marginDraw] = [drawn('volume'), drawn('margin')];
  const chanceStream = plan.stream('trades');
  const chance = column();
  const lot = column();
  plan.stream('scenario').fillUniform(lot, n);

  const close = column();
  const carry = column(); // log of what limits and pauses have kept from the price so far
  const logVolatility = column();
  const flow = column();
  const momentum = column();
  const activity = column();
  const expected = column();
  const factor = column().fill(1);
  const margin = column();
  const age = new Int32Array(n);
  const own = column(); // the day’s return but for the market factor
  const ownScore = column();
  const fallBeta = column();
  const riseBeta = column();
  const base = column(); // the price that the day would make without the market factor
  const reference = column();
  const down = column();
  const up = column();
  const sectorReturn = new Float64Array(sectorCount);
  const flowKept = Math.sqrt(1 - model.flowPersistence * model.flowPersistence);
  const flowPart = Math.sqrt(1 - model.reversalPart * model.reversalPart);

  const firstGrid = priceGrid({ date: panel.dates[0]! });
  plan.stream('start').fillNormal(flow, n);
  for (let i = 0; i < n; i++) {
    close[i] = firstGrid.round(plan.universe[i]!.startPriceTwd * 100);
    margin[i] = Math.round(stocks.shares[i]! * 0.03 * exp(0.5 * flow[i]!));
  }
  let marketLogVolatility = 0;
  let pathVolatility: number = model.calmMarketVolatility;

  for (let t = -burnInDays; t < days; t++) {
    const date = panel.dates[Math.max(0, t)]!;
    const grid: PriceGrid = priceGrid({ date });
    const event = t >= 0 ? events.get(t) : undefined;
    const row = t * n;
    for (const { stream, values } of Object.values(draws)) stream.fillNormal(values, n);
    chanceStream.fillUniform(chance, n);

    // The market factor, and the scales that it gives the day.
    const path = t >= 0 && plan.indexPath ? plan.indexPath[t]! : Number.NaN;
    const follows = !Number.isNaN(path);
    const drawnVolatility = model.calmMarketVolatility * plan.stress * exp(marketLogVolatility);
    const expectedVolatility = plan.indexPath ? Math.max(pathVolatility, 1e-4) : drawnVolatility;
    const marketShock = fatTailed(factorStream.normal(), factorStream.normal());
    const volatilityNoise = factorStream.normal();
    let marketReturn = (follows ? path : drawnVolatility * marketShock) + (event?.marketReturn ?? 0);
    const scales = dayScales(Math.max(expectedVolatility, 0.7 * Math.abs(marketReturn)));
    const factorScale = scales.factors;
    for (let s = 0; s < sectorCount; s++)
      sectorReturn[s] = model.sectorVolatility * factorScale * factorStream.normal();
    const sizeReturn = model.styleVolatility * factorScale * factorStream.normal();
    const valueReturn = model.styleVolatility * factorScale * factorStream.normal();
    const momentumReturn = model.styleVolatility * factorScale * factorStream.normal();
    if (event?.sectorReturn) {
      const at = stocks.sectorCodes.indexOf(event.sectorReturn.sector);
      if (at >= 0) sectorReturn[at]! += event.sectorReturn.logReturn;
    }

    // What each stock does of its own.
    const unevenness = 1 - model.crashEvensOut * scales.crash;
    for (let i = 0; i < n; i++) {
      logVolatility[i] = model.ownPersistence * logVolatility[i]! + model.ownNoise * volatilityDraw[i]!;
      const isNew = t >= 0 && t >= lives.first[i]! && t < lives.first[i]! + freeListingSessions && lives.first[i]! > 0;
      const sigma =
        stocks.ownVolatility[i]! *
        scales.own *
        exp(unevenness * (logVolatility[i]! + model.ownDayNoise * dayNoise[i]!)) *
        (isNew ? 2.5 : 1);
      const shock = sigma * ownDraw[i]! * (event?.ownVolatility ?? 1);
      ownScore[i] = ownDraw[i]!;
      const calm = stocks.calmBeta[i]!;
      fallBeta[i] = calm + (stocks.fallBeta[i]! - calm) * scales.crash;
      riseBeta[i] = calm + (stocks.riseBeta[i]! - calm) * scales.crash;
      own[i] =
        shock +
        sectorReturn[stocks.sector[i]!]! +
        stocks.size[i]! * sizeReturn +
        stocks.value[i]! * valueReturn +
        clip(momentum[i]!, 3) * momentumReturn +
        expected[i]!;
      momentum[i] = 0.97 * momentum[i]! + 0.24 * ownDraw[i]!;
    }
    if (t >= 0) for (let i = 0; i < n; i++) own[i]! += plan.jumps[row + i]!;
    if (event?.largestReturn && stocks.largest >= 0) own[stocks.largest]! += event.largestReturn;
    if (event?.smallTpexReturn)
      for (let i = 0; i < n; i++) if (!stocks.isTwse[i] && stocks.size[i]! < 0) own[i]! += event.smallTpexReturn;

    // References and limits of the day, and the index that a return of the market factor makes.
    const hasFreeListings = date >= freeListingFrom;
    for (let i = 0; i < n; i++) {
      const paid = dividendOf(i);
      // The reference has two decimals; the opening base on the tick does not count for limits.
      reference[i] = Math.max(1, Math.round(close[i]! * (1 - paid)));
      const isFree = hasFreeListings && t >= 0 && lives.first[i]! > 0 && t < lives.first[i]! + freeListingSessions;
      down[i] = isFree ? 1 : grid.limitDown(reference[i]!);
      up[i] = isFree ? Number.POSITIVE_INFINITY : grid.limitUp(reference[i]!);
      base[i] = close[i]! * (1 - paid) * exp(carry[i]! + own[i]!);
    }
    if (follows) marketReturn = marketReturnFor(exp(path) - 1, indexReturnOf) + (event?.marketReturn ?? 0);
    // An index floor ends the day early; a closed session has no day at all.
    let done = 1;
    if (event?.isClosed) done = 0;
    else if (event?.indexFloor !== undefined && marketReturn < -event.indexFloor)
      done = event.indexFloor / -marketReturn;

    for (let i = 0; i < n; i++) {
      const pulled = pull(i, marketReturn);
      const logReturn = pulled + own[i]!;
      const state = stateOf(i);
      const isListed = state >= 0;
      const at = row + i;
      const wasFlow = flow[i]!;
      flow[i] = model.flowPersistence * wasFlow + flowKept * flowDraw[i]!;
      activity[i] = model.activityPersistence * activity[i]! + model.activityNoise * activityDraw[i]!;
      // Deviation of what sets a stock apart on the coming session, as it is known now; the signal is a share of it.
      const nextScales = scales;
      const spread = apart(i, nextScales.own, nextScales.factors, expectedVolatility);
      const reversal = clip(ownScore[i]!, 3);
      if (!isListed) {
        expected[i] = 0;
        carry[i] = 0;
        continue;
      }
      age[i]!++;
      let kept = 0; // part of the day’s return that comes with the next session
      if (done < 1) kept = (1 - done) * logReturn;
      if (event?.slowFalls && logReturn < 0) kept += event.slowFalls * (logReturn - kept);
      if (state !== haltStates.traded || done === 0) {
        carry[i] = clip(carry[i]! + logReturn, 0.7);
        expected[i] = 0;
        if (t >= 0) fields.haltState[at] = done === 0 ? haltStates.halted : state;
        continue;
      }
      const wanted = base[i]! * exp(pulled - kept);
      const bound = Math.min(up[i]!, Math.max(down[i]!, stillOrNearest(i, wanted)));
      // Within the limits a price is where it wants to be but for its tick; beyond, what is left is carried over.
      const isCut = wanted > up[i]! * 1.003 || wanted < down[i]! * 0.997;
      const before = close[i]!;
      close[i] = bound;
      const left = isCut ? model.carriedOver * log(wanted / bound) : 0;
      if (t >= 0) writeBar(i, at, bound, wanted, logReturn - kept, spread, before);
      carry[i] = clip(left + kept, 0.7);
      expected[i] = signal * spread * (flowPart * flow[i]! - model.reversalPart * reversal);
      if (t >= 0) oracle[at] = expected[i]! + carry[i]!;
    }
    if (follows || plan.indexPath) pathVolatility = followedVolatility(pathVolatility, follows ? path : marketReturn);
    marketLogVolatility = nextLogVolatility(marketLogVolatility, marketShock, volatilityNoise);

    function dividendOf(i: number): number {
      if (t <= 0) return 0;
      const regular = lives.dividends[row + i]!;
      const yearly = plan.universe[i]!.dividendYield;
      const isForced = event?.exDividendShare !== undefined && yearly > 0 && lot[i]! < event.exDividendShare;
      return regular > 0 ? regular : isForced ? yearly : 0;
    }

    /** What a stock does on the day, or −1 where it is not listed. */
    function stateOf(i: number): number {
      if (t < 0) return haltStates.traded;
      if (t < lives.first[i]! || t > lives.last[i]!) return -1;
      const planned = lives.halts[row + i]!;
      if (planned !== 0) return planned;
      if (event?.haltedShare !== undefined && i !== stocks.largest && spun(lot[i]!, t) < event.haltedShare)
        return haltStates.halted;
      const fewer = event?.turnover;
      const none = fewer === undefined ? stocks.noTrade[i]! : noTradeChance(stocks.usualTurnoverTwd[i]! * fewer);
      return chance[i]! < none ? haltStates.withoutTrade : haltStates.traded;
    }

    /** What a stock makes of a return of the market factor. */
    function pull(i: number, factorReturn: number): number {
      return (factorReturn < 0 ? fallBeta[i]! : riseBeta[i]!) * factorReturn;
    }

    function indexReturnOf(candidate: number): number {
      let valueBefore = 0;
      let valueNow = 0;
      for (let i = 0; i < n; i++) {
        if (!stocks.isTwse[i] || (t > 0 && t <= lives.first[i]! && lives.first[i]! > 0) || t > lives.last[i]!) continue;
        if (t === 0 && lives.first[i]! > 0) continue;
        valueBefore += stocks.shares[i]! * close[i]!;
        const isTraded = stateOf(i) === haltStates.traded;
        const price = isTraded
          ? Math.min(up[i]!, Math.max(down[i]!, stillOrNearest(i, base[i]! * exp(pull(i, candidate)))))
          : close[i]!;
        valueNow += stocks.shares[i]! * price;
      }
      return valueNow / valueBefore - 1;
    }

    /** The nearest price on the grid; one that is about a tick from the reference stays there. */
    function stillOrNearest(i: number, wanted: number): number {
      const from = reference[i]!;
      return grid.round(Math.abs(wanted - from) < stocks.stillTicks[i]! * grid.tick(from) ? from : wanted);
    }

    function apart(i: number, ownScale: number, factors: number, marketVolatility: number): number {
      const sigma = stocks.ownVolatility[i]! * ownScale * exp(model.ownPersistence * logVolatility[i]!);
      const excess = (0.5 * (fallBeta[i]! + riseBeta[i]!) - 0.8) * marketVolatility;
      const common = model.sectorVolatility * factors;
      return Math.sqrt(sigma * sigma * dayNoiseSquare + excess * excess + common * common);
    }

    /** The day of one stock around its close, on the ticks and within the limits. */
    function writeBar(
      i: number,
      at: number,
      bound: number,
      wanted: number,
      moved: number,
      spread: number,
      before: number,
    ): void {
      const lowest = down[i]!;
      const highest = up[i]!;
      const sigma = Math.sqrt(spread * spread + 0.3 * marketReturn * marketReturn) * (event?.range ?? 1);
      const openRaw = reference[i]! * exp(clip(wantedAtOpen(), 0.6));
      const top = Math.max(openRaw, wanted) * exp(model.excursion * sigma * Math.abs(highDraw[i]!));
      const bottom = Math.min(openRaw, wanted) * exp(-model.excursion * sigma * Math.abs(lowDraw[i]!));
      const open = Math.min(highest, Math.max(lowest, grid.round(openRaw)));
      const high = Math.min(highest, Math.max(lowest, grid.round(top)));
      const low = Math.min(highest, Math.max(lowest, grid.round(bottom)));
      const isDown = bound === lowest;
      const isUp = bound === highest;
      const isLocked = (isDown && high === lowest) || (isUp && low === highest);
      const move = isLocked ? 0 : Math.min(3.5, Math.abs(moved) / spread);
      const turnover =
        stocks.usualTurnoverTwd[i]! *
        (event?.turnover ?? 1) *
        done *
        (isLocked ? model.lockedTurnover * exp(-model.lockedTurnoverWithMarket * Math.abs(marketReturn)) : 1) *
        exp(activity[i]! + model.turnoverDayNoise * volumeDraw[i]! + model.turnoverWithMove * move - 0.45);
      const price = (open + high + low + bound) / 400;
      const volume = Math.max(1, Math.round(turnover / price));
      const seen = flow[i]! + model.flowSeenNoise * flowNoise[i]! + (event?.foreignFlow ?? 0);
      factor[i]! *= before / reference[i]!;
      // Those who buy on margin buy after falls, and are sold out where falls are deep.
      const bought = -0.25 * moved + 0.006 * marginDraw[i]! - (moved < -0.07 ? 0.05 : 0);
      margin[i] = Math.max(0, Math.round(margin[i]! * exp(bought)));
      fields.open[at] = open / 100;
      fields.high[at] = Math.max(open, high, bound) / 100;
      fields.low[at] = Math.min(open, low, bound) / 100;
      fields.close[at] = bound / 100;
      fields.reference[at] = reference[i]! / 100;
      fields.volume[at] = volume;
      fields.turnoverTwd[at] = Math.round(volume * price);
      fields.trades[at] = Math.max(1, Math.min(volume, Math.round(turnover / model.tradeTwd)));
      // Never −0, which a file would not bring back.
      fields.foreignNetBuy[at] = Math.round(volume * 0.08 * clip(seen, 10)) || 0;
      fields.marginBalance[at] = margin[i]!;
      fields.limitState[at] =
        limitStateCodes[isDown ? (isLocked ? 'locked-down' : 'down') : isUp ? (isLocked ? 'locked-up' : 'up') : 'none'];
      fields.haltState[at] = haltStates.traded;
      fields.adjustedFactor[at] = factor[i]!;

      function wantedAtOpen(): number {
        const total = log(wanted / reference[i]!);
        const share = Math.min(
          0.95,
          model.overnightShare +
            model.overnightWithMove * Math.max(0, Math.abs(marketReturn) - 0.06) +
            model.overnightWithOwnMove * Math.abs(total - pull(i, marketReturn)),
        );
        return share * total + (model.openNoise * spread + (event?.openGap ?? 0)) * gapDraw[i]!;
      }
    }
  }
}

/** A normal with the tails of a market: its own deviation varies from day to day. */
function fatTailed(normal: number, other: number): number {
  return normal * exp(0.3 * other - 0.09);
}

/** Deals the same lots anew for each session of a storm, so that it hits others each day. */
function spun(lot: number, session: number): number {
  const turned = lot + session * 0.381966;
  return turned - Math.floor(turned);
}
