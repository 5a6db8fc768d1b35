import type { Clock } from '../clock.ts';

/** A frequency governor needs some milliseconds of work until it gives all it has. */
const windowMs = 15;
/** Enough that the loop is compiled and that some rounds are not interrupted, but few for a clock that stands still. */
const rounds = { min: 40, max: 200 };

/** Best time of a fixed piece of integer arithmetic within a few milliseconds: what one core gives right now. */
export function calibrateMs(clock: Clock): number {
  const startedMs = clock.nowMs();
  let bestMs = Number.POSITIVE_INFINITY;
  let x = 1;
  for (let round = 0; round < rounds.max; round++) {
    const startMs = clock.nowMs();
    for (let i = 0; i < 100_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 1;
    const endMs = clock.nowMs();
    bestMs = Math.min(bestMs, endMs - startMs);
    if (round >= rounds.min && endMs - startedMs >= windowMs) break;
  }
  // The result is used, so that the loop is not dropped as dead code; x is an integer.
  return x === 0.5 ? 0 : bestMs;
}
