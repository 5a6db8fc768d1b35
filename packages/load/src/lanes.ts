import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Clock, type EncodedRequest, InputError, plainHttpName, type RunningService } from '@preopen/core';
import { LatencyRecorder, type StageBreakdown } from '@preopen/latency';
import type { ClosedLoadScenario } from './closed-lane.ts';
import type { LaneCodec, LaneMessage, LaneOrder, LaneProgress, LaneTraffic } from './lane-protocol.ts';
import type { OpenLoadScenario } from './open-load.ts';
import { payloadsOf } from './payloads.ts';
import { Problems } from './problems.ts';

/** Load that runs in threads of its own. */
export interface LaneLoad {
  /** Resolves when all requests of all lanes have ended. */
  readonly done: Promise<LaneOutcome>;
  /** Sends nothing more and cuts off what is under way. */
  stop(): void;
}

/** What the lanes did, put together. */
export interface LaneOutcome {
  readonly recorder: LatencyRecorder;
  readonly rowsOfPayload: readonly number[];
  /** Of the first lane; `undefined` where it had too few answers. */
  readonly stages: StageBreakdown | undefined;
  readonly problems: readonly (readonly [message: string, count: number])[];
  readonly inFlightMs: number;
  /** `undefined` for a closed loop. */
  readonly pacer: 'sleep' | 'spin' | undefined;
  /** Whether a lane ended because more requests were under way than allowed. */
  readonly gaveUp: boolean;
  /** Highest share of the time in which the event loop of a lane was busy, as long as requests were due. */
  readonly utilisation: number;
  /** Time 0 of the schedule, on the clock of the records. */
  readonly startMs: number;
}

/** Stands in `src/` itself: this one relative path is right from `src/` and from `dist/` alike. */
const laneEntry = new URL('../dist/lane.js', import.meta.url);
/** Lanes have their clocks, connections and pacers ready by then. */
const leadMs = 60;
/** Payload numbers that are drawn before the start; they are used again from the start after that. */
const orderLength = 4096;

/** Whether a service can be loaded from threads: its answers must be readable there, and functions cannot be sent. */
export function canUseLanes(service: Pick<RunningService, 'codec'>): boolean {
  return laneCodecOf(service) !== undefined && existsSync(fileURLToPath(laneEntry));
}

/** Which of the codecs that a thread has reads this service's answers. */
export function laneCodecOf({ codec: { name } }: Pick<RunningService, 'codec'>): LaneCodec | undefined {
  return name.startsWith('open-inference/') ? 'open-inference' : name === plainHttpName ? 'http/plain' : undefined;
}

/** Threads that generate one load after the other; the first makes them warm for those that follow. */
export interface LaneThreads {
  readonly count: number;
  /** @throws Error if a load is under way already */
  run(job: LanesJob, context: LanesContext): LaneLoad;
  close(): void;
}

/** What lanes are to send, as plain data. */
export interface LanesJob {
  readonly url: URL;
  readonly codec: LaneCodec;
  readonly requests: readonly EncodedRequest[];
  /** Numbers of the payloads in the order of the schedule, used again from the start. */
  readonly order: Uint16Array;
  readonly traffic: LaneTraffic;
  /** Number of the first lane that runs here, and of all there are, where others run elsewhere. */
  readonly firstLane: number;
  readonly allLanes: number;
  /** Time 0 of the schedule on the clock; as soon as all are ready, unless given. */
  readonly startMs?: number;
}

interface LanesContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (lane: number, progress: LaneProgress) => void;
}

type Done = Extract<LaneMessage, { type: 'done' }>;

/** One thread, and what it says of its job. */
interface LaneThread {
  readonly tell: (order: LaneOrder) => void;
  /** Resolves with the next message of a type; rejects when the thread is gone. */
  readonly next: <T extends 'ready' | 'done'>(type: T) => Promise<Extract<LaneMessage, { type: T }>>;
  onProgress: (progress: LaneProgress) => void;
  readonly close: () => void;
}

function startThread(): LaneThread {
  // Nothing of how this process was started: a test runner's conditions would send it to sources it cannot run.
  const worker = new Worker(laneEntry, { execArgv: [] });
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  // Whoever waits hears of it; where nobody does it must not be taken for unheard.
  failed.catch(() => undefined);
  worker.once('error', fail);
  worker.once('exit', (code) => fail(new Error(`a lane ended with code ${code} before it was done`)));
  const thread: LaneThread = {
    tell: (order) => worker.postMessage(order),
    next: (type) =>
      Promise.race([
        new Promise<never>((resolve) => {
          const listen = (message: LaneMessage): void => {
            if (message.type !== type) return;
            worker.off('message', listen);
            resolve(message as never);
          };
          worker.on('message', listen);
        }),
        failed,
      ]),
    onProgress: () => undefined,
    close: () => void worker.terminate(),
  };
  worker.on('message', (message: LaneMessage) => {
    if (message.type === 'progress') thread.onProgress(message);
  });
  return thread;
}

