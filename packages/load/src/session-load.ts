import { InputError } from '@preopen/core';
import type { Arrivals } from './arrivals.ts';
import type { LoadScenario } from './load-result.ts';

/** A trading day as plain data: seconds since midnight, in the exchange's time. */
export interface SessionDay {
  /** Orders are collected from here on. */
  readonly collectsFromSecond: number;
  readonly opensAtSecond: number;
  readonly closingAuctionFromSecond: number;
  readonly closesAtSecond: number;
}

/** The load of a day, played faster: a schedule, and the stretches that get figures of their own. */
export interface SessionLoad {
  readonly arrivals: Extract<Arrivals, { kind: 'profile' }>;
  readonly windows: NonNullable<LoadScenario['windows']>;
}

const minute = 60;

/**
 * The load of a trading day in `durationMs`: it rises while orders are collected, stands at five times the rate of midday in
 * the first minute after the open, is back to it half an hour later, doubles towards the closing auction, and stays there to
 * the end. The first minute and the closing auction get figures of their own: `latency.open.*` and `latency.close.*`, with
 * `complete` for deadlines such as “scored within 5 s of the open”.
 *
 * The hours are the exchange's; the heights are an assumption and no measurement of anybody's traffic. Who has a record of
 * their own plays it with `trace`.
 * @throws InputError if the times do not ascend
 */
export function sessionLoad(
  day: SessionDay,
  {
    ratePerSecond,
    durationMs,
  }: {
    /** Requests per second at midday. */
    readonly ratePerSecond: number;
    readonly durationMs: number;
  },
): SessionLoad {
  const {
    collectsFromSecond: start,
    opensAtSecond: open,
    closingAuctionFromSecond: auction,
    closesAtSecond: close,
  } = day;
  if (!(start < open && open + 60 * minute < auction && auction < close)) {
    throw new InputError(`session: expected times that ascend, with an hour of trading, got ${JSON.stringify(day)}.`);
  }
  const atMs = (second: number): number => ((second - start) / (close - start)) * durationMs;
  const heights: readonly (readonly [second: number, height: number])[] = [
    [start, 0.2],
    [open - 1, 1],
    [open, 5],
    [open + minute, 5],
    [open + 30 * minute, 1],
    [auction - 25 * minute, 1],
    [auction, 2],
    [close, 2],
  ];
  return {
    arrivals: {
      kind: 'profile',
      points: heights.map(([second, height]) => ({ atMs: atMs(second), ratePerSecond: ratePerSecond * height })),
    },
    windows: [
      { name: 'open', fromMs: atMs(open), toMs: atMs(open + minute) },
      { name: 'close', fromMs: atMs(auction), toMs: durationMs },
    ],
  };
}
