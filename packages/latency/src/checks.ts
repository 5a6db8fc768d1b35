import type { Check, CheckContext, CheckOutcome, Evidence, Measurement } from '@preopen/core';
import { batchSizeCurve } from './batch-size.ts';
import { errorRate } from './error-rate.ts';
import { hdrText } from './hdr.ts';
import { type LatencyResult, type LatencyScenario, measureLatency } from './measure.ts';
import { hgrm, percentileMeasurement } from './percentiles.ts';
import { inferenceProfile } from './profile/check.ts';
import { stagePercentiles, stageSeries } from './stages.ts';

/** What may be changed of the inference latency check. */
export interface InferenceLatencyOptions extends Partial<LatencyScenario> {
  /** Longest time of sampling. Default: three times what is expected. */
  readonly budgetMs?: number;
  readonly title?: string;
}

const defaultTimeoutMs = 5000;
const never = new AbortController().signal;

const serviceQuantiles = [
  { metric: 'latency.service.p50', q: 0.5 },
  { metric: 'latency.service.p95', q: 0.95 },
];

async function keepHistograms(response: Float64Array, context: CheckContext): Promise<readonly Evidence[]> {
  if (response.length === 0) return [];
  return [
    await context.keep('response.hgrm', 'Response times, HdrHistogram percentile form', 'text/plain', hgrm(response)),
    await context.keep(
      'response.hdr.txt',
      'Response times in microseconds, HdrHistogram V2 compressed, to be added up with others',
      'text/plain',
      await hdrText(response),
    ),
  ];
}

function serviceTimes({ recorder }: LatencyResult, timeoutMs: number): ReturnType<typeof percentileMeasurement>[] {
  const durationsMs = recorder.durationsMs('service', { failedMs: timeoutMs });
  const how = 'from the actual start to the end of the answer';
  return serviceQuantiles.map(({ metric, q }) =>
    percentileMeasurement({ metric, q, durationsMs, censoredAtMs: timeoutMs, look: 1, maxLooks: 1, how }),
  );
}

/** Inference latency, open-loop, scoring the whole cross-section with each request. */
export function inferenceLatency(options: InferenceLatencyOptions = {}): Check {
  const { timeoutMs = defaultTimeoutMs, metric = 'latency.inference', budgetMs, title, ...scenario } = options;
  return {
    id: 'latency/inference',
    title: title ?? 'Inference latency, open-loop, whole cross-section',
    metrics: [
      `${metric}.p50`,
      `${metric}.p95`,
      `${metric}.p99`,
      ...serviceQuantiles.map(({ metric }) => metric),
      'errors.rate',
    ],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => (budgetMs === undefined ? 6000 + stocks * 5 : budgetMs / 3),
    timeoutMs: () => Math.max(300_000, 2 * (budgetMs ?? 0)),
    async run(context): Promise<CheckOutcome> {
      const result = await measureLatency(
        context.service!,
        { rows: context.scale.stocks, ...scenario, timeoutMs, metric },
        { ...context, signal: never, endEarly: context.signal },
      );
      const { recorder, stageTimes, stages } = result;
      const reason = result.notes[0] ?? 'no request was sent';
      const errors = errorRate('errors.rate', recorder.ledger());
      const served = result.measurements.length > 0 ? serviceTimes(result, timeoutMs) : [];
      const stagesTold = stagePercentiles(recorder, stageTimes);
      return {
        measurements: [
          ...result.measurements,
          ...served.filter((one): one is Measurement => 'value' in one),
          ...(errors ? [errors] : []),
        ],
        notMeasured: [
          ...result.notMeasured,
          ...served.filter((one): one is { metric: string; reason: string } => 'reason' in one),
          ...(served.length > 0 ? [] : serviceQuantiles.map(({ metric }) => ({ metric, reason }))),
          ...(errors ? [] : [{ metric: 'errors.rate', reason }]),
        ],
        series: [...result.series, ...(stages ? [stageSeries(stages)] : []), ...(stagesTold ? [stagesTold] : [])],
        evidence: await keepHistograms(recorder.durationsMs('response', { failedMs: timeoutMs }), context),
        notes: result.notes,
      };
    },
  };
}

/** Response time by the number of stocks in a request, divided into a fixed cost and one per stock. */
export function batchSizeLatency(): Check {
  return {
    id: 'latency/batch-size',
    title: 'Service time by stocks per request',
    metrics: ['latency.batch.fixed', 'latency.batch.perStock'],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => 4000 + stocks * 5,
    run: (context) => batchSizeCurve(context.service!, context),
  };
}

/** The checks of this package. */
export function latencyChecks(): readonly Check[] {
  return [inferenceLatency(), batchSizeLatency(), inferenceProfile()];
}
