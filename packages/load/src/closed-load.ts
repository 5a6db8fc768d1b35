import { type Clock, createRandom, InputError, type RunningService } from '@preopen/core';
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
  {
    clock,
    signal,
    endEarly,
  }: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    /** Ends the load before its time; what was measured until then is reported. */
    readonly endEarly?: AbortSignal;
  },
): Promise<ClosedLoad> {
  const { users, thinkMs = 0, batch, durationMs, timeoutMs = 5000, protocol = 'h1', checkEvery = 1, seed } = scenario;
  if (!Number.isSafeInteger(users) || users < 1)
    throw new InputError(`users: expected a positive whole number, got ${users}.`);
  const payloads = preparePayloads(service, batch, seed);
  const recorder = new LatencyRecorder();
  /** Which user each request is of, by its slot. */
  const userOf: number[] = [];
  const randoms = Array.from({ length: users }, (_, user) => createRandom(seed, `load/user ${user}`));
  const pauses = new Array<NodeJS.Timeout | undefined>(users);
  let active = users;
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
      const user = userOf[slot]!;
      const thinking = thinkMs * randoms[user]!.exponential();
      rest(user, outcome === 'ok' ? thinking : Math.max(thinking, pauseAfterFailureMs));
    },
  });
  const prepared = payloads.requests.map((request) => sender.prepare(request));
  const startMs = clock.nowMs();
  const endMs = startMs + durationMs;
  let finished: () => void = () => undefined;
  const allDone = new Promise<void>((resolve) => {
    finished = resolve;
  });
  // No promise for each request: at fifty thousand a second they would cost a tenth of the generator.
  const ask = (user: number): void => {
    const nowMs = clock.nowMs();
    if (nowMs >= endMs || signal.aborted || endEarly?.aborted) {
      if (--active === 0) finished();
      return;
    }
    const payload = payloads.next();
    const slot = recorder.schedule(nowMs, nowMs, payload);
    userOf[slot] = user;
    sender.send(prepared[payload]!, slot);
  };
  const rest = (user: number, pauseMs: number): void => {
    // Nobody thinks beyond the end.
    const ms = Math.min(pauseMs, Math.max(0, endMs - clock.nowMs()));
    if (ms > 0) pauses[user] = setTimeout(ask, ms, user);
    else ask(user);
  };
  const cutOff = (): void => {
    for (const pause of pauses) clearTimeout(pause);
    finished();
  };
  signal.addEventListener('abort', cutOff, { once: true });
  endEarly?.addEventListener('abort', cutOff, { once: true });
  try {
    // Users who think do not come all at once.
    for (let user = 0; user < users; user++) rest(user, thinkMs > 0 ? randoms[user]!.uniform() * thinkMs : 0);
    await allDone;
  } finally {
    signal.removeEventListener('abort', cutOff);
    endEarly?.removeEventListener('abort', cutOff);
    await sender.close();
    for (const pause of pauses) clearTimeout(pause);
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
