import { type Measurement, meanInterval, quantile, type Series, sortedCopy } from '@preopen/core';
import {
  errorRate,
  type LatencyRecorder,
  type Ledger,
  latencyOverTime,
  percentileCurve,
  percentileMeasurement,
  type StageBreakdown,
  stageSeries,
  steadyState,
} from '@preopen/latency';
import type { AbortRule } from './abort-rule.ts';
import type { LaneOutcome } from './lanes.ts';
import { ledgerSentence, littleResidual, loadState } from './load-state.ts';
import type { OpenLoadScenario } from './open-load.ts';
import type { TargetUsage } from './target-usage.ts';

/** One run of open-loop load. */
export interface LoadScenario extends OpenLoadScenario {
  /** Threads that generate; 0 is this one. Default 1 where the service's codec can be used in a thread, else 0. */
  readonly lanes?: number;
  readonly abortWhen?: readonly AbortRule[];
  /** Latency that will be judged by the run; decides how late the generator may be. */
  readonly limitMs?: number;
  /** Stretches of the run, from its start, that get figures of their own: the first minute after the open, say. */
  readonly windows?: readonly { readonly name: string; readonly fromMs: number; readonly toMs: number }[];
}

/** What a run of load may be. Only a valid one says something of the service. */
export type RunState = 'valid' | 'generator-limited' | 'inconsistent' | 'partial' | 'aborted';

/** What a run of load came to. */
export interface LoadResult {
  readonly state: RunState;
  /** Why it is not valid; empty if it is. */
  readonly reasons: readonly string[];
  readonly recorder: LatencyRecorder;
  readonly ledger: Ledger;
  readonly offeredPerSecond: number;
  /** Right answers per second. */
  readonly requestsPerSecond: number;
  /** Predictions in right answers, per second. */
  readonly predictionsPerSecond: number;
  /** `latency.response.*`, `latency.service.*`, `throughput.*`, `errors.rate`; none of them unless the run is valid. */
  readonly measurements: readonly Measurement[];
  readonly notMeasured: readonly { readonly metric: string; readonly reason: string }[];
  readonly series: readonly Series[];
  readonly stages: StageBreakdown | undefined;
  readonly problems: readonly (readonly [message: string, count: number])[];
  /** Relative difference of the two sides of Little's law. */
  readonly littleResidual: number;
  readonly generator: {
    readonly lanes: number;
    readonly pacer: 'sleep' | 'spin';
    readonly lagP50Ms: number;
    readonly lagP99Ms: number;
    /** Highest share of the time in which a thread was busy while requests were due; always near 1 for a spinning pacer. */
    readonly utilisation: number;
  };
  readonly usage: TargetUsage | undefined;
  readonly notes: readonly string[];
}

const quantiles = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p99.9', 0.999],
] as const;

/** Open-loop load that was generated, before it is judged. */
export interface Generated extends LaneOutcome {
  readonly pacer: 'sleep' | 'spin';
  /** Why it was given up; `undefined` if it was not. */
  readonly aborted: string | undefined;
  /** What of the load is missing, where an agent was lost; `undefined` where all is there. */
  readonly missing?: string | undefined;
  readonly lanes: number;
}

/** Requests and predictions in right answers, in equal stretches of the run. */
function ratesByStretch(
  recorder: LatencyRecorder,
  rowsOfPayload: readonly number[],
  fromMs: number,
  toMs: number,
): { requests: Float64Array; predictions: Float64Array } {
  const stretches = 20;
  const requests = new Float64Array(stretches);
  const predictions = new Float64Array(stretches);
  const stretchSeconds = (toMs - fromMs) / stretches / 1000;
  const { doneMs, payload } = recorder;
  for (let slot = 0; slot < recorder.count; slot++) {
    if (recorder.outcomeOf(slot) !== 'ok') continue;
    const stretch = Math.floor(((doneMs[slot]! - fromMs) / (toMs - fromMs)) * stretches);
    if (stretch < 0 || stretch >= stretches) continue;
    requests[stretch]! += 1 / stretchSeconds;
    predictions[stretch]! += rowsOfPayload[payload[slot]!]! / stretchSeconds;
  }
  return { requests, predictions };
}

