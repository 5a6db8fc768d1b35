/** A watch may take this share of a core in the long run: looks that cost more come less often than they were asked for. */
const share = 0.009;
/** CPU time that may be taken beyond the share: V8 compiles in the first seconds, and a tree that climbs is looked at more closely. */
const savedMs = 200;
/** The CPU time is asked for once in so many looks. */
const askEvery = 16;

/** Keeps looks within their share of a core, whatever one costs on this machine. */
export interface LookBudget {
  /**
   * Called after each look.
   * @returns pause until the next look, in ms: at least this long it has to be
   */
  leastPauseMs(atMs: number): number;
}

/**
 * Starts a budget. What is not taken is saved up to a bound; once that is spent, looks come as far apart as their cost says.
 * @param cpuMs CPU time of the looking thread so far; `NaN` where the kernel does not tell, and then nothing is held back
 */
export function lookBudget(cpuMs: () => number, nowMs: number): LookBudget {
  let leftMs = savedMs;
  let looks = 0;
  let askedMs = nowMs;
  let cpuAtAsk = cpuMs();
  let leastPauseMs = 0;
  return {
    leastPauseMs(atMs) {
      if (++looks < askEvery) return leastPauseMs;
      const cpuNow = cpuMs();
      const usedMs = cpuNow - cpuAtAsk;
      leftMs = Math.min(savedMs, leftMs + (atMs - askedMs) * share - usedMs);
      leastPauseMs = leftMs < 0 ? usedMs / looks / share : 0;
      looks = 0;
      askedMs = atMs;
      cpuAtAsk = cpuNow;
      return leastPauseMs;
    },
  };
}
