import type { Clock } from '@preopen/core';

/** A timer fires up to a millisecond late; the last stretch is waited out turn by turn of the event loop. */
const spinMs = 1.5;

/**
 * Waits until a moment on the clock, to a few microseconds where the event loop is free.
 * @throws the signal's reason
 */
export async function waitUntil(atMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const restMs = atMs - clock.nowMs() - spinMs;
  if (restMs > 0) {
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      }, restMs);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
  while (clock.nowMs() < atMs) await new Promise((resolve) => setImmediate(resolve));
}
