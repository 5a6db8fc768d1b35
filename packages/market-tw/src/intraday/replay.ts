import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, InputError, systemClock } from '@preopen/core';
import type { IntradayBatch } from './event-batch.ts';

/** How a day is replayed. */
export interface ReplayOptions {
  /** Market seconds per second: 1 is real time, 60 an hour in a minute, `Infinity` (the default) as fast as it is taken. */
  readonly speed?: number;
  /** Events before this time of day (ms since midnight in Taipei) are given at once, and the clock starts there. */
  readonly fromMs?: number;
  readonly clock?: Clock;
  /** Waits, or throws if the signal is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
  readonly signal?: AbortSignal;
}

/**
 * Gives a day's events when they are due: in slices of a batch, never before their time. Whoever takes them sets the pace:
 * nothing is made ahead, and one who was late is given all that has fallen due since.
 */
export async function* replay(
  batches: Iterable<IntradayBatch>,
  {
    speed = Number.POSITIVE_INFINITY,
    fromMs,
    clock = systemClock,
    wait = (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
    signal,
  }: ReplayOptions = {},
): AsyncGenerator<IntradayBatch> {
  if (!(speed > 0)) throw new InputError(`replay: speed: expected a number above 0, got ${speed}.`);
  const startMs = clock.nowMs();
  let originMs = fromMs;
  for (const batch of batches) {
    originMs ??= batch.timeMs[0]!;
    let from = 0;
    while (from < batch.count) {
      signal?.throwIfAborted();
      const marketMs = originMs + (clock.nowMs() - startMs) * speed;
      const isFree = speed === Number.POSITIVE_INFINITY;
      const to = isFree ? batch.count : countUntil(batch, from, marketMs);
      if (to > from) yield sliceOf(batch, from, to);
      // A millisecond is what timers can do; a shorter wait would end before its time.
      else await wait(Math.max(1, Math.ceil((batch.timeMs[from]! - marketMs) / speed)), signal);
      from = to;
    }
  }
}

/** Index of the first event after a time. */
function countUntil({ timeMs, count }: IntradayBatch, from: number, until: number): number {
  let to = from;
  while (to < count && timeMs[to]! <= until) to++;
  return to;
}

function sliceOf(batch: IntradayBatch, from: number, to: number): IntradayBatch {
  if (from === 0 && to === batch.count) return batch;
  return {
    date: batch.date,
    count: to - from,
    timeMs: batch.timeMs.subarray(from, to),
    stock: batch.stock.subarray(from, to),
    kind: batch.kind.subarray(from, to),
    priceCents: batch.priceCents.subarray(from, to),
    volume: batch.volume.subarray(from, to),
  };
}
