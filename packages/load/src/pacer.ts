import type { Clock } from '@preopen/core';

/** Runs something at given moments, one after the other. */
export interface Pacer {
  stop(): void;
}

/** A timer fires up to a millisecond late: the last stretch is waited out turn by turn of the event loop. */
const spinMs = 1.2;

/**
 * Calls `fire` with each due time as soon as it has come. A generator that falls behind fires what is overdue at once:
 * its lag is then in the record, since every request keeps the time it was due.
 * @param nextDueMs next due time on the clock; `undefined` ends
 */
export function startPacer(
  nextDueMs: () => number | undefined,
  fire: (dueMs: number) => void,
  clock: Clock,
  onEnd: () => void,
): Pacer {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let dueMs = nextDueMs();
  const turn = (): void => {
    if (stopped) return;
    // In bounded batches, so that answers are read in between even when the generator is far behind.
    for (let fired = 0; fired < 64 && dueMs !== undefined && clock.nowMs() >= dueMs; fired++) {
      fire(dueMs);
      dueMs = nextDueMs();
    }
    if (dueMs === undefined) {
      onEnd();
      return;
    }
    const restMs = dueMs - clock.nowMs();
    if (restMs > spinMs) timer = setTimeout(turn, restMs - spinMs);
    else setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
