import { type Check, type EncodedRequest, InputError, parseRequirement, type Requirement } from '@preopen/core';
import { errorRate } from './error-rate.ts';
import { measureLatency } from './measure.ts';

/** Something a service can be asked for beside predictions. */
export interface Operation {
  /** As it stands in metric names: `signal` gives `latency.signal.p95`. */
  readonly name: string;
  /** Requests, sent in turn; their answers must be readable by the service's codec, with as many predictions as stated. */
  readonly requests: readonly EncodedRequest[];
  /** Default: three times the limit of an operation that is known, else 30 s. */
  readonly timeoutMs?: number;
  /** Requests before the first look; fewer than 200 give no P95. Default 200. */
  readonly minSamples?: number;
}

/** How long the specification lets an operation take. */
const limitsMs: Readonly<Record<string, number>> = {
  inference: 100,
  features: 30_000,
  'data-update': 5000,
  signal: 60_000,
  risk: 15_000,
};

/**
 * The specification's limits as requirements that a run may miss without failing: few services expose all operations.
 * Source: the specification's operation limits
 */
export function operationRequirements(): readonly Requirement[] {
  return Object.entries(limitsMs)
    .filter(([name]) => name !== 'inference')
    .map(([name, limitMs]) => ({
      ...parseRequirement(`latency.${name}.p95 < ${limitMs / 1000} s`, { source: 'specification' }),
      required: false,
    }));
}

/**
 * A check of the latency of an operation of one's own, measured like that of inference: open-loop, from the intended start.
 * @throws InputError without requests, or for a name that cannot stand in a metric
 */
export function operationLatency({ name, requests, timeoutMs, minSamples = 200 }: Operation): Check {
  if (requests.length === 0 || !/^[a-z][\w-]*$/i.test(name)) {
    throw new InputError(
      `operation “${name}”: expected a name of letters, digits and hyphens, and at least one request.`,
    );
  }
  const metric = `latency.${name}`;
  const patienceMs = timeoutMs ?? (limitsMs[name] ?? 10_000) * 3;
  return {
    id: `latency/${name}`,
    title: `Latency of the operation “${name}”, open-loop`,
    metrics: [`${metric}.p50`, `${metric}.p95`, `${metric}.p99`, `errors.${name}`],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => 30_000,
    timeoutMs: () => 600_000,
    async run(context) {
      const scenario = { rows: 0, requests, subject: `“${name}” requests`, metric, timeoutMs: patienceMs, minSamples };
      const { measurements, notMeasured, series, notes, recorder } = await measureLatency(
        context.service!,
        scenario,
        context,
      );
      const errors = errorRate(`errors.${name}`, recorder.ledger());
      return { measurements: [...measurements, ...(errors ? [errors] : [])], notMeasured, series, evidence: [], notes };
    },
  };
}
