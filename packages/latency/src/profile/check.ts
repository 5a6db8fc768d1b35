import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  InputError,
  type Measurement,
  type RunningService,
} from '@preopen/core';
import { type LatencyResult, type LatencyScenario, measureLatency } from '../measure.ts';
import { stageSeries } from '../stages.ts';
import { timelineOf } from './functions.ts';
import { nodeRecorder } from './record-node.ts';
import { type LoopRecording, monotonicMs, type ProfileRecording } from './recording.ts';
import { functionBreakdown, functionSeries, tailSentence } from './tail.ts';

/** What may be changed of the profile. */
export interface InferenceProfileOptions extends Partial<Pick<LatencyScenario, 'rows' | 'load' | 'maxRatePerSecond'>> {
  /** Requests that are looked at; the slowest 1 % of them, at least 5, are the tail. Default 400, at least 50. */
  readonly requests?: number;
  /** Ends the looking, also before all requests are through: a third goes to the event loop. Default 20 000. */
  readonly mostMs?: number;
}

const metrics = ['latency.eventLoop.utilisation', 'latency.eventLoop.delay.p99', 'latency.gc.share'];
/** Samples are a quarter of a millisecond apart; where there are none for longer than this, nobody knows. */
const reachMs = 5;

const nothing = (reason: string): CheckOutcome => ({
  measurements: [],
  notMeasured: metrics.map((metric) => ({ metric, reason })),
  series: [],
  evidence: [],
  notes: [reason],
});

function measurementsOf({ activeMs, idleMs, delayP99Ms, delayMaxMs, gc }: LoopRecording, rate: number): Measurement[] {
  const [utilisation, delay, gcShare] = metrics as [string, string, string];
  const under = `over ${((activeMs + idleMs) / 1000).toFixed(1)} s at ${rate.toFixed(1)} requests/s`;
  return [
    {
      metric: utilisation,
      value: activeMs / (activeMs + idleMs),
      unit: 'ratio',
      samples: 1,
      how: `part of the time in which the event loop did not wait, ${under}`,
    },
    {
      metric: delay,
      value: delayP99Ms,
      unit: 'ms',
      samples: 1,
      how: `lateness of a timer that is due every 2 ms, P99 of its ticks (longest ${delayMaxMs.toFixed(1)} ms), ${under}`,
    },
    {
      metric: gcShare,
      value: Math.min(1, gc.pauseMs / activeMs),
      unit: 'ratio',
      samples: 1,
      how: `${gc.count} pauses of the garbage collector, longest ${gc.longestMs.toFixed(1)} ms, as part of the time in which the event loop did not wait, ${under}`,
    },
  ];
}

/** V8 stamps its samples with the clock that Node calls `hrtime`; elsewhere they could not be laid over requests. */
function sharesClock({ profile, toldMs, startMs }: ProfileRecording): boolean {
  const firstMs = profile.startTime / 1000;
  return firstMs >= toldMs - 1 && firstMs <= startMs + 1;
}

/** Sends requests while something records, and gives what both found; why not, where that failed. */
async function underRequests<T>(
  record: () => Promise<(() => Promise<readonly T[]>) | undefined>,
  job: {
    readonly service: RunningService;
    readonly scenario: Omit<LatencyScenario, 'metric'>;
    readonly mostMs: number;
    readonly context: CheckContext;
  },
): Promise<{ readonly result: LatencyResult; readonly recordings: readonly T[] } | string> {
  const { service, scenario, mostMs, context } = job;
  const over = new AbortController();
  let stop: Awaited<ReturnType<typeof record>>;
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = await measureLatency(
      service,
      { ...scenario, metric: 'latency.profile', maxLooks: 1 },
      {
        ...context,
        // These times are no result: a profiled service is slower.
        emit: (event) => (event.type === 'sample' ? undefined : context.emit(event)),
        endEarly: over.signal,
        async onWarm() {
          stop = await record();
          if (stop) timer = setTimeout(() => over.abort(), mostMs);
          else over.abort();
        },
      },
    );
    if (result.arrivalRatePerSecond === 0) return result.notes[0] ?? 'no request was answered';
    if (!stop) return 'the service is no Node process that loads what NODE_OPTIONS names';
    const recordings = await stop();
    return recordings.length > 0 ? { result, recordings } : 'the service ended before it told what was recorded';
  } finally {
    clearTimeout(timer);
  }
}

