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
import { watchWhileDue } from './busy-watch.ts';
import { type LaneShare, type LoadUnderWay, withResolvers } from './load-under-way.ts';
import { type Pacer, type PacerKind, startPacer } from './pacer.ts';
import { type Batch, type Payloads, payloadsOf } from './payloads.ts';
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
  /** Ends the load when more requests stay under way for a quarter of a second: a backlog that will not be worked off. */
  readonly mostUnderWay?: number;
  /** Requests that each thread keeps one by one; those beyond are in histograms. Default 5,000,000. */
  readonly maxExact?: number;
  readonly seed: number;
}

/** Open-loop load that is under way. */
export interface OpenLoad extends LoadUnderWay {
  /** Rows of each payload, by its number in the recorder. */
  readonly rowsOfPayload: readonly number[];
  readonly pacer: PacerKind;
}

/** Open-loop load with all that it needs as plain data, and on a share of the schedule: what a lane runs. */
export interface OpenLane extends Omit<OpenLoadScenario, 'batch' | 'payloads'>, LaneShare {}

/** A burst, such as after a halt of the generator, is worked off sooner. */
const hopelessMs = 250;

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
  const payloads = payloadsOf(service, scenario);
  return startOpenLane(service, payloads, { ...scenario, lane: 0, lanes: 1 }, context);
}

/** Starts one lane's share of open-loop load. */
export function startOpenLane(
  { url, codec }: { readonly url: URL; readonly codec: Pick<InferenceCodec, 'decode'> },
  payloads: Payloads,
  scenario: OpenLane,
  { clock, signal, onPredictions }: OpenLoadContext,
): OpenLoad {
  const { durationMs = Number.POSITIVE_INFINITY, timeoutMs = 5000, connections = 64, seed, lane, lanes } = scenario;
  const { protocol = 'h1', checkEvery = 1, mostUnderWay = Number.POSITIVE_INFINITY, maxExact } = scenario;
  const recorder = new LatencyRecorder(1024, { failedMs: timeoutMs, ...(maxExact === undefined ? {} : { maxExact }) });
  const stageTimes = new StageTimes();
  const problems = new Problems();
  const busy = watchWhileDue();
  const times = laneOf(arrivalTimesMs(scenario.arrivals, createRandom(seed, 'load/arrivals')), lane, lanes);
  const { promise: done, resolve: settle } = withResolvers<Ledger>();
  let { startMs } = scenario;
  let isOver = false;
  let gaveUp = false;
  let tooManySinceMs: number | undefined;
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
      fire: (dueMs, nowMs) => {
        busy.onDue();
        const payload = payloads.next();
        sender.send(prepared[payload]!, recorder.schedule(dueMs, nowMs, payload), nowMs);
        if (sender.underWay <= mostUnderWay / lanes) tooManySinceMs = undefined;
        else {
          tooManySinceMs ??= nowMs;
          if (nowMs - tooManySinceMs > hopelessMs) {
            gaveUp = true;
            void stop();
          }
        }
      },
      onEnd: () => {
        busy.end();
        isOver = true;
        finish();
      },
    },
    scenario.pacer,
  );
  const stop = (): Promise<Ledger> => {
    signal.removeEventListener('abort', onAbort);
    pacer.stop();
    busy.end();
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
    utilisation: busy.share,
    get pacer() {
      return pacer.kind;
    },
    get gaveUp() {
      return gaveUp;
    },
    get startMs() {
      return startMs ?? Number.NaN;
    },
  };
}
