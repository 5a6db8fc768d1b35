import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Clock } from '@preopen/core';

/** Runs something at given moments, one after the other. */
export interface Pacer {
  /** How it waits: a thread that sleeps for it (a tenth of a core), or asking the clock all the time (a whole one). */
  readonly kind: PacerKind;
  stop(): void;
}

export type PacerKind = 'sleep' | 'spin';

/** What the sleeping thread and the sending one share: the next due time; its number, and the number of the last wake. */
export interface SleeperMemory {
  /** Milliseconds of the monotonic system clock. */
  readonly times: Float64Array;
  readonly words: Int32Array;
}

/** What is to be done when. */
export interface Pace {
  /** Next due time on the clock; `undefined` ends. */
  readonly nextDueMs: () => number | undefined;
  readonly fire: (dueMs: number) => void;
  readonly onEnd: () => void;
  readonly clock: Clock;
}

/** A timer fires up to a millisecond late: the last stretch is waited out turn by turn of the event loop. */
const spinMs = 1.2;
/** Requests fired before answers are read in between, when the generator is far behind. */
const mostAtOnce = 64;

/** Arranges for a call at or shortly after a time; replaces the arrangement before it. */
interface Alarm {
  at(dueMs: number): void;
  stop(): void;
}

function spinning(clock: Clock, turn: () => void): Alarm {
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

/** @param onReady called once it can be relied on; with the error if it cannot be had */
function sleeping(clock: Clock, turn: () => void, entry: URL, onReady: (error?: Error) => void): Alarm {
  const memory: SleeperMemory = {
    times: new Float64Array(new SharedArrayBuffer(8)),
    words: new Int32Array(new SharedArrayBuffer(8)),
  };
  const { times, words } = memory;
  times[0] = Number.POSITIVE_INFINITY;
  const worker = new Worker(entry, { workerData: memory, execArgv: [] });
  worker.once('message', () => onReady());
  worker.once('error', onReady);
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - clock.nowMs();
  let isStopped = false;
  const listen = async (): Promise<void> => {
    // The last wake that was seen, and not what stands there now: one that comes between two waits must not be lost.
    let seen = 0;
    while (!isStopped) {
      const waiting = waitAsync(words, 1, seen);
      if (waiting.async) await waiting.value;
      seen = Atomics.load(words, 1);
      if (!isStopped && seen === Atomics.load(words, 0)) turn();
    }
  };
  void listen();
  return {
    at(dueMs) {
      times[0] = dueMs + offsetMs;
      Atomics.add(words, 0, 1);
      Atomics.notify(words, 0);
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

/** Stands in `src/` itself: this one relative path is right from `src/` and from `dist/` alike. */
const sleeperEntry = new URL('../dist/sleeper.js', import.meta.url);

/**
 * Calls `fire` with each due time as soon as it has come. A generator that falls behind fires what is overdue at once:
 * its lag is then in the record, since every request keeps the time it was due.
 * The first time is asked for when the pacer can keep it, some 30 ms after the call.
 */
export function startPacer({ nextDueMs, fire, onEnd, clock }: Pace, wanted: PacerKind = 'sleep'): Pacer {
  let isStopped = false;
  let dueMs: number | undefined;
  let alarm: Alarm;
  const stop = (): void => {
    if (!isStopped) alarm.stop();
    isStopped = true;
  };
  const turn = (): void => {
    if (isStopped) return;
    for (let fired = 0; fired < mostAtOnce && dueMs !== undefined && clock.nowMs() >= dueMs; fired++) {
      fire(dueMs);
      dueMs = nextDueMs();
    }
    if (dueMs === undefined) {
      stop();
      onEnd();
    } else if (clock.nowMs() >= dueMs) setImmediate(turn);
    else alarm.at(dueMs);
  };
  const begin = (): void => {
    if (isStopped) return;
    dueMs = nextDueMs();
    turn();
  };
  const pacer = { kind: wanted, stop };
  const spin = (): void => {
    pacer.kind = 'spin';
    alarm = spinning(clock, turn);
    setImmediate(begin);
  };
  // Without the built entry, as when the source is run as it is, only the other way is left.
  if (wanted === 'spin' || !existsSync(fileURLToPath(sleeperEntry))) spin();
  else alarm = sleeping(clock, turn, sleeperEntry, (error) => (error && !isStopped ? spin() : begin()));
  return pacer;
}
