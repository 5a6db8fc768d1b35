import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Clock } from '@preopen/core';
import { WakeLead } from './wake-lead.ts';

/** What the sleeping thread and the sending one share: the next due time; its number, and the number of the last wake. */
export interface SleeperMemory {
  /** Milliseconds of the monotonic system clock. */
  readonly times: Float64Array;
  readonly words: Int32Array;
}

/**
 * The last stretch before a moment, in which the clock is asked turn by turn of the event loop. A timer fires up to a millisecond
 * late, and a thread that it wakes may find its core taken and be given another's turn to wait out, which is some 3 ms: from
 * a hundred requests per second on none is slept for.
 */
const spinMs = 10;
/** Stands in `src/` itself: this one relative path is right from `src/` and from `dist/` alike. */
const sleeperEntry = new URL('../dist/sleeper.js', import.meta.url);

/** Whether there is an entry for a thread that sleeps: not where the source is run as it is, without a build. */
export const canSleep = (): boolean => existsSync(fileURLToPath(sleeperEntry));

/** Arranges for a call at or shortly after a time; replaces the arrangement before it. */
export interface Alarm {
  /** Sets it; a later moment replaces an earlier one. */
  at(dueMs: number): void;
  /** Takes it back, and ends its thread. */
  stop(): void;
}

/** Asks the clock all the time in the last stretch: a whole core. */
export function spinningAlarm(clock: Clock, turn: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  return {
    at(dueMs) {
      const restMs = dueMs - clock.nowMs();
      if (restMs > spinMs) timer = setTimeout(turn, restMs - spinMs);
      else setImmediate(turn);
    },
    stop: () => clearTimeout(timer),
  };
}

/** `Atomics.waitAsync` is younger than the language version that the types are for; Node has it since 16. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, index: number, value: number): { async: boolean; value: Promise<string> | string };
};

/**
 * A thread sleeps until shortly before the time and wakes this one, which asks the clock for the rest: a tenth of a core, and
 * as much again at most for the asking. A wait that is as short as that is not slept at all.
 * @param turn called at or shortly after the time that was last arranged
 * @param onReady called once it can be relied on; with the error if it cannot be had
 */
export function sleepingAlarm(clock: Pick<Clock, 'nowMs'>, turn: () => void, onReady: (error?: Error) => void): Alarm {
  const memory: SleeperMemory = {
    times: new Float64Array(new SharedArrayBuffer(8)),
    words: new Int32Array(new SharedArrayBuffer(8)),
  };
  const { times, words } = memory;
  times[0] = Number.POSITIVE_INFINITY;
  const worker = new Worker(sleeperEntry, { workerData: memory, execArgv: [] });
  worker.once('message', () => onReady());
  worker.once('error', onReady);
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - clock.nowMs();
  let isStopped = false;
  const lead = new WakeLead();
  let dueMs = Number.POSITIVE_INFINITY;
  let wakeMs = Number.POSITIVE_INFINITY;
  /** Whether the other thread has been told of a time and has not yet woken this one for it. */
  let isArranged = false;
  /** Number of the arrangement: an older one that still asks the clock has nothing more to call. */
  let turnNumber = 0;
  const askUntilDue = (number: number): void => {
    if (isStopped || number !== turnNumber) return;
    if (clock.nowMs() < dueMs) setImmediate(askUntilDue, number);
    else turn();
  };
  const listen = async (): Promise<void> => {
    // The last wake that was seen, and not what stands there now: one that comes between two waits must not be lost.
    let seen = 0;
    while (!isStopped) {
      const waiting = waitAsync(words, 1, seen);
      if (waiting.async) await waiting.value;
      seen = Atomics.load(words, 1);
      if (isStopped || seen !== Atomics.load(words, 0)) continue;
      isArranged = false;
      lead.learn(clock.nowMs() - wakeMs);
      askUntilDue(turnNumber);
    }
  };
  void listen();
  const arrange = (atMs: number): void => {
    times[0] = atMs;
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
  };
  return {
    at(nextMs) {
      turnNumber++;
      dueMs = nextMs;
      const restMs = nextMs - clock.nowMs();
      const leadMs = lead.take(restMs);
      if (leadMs >= restMs) {
        // Too short to sleep. An earlier arrangement is void: its wake-up would be taken for one of this.
        if (isArranged) arrange(Number.POSITIVE_INFINITY);
        isArranged = false;
        setImmediate(askUntilDue, turnNumber);
        return;
      }
      wakeMs = nextMs - leadMs;
      isArranged = true;
      arrange(wakeMs + offsetMs);
    },
    stop() {
      isStopped = true;
      Atomics.store(words, 0, -1);
      Atomics.notify(words, 0);
      // Ends the wait of `listen`.
      Atomics.notify(words, 1);
      void worker.terminate();
    },
  };
}
