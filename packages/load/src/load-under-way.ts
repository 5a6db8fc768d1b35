import { performance } from 'node:perf_hooks';
import type { LatencyRecorder, Ledger, StageTimes } from '@preopen/latency';
import type { PacerKind } from './pacer.ts';

/** Load that a thread generates, open or closed, while it goes on. */
export interface LoadUnderWay {
  /** Grows while the load goes on; times are on the clock that was passed in. */
  readonly recorder: LatencyRecorder;
  /** What the service says of its stages. */
  readonly stageTimes: StageTimes;
  /** Counts of what went wrong, by message, the ten most frequent. */
  problems(): readonly (readonly [message: string, count: number])[];
  /** Requests under way, added up over time: milliseconds × requests, by a count of its own. */
  inFlightMs(): number;
  /** Share of the time in which this thread's event loop was busy, as long as requests were due; near 1 for a spinning pacer. */
  utilisation(): number;
  /** How the generator waits for its schedule; a closed loop has none. */
  readonly pacer: PacerKind | undefined;
  /** Whether it ended because more requests were under way than it may have. */
  readonly gaveUp: boolean;
  /** Time 0 of the schedule on the clock; `NaN` until it has begun. */
  readonly startMs: number;
  /** Resolves when all requests have ended. */
  readonly done: Promise<Ledger>;
  /** Sends nothing more, cuts off what is under way, and resolves with the ledger. */
  stop(): Promise<Ledger>;
}

/** Which part of a load a thread is to generate. */
export interface LaneShare {
  readonly lane: number;
  readonly lanes: number;
  /** Time 0 of the schedule, on the clock; as soon as possible, unless given. */
  readonly startMs?: number;
}

/** `Promise.withResolvers` is younger than Node 20. */
export function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Starts a reading of how busy this thread's event loop is. */
export function watchUtilisation(): () => number {
  const before = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(before).utilization;
}
