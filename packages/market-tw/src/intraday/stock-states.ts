import type { Random } from '@preopen/core';
import type { StockPlan } from './day-plan.ts';
import { farPerMille } from './five-minute-mean.ts';

/** What a stock is doing. */
export const phases = { unopened: 0, trading: 1, interrupted: 2, halted: 3 } as const;

/** At most NT$1: no interruptions. */
const leastInterruptedCents = 100;

/**
 * All stocks on their way through the day: one array per figure, by number of the plan. The loop over millions of trades
 * touches these alone, no objects.
 */
export interface StockStates {
  // What stays.
  readonly stock: Int32Array;
  /** All ladders one behind the other; a stock's prices stand at `ladderStart … ladderStart + ladderLength − 1`. */
  readonly ladders: Int32Array;
  readonly ladderStart: Int32Array;
  readonly ladderLength: Int32Array;
  readonly openCents: Int32Array;
  readonly trades: Int32Array;
  readonly unitShares: Int32Array;
  readonly closeUnits: Float64Array;
  readonly limitDown: Float64Array;
  readonly limitUp: Float64Array;
  /**
   * How many of the trades move a tick up of themselves; as many move down. They add up to about half of the day's range,
   * however many trades there are: a stock with a hundred times the trades does not wander ten times as far.
   */
  readonly noiseShare: Float64Array;
  /** 1 where the day's range is wide enough for a price to lie 3.5 % from a mean of others. */
  readonly canBeInterrupted: Uint8Array;
  // What changes.
  /** Place on the ladder. */
  readonly at: Int32Array;
  /** Trades done since the opening. */
  readonly done: Int32Array;
  /** Where the price is heading, and the number of the trade that is to be there: a waypoint, or the close. */
  readonly targetAt: Int32Array;
  readonly targetTrade: Int32Array;
  readonly waypointsPassed: Uint8Array;
  readonly unitsLeft: Float64Array;
  readonly phase: Uint8Array;
  /** Trades that fell due while matching waited. */
  readonly backlog: Int32Array;
  /** When matching goes on, or what is due is made up for; −1 for never. */
  readonly timerMs: Int32Array;
  /** −1 at the lower limit, 1 at the upper. */
  readonly limit: Int8Array;
  readonly lastPrintMs: Int32Array;
}

/** States before the open. */
export function createStockStates(plans: readonly StockPlan[]): StockStates {
  const count = plans.length;
  const ladderStart = new Int32Array(count);
  let length = 0;
  plans.forEach(({ ladder }, p) => {
    ladderStart[p] = length;
    length += ladder.length;
  });
  const ladders = new Int32Array(length);
  plans.forEach(({ ladder }, p) => {
    ladders.set(ladder, ladderStart[p]);
  });
  const target = (plan: StockPlan): { trade: number; at: number } =>
    plan.waypoints[0] ?? { trade: plan.trades, at: plan.closeAt };
  return {
    stock: Int32Array.from(plans, ({ stock }) => stock),
    ladders,
    ladderStart,
    ladderLength: Int32Array.from(plans, ({ ladder }) => ladder.length),
    openCents: Int32Array.from(plans, ({ ladder, openAt }) => ladder[openAt]!),
    trades: Int32Array.from(plans, ({ trades }) => trades),
    unitShares: Int32Array.from(plans, ({ unitShares }) => unitShares),
    closeUnits: Float64Array.from(plans, ({ closeUnits }) => closeUnits),
    limitDown: Float64Array.from(plans, ({ limitDown }) => limitDown),
    limitUp: Float64Array.from(plans, ({ limitUp }) => limitUp),
    noiseShare: Float64Array.from(plans, ({ ladder, trades }) =>
      Math.min(0.22, (ladder.length * ladder.length) / (8 * Math.max(1, trades))),
    ),
    canBeInterrupted: Uint8Array.from(plans, ({ hasLimits, ladder }) => {
      const low = ladder[0]!;
      const range = ladder.at(-1)! - low;
      return hasLimits && low > leastInterruptedCents && range * 1000 > farPerMille * low ? 1 : 0;
    }),
    at: Int32Array.from(plans, ({ openAt }) => openAt),
    done: new Int32Array(count),
    targetAt: Int32Array.from(plans, (plan) => target(plan).at),
    targetTrade: Int32Array.from(plans, (plan) => target(plan).trade),
    waypointsPassed: new Uint8Array(count),
    unitsLeft: Float64Array.from(plans, ({ units }) => units),
    phase: new Uint8Array(count),
    backlog: new Int32Array(count),
    timerMs: new Int32Array(count).fill(-1),
    limit: new Int8Array(count),
    lastPrintMs: new Int32Array(count),
  };
}

/** How many of the trades that are due may be done at one price: a waypoint is a price of its own. */
export function tradesAtOnce(states: StockStates, p: number, due: number): number {
  const toTarget = states.targetTrade[p]! - states.done[p]! + 1;
  return due < toTarget ? due : toTarget;
}

/**
 * The place on the ladder after `count` more trades: on the way to the next waypoint or the close, a tick to and fro, never
 * off the day's range; on the waypoint itself when its trade has come.
 */
export function nextPlace(states: StockStates, p: number, count: number, random: Random): number {
  const target = states.targetAt[p]!;
  const stepsLeft = states.targetTrade[p]! - states.done[p]! + 1;
  const at = states.at[p]!;
  // The close's own auction is one more than the trades, so that they end near it but need not be on it.
  if (count >= stepsLeft) return target;
  const wanted = ((target - at) * count) / stepsLeft;
  const whole = Math.floor(wanted);
  const carried = random.uniform() < wanted - whole ? 1 : 0;
  const noise = random.uniform();
  const share = states.noiseShare[p]!;
  const place = at + whole + carried + (noise < share ? 1 : noise < 2 * share ? -1 : 0);
  const length = states.ladderLength[p]!;
  return place < 0 ? 0 : place >= length ? length - 1 : place;
}

/** Takes the volume of the next trades out of what is left: at least a unit each, and a unit kept for each to come. */
export function takeUnits(states: StockStates, p: number, count: number, random: Random): number {
  let taken = 0;
  for (let k = 0; k < count; k++) {
    const tradesLeft = states.trades[p]! - states.done[p]!;
    const spare = states.unitsLeft[p]! - states.closeUnits[p]! - tradesLeft;
    const draw = random.uniform();
    // The square makes many small trades and some large ones; its mean is a third.
    const units = 1 + Math.min(spare, Math.floor((draw * draw * 3 * spare) / tradesLeft));
    states.unitsLeft[p]! -= units;
    states.done[p]!++;
    taken += units;
  }
  return taken;
}

/** Turns to the next waypoint, or to the close, once a waypoint's trade is done. */
export function passWaypoint(states: StockStates, p: number, { waypoints, trades, closeAt }: StockPlan): void {
  if (states.done[p]! <= states.targetTrade[p]!) return;
  const passed = ++states.waypointsPassed[p]!;
  const { trade, at } = waypoints[passed] ?? { trade: trades, at: closeAt };
  states.targetTrade[p] = trade;
  states.targetAt[p] = at;
}
