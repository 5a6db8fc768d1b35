import type { Measurement, Series } from '@preopen/core';
import type { Capacity } from './capacity.ts';
import type { CapacityEstimate } from './capacity-fit.ts';
import type { Probe } from './capacity-probe.ts';

/** What a capacity is called and of what. */
export interface CapacityMetric {
  readonly metric: string;
  /** Predictions in each request; 1 counts requests. */
  readonly rows: number;
  readonly how: string;
}

const requestsOf = (probes: readonly Probe[]): number => probes.reduce((sum, { requests }) => sum + requests, 0);

/** An estimate as a measurement, in predictions per second. */
export function estimateMeasurement(
  { metric, rows, how }: CapacityMetric,
  estimate: CapacityEstimate,
  samples: number,
): Measurement {
  return {
    metric,
    value: estimate.perSecond * rows,
    unit: '1/s',
    samples: Math.max(1, samples),
    interval: {
      low: estimate.low * rows,
      high: estimate.high * rows,
      confidence: 0.95,
      method: estimate.method,
    },
    how,
  };
}

/** A capacity as a measurement, or why there is none. Where only one side is known it is a bound. */
export function capacityMeasurement(
  of: CapacityMetric,
  capacity: Capacity,
): Measurement | { readonly metric: string; readonly reason: string } {
  const { metric, rows, how } = of;
  const samples = Math.max(1, requestsOf(capacity.probes));
  switch (capacity.outcome) {
    case 'found':
      return estimateMeasurement(of, capacity.estimate, samples);
    case 'at-least':
      return {
        metric,
        value: capacity.heldPerSecond * rows,
        unit: '1/s',
        samples,
        bound: 'at-least',
        how: `${how}; more could not be tried: ${capacity.reason}`,
      };
    case 'at-most':
      return {
        metric,
        value: capacity.refutedPerSecond * rows,
        unit: '1/s',
        samples,
        bound: 'at-most',
        how: `${how}; no rate was held that was tried`,
      };
    case 'none':
      return { metric, value: 0, unit: '1/s', samples: capacity.requests, how: `${how}; ${capacity.reason}` };
    case 'not-measured':
      return { metric, reason: capacity.reason };
  }
}

/** What is to be said of a search beside its figure. */
export function capacityNotes(capacity: Capacity): readonly string[] {
  switch (capacity.outcome) {
    case 'found':
      return capacity.notes;
    case 'none':
      return [`No rate keeps the limit: ${capacity.reason}.`];
    default:
      return [];
  }
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The probes of a search by their rate: the latency–throughput curve. */
export function probeSeries(id: string, title: string, allProbes: readonly Probe[], rows: number): Series {
  const probes = allProbes.toSorted((a, b) => a.offeredPerSecond - b.offeredPerSecond);
  return {
    id,
    title,
    columns: [
      { name: 'offered predictions', unit: '1/s', values: probes.map((probe) => probe.offeredPerSecond * rows) },
      { name: 'achieved predictions', unit: '1/s', values: probes.map((probe) => probe.achievedPerSecond * rows) },
      { name: 'P50 response', unit: 'ms', values: probes.map((probe) => finiteOrNull(probe.p50Ms)) },
      { name: 'P95 response', unit: 'ms', values: probes.map((probe) => finiteOrNull(probe.p95Ms)) },
      { name: 'above the limit', unit: 'ratio', values: probes.map((probe) => probe.shareAbove) },
      { name: 'failed', unit: 'ratio', values: probes.map((probe) => probe.errorShare) },
      { name: 'cores of the target', unit: 'count', values: probes.map((probe) => probe.usage?.cores ?? null) },
      { name: 'memory of the target', unit: 'bytes', values: probes.map((probe) => probe.usage?.rssBytes ?? null) },
      { name: 'verdict', values: probes.map((probe) => probe.verdict) },
      { name: 'reason', values: probes.map((probe) => probe.spoiled ?? probe.overloaded ?? probe.late ?? '') },
    ],
  };
}
