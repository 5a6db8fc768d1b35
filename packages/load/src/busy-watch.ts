import { performance } from 'node:perf_hooks';

/** How long an event loop has been busy, and how long it has waited, since it began. */
export interface LoopTimes {
  readonly activeMs: number;
  readonly idleMs: number;
}

/** Reads how busy a thread is while requests are due. */
export interface BusyWatch {
  /** A request is due: the first one begins it. */
  onDue(): void;
  /** No more will be due. */
  end(): void;
  /** Share of the time in which the thread was busy, so far or until the end; 0 before it has begun. */
  share(): number;
}

/** In less time than this even a burst of a few requests would leave a thread no rest. */
const leastMs = 100;

function loopTimes(): LoopTimes {
  const { active, idle } = performance.eventLoopUtilization();
  return { activeMs: active, idleMs: idle };
}

/**
 * Watches how busy this thread is from the first request that is due to the last. The time after it, until the last answer or
 * time-out, is no part of it: a thread that had no rest as long as there was something to send rests then, and the two together
 * would look like a thread that kept up.
 */
export function watchWhileDue(read: () => LoopTimes = loopTimes): BusyWatch {
  let from: LoopTimes | undefined;
  let to: LoopTimes | undefined;
  return {
    onDue() {
      from ??= read();
    },
    end() {
      to ??= read();
    },
    share() {
      if (from === undefined) return 0;
      const until = to ?? read();
      const activeMs = until.activeMs - from.activeMs;
      return activeMs / Math.max(leastMs, activeMs + until.idleMs - from.idleMs);
    },
  };
}
