import type { Random } from '@preopen/core';
import { createAttentionWatch } from './attention-watch.ts';
import type { DayClock } from './day-clock.ts';
import type { DayPlan, StockPlan } from './day-plan.ts';
import { createDueList } from './due-list.ts';
import { createEventColumns, type IntradayBatch, type IntradayEventKind, intradayEventKinds } from './event-batch.ts';
import { createFiveMinuteMean, farPerMille } from './five-minute-mean.ts';
import { createStockStates, nextPlace, passWaypoint, phases, takeUnits, tradesAtOnce } from './stock-states.ts';

/** A halt by the stock's index. */
export interface PlannedHalt {
  readonly stock: number;
  readonly fromMs: number;
  readonly toMs: number;
}

const interruptionMs = 120_000;
const openingMinutesMs = 300_000;
/** What is due after a wait is made up for within so long. */
const catchUpMs = 4000;
/** Waypoints are due by then, as a share of the day's trades: time enough for interruptions before the close. */
const lastWaypointShare = 0.85;

const codeOf = (kind: IntradayEventKind): number => intradayEventKinds.indexOf(kind);
const kinds = {
  auction: codeOf('auction'),
  trade: codeOf('trade'),
  interruption: codeOf('interruption'),
  halt: codeOf('halt'),
  resume: codeOf('resume'),
  limitUp: codeOf('limit-up'),
  limitDown: codeOf('limit-down'),
  oddLot: codeOf('odd-lot'),
  attention: codeOf('attention'),
};

/** What falls due: the low two bits of an item of the due list; above them stands the number of the plan. */
const due = { trade: 0, timer: 1, halt: 2 } as const;

const isFarFrom = (other: number, cents: number): boolean => Math.abs(cents - other) * 1000 > farPerMille * other;

