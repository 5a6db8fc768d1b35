import type { Clock } from '@preopen/core';

/** A clock that moves when it is told to. */
export function steppedClock(): Clock & { advance(ms: number): void } {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}
