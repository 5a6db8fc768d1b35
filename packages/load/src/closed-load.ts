import type { Clock, RunningService } from '@preopen/core';
import { LatencyRecorder, type Ledger } from '@preopen/latency';
import { createSender } from './sender.ts';

/** Users who each send, wait for the answer, think, and send again. */
export interface ClosedLoadScenario {
  readonly users: number;
  /** Pause of a user between an answer and the next request. Default 0. */
  readonly thinkMs?: number;
  readonly batch: number;
  readonly durationMs: number;
  readonly timeoutMs?: number;
  readonly seed: number;
}

/**
 * Closed-loop load. Its response times hide what an open loop would show (a slow answer holds back the next question):
 * use it for “so many users” and for the rate at saturation, not for latency limits.
 */
export async function runClosedLoad(
  service: RunningService,
  scenario: ClosedLoadScenario,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ recorder: LatencyRecorder; ledger: Ledger; elapsedMs: number; completedPerSecond: number }> {
  const { users, thinkMs = 0, batch, durationMs, timeoutMs = 5000, seed } = scenario;
  const requests = Array.from({ length: Math.min(8, users) }, (_, i) =>
    service.codec.encode(service.batch(batch, seed + i), service.model),
  );
  const sender = createSender(service.url, service.codec, { connections: users, timeoutMs, clock });
  const recorder = new LatencyRecorder();
  const startMs = clock.nowMs();
  const endMs = startMs + durationMs;
  const user = async (number: number): Promise<void> => {
    while (clock.nowMs() < endMs && !signal.aborted) {
      const slot = recorder.schedule(clock.nowMs());
      const outcome = await new Promise<string>((resolve) => {
        sender.send(requests[number % requests.length]!, {
          sent: (atMs) => recorder.sent(slot, atMs),
          firstByte: (atMs) => recorder.firstByte(slot, atMs),
          done(atMs, kind) {
            recorder.done(slot, atMs, kind);
            resolve(kind);
          },
        });
      });
      // A service that refuses at once would otherwise be asked a hundred thousand times a second.
      const pauseMs = outcome === 'ok' ? thinkMs : Math.max(thinkMs, 10);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  try {
    await Promise.all(Array.from({ length: users }, (_, number) => user(number)));
  } finally {
    await sender.close();
  }
  signal.throwIfAborted();
  const elapsedMs = clock.nowMs() - startMs;
  const ledger = recorder.ledger();
  return { recorder, ledger, elapsedMs, completedPerSecond: (ledger.ok * 1000) / elapsedMs };
}
