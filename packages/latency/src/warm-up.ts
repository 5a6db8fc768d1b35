import { mannWhitneyU } from '@preopen/core';

/** Requests that are compared with as many before them. */
const window = 20;

/**
 * Whether service times have stopped falling: the last 20 are not significantly (1 %) below the 20 before them, and their
 * median differs by less than 10 %. A fixed count would be too few for a cold model and too many for a warm one.
 */
export function isWarm(serviceMs: readonly number[]): boolean {
  if (serviceMs.length < 2 * window) return false;
  const last = serviceMs.slice(-window);
  const before = serviceMs.slice(-2 * window, -window);
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const falling = mannWhitneyU(last, before);
  if (falling.effect < 0 && falling.p < 0.01) return median(before) - median(last) < 0.1 * median(last);
  return true;
}
