// A witness inside of a thread that asks the clock all the time: when it stood still, and whose doing that was.
import { openSync, readSync } from 'node:fs';

/** Between two asks there are some microseconds; longer than this is a stall. */
const stallMs = 1;
/** The thread's own times are read once in so many asks: what is between them and the stall counts as part of it. */
const readEvery = 50;

/**
 * Times of the calling thread as the kernel keeps them: on a core, and waiting for one. Source: proc(5), `schedstat`. The former is
 * kept up by the kernel's tick, some 4 ms.
 * @returns in milliseconds; `NaN` where there is no `/proc`, and then nothing is known of who is to blame
 */
function threadTimes() {
  let file;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return () => ({ ranMs: Number.NaN, waitedMs: Number.NaN });
  }
  const text = Buffer.alloc(80);
  return () => {
    const [ran, waited] = text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)).split(' ');
    return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
  };
}

/**
 * A clock like the given one that keeps the times between two asks in which the thread stood still.
 * @returns the clock, and the stalls; `lostMs` of one is the time in which the thread had a core by the kernel's word, and did not run:
 *   the machine itself stood still, to within `toleranceMs`
 */
export function watchedClock(clock) {
  const times = threadTimes();
  const stalls = [];
  let asks = 0;
  let askedMs = clock.nowMs();
  let before = times();
  return {
    stalls,
    clock: {
      ...clock,
      nowMs() {
        const nowMs = clock.nowMs();
        const lasted = nowMs - askedMs;
        if (lasted > stallMs || ++asks % readEvery === 0) {
          const { ranMs, waitedMs } = times();
          if (lasted > stallMs) {
            const lostMs = lasted - (ranMs - before.ranMs) - (waitedMs - before.waitedMs);
            stalls.push({ fromMs: askedMs, toMs: nowMs, waitedMs: waitedMs - before.waitedMs, lostMs });
          }
          before = { ranMs, waitedMs };
        }
        askedMs = nowMs;
        return nowMs;
      },
    },
  };
}

/** How exactly a stall's lost time is known: twice the kernel's tick. */
export const toleranceMs = 8;
