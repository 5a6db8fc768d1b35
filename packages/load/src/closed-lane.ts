import { type Clock, createRandom, type EncodedRequest, type InferenceCodec } from '@preopen/core';
import { LatencyRecorder, type Ledger, parseServerTiming, StageTimes } from '@preopen/latency';
import { type LaneShare, type LoadUnderWay, watchUtilisation, withResolvers } from './load-under-way.ts';
import type { Batch, Payloads } from './payloads.ts';
import { Problems } from './problems.ts';
import { createSender } from './sender.ts';

/** Users who each send, wait for the answer, think, and send again. */
export interface ClosedLoadScenario {
  readonly users: number;
  /** Mean pause of a user between an answer and the next request, exponentially distributed. Default 0. */
  readonly thinkMs?: number;
  /** Rows of each request, or a mix. One of `batch` and `payloads` is needed. */
  readonly batch?: Batch;
  /** Requests of one's own, sent in turn. */
  readonly payloads?: readonly EncodedRequest[];
  readonly durationMs: number;
  readonly timeoutMs?: number;
  readonly protocol?: 'h1' | 'h2';
  readonly checkEvery?: number;
  /** Threads that send, each for its part of the users; 0 is this one. Default 1 where the codec can be used in a thread. */
  readonly lanes?: number;
  /** Requests that each thread keeps one by one; those beyond are in histograms. Default 5,000,000. */
  readonly maxExact?: number;
  readonly seed: number;
}

/** Closed-loop load with all that it needs as plain data, and a share of its users: what a lane runs. */
export interface ClosedLane extends Omit<ClosedLoadScenario, 'batch' | 'payloads' | 'lanes'>, LaneShare {}

/** A service that refuses at once would otherwise be asked a hundred thousand times a second. */
const pauseAfterFailureMs = 10;

/** Starts one lane's share of the users: every `lanes`-th of them. */
export function startClosedLane(
  { url, codec }: { readonly url: URL; readonly codec: Pick<InferenceCodec, 'decode'> },
  payloads: Payloads,
  scenario: ClosedLane,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): LoadUnderWay {
  const { thinkMs = 0, durationMs, timeoutMs = 5000, protocol = 'h1', checkEvery = 1, seed } = scenario;
  const { lane, lanes, maxExact } = scenario;
  const users = Math.ceil((scenario.users - lane) / lanes);
  const recorder = new LatencyRecorder(1024, { failedMs: timeoutMs, ...(maxExact === undefined ? {} : { maxExact }) });
  const stageTimes = new StageTimes();
  const problems = new Problems();
  const utilisation = watchUtilisation();
  /** Which user each request is of, by its slot. */
  const userOf: number[] = [];
  const randoms = Array.from({ length: users }, (_, user) => createRandom(seed, `load/user ${lane + user * lanes}`));
  const pauses = new Array<NodeJS.Timeout | undefined>(users);
  const { promise: done, resolve: settle } = withResolvers<Ledger>();
  let active = users;
  let isStopped = false;
  let inFlightMs: number | undefined;
  const finish = (): void => {
    if (isStopped) return;
    isStopped = true;
    inFlightMs ??= sender.inFlightMs();
    signal.removeEventListener('abort', finish);
    for (const pause of pauses) clearTimeout(pause);
    void sender.close().then(() => settle(recorder.ledger()));
  };
  const sender = createSender({
    url,
    codec,
    recorder,
    clock,
    connections: Math.max(1, users),
    timeoutMs,
    protocol,
    checkEvery,
    onReply: (slot, headers) => {
      const timing = headers['server-timing'];
      if (timing !== undefined) stageTimes.record(slot, parseServerTiming(timing));
    },
    onEnd: (slot, outcome, problem) => {
      if (isStopped) return;
      problems.add(outcome, problem);
      const user = userOf[slot]!;
      const thinking = thinkMs === 0 ? 0 : thinkMs * randoms[user]!.exponential();
      rest(user, outcome === 'ok' ? thinking : Math.max(thinking, pauseAfterFailureMs));
    },
  });
  const prepared = payloads.requests.map((request) => sender.prepare(request));
  const startMs = scenario.startMs ?? clock.nowMs();
  const endMs = startMs + durationMs;
  // No promise for each request: at fifty thousand a second they would cost a tenth of the generator.
  const ask = (user: number): void => {
    if (isStopped) return;
    const nowMs = clock.nowMs();
    if (nowMs >= endMs) {
      if (--active === 0) finish();
      return;
    }
    const payload = payloads.next();
    const slot = recorder.schedule(nowMs, nowMs, payload);
    userOf[slot] = user;
    sender.send(prepared[payload]!, slot, nowMs);
  };
  const rest = (user: number, pauseMs: number): void => {
    // Nobody thinks beyond the end.
    const ms = pauseMs === 0 ? 0 : Math.min(pauseMs, Math.max(0, endMs - clock.nowMs()));
    if (ms > 0) pauses[user] = setTimeout(ask, ms, user);
    else ask(user);
  };
  if (signal.aborted || users < 1) finish();
  else {
    signal.addEventListener('abort', finish, { once: true });
    const waitMs = Math.max(0, startMs - clock.nowMs());
    // Users who think do not come all at once.
    for (let user = 0; user < users; user++) {
      rest(user, waitMs + (thinkMs > 0 ? randoms[user]!.uniform() * thinkMs : 0));
    }
  }
  return {
    recorder,
    stageTimes,
    problems: () => problems.top(),
    inFlightMs: () => inFlightMs ?? sender.inFlightMs(),
    utilisation,
    pacer: undefined,
    gaveUp: false,
    startMs,
    done,
    stop() {
      finish();
      return done;
    },
  };
}
