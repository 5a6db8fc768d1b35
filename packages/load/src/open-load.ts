import {
  type Clock,
  createRandom,
  type EncodedRequest,
  type InferenceCodec,
  type Reply,
  type RunningService,
} from '@preopen/core';
import { LatencyRecorder, type Ledger, parseServerTiming, StageTimes } from '@preopen/latency';
import { type Arrivals, arrivalTimesMs, laneOf } from './arrivals.ts';
import { type Pacer, type PacerKind, startPacer } from './pacer.ts';
import { type Batch, givenPayloads, type Payloads, preparePayloads } from './payloads.ts';
import { Problems } from './problems.ts';
import { createSender } from './sender.ts';

/** Open-loop traffic: how much, of what, for how long. */
export interface OpenLoadScenario {
  readonly arrivals: Arrivals;
  /** Rows of each request, or a mix. One of `batch` and `payloads` is needed. */
  readonly batch?: Batch;
  /** Requests of one's own, sent in turn. */
  readonly payloads?: readonly EncodedRequest[];
  /** Without it the load goes on until `stop`, or to the end of a trace or profile. */
  readonly durationMs?: number;
  /** Default 5000. */
  readonly timeoutMs?: number;
  /** Connections at most; further requests wait, and their wait counts. Default 64. */
  readonly connections?: number;
  readonly protocol?: 'h1' | 'h2';
  /** One answer in so many is read whole; of the others status and length are looked at. Default 1: all. */
  readonly checkEvery?: number;
  readonly pacer?: PacerKind;
  readonly seed: number;
}

/** Load that is under way. */
export interface OpenLoad {
  /** Grows while the load goes on; times are on the clock that was passed in. */
  readonly recorder: LatencyRecorder;
  /** What the service says of its stages. */
  readonly stageTimes: StageTimes;
  /** Rows of each payload, by its number in the recorder. */
  readonly rowsOfPayload: readonly number[];
  /** Counts of what went wrong, by message, the ten most frequent. */
  problems(): readonly (readonly [message: string, count: number])[];
  /** Requests under way, added up over time: milliseconds × requests, by a count of its own. */
  inFlightMs(): number;
  /** How the generator waits. */
  readonly pacer: PacerKind;
  /** Time 0 of the schedule on the clock; `NaN` until it has begun. */
  readonly startMs: number;
  /** Resolves when all requests have ended. */
  readonly done: Promise<Ledger>;
  /** Sends nothing more, cuts off what is under way, and resolves with the ledger. */
  stop(): Promise<Ledger>;
}

/** Open-loop load with all that it needs as plain data, and on a share of the schedule: what a lane runs. */
export interface LaneScenario extends Omit<OpenLoadScenario, 'batch' | 'payloads'> {
  readonly lane: number;
  readonly lanes: number;
  /** Time 0 of the schedule, on the clock; as soon as possible, unless given. */
  readonly startMs?: number;
}

/** What open-loop load needs beside its scenario, and whom it tells. */
export interface OpenLoadContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /**
   * Called for each good answer that was read whole (all of them, where `checkEvery` is 1), for comparing.
   * @param slot of the request in the recorder
   */
  readonly onPredictions?: (slot: number, predictions: Float64Array, headers: Reply['headers']) => void;
}

/** Starts open-loop load on a service. Requests are encoded before the first one is due. */
export function startOpenLoad(
  service: Pick<RunningService, 'url' | 'codec' | 'batch' | 'model'>,
  scenario: OpenLoadScenario,
  context: OpenLoadContext,
): OpenLoad {
  const payloads =
    scenario.payloads === undefined
      ? preparePayloads(service, scenario.batch ?? 1, scenario.seed)
      : givenPayloads(scenario.payloads);
  return startLane(service, payloads, { ...scenario, lane: 0, lanes: 1 }, context);
}

/** Starts one lane's share of open-loop load. */
export function startLane(
  { url, codec }: { readonly url: URL; readonly codec: Pick<InferenceCodec, 'decode'> },
  payloads: Payloads,
  scenario: LaneScenario,
  { clock, signal, onPredictions }: OpenLoadContext,
): OpenLoad {
  const { durationMs = Number.POSITIVE_INFINITY, timeoutMs = 5000, connections = 64, seed, lane, lanes } = scenario;
  const { protocol = 'h1', checkEvery = 1 } = scenario;
  const recorder = new LatencyRecorder();
  const stageTimes = new StageTimes();
  const problems = new Problems();
  const times = laneOf(arrivalTimesMs(scenario.arrivals, createRandom(seed, 'load/arrivals')), lane, lanes);
  const { promise: done, resolve: settle } = withResolvers<Ledger>();
  let { startMs } = scenario;
  let isOver = false;
  let inFlightMs: number | undefined;
  const finish = (): void => {
    if (!isOver || sender.underWay > 0) return;
    inFlightMs ??= sender.inFlightMs();
    void sender.close().then(() => settle(recorder.ledger()));
  };
  const sender = createSender({
    url,
    codec,
    recorder,
    clock,
    connections,
    timeoutMs,
    protocol,
    checkEvery,
    onReply: (slot, headers) => {
      const timing = headers['server-timing'];
      if (timing !== undefined) stageTimes.record(slot, parseServerTiming(timing));
    },
    ...(onPredictions && { onPredictions }),
    onEnd: (_slot, outcome, problem) => {
      problems.add(outcome, problem);
      if (isOver) finish();
    },
  });
  const prepared = payloads.requests.map((request) => sender.prepare(request));
  const pacer: Pacer = startPacer(
    {
      clock,
      nextDueMs: () => {
        startMs ??= clock.nowMs() + 2;
        const next = times.next();
        return next.done || next.value >= durationMs ? undefined : startMs + next.value;
      },
      fire: (dueMs) => {
        const payload = payloads.next();
        sender.send(prepared[payload]!, recorder.schedule(dueMs, clock.nowMs(), payload));
      },
      onEnd: () => {
        isOver = true;
        finish();
      },
    },
    scenario.pacer,
  );
  const stop = (): Promise<Ledger> => {
    signal.removeEventListener('abort', onAbort);
    pacer.stop();
    isOver = true;
    inFlightMs ??= sender.inFlightMs();
    // Closing ends what is under way, each through its own end.
    void sender.close().then(finish);
    return done;
  };
  const onAbort = (): void => void stop();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  void done.then(() => signal.removeEventListener('abort', onAbort));
  return {
    recorder,
    stageTimes,
    rowsOfPayload: payloads.requests.map(({ predictions }) => predictions),
    done,
    stop,
    problems: () => problems.top(),
    inFlightMs: () => inFlightMs ?? sender.inFlightMs(),
    get pacer() {
      return pacer.kind;
    },
    get startMs() {
      return startMs ?? Number.NaN;
    },
  };
}

/** `Promise.withResolvers` is younger than Node 20. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
