import { setMaxListeners } from 'node:events';
import type { CheckContext, EncodedRequest, Measurement, RunningService, Series } from '@preopen/core';
import { durationHistogram } from './distribution.ts';
import { latencyOverTime } from './over-time.ts';
import { waitUntil } from './pacing.ts';
import { percentileCurve, percentileMeasurement } from './percentiles.ts';
import { LatencyRecorder } from './recorder.ts';
import { parseServerTiming, type StageBreakdown, StageTimes, stageBreakdown } from './stages.ts';
import { steadyState } from './steady-state.ts';
import { earlyLooks, type LatencyFound, surelyMissed } from './surely-missed.ts';
import { warmUp } from './warm-up.ts';

/** How latency is to be measured. */
export interface LatencyScenario {
  /** Rows of each request. */
  readonly rows: number;
  /** Requests of one's own in place of feature rows, sent in turn. */
  readonly requests?: readonly EncodedRequest[];
  /** What a request is, for people. Default: its rows. */
  readonly subject?: string;
  /** Prefix of the metrics: `latency.inference` gives `latency.inference.p95`. */
  readonly metric: string;
  /** Share of its capacity at which the service is loaded, by its own service time. Default 0.3. */
  readonly load?: number;
  /** Highest arrival rate. Default 100 a second. */
  readonly maxRatePerSecond?: number;
  readonly timeoutMs?: number;
  /** Requests before the first look. Default 400. */
  readonly minSamples?: number;
  /**
   * Least time of sampling before the first look: what a service does every second or so must have had its chance. With
   * `minSamples` the two that make a run valid, as in MLPerf. Default 2000.
   */
  readonly minDurationMs?: number;
  /** Looks, each at twice the requests of the one before. Default 4. */
  readonly maxLooks?: number;
  /**
   * Relative half-width of the P95 interval that is enough: samples on until it is reached, also where no requirement asks
   * for it. Without it a decided requirement, or none at all, is enough.
   */
  readonly precision?: number;
  /** Most requests of the warm-up, for services of which little may be asked. Default: as many as it takes. */
  readonly maxWarmUpRequests?: number;
}

/** What was measured, and the record behind it. */
export interface LatencyResult extends LatencyFound {
  readonly series: readonly Series[];
  readonly recorder: LatencyRecorder;
  /** What the service said of its stages. */
  readonly stageTimes: StageTimes;
  /** `undefined` where too few requests went well. */
  readonly stages: StageBreakdown | undefined;
  readonly arrivalRatePerSecond: number;
  readonly notes: readonly string[];
}

/** What the runner gives, and `endEarly`. */
type Context = Pick<CheckContext, 'clock' | 'signal' | 'random' | 'emit' | 'budgetMs' | 'undecided' | 'seed'> & {
  /** Ends the sampling; what was measured until then is reported, where `signal` throws it away. */
  readonly endEarly?: AbortSignal;
  /** Awaited after the warm-up, before the first request that counts. */
  readonly onWarm?: () => Promise<void>;
};

/** Payloads that are sent in turn, so that no answer can come from a cache of one request. */
const payloads = 8;
/** Requests between two reports of progress. */
const reportEvery = 50;
/** With so many ended and more than half of them failed, there is no latency to measure. */
const hopelessAfter = 100;

interface Looks {
  readonly quantiles: readonly { readonly metric: string; readonly q: number }[];
  readonly timeoutMs: number;
  readonly maxLooks: number;
  readonly isLight: boolean;
  readonly how: string;
}

/** All percentiles at one look, or why there are none. */
function lookAt(
  recorder: LatencyRecorder,
  look: number,
  { quantiles, timeoutMs, maxLooks, isLight, how }: Looks,
): LatencyFound {
  const durationsMs = recorder.durationsMs('response', { failedMs: timeoutMs });
  const { ok } = recorder.ledger();
  if (ok < durationsMs.length / 2) {
    const reason = `${durationsMs.length - ok} of ${durationsMs.length} requests failed: there is no latency to speak of`;
    return { measurements: [], notMeasured: quantiles.map(({ metric }) => ({ metric, reason })) };
  }
  const results = quantiles.map(({ metric, q }) =>
    percentileMeasurement({ metric, q, durationsMs, censoredAtMs: timeoutMs, look, maxLooks, isLight, how }),
  );
  return {
    measurements: results.filter((result) => 'value' in result),
    notMeasured: results.filter((result) => 'reason' in result),
  };
}

/** Whether the P95 has an interval no wider than asked for. */
function isPrecise(measurements: readonly Measurement[], precision: number | undefined): boolean {
  if (precision === undefined) return true;
  const p95 = measurements.find(({ metric }) => metric.endsWith('.p95'));
  return p95?.interval !== undefined && (p95.interval.high - p95.interval.low) / 2 <= precision * p95.value;
}

