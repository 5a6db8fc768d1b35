/** The two clocks a run needs; passed in, so that tests can stop them. */
export interface Clock {
  /** Monotonic milliseconds since some fixed moment; for durations. */
  nowMs(): number;
  /** Wall-clock milliseconds since 1970; for dates. */
  wallMs(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
};
