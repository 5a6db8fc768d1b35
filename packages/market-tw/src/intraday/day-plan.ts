import { InputError, type Random } from '@preopen/core';
import { priceGrid } from '../limit-columns.ts';
import { haltStates, type Panel } from '../panel.ts';
import { isFreeListing } from '../price-rules.ts';
import { securityKind } from '../readers/security-kind.ts';

/** Shares of a board lot. */
const lotShares = 1000;

/** Why a stock has no events although the panel has a row for it. */
export interface LeftOut {
  readonly stock: string;
  readonly reason: string;
}

/** One stock's day before it happens: where its price must go, in how many trades, with what volume. */
export interface StockPlan {
  readonly stock: number;
  /** All prices of the day's range on the tick grid, ascending. */
  readonly ladder: Int32Array;
  readonly openAt: number;
  readonly closeAt: number;
  /** Trades between the opening and the closing auction. */
  readonly trades: number;
  /** The day's high and low, where opening and close do not make them: by the number of the trade that does. */
  readonly waypoints: readonly { readonly trade: number; readonly at: number }[];
  /** Board lots or, where the day has fewer than it needs, shares. */
  readonly unitShares: number;
  readonly units: number;
  readonly openUnits: number;
  /** 0 where the day's only trade is the opening. */
  readonly closeUnits: number;
  readonly oddShares: number;
  /** 0 where it is not known. */
  readonly referenceCents: number;
  /** Limit prices in hundredths; ±Infinity for none. */
  readonly limitDown: number;
  readonly limitUp: number;
  readonly hasLimits: boolean;
}

