import type { Profiler } from 'node:inspector';

/** Variable of the environment that holds the path of the socket that a profiled process listens to. */
export const socketVariable = 'PREOPEN_LATENCY_SOCKET';

/** What is told to a profiled process, one line each; it answers each with one line of JSON. */
export type Command = 'watch loop' | 'profile' | 'stop';

/**
 * What the event loop of a Node process did. Not while it is profiled: the profiler's signals interrupt the waiting, and
 * time that was waited is lost to libuv's count then.
 */
export interface LoopRecording {
  readonly pid: number;
  /** Time that the event loop was not waiting. */
  readonly activeMs: number;
  readonly idleMs: number;
  /** Lateness of a timer that is due every other millisecond; each tick counts once, however late. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Pauses of the garbage collector. */
  readonly gc: { readonly count: number; readonly pauseMs: number; readonly longestMs: number };
}

/** A CPU profile. Times are milliseconds on the machine's monotonic clock. */
export interface ProfileRecording {
  readonly pid: number;
  /** When V8's profiler was told to begin. */
  readonly toldMs: number;
  /** When it had; the profile's own first timestamp must lie between the two. */
  readonly startMs: number;
  readonly endMs: number;
  readonly profile: Profiler.Profile;
}

/** Moment on the monotonic clock that all processes of a machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
