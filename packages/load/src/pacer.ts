import type { Clock } from '@preopen/core';
import { type Alarm, canSleep, sleepingAlarm, spinningAlarm } from './alarm.ts';

/** Runs something at given moments, one after the other. */
export interface Pacer {
  /** How it waits: a thread that sleeps for it (a tenth of a core), or asking the clock all the time (a whole one). */
  readonly kind: PacerKind;
  stop(): void;
}

/** How the generator waits until the next request is due: a sleeping thread that wakes it, or asking the clock all the time. */
export type PacerKind = 'sleep' | 'spin';

/** What is to be done when. */
export interface Pace {
  /** Next due time on the clock; `undefined` ends. */
  readonly nextDueMs: () => number | undefined;
  /** @param nowMs the time at which it is done */
  readonly fire: (dueMs: number, nowMs: number) => void;
  readonly onEnd: () => void;
  readonly clock: Clock;
}

/** Requests fired before answers are read in between, when the generator is far behind. */
const mostAtOnce = 64;

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
    for (let fired = 0; fired < mostAtOnce && dueMs !== undefined; fired++) {
      const nowMs = clock.nowMs();
      if (nowMs < dueMs) break;
      fire(dueMs, nowMs);
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
    alarm = spinningAlarm(clock, turn);
    setImmediate(begin);
  };
  // Without the built entry, as when the source is run as it is, only the other way is left.
  if (wanted === 'spin' || !canSleep()) spin();
  else alarm = sleepingAlarm(clock, turn, (error) => (error && !isStopped ? spin() : begin()));
  return pacer;
}