/** A day of a panel, planned. */
export interface DayPlan {
  readonly plans: readonly StockPlan[];
  /** Stocks that trade before and are listed, and have no row that day. */
  readonly halted: readonly number[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Plans a day's stocks.
 * @param mostTrades bound on a stock's trades between its auctions
 */
export function planDay(panel: Panel, t: number, random: Random, mostTrades: number): DayPlan {
  const n = panel.stocks.length;
  const { close } = panel.fields;
  const plans: StockPlan[] = [];
  const halted: number[] = [];
  const leftOut: LeftOut[] = [];
  for (let i = 0; i < n; i++) {
    const at = t * n + i;
    const { code } = panel.stocks[i]!;
    if (Number.isNaN(close[at]!)) {
      if (isHalted(panel, t, i)) halted.push(i);
      continue;
    }
    const plan = planStock(panel, t, i, random, mostTrades);
    if (typeof plan === 'string') leftOut.push({ stock: code, reason: plan });
    else plans.push(plan);
  }
  if (plans.length === 0) {
    throw new InputError(
      `${panel.dates[t]}: no stock of the panel has a bar from which a day can be made${leftOut[0] ? ` (${leftOut[0].stock}: ${leftOut[0].reason})` : ''}.`,
    );
  }
  return { plans, halted, leftOut };
}

/**
 * Whether a stock was halted for the day: the panel says so, or it has no row between days on which it trades (a life that
 * has not begun or is over is no halt, nor is a day without a trade).
 */
function isHalted({ fields, stocks, dates }: Panel, t: number, i: number): boolean {
  const n = stocks.length;
  const state = fields.haltState[t * n + i]!;
  if (!Number.isNaN(state)) return state >= haltStates.halted;
  if (!Number.isNaN(fields.volume[t * n + i]!)) return false;
  const has = (from: number, to: number): boolean => {
    for (let k = from; k < to; k++) if (!Number.isNaN(fields.close[k * n + i]!)) return true;
    return false;
  };
  return has(0, t) && has(t + 1, dates.length);
}

function planStock(panel: Panel, t: number, i: number, random: Random, mostTrades: number): StockPlan | string {
  const n = panel.stocks.length;
  const at = t * n + i;
  const { fields } = panel;
  const { code, listed } = panel.stocks[i]!;
  const date = panel.dates[t]!;
  const instrument = securityKind(code) === 'fund' ? 'etf' : 'stock';
  const grid = priceGrid({ instrument, date });
  const [open, high, low, close] = (['open', 'high', 'low', 'close'] as const).map((field) =>
    Math.round(fields[field][at]! * 100),
  ) as [number, number, number, number];
  if (![open, high, low, close].every((cents) => grid.isOnTick(cents)))
    return 'its prices are not on the tick grid: adjusted, or of another instrument';
  if (low > high || open < low || open > high || close < low || close > high)
    return 'open or close outside low to high';
  const shares = fields.volume[at]!;
  if (!(shares > 0)) return 'a price without volume';
  const ladder: number[] = [];
  for (let cents = low; cents <= high; cents = grid.next(cents, 'up')) ladder.push(cents);
  const extremes = [high, low].filter((cents) => cents !== open && cents !== close && high !== low);
  const needed = 2 + extremes.length;
  const isOneTrade = high === low && (shares < 2 * lotShares || fields.trades[at] === 1);
  const unitShares = shares >= needed * lotShares || (isOneTrade && shares >= lotShares) ? lotShares : 1;
  const units = Math.floor(shares / unitShares);
  if (units < needed && !isOneTrade) return `${shares} shares cannot make its bar`;
  const told = fields.trades[at]!;
  const wanted = (told > 0 ? told : Math.round(units / 3)) - 2;
  const trades = isOneTrade ? 0 : Math.min(Math.max(wanted, extremes.length), units - 2, mostTrades);
  const reference = Math.round(fields.reference[at]! * 100);
  const isFree = listed !== '' && isFreeListing({ listedOn: listed }, date);
  // What a fund may move depends on what it holds, which its code does not tell.
  const hasLimits = instrument === 'stock' && reference > 0 && !isFree && grid.perMille !== undefined;
  return {
    stock: i,
    ladder: Int32Array.from(ladder),
    openAt: ladder.indexOf(open),
    closeAt: ladder.indexOf(close),
    trades,
    waypoints: drawWaypoints(extremes, trades, ladder, random),
    unitShares,
    units,
    ...drawAuctions(units, trades, isOneTrade, random),
    oddShares: shares - units * unitShares,
    referenceCents: reference > 0 ? reference : 0,
    limitDown: hasLimits ? grid.limitDown(reference) : Number.NEGATIVE_INFINITY,
    limitUp: hasLimits ? grid.limitUp(reference) : Number.POSITIVE_INFINITY,
    hasLimits,
  };
}

/** Which trades make the day's high and low: any of the first 85 %, in either order. */
function drawWaypoints(
  extremes: readonly number[],
  trades: number,
  ladder: readonly number[],
  random: Random,
): StockPlan['waypoints'] {
  if (extremes.length === 0) return [];
  const last = Math.max(extremes.length, Math.floor(trades * 0.85));
  const order = random.uniform() < 0.5 ? extremes : extremes.toReversed();
  const first = random.integer(last - extremes.length + 1);
  const numbers = [first, ...(extremes.length > 1 ? [first + 1 + random.integer(last - first - 1)] : [])];
  return order.map((cents, k) => ({ trade: numbers[k]!, at: ladder.indexOf(cents) }));
}

/** Volumes of the two auctions: some per cent of the day each, and never so much that a trade is left without. */
function drawAuctions(
  units: number,
  trades: number,
  isOneTrade: boolean,
  random: Random,
): { openUnits: number; closeUnits: number } {
  const openShare = 0.01 + 0.05 * random.uniform();
  const closeShare = 0.02 + 0.08 * random.uniform();
  if (isOneTrade) return { openUnits: units, closeUnits: 0 };
  if (trades === 0) {
    const openUnits = Math.max(1, Math.floor(units / 2));
    return { openUnits, closeUnits: units - openUnits };
  }
  const spare = units - trades - 2;
  return { openUnits: 1 + Math.floor(spare * openShare), closeUnits: 1 + Math.floor(spare * closeShare) };
}
