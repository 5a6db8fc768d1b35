import { type Clock, createRandom, type EncodedRequest, type RunningService } from '@preopen/core';
import { LatencyRecorder, type Ledger } from '@preopen/latency';
import { type Arrivals, arrivalTimesMs } from './arrivals.ts';
import { startPacer } from './pacer.ts';
import { createSender } from './sender.ts';

/** Open-loop traffic: how much, of what, for how long. */
export interface OpenLoadScenario {
  readonly arrivals: Arrivals;
  /** Rows of each request. */
  readonly batch: number;
  /** Without it the load goes on until `stop`. */
  readonly durationMs?: number;
  /** Default 5000. */
  readonly timeoutMs?: number;
  /** Connections at most; further requests wait, and their wait counts. Default 64. */
  readonly connections?: number;
  readonly seed: number;
}

/** Load that is under way. */
export interface OpenLoad {
  /** Grows while the load goes on; times are on the clock that was passed in. */
  readonly recorder: LatencyRecorder;
  /** Counts of what went wrong, by message, the ten most frequent. */
  problems(): readonly (readonly [string, number])[];
  /** Resolves when all requests have ended. */
  readonly done: Promise<Ledger>;
  /** Sends nothing more, cuts off what is under way, and resolves with the ledger. */
  stop(): Promise<Ledger>;
}

/** Different payloads, sent in turn. */
const payloads = 8;

/** Starts open-loop load on a service. Requests are encoded before the first one is due. */
export function startOpenLoad(
  service: RunningService,
  scenario: OpenLoadScenario,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): OpenLoad {
  const { arrivals, batch, durationMs = Number.POSITIVE_INFINITY, timeoutMs = 5000, connections = 64, seed } = scenario;
  const requests: EncodedRequest[] = Array.from({ length: payloads }, (_, i) =>
    service.codec.encode(service.batch(batch, seed + i), service.model),
  );
  const sender = createSender(service.url, service.codec, { connections, timeoutMs, clock });
  const recorder = new LatencyRecorder();
  const problems = new Map<string, number>();
  const times = arrivalTimesMs(arrivals, createRandom(seed, 'load/arrivals'));
  const startMs = clock.nowMs() + 2;
  let underWay = 0;
  let ended = false;
  let settle: (ledger: Ledger) => void = () => undefined;
  const done = new Promise<Ledger>((resolve) => {
    settle = resolve;
  });
  let closing: Promise<void> | undefined;
  const finish = (): void => {
    if (!ended || underWay > 0) return;
    closing ??= sender.close();
    void closing.then(() => settle(recorder.ledger()));
  };
  const pacer = startPacer(
    () => {
      const next = times.next();
      return next.done || next.value >= durationMs ? undefined : startMs + next.value;
    },
    (dueMs) => {
      const slot = recorder.schedule(dueMs, clock.nowMs(), recorder.count % payloads);
      underWay++;
      sender.send(requests[slot % payloads]!, {
        sent: (atMs) => recorder.sent(slot, atMs),
        firstByte: (atMs) => recorder.firstByte(slot, atMs),
        done(atMs, outcome, problem) {
          recorder.done(slot, atMs, outcome);
          underWay--;
          if (problem !== undefined && outcome !== 'aborted') {
            const key = `${outcome}: ${problem}`;
            if (problems.size < 100 || problems.has(key)) problems.set(key, (problems.get(key) ?? 0) + 1);
          }
          finish();
        },
      });
    },
    clock,
    () => {
      ended = true;
      finish();
    },
  );
  const stop = (): Promise<Ledger> => {
    signal.removeEventListener('abort', onAbort);
    if (!ended) {
      pacer.stop();
      ended = true;
    }
    // Closing ends what is under way, each through its own `done`.
    closing ??= sender.close();
    finish();
    return done;
  };
  const onAbort = (): void => void stop();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  void done.then(() => signal.removeEventListener('abort', onAbort));
  return { recorder, done, stop, problems: () => [...problems].sort((a, b) => b[1] - a[1]).slice(0, 10) };
}