async function profile(context: CheckContext, options: InferenceProfileOptions): Promise<CheckOutcome> {
  const { clock, signal, scale } = context;
  const { requests = 400, mostMs = 20_000, ...chosen } = options;
  const scenario = { rows: scale.stocks, ...chosen };
  const recorder = await nodeRecorder();
  try {
    context.emit({ type: 'progress', message: 'starting the service again, so that it can be profiled' });
    const service = await context.service!.restart!(signal, recorder.environment);
    const watched = await underRequests(recorder.watchLoops, {
      service,
      scenario: { ...scenario, minSamples: Math.ceil(requests / 2) },
      mostMs: mostMs / 3,
      context,
    });
    if (typeof watched === 'string') return nothing(watched);
    const loop = watched.recordings.toSorted((a, b) => b.activeMs - a.activeMs)[0]!;
    const measurements = measurementsOf(loop, watched.result.arrivalRatePerSecond);
    const notes = [
      loopSentence(loop),
      ...(watched.recordings.length > 1
        ? [`of ${watched.recordings.length} Node processes this is the busiest, pid ${loop.pid}`]
        : []),
    ];
    const profiled = await underRequests(recorder.profile, {
      service,
      scenario: { ...scenario, minSamples: requests },
      mostMs: (mostMs * 2) / 3,
      context,
    });
    const found = typeof profiled === 'string' ? undefined : profiled.recordings.find(({ pid }) => pid === loop.pid);
    if (typeof profiled === 'string' || !found) {
      return { measurements, series: [], evidence: [], notes: [...notes, `no CPU profile: ${profiled}`] };
    }
    const title = 'CPU profile of the service under requests, for the developer tools of a browser';
    const json = JSON.stringify(found.profile);
    const { recorder: requestsSent, stages } = profiled.result;
    const offsetMs = monotonicMs() - clock.nowMs();
    const functions = sharesClock(found)
      ? functionBreakdown(requestsSent, timelineOf(found.profile, reachMs), offsetMs, [found.startMs, found.endMs])
      : undefined;
    const unknown = sharesClock(found)
      ? 'fewer than 50 requests went well: no function can be said to own the slowest'
      : 'this platform stamps CPU profiles with a clock of their own: they cannot be laid over requests';
    return {
      measurements,
      series: [...(functions ? [functionSeries(functions)] : []), ...(stages ? [stageSeries(stages)] : [])],
      evidence: [await context.keep('service.cpuprofile', title, 'application/json', json)],
      notes: [functions ? tailSentence(functions) : unknown, ...(stages ? [stages.bottleneck] : []), ...notes],
    };
  } finally {
    await recorder.close();
  }
}

function loopSentence({ activeMs, idleMs, delayP99Ms, gc }: LoopRecording): string {
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
  return (
    `Without the profiler the event loop is in use ${percent(activeMs, activeMs + idleMs)} of the time, a timer of it is late by ` +
    `${delayP99Ms.toFixed(1)} ms in 1 % of its ticks, and garbage collection takes ${percent(gc.pauseMs, activeMs)} of its busy time.`
  );
}

/**
 * Which functions of a Node service own its slowest requests, from a CPU profile. Of a service of its own, and never of
 * the requests that percentiles come from: profiling costs time.
 * @throws InputError for fewer than 50 requests
 */
export function inferenceProfile(options: InferenceProfileOptions = {}): Check {
  if ((options.requests ?? 400) < 50) {
    throw new InputError(`profile: expected 50 requests or more, got ${options.requests}.`);
  }
  return {
    id: 'latency/profile',
    title: 'Functions that own the slowest requests, from a CPU profile',
    metrics,
    needs: ['service-process'],
    exclusive: ['cpu'],
    // It ends the service once, to start it with our preload.
    endsTarget: true,
    expectedMs: ({ stocks }) => 9000 + stocks * 5,
    timeoutMs: () => 300_000,
    run: (context) => profile(context, options),
  };
}
