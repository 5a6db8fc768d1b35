import { systemClock } from '@preopen/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type Alarm, sleepingAlarm } from '../src/alarm.ts';

let alarm: Alarm | undefined;
afterEach(() => alarm?.stop());

/** An alarm that tells when it called, once it can be relied on. */
const anAlarm = async (onCall: (nowMs: number) => void): Promise<Alarm> => {
  await new Promise<void>((resolve, reject) => {
    alarm = sleepingAlarm(
      systemClock,
      () => onCall(systemClock.nowMs()),
      (error) => (error ? reject(error) : resolve()),
    );
  });
  return alarm!;
};

describe('an alarm of a sleeping thread', () => {
  it('never calls before its time, however much it has learned to take off', async () => {
    const early: number[] = [];
    const calls = 400;
    let left = calls;
    let dueMs = 0;
    await new Promise<void>((resolve) => {
      const next = (): void => {
        dueMs = systemClock.nowMs() + 0.2 + (left % 7);
        alarm!.at(dueMs);
      };
      void anAlarm((nowMs) => {
        if (nowMs < dueMs) early.push(dueMs - nowMs);
        if (--left === 0) resolve();
        else next();
      }).then(next);
    });
    expect(early).toEqual([]);
  });

  it('calls for the last arrangement only', async () => {
    const called: number[] = [];
    let wake: () => void = () => undefined;
    const one = await anAlarm((nowMs) => {
      called.push(nowMs);
      wake();
    });
    const fromMs = systemClock.nowMs();
    one.at(fromMs + 5);
    one.at(fromMs + 5000);
    one.at(fromMs + 40);
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    // A later arrangement, so that a second call for an earlier one would have had the time.
    one.at(systemClock.nowMs() + 60);
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    expect(called).toHaveLength(2);
    expect(called[0]).toBeGreaterThanOrEqual(fromMs + 40);
  });

  it('forgets a later arrangement where the one in its place is too short to sleep', async () => {
    let calls = 0;
    let wake: () => void = () => undefined;
    const called = (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve;
      });
    const one = await anAlarm(() => {
      calls++;
      wake();
    });
    const fromMs = systemClock.nowMs();
    const first = called();
    one.at(fromMs + 30);
    one.at(fromMs);
    await first;
    // Beyond the arrangement that was replaced.
    const second = called();
    one.at(fromMs + 60);
    await second;
    expect(calls).toBe(2);
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(fromMs + 60);
  });
});