/** Predictions in all right answers. */
function predictionsOf(recorder: LatencyRecorder, rowsOfPayload: readonly number[]): number {
  const rowsOf = (payload: number): number => rowsOfPayload[payload] ?? 0;
  let predictions = 0;
  recorder.beyond?.okOfPayload.forEach((count, payload) => {
    predictions += count * rowsOf(payload);
  });
  const { payload } = recorder;
  for (let slot = 0; slot < recorder.count; slot++)
    if (recorder.outcomeOf(slot) === 'ok') predictions += rowsOf(payload[slot]!);
  return predictions;
}

function latencies(
  view: 'response' | 'service',
  prefix: string,
  recorder: LatencyRecorder,
  timeoutMs: number,
  range: { readonly from?: number; readonly to?: number; readonly how: string },
): (Measurement | { readonly metric: string; readonly reason: string })[] {
  const isWhole = range.from === undefined && range.to === undefined;
  const sample = isWhole
    ? recorder.spreadMs(view, { failedMs: timeoutMs })
    : { durationsMs: recorder.durationsMs(view, { ...range, failedMs: timeoutMs }) };
  return quantiles.map(([name, q]) =>
    percentileMeasurement({
      metric: `${prefix}.${name}`,
      q,
      ...sample,
      censoredAtMs: timeoutMs,
      look: 1,
      maxLooks: 1,
      how: range.how,
    }),
  );
}

/** How long after the start of a stretch all its requests were answered: a deadline such as “scored within 5 s of the open”. */
function completion(
  recorder: LatencyRecorder,
  range: { readonly from: number; readonly to: number },
  startMs: number,
  metric: string,
): Measurement | { readonly metric: string; readonly reason: string } {
  let lastMs = startMs;
  let failed = 0;
  for (let slot = range.from; slot < range.to; slot++) {
    if (recorder.outcomeOf(slot) === 'ok') lastMs = Math.max(lastMs, recorder.doneMs[slot]!);
    else failed++;
  }
  const samples = range.to - range.from;
  if (samples - failed <= 0) return { metric, reason: 'no request of this stretch was answered' };
  return {
    metric,
    value: lastMs - startMs,
    unit: 'ms',
    samples,
    ...(failed > 0 ? { bound: 'at-least' as const } : {}),
    how: failed > 0 ? `${failed} of ${samples} requests were never answered` : `all ${samples} requests answered`,
  };
}

