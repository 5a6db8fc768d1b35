import type { Clock } from '../clock.ts';

/** A frequency governor needs some milliseconds of work until it gives all it has. */
const windowMs = 15;
/** For a clock that stands still. */
const maxRounds = 200;

/** Best time of a fixed piece of integer arithmetic within a few milliseconds: what one core gives right now. */
export function calibrateMs(clock: Clock): number {
  const startedMs = clock.nowMs();
  let bestMs = Number.POSITIVE_INFINITY;
  let x = 1;
  for (let round = 0; round < maxRounds; round++) {
    const startMs = clock.nowMs();
    for (let i = 0; i < 100_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 1;
    const endMs = clock.nowMs();
    bestMs = Math.min(bestMs, endMs - startMs);
    if (endMs - startedMs >= windowMs) break;
  }
  // The result is used, so that the loop is not dropped as dead code; x is an integer.
  return x === 0.5 ? 0 : bestMs;
}
