import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type Clock, createRandom, type RunningService } from '@preopen/core';
import { LatencyRecorder, type Ledger } from '@preopen/latency';
import { type Batch, preparePayloads } from './payloads.ts';
import { createSender } from './sender.ts';

/** Users who each send, wait for the answer, think, and send again. */
export interface ClosedLoadScenario {
  readonly users: number;
  /** Mean pause of a user between an answer and the next request, exponentially distributed. Default 0. */
  readonly thinkMs?: number;
  readonly batch: Batch;
  readonly durationMs: number;
  readonly timeoutMs?: number;
  readonly protocol?: 'h1' | 'h2';
  readonly checkEvery?: number;
  readonly seed: number;
}

/** What closed-loop load came to. */
export interface ClosedLoad {
  readonly recorder: LatencyRecorder;
  readonly ledger: Ledger;
  readonly elapsedMs: number;
  readonly completedPerSecond: number;
  /** Predictions in right answers, per second. */
  readonly predictionsPerSecond: number;
  readonly inFlightMs: number;
}

/** A service that refuses at once would otherwise be asked a hundred thousand times a second. */
const pauseAfterFailureMs = 10;

/**
 * Closed-loop load. Its response times hide what an open loop would show (a slow answer holds back the next question):
 * use it for “so many users” and for the rate at saturation, not for latency limits.
 */
export async function runClosedLoad(
  service: RunningService,
  scenario: ClosedLoadScenario,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<ClosedLoad> {
  const { users, thinkMs = 0, batch, durationMs, timeoutMs = 5000, protocol = 'h1', checkEvery = 1, seed } = scenario;
  const payloads = preparePayloads(service, batch, seed);
  const recorder = new LatencyRecorder();
  const waiting = new Map<number, (outcome: string) => void>();
  const sender = createSender({
    url: service.url,
    codec: service.codec,
    recorder,
    clock,
    connections: users,
    timeoutMs,
    protocol,
    checkEvery,
    onEnd: (slot, outcome) => {
      waiting.get(slot)?.(outcome);
      waiting.delete(slot);
    },
  });
  const prepared = payloads.requests.map((request) => sender.prepare(request));
  const startMs = clock.nowMs();
  const endMs = startMs + durationMs;
  const user = async (number: number): Promise<void> => {
    const random = createRandom(seed, `load/user ${number}`);
    // Users do not come all at once.
    if (thinkMs > 0) await pause(random.uniform() * thinkMs);
    while (clock.nowMs() < endMs && !signal.aborted) {
      const payload = payloads.next();
      const nowMs = clock.nowMs();
      const slot = recorder.schedule(nowMs, nowMs, payload);
      const outcome = await new Promise<string>((resolve) => {
        waiting.set(slot, resolve);
        sender.send(prepared[payload]!, slot);
      });
      const thinking = thinkMs * random.exponential();
      const pauseMs = outcome === 'ok' ? thinking : Math.max(thinking, pauseAfterFailureMs);
      if (pauseMs > 0) await pause(pauseMs);
    }
  };
  // Nobody thinks beyond the end, or the run's.
  const pause = (ms: number): Promise<void> =>
    setTimeout(Math.min(ms, Math.max(0, endMs - clock.nowMs())), undefined, { signal }).catch(() => undefined);
  setMaxListeners(0, signal);
  const cutOff = (): void => void sender.close();
  signal.addEventListener('abort', cutOff, { once: true });
  try {
    await Promise.all(Array.from({ length: users }, (_, number) => user(number)));
  } finally {
    signal.removeEventListener('abort', cutOff);
    await sender.close();
  }
  signal.throwIfAborted();
  const elapsedMs = clock.nowMs() - startMs;
  const ledger = recorder.ledger();
  let predictions = 0;
  for (let slot = 0; slot < recorder.count; slot++) {
    if (recorder.outcomeOf(slot) === 'ok') predictions += payloads.requests[recorder.payload[slot]!]!.predictions;
  }
  return {
    recorder,
    ledger,
    elapsedMs,
    completedPerSecond: (ledger.ok * 1000) / elapsedMs,
    predictionsPerSecond: (predictions * 1000) / elapsedMs,
    inFlightMs: sender.inFlightMs(),
  };
}
