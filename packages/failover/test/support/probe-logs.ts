import type { Random } from '@preopen/core';
import type { ProbeLog } from '../../src/probe-log.ts';

/** A log of log-normal response times around 10 ms, changed from request to request as `at` says. */
export function aLog(options: {
  readonly random: Random;
  readonly ratePerSecond: number;
  readonly endMs: number;
  readonly at: (dueMs: number) => { factor?: number; failing?: boolean; tail?: number };
}): ProbeLog {
  const count = Math.floor((options.endMs / 1000) * options.ratePerSecond);
  const dueMs = new Float64Array(count);
  const doneMs = new Float64Array(count);
  const good = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    dueMs[i] = (i * 1000) / options.ratePerSecond;
    const { factor = 1, failing = false, tail = 0 } = options.at(dueMs[i]!);
    const slow = options.random.uniform() < tail ? 4 : 1;
    doneMs[i] = dueMs[i]! + 10 * Math.exp(0.2 * options.random.normal()) * factor * slow;
    good[i] = failing ? 0 : 1;
  }
  return { count, dueMs, doneMs, good };
}