function isHopeless(recorder: LatencyRecorder): boolean {
  const { scheduled, pending, ok } = recorder.ledger();
  const ended = scheduled - pending;
  return ended >= hopelessAfter && ok < ended / 2;
}

/** Sends requests at random moments, one `send` each, whatever became of those before; resolves when all have ended. */
async function sendOpenLoop(options: {
  readonly service: RunningService;
  readonly requests: readonly EncodedRequest[];
  readonly recorder: LatencyRecorder;
  readonly stageTimes: StageTimes;
  readonly dueMs: Iterator<number, never>;
  readonly until: number;
  /** No end before a request was due then. */
  readonly untilMs: number;
  readonly timeoutMs: number;
  readonly context: Pick<Context, 'clock' | 'signal' | 'endEarly'>;
  readonly onReport: () => void;
}): Promise<void> {
  const { service, requests, recorder, stageTimes, until, untilMs, timeoutMs, onReport } = options;
  const { clock, signal: given, endEarly } = options.context;
  const signal = endEarly ? AbortSignal.any([given, endEarly]) : given;
  const underWay = new Set<Promise<void>>();
  // Every request under way listens to it: during a stall hundreds do, and Node would take them for a leak.
  setMaxListeners(0, signal);
  let lastDueMs = Number.NEGATIVE_INFINITY;
  while (recorder.count < until || lastDueMs < untilMs) {
    const dueMs = options.dueMs.next().value;
    lastDueMs = dueMs;
    try {
      await waitUntil(dueMs, clock, signal);
    } catch (cause) {
      if (given.aborted) throw cause;
      break;
    }
    const slot = recorder.schedule(dueMs, clock.nowMs(), recorder.count % requests.length);
    const sending = service.send(requests[slot % requests.length]!, { timeoutMs, signal }).then((exchange) => {
      recorder.sent(slot, exchange.sentMs);
      recorder.firstByte(slot, exchange.firstByteMs);
      recorder.done(slot, exchange.doneMs, exchange.outcome);
      stageTimes.record(slot, parseServerTiming(exchange.reply?.headers['server-timing']));
      underWay.delete(sending);
    });
    underWay.add(sending);
    if (slot % reportEvery === reportEvery - 1) {
      onReport();
      if (isHopeless(recorder)) break;
    }
  }
  await Promise.all(underWay);
}

function* poissonFrom(
  startMs: number,
  ratePerSecond: number,
  random: ReturnType<Context['random']>,
): Generator<number, never> {
  for (let dueMs = startMs; ; ) {
    dueMs += (1000 * random.exponential()) / ratePerSecond;
    yield dueMs;
  }
}

/**
 * Measures response time (from the intended start) and service time of requests that arrive at random moments, at a
 * rate well below what the service can do: an open loop, so that a stall is charged to every request due during it.
 * Samples on while a requirement is undecided, within the budget; the looks share one error budget.
 */