/** Judges generated load and says what was seen of the service. */
export function summarizeLoad(
  generated: Generated,
  scenario: LoadScenario,
  usage: TargetUsage | undefined,
): LoadResult {
  const {
    recorder,
    rowsOfPayload,
    stages,
    problems,
    inFlightMs,
    pacer,
    utilisation,
    aborted,
    missing,
    lanes,
    startMs,
  } = generated;
  const { timeoutMs = 5000, limitMs } = scenario;
  const ledger = recorder.ledger();
  const lag = sortedCopy(recorder.durationsMs('lag', { failedMs: 0 }));
  const residual = littleResidual(recorder, inFlightMs);
  const busyShare = pacer === 'sleep' ? utilisation : undefined;
  const judged = loadState({
    recorder,
    inFlightMs,
    busyShare,
    problems,
    ...(limitMs === undefined ? {} : { limitMs }),
  });
  const state: RunState =
    missing !== undefined
      ? 'partial'
      : judged.state !== 'valid'
        ? judged.state
        : aborted !== undefined
          ? 'aborted'
          : 'valid';
  const reasons = [
    ...(missing === undefined ? [] : [missing]),
    ...(judged.state === 'valid' ? [] : [judged.reason]),
    ...(aborted === undefined ? [] : [`given up: ${aborted}`]),
  ];
  const dueMs = recorder.dueMs;
  const firstMs = dueMs[0] ?? 0;
  const lastMs = Math.max(firstMs + 1, dueMs.at(-1) ?? 0, recorder.beyond?.lastDueMs ?? 0);
  const spanSeconds = (lastMs - firstMs) / 1000;
  const rates = recorder.beyond ? undefined : ratesByStretch(recorder, rowsOfPayload, firstMs, lastMs);
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const requestsPerSecond = rates ? mean(rates.requests) : ledger.ok / spanSeconds;
  const predictionsPerSecond = rates ? mean(rates.predictions) : predictionsOf(recorder, rowsOfPayload) / spanSeconds;
  const how = `${ledger.scheduled} requests, ${scenario.arrivals.kind} arrivals at ${(ledger.scheduled / spanSeconds).toFixed(1)} /s on average`;
  const errors = errorRate('errors.rate', ledger);
  const rate = (metric: string, value: number, perSecond: Float64Array | undefined): Measurement => {
    const whole: Measurement = { metric, value, unit: '1/s', samples: ledger.ok, how };
    if (!perSecond) return whole;
    const { interval } = meanInterval(perSecond);
    return {
      ...whole,
      interval: { ...interval, low: Math.max(0, interval.low), method: 'means of 20 stretches' },
    };
  };
  const windowed = (scenario.windows ?? []).flatMap(({ name, fromMs, toMs }) => {
    const first = dueMs.findIndex((ms) => ms >= startMs + fromMs);
    const from = first < 0 ? dueMs.length : first;
    const to = Math.max(from, dueMs.findLastIndex((ms) => ms < startMs + toMs) + 1);
    const range = { from, to, how: `${how}; those due from ${fromMs / 1000} s to ${toMs / 1000} s` };
    return [
      ...latencies('response', `latency.${name}`, recorder, timeoutMs, range),
      completion(recorder, range, startMs + fromMs, `latency.${name}.complete`),
    ];
  });
  const found = [
    ...latencies('response', 'latency.response', recorder, timeoutMs, { how }),
    ...latencies('service', 'latency.service', recorder, timeoutMs, { how }),
    ...windowed,
  ];
  const all = [
    ...found.filter((one): one is Measurement => 'value' in one),
    rate('throughput.requests', requestsPerSecond, rates?.requests),
    ...(rowsOfPayload.some((rows) => rows > 0)
      ? [rate('throughput.predictions', predictionsPerSecond, rates?.predictions)]
      : []),
    ...(errors ? [errors] : []),
  ];
  const spoiled = missing !== undefined || judged.state !== 'valid' || recorder.count === 0;
  const notMeasured = found.filter((one): one is { metric: string; reason: string } => 'reason' in one);
  const { durationsMs: response } = recorder.spreadMs('response', { failedMs: timeoutMs });
  const { durationsMs: served } = recorder.spreadMs('service', { failedMs: timeoutMs });
  const steady = steadyState(response);
  const quantileOf = (q: number): number => (lag.length > 0 ? quantile(lag, q) : 0);
  return {
    state,
    reasons,
    recorder,
    ledger,
    offeredPerSecond: ledger.scheduled / spanSeconds,
    requestsPerSecond,
    predictionsPerSecond,
    measurements: spoiled ? [] : all,
    notMeasured: spoiled
      ? [...all, ...notMeasured].map(({ metric }) => ({
          metric,
          reason: `${state}: ${reasons[0] ?? 'no request was due'}`,
        }))
      : notMeasured,
    series: [
      percentileCurve('latency.percentiles', 'Latency by percentile', { response, service: served, lag }),
      latencyOverTime(recorder, timeoutMs),
      ...(stages ? [stageSeries(stages)] : []),
    ],
    stages,
    problems,
    littleResidual: residual,
    generator: { lanes, pacer, lagP50Ms: quantileOf(0.5), lagP99Ms: quantileOf(0.99), utilisation },
    usage,
    notes: [
      ledgerSentence(ledger),
      `Generator: ${lanes === 0 ? 'this thread' : `${lanes} thread${lanes === 1 ? '' : 's'}`}, ${pacer === 'sleep' ? 'sleeping' : 'spinning'} pacer, ` +
        `late by ${quantileOf(0.5).toFixed(2)} ms in the middle and ${quantileOf(0.99).toFixed(2)} ms at P99` +
        `, busy ${(utilisation * 100).toFixed(0)} % of the time. Little's law holds to ${(residual * 100).toFixed(2)} %.`,
      ...(usage
        ? [`The target used ${usage.cores.toFixed(2)} cores and ${(usage.rssBytes / 1e6).toFixed(0)} MB.`]
        : []),
      ...(recorder.beyond
        ? [
            `The first ${recorder.count.toLocaleString('en-US')} requests are kept one by one, the others in histograms (within 0.025 %): the percentiles are those of all, the curve over time and the stages those of the first.`,
          ]
        : []),
      ...reasons,
      ...(scenario.arrivals.kind === 'poisson' || scenario.arrivals.kind === 'constant'
        ? steady.state === 'drift' || steady.state === 'shift'
          ? [`no steady state: ${steady.reason}`]
          : []
        : []),
      ...(stages ? [stages.bottleneck] : []),
      ...problems.slice(0, 3).map(([problem, count]) => `${count} × ${problem}`),
    ],
  };
}
