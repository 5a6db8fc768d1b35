import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Clock, type EncodedRequest, InputError, plainHttpName, type RunningService } from '@preopen/core';
import { LatencyRecorder, type StageBreakdown } from '@preopen/latency';
import type { LaneCodec, LaneJob, LaneMessage, LaneOrder, LaneProgress } from './lane-protocol.ts';
import type { OpenLoadScenario } from './open-load.ts';
import { givenPayloads, preparePayloads } from './payloads.ts';
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
  readonly pacer: 'sleep' | 'spin';
  /** Highest share of the time in which the event loop of a lane was busy. */
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

interface Lane {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly done: Promise<Extract<LaneMessage, { type: 'done' }>>;
}

function startThread(job: LaneJob, onProgress: (progress: LaneProgress) => void): Lane {
  // Nothing of how this process was started: a test runner's conditions would send it to sources it cannot run.
  const worker = new Worker(laneEntry, { workerData: job, execArgv: [] });
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  worker.once('error', fail);
  worker.once('exit', (code) => fail(new Error(`a lane ended with code ${code} before it was done`)));
  const ready = new Promise<void>((resolve) => {
    worker.on('message', (message: LaneMessage) => message.type === 'ready' && resolve());
  });
  const done = new Promise<Extract<LaneMessage, { type: 'done' }>>((resolve) => {
    worker.on('message', (message: LaneMessage) => {
      if (message.type === 'progress') onProgress(message);
      else if (message.type === 'done') resolve(message);
    });
  });
  const readyOrFailed = Promise.race([ready, failed]);
  const doneOrFailed = Promise.race([done, failed]);
  // Whoever waits for the one hears of the failure; the other must not be taken for unheard.
  readyOrFailed.catch(() => undefined);
  doneOrFailed.catch(() => undefined);
  return { worker, ready: readyOrFailed, done: doneOrFailed };
}

/** What lanes are to send, as plain data. */
export interface LanesJob {
  readonly url: URL;
  readonly codec: LaneCodec;
  readonly requests: readonly EncodedRequest[];
  /** Numbers of the payloads in the order of the schedule, used again from the start. */
  readonly order: Uint16Array;
  readonly scenario: Omit<OpenLoadScenario, 'batch' | 'payloads'>;
  /** Lanes to start here. */
  readonly lanes: number;
  /** Number of the first of them, and of all there are, where others run elsewhere. */
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

/**
 * Runs open-loop load in threads: request i of the schedule goes to lane i mod `lanes`, so that together they send what
 * one would. All start at the same moment of one clock.
 */
export function startLanes(
  service: Pick<RunningService, 'url' | 'codec' | 'batch' | 'model'>,
  scenario: OpenLoadScenario,
  lanes: number,
  context: LanesContext,
): LaneLoad {
  return startLanesJob({ ...lanesJob(service, scenario), lanes, firstLane: 0, allLanes: lanes }, context);
}

/**
 * A scenario with its requests encoded and their order drawn.
 * @throws InputError for a service with a codec of its own
 */
export function lanesJob(
  service: Pick<RunningService, 'url' | 'codec' | 'batch' | 'model'>,
  { payloads: given, batch = 1, ...scenario }: OpenLoadScenario,
): Pick<LanesJob, 'url' | 'codec' | 'requests' | 'order' | 'scenario'> {
  const codec = laneCodecOf(service);
  if (codec === undefined) {
    throw new InputError(
      `Load from threads or other machines needs the Open Inference Protocol or plain HTTP; “${service.codec.name}” is a function that cannot be sent to them.`,
    );
  }
  const payloads = given ? givenPayloads(given) : preparePayloads(service, batch, scenario.seed);
  const order = Uint16Array.from({ length: orderLength }, () => payloads.next());
  return { url: service.url, codec, requests: payloads.requests, order, scenario };
}

/** Starts lanes for a job, of which others may run elsewhere. */
export function startLanesJob(job: LanesJob, context: LanesContext): LaneLoad {
  const { clock, signal } = context;
  const { order, requests, allLanes, scenario } = job;
  const clockOffsetMs = clock.nowMs() - Number(process.hrtime.bigint()) / 1e6;
  const threads = Array.from({ length: job.lanes }, (_, i) => {
    const lane = job.firstLane + i;
    return startThread(
      {
        url: job.url.href,
        codec: job.codec,
        requests,
        // Each lane goes through the same order, from a place of its own.
        order: Uint16Array.from(order, (_payload, at) => order[(at * allLanes + lane) % order.length]!),
        scenario: {
          ...scenario,
          connections: Math.max(1, Math.ceil((scenario.connections ?? 64) / allLanes)),
          lane,
          lanes: allLanes,
        },
        clockOffsetMs,
      },
      (progress) => context.onProgress(i, progress),
    );
  });
  const tell = (message: LaneOrder): void => {
    for (const { worker } of threads) worker.postMessage(message);
  };
  const stop = (): void => tell({ type: 'stop' });
  const run = async (): Promise<LaneOutcome> => {
    try {
      await Promise.all(threads.map(({ ready }) => ready));
      signal.throwIfAborted();
      const startMs = job.startMs ?? clock.nowMs() + leadMs;
      tell({ type: 'start', startMs });
      signal.addEventListener('abort', stop, { once: true });
      const parts = await Promise.all(threads.map(({ done }) => done));
      const problems = new Problems();
      for (const part of parts) problems.merge(part.problems);
      return {
        recorder: LatencyRecorder.merge(parts.map(({ columns }) => columns)),
        rowsOfPayload: requests.map(({ predictions }) => predictions),
        stages: parts[0]?.stages,
        problems: problems.top(),
        inFlightMs: parts.reduce((sum, part) => sum + part.inFlightMs, 0),
        pacer: parts.every(({ pacer }) => pacer === 'sleep') ? 'sleep' : 'spin',
        utilisation: Math.max(...parts.map(({ utilisation }) => utilisation)),
        startMs,
      };
    } finally {
      signal.removeEventListener('abort', stop);
      for (const { worker } of threads) void worker.terminate();
    }
  };
  return { done: run(), stop };
}
