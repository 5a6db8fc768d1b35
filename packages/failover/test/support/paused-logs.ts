import type { Random } from '@preopen/core';
import type { ProbeLog } from '../../src/probe-log.ts';
import type { Standstill } from '../../src/standstill.ts';

/**
 * The log as it would be had everything stood still in these times, which are ascending and apart: nothing is sent, worked on
 * or answered in them, and what was to be goes on afterwards.
 */
export function paused(log: ProbeLog, pauses: readonly Standstill[]): ProbeLog {
  const doneMs = log.doneMs.map((done, i) => {
    const due = log.dueMs[i]!;
    let end = done;
    for (const { fromMs, toMs } of pauses) if (due < toMs && end > fromMs) end += toMs - Math.max(fromMs, due);
    return end;
  });
  return { ...log, doneMs };
}

/** The log as it would be had each request that was due in these times taken so many times as long. */
export function slowed(log: ProbeLog, times: readonly Standstill[], factor: number): ProbeLog {
  const isIn = (due: number): boolean => times.some(({ fromMs, toMs }) => due >= fromMs && due < toMs);
  const doneMs = log.doneMs.map((done, i) => {
    const due = log.dueMs[i]!;
    return isIn(due) ? due + factor * (done - due) : done;
  });
  return { ...log, doneMs };
}

/** Pauses drawn from the seed: one in each stretch of `everyMs`, somewhere in it. */
export function drawnPauses(
  random: Random,
  { everyMs, fromMs, toMs, leastMs, mostMs }: Record<'everyMs' | 'fromMs' | 'toMs' | 'leastMs' | 'mostMs', number>,
): readonly Standstill[] {
  const found: Standstill[] = [];
  for (let at = fromMs; at + everyMs <= toMs; at += everyMs) {
    const lengthMs = leastMs + (mostMs - leastMs) * random.uniform();
    const beginMs = at + (everyMs - lengthMs) * random.uniform();
    found.push({ fromMs: beginMs, toMs: beginMs + lengthMs });
  }
  return found;
}
