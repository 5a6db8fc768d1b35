import type { MetricId, Unit } from './measurement.ts';

/** Ways a measurement can be held against a limit. */
export type Comparison = '<' | '<=' | '>' | '>=';

/** A limit on a metric, as `latency.inference.p95 < 100 ms`. */
export interface Requirement {
  /** Unique within a run; the metric unless two requirements share it. */
  readonly id: string;
  /** As it was written. */
  readonly expression: string;
  readonly metric: MetricId;
  readonly comparison: Comparison;
  /** In `unit`. */
  readonly limit: number;
  readonly unit: Unit;
  /** Whether a run can be called ready without it. */
  readonly required: boolean;
  /** Who asks for it: `specification`, `design`, or the file and path it was read from. */
  readonly source: string;
}
