import { type Check, type Measurement, proportionInterval } from '@preopen/core';
import { type LatencyScenario, measureLatency } from './measure.ts';
import { hgrm, percentileMeasurement } from './percentiles.ts';

/** What may be changed of the inference latency check. */
export type InferenceLatencyOptions = Partial<Omit<LatencyScenario, 'rows' | 'metric'>>;

const defaultTimeoutMs = 5000;

/** Inference latency, open-loop, scoring the whole cross-section with each request. */
export function inferenceLatency(options: InferenceLatencyOptions = {}): Check {
  return {
    id: 'latency/inference',
    title: 'Inference latency, open-loop, whole cross-section',
    metrics: [
      'latency.inference.p50',
      'latency.inference.p95',
      'latency.inference.p99',
      'latency.service.p50',
      'latency.service.p95',
      'errors.rate',
    ],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => 8000 + stocks * 5,
    timeoutMs: () => 300_000,
    async run(context) {
      const { timeoutMs = defaultTimeoutMs } = options;
      const result = await measureLatency(
        context.service!,
        { ...options, timeoutMs, rows: context.scale.stocks, metric: 'latency.inference' },
        context,
      );
      const { recorder } = result;
      const ledger = recorder.ledger();
      const ended = ledger.scheduled - ledger.pending - ledger.aborted;
      const failed = ended - ledger.ok;
      const measurements: Measurement[] = [...result.measurements];
      const notMeasured = [...result.notMeasured];
      if (ended > 0) {
        const kinds = Object.entries(ledger).filter(
          ([kind, count]) => count > 0 && !['ok', 'scheduled', 'pending', 'aborted'].includes(kind),
        );
        measurements.push({
          metric: 'errors.rate',
          value: failed / ended,
          unit: 'ratio',
          samples: ended,
          interval: proportionInterval(failed, ended),
          how: kinds.length > 0 ? kinds.map(([kind, count]) => `${count} ${kind}`).join(', ') : 'no request failed',
        });
        const durationsMs = recorder.durationsMs('service', { failedMs: timeoutMs });
        for (const [name, q] of [
          ['p50', 0.5],
          ['p95', 0.95],
        ] as const) {
          const one = percentileMeasurement({
            metric: `latency.service.${name}`,
            q,
            durationsMs,
            censoredAtMs: timeoutMs,
            look: 1,
            maxLooks: 1,
            how: 'from the actual start to the end of the answer',
          });
          if ('value' in one) measurements.push(one);
          else notMeasured.push(one);
        }
      } else notMeasured.push({ metric: 'errors.rate', reason: result.notes[0] ?? 'no request was sent' });
      const response = recorder.durationsMs('response', { failedMs: timeoutMs });
      const evidence =
        response.length > 0
          ? [
              await context.keep(
                'response.hgrm',
                'Response times, HdrHistogram percentile form',
                'text/plain',
                hgrm(response),
              ),
            ]
          : [];
      return {
        measurements,
        notMeasured,
        series: response.length > 0 ? result.series : [],
        evidence,
        notes: result.notes,
      };
    },
  };
}

/** The checks of this package. */
export function latencyChecks(): readonly Check[] {
  return [inferenceLatency()];
}
