import { createRandom } from '@preopen/core';
import { type Arrivals, arrivalTimesMs } from '../../src/arrivals.ts';

/** A server in virtual time: one at a time, first come first served. */
export interface Queue {
  readonly arrivals: Arrivals;
  /** Service time of the next request. */
  readonly serviceMs: (random: ReturnType<typeof createRandom>) => number;
  readonly requests: number;
  /** Requests at the start that are left out: the queue begins empty. */
  readonly settling?: number;
  readonly seed: number;
}

export const exponentialMs =
  (ratePerSecond: number): Queue['serviceMs'] =>
  (random) =>
    (1000 * random.exponential()) / ratePerSecond;

/** Response times in the order of arrival, by Lindley's recursion. */
export function responseTimesMs({ arrivals, serviceMs, requests, settling = 0, seed }: Queue): Float64Array {
  const random = createRandom(seed, 'service');
  const responses = new Float64Array(requests);
  let freeMs = 0;
  let i = -settling;
  for (const dueMs of arrivalTimesMs(arrivals, createRandom(seed, 'arrivals'))) {
    freeMs = Math.max(freeMs, dueMs) + serviceMs(random);
    if (i >= 0) responses[i] = freeMs - dueMs;
    if (++i >= requests) return responses;
  }
  return responses;
}