/** Generates a planned day in slices of some seconds; memory does not grow with the day. */
export function* generateDay(request: {
  readonly date: string;
  readonly clock: DayClock;
  readonly plan: DayPlan;
  /** Stocks of the panel. */
  readonly stockCount: number;
  readonly halts: readonly PlannedHalt[];
  /** Stocks that close late. */
  readonly deferred: ReadonlySet<number>;
  /** Cumulative activity over so many slices. */
  readonly share: (slices: number) => Float64Array;
  readonly random: Random;
}): Generator<IntradayBatch> {
  const { date, clock, plan, halts, deferred, random } = request;
  const { plans } = plan;
  const { openMs, tradingEndMs, closeMs, cycleMs } = clock;
  const states = createStockStates(plans);
  const events = createEventColumns();
  const mean = createFiveMinuteMean(plans.length);
  const attention = createAttentionWatch(plans, request.stockCount);
  const numberOf = new Map(plans.map(({ stock }, p) => [stock, p]));
  const ownHalts = halts.flatMap((halt) => {
    const p = numberOf.get(halt.stock);
    return p === undefined ? [] : [{ ...halt, p }];
  });

  // Before the open: halts of the whole day, and those that begin before it.
  for (const stock of plan.halted) events.add(clock.collectionMs, stock, kinds.halt, 0, 0);
  states.timerMs.fill(openMs);
  for (const { p, stock, fromMs, toMs } of ownHalts.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs > openMs) continue;
    events.add(Math.max(clock.collectionMs, fromMs), stock, kinds.halt, 0, 0);
    states.phase[p] = phases.halted;
    states.timerMs[p] = Math.max(toMs, openMs);
  }
  if (events.count > 0) yield events.take(date);

  /** A price is made: written, averaged, and compared with the limits. */
  const print = (p: number, timeMs: number, kind: number, units: number): void => {
    const stock = states.stock[p]!;
    const cents = states.ladders[states.ladderStart[p]! + states.at[p]!]!;
    const volume = units * states.unitShares[p]!;
    events.add(timeMs, stock, kind, cents, volume);
    states.lastPrintMs[p] = timeMs;
    if (states.canBeInterrupted[p] === 1 && cycleMs === 0) mean.add(p, Math.floor(timeMs / 1000), cents, volume);
    const limit = cents >= states.limitUp[p]! ? 1 : cents <= states.limitDown[p]! ? -1 : 0;
    if (limit !== states.limit[p]!) {
      states.limit[p] = limit;
      if (limit !== 0) events.add(timeMs, stock, limit > 0 ? kinds.limitUp : kinds.limitDown, cents, 0);
    }
  };

  const isFar = (p: number, timeMs: number, cents: number): boolean => {
    if (states.canBeInterrupted[p] === 0 || timeMs >= clock.interruptionEndMs) return false;
    const last = states.ladders[states.ladderStart[p]! + states.at[p]!]!;
    // Periodic auctions compare with the last trade; continuous trading with the opening price, then with the mean.
    if (cycleMs > 0) return isFarFrom(last, cents);
    if (timeMs < openMs + openingMinutesMs) return isFarFrom(states.openCents[p]!, cents);
    // Without a trade in five minutes there is no mean; the last trade stands in for it here.
    return mean.isFar(p, Math.floor(timeMs / 1000), cents) ?? isFarFrom(last, cents);
  };

  /** Some of the trades that are due, at one price; or the interruption that it would cause. */
  const trade = (p: number, timeMs: number, kind: number, sliceEndMs: number, isFree: boolean): void => {
    const count = tradesAtOnce(states, p, states.backlog[p]!);
    const place = nextPlace(states, p, count, random);
    const cents = states.ladders[states.ladderStart[p]! + place]!;
    if (!isFree && isFar(p, timeMs, cents)) {
      events.add(timeMs, states.stock[p]!, kinds.interruption, cents, 0);
      states.phase[p] = phases.interrupted;
      states.timerMs[p] = timeMs + interruptionMs;
      return;
    }
    states.at[p] = place;
    states.backlog[p]! -= count;
    print(p, timeMs, kind, takeUnits(states, p, count, random));
    passWaypoint(states, p, plans[p]!);
    states.timerMs[p] = states.backlog[p]! > 0 ? catchUpTime(timeMs, sliceEndMs) : -1;
  };

  const catchUpTime = (timeMs: number, sliceEndMs: number): number =>
    cycleMs > 0
      ? timeMs + cycleMs * Math.ceil((sliceEndMs - timeMs) / cycleMs)
      : sliceEndMs + random.integer(catchUpMs);

  const goOn = (p: number, timeMs: number, sliceEndMs: number): void => {
    const phase = states.phase[p]!;
    const { stock, openUnits } = plans[p]!;
    states.timerMs[p] = -1;
    if (phase === phases.halted) events.add(timeMs, stock, kinds.resume, 0, 0);
    states.phase[p] = phases.trading;
    if (states.unitsLeft[p] === plans[p]!.units) {
      states.unitsLeft[p]! -= openUnits;
      print(p, timeMs, kinds.auction, openUnits);
      if (states.backlog[p]! > 0) states.timerMs[p] = catchUpTime(timeMs, sliceEndMs);
    } else if (states.backlog[p]! > 0) {
      const isAuction = phase !== phases.trading;
      if (isAuction) mean.reset(p);
      trade(p, timeMs, isAuction || cycleMs > 0 ? kinds.auction : kinds.trade, sliceEndMs, isAuction);
    }
  };

  const sliceMs = cycleMs > 0 ? cycleMs * Math.ceil(10_000 / cycleMs) : 10_000;
  const slices = Math.ceil((tradingEndMs - openMs) / sliceMs);
  const shares = request.share(slices);
  const list = createDueList(sliceMs);
  const offsets = Int32Array.from(plans, () => (cycleMs > 0 ? random.integer(cycleMs) : 0));
  const schedule = createSchedule(plans, random);
  for (let slice = 0; slice < slices; slice++) {
    const fromMs = openMs + slice * sliceMs;
    const toMs = Math.min(fromMs + sliceMs, tradingEndMs);
    for (const { p, fromMs: haltMs } of ownHalts)
      if (haltMs > openMs && haltMs >= fromMs && haltMs < toMs) list.add(haltMs - fromMs, p * 4 + due.halt);
    const cycles = cycleMs > 0 ? Math.floor((toMs - fromMs) / cycleMs) : 0;
    for (let p = 0; p < plans.length; p++) {
      const timer = states.timerMs[p]!;
      if (timer >= fromMs && timer < toMs) list.add(timer - fromMs, p * 4 + due.timer);
      for (let k = schedule.take(p, shares[slice + 1]!); k > 0; k--) {
        const offset = cycleMs > 0 ? random.integer(cycles) * cycleMs + offsets[p]! : random.integer(toMs - fromMs);
        list.add(offset, p * 4 + due.trade);
      }
    }
    list.drain((offset, item) => {
      const p = item >> 2;
      const timeMs = fromMs + offset;
      const what = item & 3;
      if (what === due.halt) {
        const { stock, toMs: untilMs } = ownHalts.find((halt) => halt.p === p && halt.fromMs === timeMs)!;
        events.add(timeMs, stock, kinds.halt, 0, 0);
        states.phase[p] = phases.halted;
        states.timerMs[p] = Math.max(untilMs, toMs);
      } else if (what === due.timer) {
        if (states.timerMs[p] === timeMs) goOn(p, timeMs, toMs);
      } else {
        states.backlog[p]!++;
        // What waits already, or would come at the moment of its own auction, waits for its time.
        if (states.phase[p] !== phases.trading || states.timerMs[p]! >= 0) return;
        // A periodic auction matches all orders of its cycle at one price: a second trade is the next cycle's.
        if (cycleMs > 0 && states.lastPrintMs[p] === timeMs) states.timerMs[p] = catchUpTime(timeMs, toMs);
        else trade(p, timeMs, cycleMs > 0 ? kinds.auction : kinds.trade, toMs, false);
      }
    });
    if (events.count === 0) continue;
    const batch = events.take(date);
    yield batch;
    // The exchange looks at the market from time to time; here it does at the end of each slice.
    for (const { stock, priceCents } of attention.follow(batch))
      events.add(toMs - 1, stock, kinds.attention, priceCents, 0);
    if (events.count > 0) yield events.take(date);
  }

  /** The close prints what is left; a stock whose only trade was the opening has none. */
  const close = (p: number, timeMs: number): void => {
    const one = plans[p]!;
    if (states.unitsLeft[p]! <= 0) return;
    states.at[p] = one.closeAt;
    const units = states.unitsLeft[p]!;
    states.unitsLeft[p] = 0;
    print(p, timeMs, kinds.auction, units);
  };
  plans.forEach(({ stock }, p) => {
    if (!deferred.has(stock)) close(p, closeMs);
  });
  for (let p = 0; p < plans.length; p++) close(p, clock.deferredCloseMs ?? closeMs);
  for (const { stock, oddShares, ladder, closeAt } of plans)
    if (oddShares > 0) events.add(clock.oddLotMs, stock, kinds.oddLot, ladder[closeAt]!, oddShares);
  if (events.count > 0) yield events.take(date);
}

/**
 * When trades fall due: the k-th of n at a random point between k/n and (k+1)/n of the day's activity, so that a stock's
 * trades spread over the day as the market's do.
 */
function createSchedule(
  plans: readonly StockPlan[],
  random: Random,
): {
  /** How many trades of a stock fall due up to a share of the day's activity. */ take(
    p: number,
    share: number,
  ): number;
} {
  const next = new Int32Array(plans.length);
  const point = new Float64Array(plans.length).fill(Number.POSITIVE_INFINITY);
  const lastWaypoint = Int32Array.from(plans, ({ waypoints }) => waypoints.at(-1)?.trade ?? -1);
  const draw = (p: number): void => {
    const { trades } = plans[p]!;
    if (next[p]! >= trades) point[p] = Number.POSITIVE_INFINITY;
    else {
      const at = (next[p]! + random.uniform()) / trades;
      point[p] = next[p]! <= lastWaypoint[p]! ? Math.min(at, lastWaypointShare) : at;
    }
  };
  for (let p = 0; p < plans.length; p++) draw(p);
  return {
    take(p, share) {
      let count = 0;
      while (point[p]! < share) {
        next[p]!++;
        draw(p);
        count++;
      }
      return count;
    },
  };
}