/** Starts threads for loads that follow each other. They end with `close`, which must be called. */
export function openLanes(count: number): LaneThreads {
  const threads = Array.from({ length: count }, startThread);
  let isRunning = false;
  return {
    count,
    run(job, context) {
      if (isRunning) throw new Error('lanes: a load is under way already');
      isRunning = true;
      const load = runJob(threads, job, context);
      return {
        stop: load.stop,
        done: load.done.finally(() => {
          isRunning = false;
        }),
      };
    },
    close() {
      for (const thread of threads) thread.close();
    },
  };
}

function runJob(threads: readonly LaneThread[], job: LanesJob, context: LanesContext): LaneLoad {
  const { clock, signal } = context;
  const { order, requests, allLanes, traffic } = job;
  const clockOffsetMs = clock.nowMs() - Number(process.hrtime.bigint()) / 1e6;
  const tell = (message: LaneOrder): void => {
    for (const thread of threads) thread.tell(message);
  };
  const stop = (): void => tell({ type: 'stop' });
  const run = async (): Promise<LaneOutcome> => {
    const ready = threads.map((thread) => thread.next('ready'));
    for (const [i, thread] of threads.entries()) {
      const lane = job.firstLane + i;
      thread.onProgress = (progress) => context.onProgress(i, progress);
      thread.tell({
        type: 'job',
        job: {
          url: job.url.href,
          codec: job.codec,
          requests,
          // Each lane goes through the same order, from a place of its own.
          order: Uint16Array.from(order, (_payload, at) => order[(at * allLanes + lane) % order.length]!),
          traffic: { ...shareOf(traffic, allLanes), lane, lanes: allLanes },
          clockOffsetMs,
        },
      });
    }
    try {
      await Promise.all(ready);
      signal.throwIfAborted();
      const startMs = job.startMs ?? clock.nowMs() + leadMs;
      const done = threads.map((thread) => thread.next('done'));
      tell({ type: 'start', startMs });
      signal.addEventListener('abort', stop, { once: true });
      return putTogether(await Promise.all(done), requests, startMs);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
  return { done: run(), stop };
}

/** Connections are divided among the lanes. */
function shareOf(traffic: LaneTraffic, lanes: number): LaneTraffic {
  return traffic.kind === 'closed'
    ? traffic
    : { ...traffic, connections: Math.max(1, Math.ceil((traffic.connections ?? 64) / lanes)) };
}

function putTogether(parts: readonly Done[], requests: readonly EncodedRequest[], startMs: number): LaneOutcome {
  const problems = new Problems();
  for (const part of parts) problems.merge(part.problems);
  return {
    recorder: LatencyRecorder.merge(parts.map(({ columns }) => columns)),
    rowsOfPayload: requests.map(({ predictions }) => predictions),
    stages: parts[0]?.stages,
    problems: problems.top(),
    inFlightMs: parts.reduce((sum, part) => sum + part.inFlightMs, 0),
    pacer: parts.find(({ pacer }) => pacer === 'spin')?.pacer ?? parts[0]?.pacer,
    gaveUp: parts.some(({ gaveUp }) => gaveUp),
    utilisation: Math.max(...parts.map(({ utilisation }) => utilisation)),
    startMs,
  };
}

/** A load as a service's user says it: with rows or requests of one's own. */
type Traffic =
  | ({ readonly kind: 'open' } & OpenLoadScenario)
  | ({ readonly kind: 'closed' } & Omit<ClosedLoadScenario, 'lanes'>);

type LaneService = Pick<RunningService, 'url' | 'codec' | 'batch' | 'model'>;

/**
 * A load with its requests encoded and their order drawn.
 * @throws InputError for a service with a codec of its own
 */
export function lanesJob(
  service: LaneService,
  given: Traffic,
): Pick<LanesJob, 'url' | 'codec' | 'requests' | 'order' | 'traffic'> {
  const codec = laneCodecOf(service);
  if (codec === undefined) {
    throw new InputError(
      `Load from threads or other machines needs the Open Inference Protocol or plain HTTP; “${service.codec.name}” is a function that cannot be sent to them.`,
    );
  }
  const payloads = payloadsOf(service, given);
  const order = Uint16Array.from({ length: orderLength }, () => payloads.next());
  const { payloads: _payloads, batch: _batch, ...traffic } = given;
  return { url: service.url, codec, requests: payloads.requests, order, traffic };
}

/**
 * Runs a load on threads: request i of a schedule goes to lane i mod n, and user i of a closed loop, so that together they
 * send what one would. All start at the same moment of one clock.
 */
export function startOnLanes(
  threads: LaneThreads,
  service: LaneService,
  traffic: Traffic,
  context: LanesContext,
): LaneLoad {
  return threads.run({ ...lanesJob(service, traffic), firstLane: 0, allLanes: threads.count }, context);
}

/** Runs a load on threads that are started for it and end with it. */
export function startLanesJob(job: LanesJob & { readonly lanes: number }, context: LanesContext): LaneLoad {
  const threads = openLanes(job.lanes);
  const { done, stop } = threads.run(job, context);
  return { stop, done: done.finally(() => threads.close()) };
}
