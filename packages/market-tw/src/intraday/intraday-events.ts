import { createRandom, InputError, type Random } from '@preopen/core';
import type { Panel } from '../panel.ts';
import { type ActivityProfile, cumulativeActivity, usualActivity } from './activity.ts';
import { dayClock } from './day-clock.ts';
import { type LeftOut, planDay } from './day-plan.ts';
import { type IntradayBatch, type IntradayEventKind, intradayEventKinds } from './event-batch.ts';
import { generateDay, type PlannedHalt } from './generate-day.ts';

/** A halt within the day: of the company, with a resumption by auction. */
export interface IntradayHalt {
  readonly stock: string;
  /** `HH:MM` or `HH:MM:SS` in Taipei; before the open, the stock opens when it is resumed. */
  readonly from: string;
  /** At most 13:00: what the halt held back must still find its place. */
  readonly to: string;
}

/** Which day to make, and what is to happen in it. */
export interface IntradayRequest {
  /** Any panel, simulated or read; its bars on the tick grid, not adjusted. */
  readonly panel: Panel;
  readonly date: string;
  readonly seed: number;
  readonly halts?: readonly IntradayHalt[];
  /** Codes of stocks whose closing auction is put off to 13:33; since 2012-02-20. */
  readonly deferredCloses?: readonly string[];
  readonly activity?: ActivityProfile;
  /** Most trades of one stock between its auctions; a day as busy as its panel says without. */
  readonly mostTradesPerStock?: number;
}

/** One event as an object, for those who want to look at few. */
export interface IntradayEvent {
  readonly date: string;
  readonly timeMs: number;
  readonly stock: string;
  readonly kind: IntradayEventKind;
  /** `NaN` where the event has no price. */
  readonly priceTwd: number;
  readonly volume: number;
}

/** A day that is ready to be generated, as often as one likes: the same events each time. */
export interface IntradayDay {
  readonly date: string;
  /** Codes, by the index that events carry. */
  readonly stocks: readonly string[];
  /** Stocks without events although they have a row, with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** Events in the order of time, a batch for every few seconds of the day. */
  batches(): Generator<IntradayBatch>;
}

/**
 * One trading day of the whole market as a stream of events that agrees with the day's bars: the opening auction prints the
 * open and the closing auction the close, high and low are reached and not passed, volumes sum to the day's (less than a
 * board lot in the after-hours odd-lot auction). Prices lie on the tick; trades follow the day's activity; nothing trades
 * between the end of continuous trading and the close; matching of a stock waits two minutes where the price would leave
 * its band of 3.5 %. Before 2020-03-23 every match is a periodic auction, in the interval of the time.
 *
 * The same request gives the same bytes on every machine.
 * @throws InputError for a day that the panel does not have or on which the exchange was closed
 */
export function intradayDay(request: IntradayRequest): IntradayDay {
  const { panel, date, seed, activity = usualActivity, mostTradesPerStock = 1_000_000 } = request;
  const t = panel.dates.indexOf(date);
  if (t < 0) {
    throw new InputError(
      `there is no session on ${date} in these market data, which have ${panel.dates.length} from ${panel.dates[0]} to ${panel.dates.at(-1)}.`,
    );
  }
  if (!(mostTradesPerStock >= 2))
    throw new InputError(`intradayDay: mostTradesPerStock: expected at least 2, got ${mostTradesPerStock}.`);
  const clock = dayClock(date);
  const stream = (purpose: string): Random => createRandom(seed, `intraday/${date}/${purpose}`);
  const plan = planDay(panel, t, stream('plan'), Math.floor(mostTradesPerStock));
  const at = new Map(panel.stocks.map(({ code }, i) => [code, i]));
  const indexOf = (code: string): number => {
    const index = at.get(code);
    if (index === undefined) throw new InputError(`intradayDay: the panel has no stock ${code}.`);
    return index;
  };
  const halts = (request.halts ?? []).map((halt) => plannedHalt(halt, indexOf(halt.stock)));
  const deferred = new Set((request.deferredCloses ?? []).map(indexOf));
  if (deferred.size > 0 && clock.deferredCloseMs === undefined)
    throw new InputError(`intradayDay: on ${date} there was no deferred close yet; it began on 2012-02-20.`);
  return {
    date,
    stocks: panel.stocks.map(({ code }) => code),
    leftOut: plan.leftOut,
    batches: () =>
      generateDay({
        ...{ date, clock, plan, halts, deferred },
        stockCount: panel.stocks.length,
        share: shareOf(activity),
        random: stream('events'),
      }),
  };
}

/** The activity of a day in so many slices. */
const shareOf =
  (activity: ActivityProfile) =>
  (slices: number): Float64Array =>
    cumulativeActivity(activity, slices);

function plannedHalt({ stock, from, to }: IntradayHalt, index: number): PlannedHalt {
  const msOf = (text: string): number => {
    const [, hours, minutes, seconds = '0'] = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
    const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    if (!(ms >= 0 && ms < 86_400_000))
      throw new InputError(`intradayDay: halt of ${stock}: expected a time such as 10:30, got “${text}”.`);
    return ms;
  };
  const [fromMs, toMs] = [msOf(from), msOf(to)];
  if (!(fromMs < toMs) || toMs > 13 * 3_600_000) {
    throw new InputError(
      `intradayDay: halt of ${stock}: expected an end after its begin and at most 13:00, got ${from} to ${to}. A halt for the whole day is a day without a row.`,
    );
  }
  return { stock: index, fromMs, toMs };
}

/** The day's events one by one: convenient, and some twenty times slower than its batches. */
export async function* intradayEvents(request: IntradayRequest): AsyncGenerator<IntradayEvent> {
  const day = intradayDay(request);
  for (const batch of day.batches()) yield* eventsOf(batch, day.stocks);
}

/** A batch's events as objects. */
export function* eventsOf(batch: IntradayBatch, stocks: readonly string[]): Generator<IntradayEvent> {
  for (let i = 0; i < batch.count; i++) {
    const cents = batch.priceCents[i]!;
    yield {
      date: batch.date,
      timeMs: batch.timeMs[i]!,
      stock: stocks[batch.stock[i]!]!,
      kind: intradayEventKinds[batch.kind[i]!]!,
      priceTwd: cents === 0 ? Number.NaN : cents / 100,
      volume: batch.volume[i]!,
    };
  }
}