export async function measureLatency(
  service: RunningService,
  scenario: LatencyScenario,
  context: Context,
): Promise<LatencyResult> {
  const { clock, emit } = context;
  const {
    rows,
    metric,
    load = 0.3,
    maxRatePerSecond = 100,
    timeoutMs = 5000,
    minSamples = 400,
    minDurationMs = 2000,
    maxLooks = 4,
  } = scenario;
  const { subject = `requests of ${rows} ${rows === 1 ? 'row' : 'rows'}` } = scenario;
  const requests =
    scenario.requests ??
    Array.from({ length: payloads }, (_, i) =>
      service.codec.encode(service.batch(rows, context.seed + i), service.model),
    );
  const recorder = new LatencyRecorder(minSamples * 2 ** (maxLooks - 1));
  const stageTimes = new StageTimes();
  const quantiles = [
    { metric: `${metric}.p50`, q: 0.5 },
    { metric: `${metric}.p95`, q: 0.95 },
    { metric: `${metric}.p99`, q: 0.99 },
  ];
  const startMs = clock.nowMs();
  const { serviceMs, warm, failed, exchanges } = await warmUp(
    service,
    requests,
    timeoutMs,
    {
      ...context,
      signal: context.endEarly ? AbortSignal.any([context.signal, context.endEarly]) : context.signal,
    },
    scenario.maxWarmUpRequests,
  );
  if (failed !== undefined || Number.isNaN(serviceMs)) {
    const reason = `most requests failed while warming up (${failed ?? 'no answer'})`;
    // They are all there is to say of the service; of one that answers, the warm-up is no part of the figures.
    for (const exchange of exchanges) {
      const slot = recorder.schedule(exchange.sentMs);
      recorder.sent(slot, exchange.sentMs);
      recorder.done(slot, exchange.doneMs, exchange.outcome);
    }
    return {
      measurements: [],
      notMeasured: quantiles.map((entry) => ({ metric: entry.metric, reason })),
      series: [],
      recorder,
      stageTimes,
      stages: undefined,
      arrivalRatePerSecond: 0,
      notes: [reason],
    };
  }
  await context.onWarm?.();
  const ratePerSecond = Math.min(maxRatePerSecond, (1000 * load) / serviceMs);
  const how = `response time from the intended start, ${subject}, Poisson arrivals at ${ratePerSecond.toFixed(1)} /s`;
  const looks: Looks = { quantiles, timeoutMs, maxLooks, isLight: load <= 0.5, how };
  const samplingFromMs = clock.nowMs() + 5;
  const dueMs = poissonFrom(samplingFromMs, ratePerSecond, context.random('latency/arrivals'));
  let look = 0;
  let firstLook = minSamples;
  const sendUntil = (until: number, untilMs: number, firstMost = until): Promise<void> =>
    sendOpenLoop({
      service,
      requests,
      recorder,
      stageTimes,
      dueMs,
      until,
      untilMs,
      timeoutMs,
      context,
      onReport: () => report(firstMost),
    });
  const firstLookTakesMs = (minSamples * 1000) / ratePerSecond;
  const isPatient = scenario.precision !== undefined || clock.nowMs() - startMs + firstLookTakesMs <= context.budgetMs;
  let missed: LatencyFound | undefined;
  for (const until of isPatient ? [] : earlyLooks(minSamples)) {
    await sendUntil(until, samplingFromMs + 2 * minDurationMs, minSamples);
    missed = surelyMissed(recorder, looks, context.undecided);
    if (missed !== undefined || recorder.count < until) break;
  }
  let found = missed ?? { measurements: [], notMeasured: [] };
  while (missed === undefined) {
    const until = firstLook * 2 ** look;
    await sendUntil(until, samplingFromMs + minDurationMs);
    // The least time may have taken more requests than the least number.
    if (look === 0) firstLook = Math.max(firstLook, recorder.count);
    look++;
    found = lookAt(recorder, look, looks);
    if (recorder.count < until || look === maxLooks) break;
    if (!context.undecided(found.measurements) && isPrecise(found.measurements, scenario.precision)) break;
    // A look that cannot be finished within the budget is not begun; the first one always is.
    if (clock.nowMs() - startMs + (recorder.count * 1000) / ratePerSecond > context.budgetMs) break;
  }

  function report(until: number): void {
    const soFar = recorder.durationsMs('response', { failedMs: timeoutMs }).toSorted();
    const p95 = soFar[Math.floor(soFar.length * 0.95)];
    emit({
      type: 'progress',
      message: `P95 so far ${p95?.toFixed(1) ?? '–'} ms at ${ratePerSecond.toFixed(0)} requests/s`,
      fraction: Math.min(1, recorder.count / until, (clock.nowMs() - samplingFromMs) / minDurationMs),
    });
    if (p95 !== undefined) emit({ type: 'sample', metric: `${metric}.p95`, value: p95, unit: 'ms' });
  }
  const isValid =
    recorder.count >= minSamples && (recorder.dueMs.at(-1) ?? samplingFromMs) - samplingFromMs >= minDurationMs;
  const response = recorder.durationsMs('response', { failedMs: timeoutMs });
  const served = recorder.durationsMs('service', { failedMs: timeoutMs });
  const lag = recorder.durationsMs('lag', { failedMs: timeoutMs });
  const steady = steadyState(response);
  const stages = stageBreakdown(recorder, stageTimes);
  return {
    ...found,
    series: [
      percentileCurve('latency.percentiles', 'Latency by percentile', { response, service: served, lag }),
      durationHistogram('latency.histogram', 'Distribution of response times', response),
      latencyOverTime(recorder, timeoutMs),
    ],
    recorder,
    stageTimes,
    stages,
    arrivalRatePerSecond: ratePerSecond,
    notes: [
      `${recorder.count} ${subject} at ${ratePerSecond.toFixed(1)} /s (${Math.round(load * 100)} % of what a service time of ${serviceMs.toFixed(1)} ms allows, at most ${maxRatePerSecond} /s), ${look} look${look === 1 ? '' : 's'}`,
      ...(missed === undefined
        ? []
        : [
            `ended after ${recorder.count} requests, since a limit is surely missed: ${minSamples} of them take ${(firstLookTakesMs / 1000).toFixed(0)} s at this rate`,
          ]),
      ...(context.endEarly?.aborted
        ? [
            `ended early, after ${recorder.count} requests: ${(context.endEarly.reason as Error)?.message ?? 'told to end'}`,
          ]
        : []),
      ...(isValid
        ? []
        : [
            `an indication and no valid run: that takes ${minSamples} requests and ${(minDurationMs / 1000).toFixed(1)} s at least`,
          ]),
      ...(warm
        ? []
        : ['service times were not yet known to be stationary when the warm-up had used its part of the budget']),
      ...(steady.state === 'drift' || steady.state === 'shift' ? [`no steady state: ${steady.reason}`] : []),
      ...(stages ? [stages.bottleneck] : []),
    ],
  };
}
