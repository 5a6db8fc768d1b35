/** A metric's dotted name, as `latency.inference.p95`. */
export type MetricId = string;

/** Units of measurements. Sizes are bytes, rates are per second, shares are ratios (0.01 is 1 %). */
export type Unit = 'ms' | 's' | 'bytes' | '1/s' | 'ratio' | 'count';

/** An interval that holds the true value with the stated confidence. Either end may be infinite: a one-sided bound. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Two-sided confidence in (0, 1), such as 0.95. */
  readonly confidence: number;
  /** How it was got, such as `batch-exceedance` or `stationary-bootstrap`. */
  readonly method: string;
}

/**
 * What a sample says of its tail beyond a quantile. It decides limits far above the quantile whose interval is open
 * because the slowest came in clumps: P95 < 100 ms asks whether fewer than 5 % take 100 ms or more.
 */
export interface Tail {
  /** The quantile, in (0, 1). */
  readonly quantile: number;
  /** One-sided. */
  readonly confidence: number;
  readonly method: string;
  /** At most this share of all lies at `from` (in the measurement's unit) or above; ascending, each below 1 − quantile. */
  readonly bounds: readonly { readonly from: number; readonly atMost: number }[];
}

/** A metric's value together with how sure it is. */
export interface Measurement {
  readonly metric: MetricId;
  readonly value: number;
  readonly unit: Unit;
  /** Number of observations behind the value (requests, days, runs); 1 for a single reading. */
  readonly samples: number;
  readonly interval?: Interval;
  /**
   * The true value may lie on one side only: `at-least` where part of the sample was cut off (a time-out),
   * `at-most` where the sum over-counts. Such a value can decide a requirement in that direction alone.
   */
  readonly bound?: 'at-least' | 'at-most';
  /** For a quantile: what is known of the share at or above values beyond it. */
  readonly tail?: Tail;
  /** One sentence for the reader: what was counted, under which conditions. */
  readonly how?: string;
}

/** A curve or a set of points behind a chart: equally long columns. */
export interface Series {
  /** Dotted name, unique inside a check, as `latency.percentiles`. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly SeriesColumn[];
}

/** One column of a series: numbers, or labels such as dates and stage names. */
export interface SeriesColumn {
  readonly name: string;
  /** Unit of numbers; absent for labels. */
  readonly unit?: Unit;
  readonly values: readonly (number | string | null)[];
}

/** A file that backs a measurement, stored under the run's folder. */
export interface Evidence {
  readonly title: string;
  /** Path relative to the run's folder, with `/`. */
  readonly path: string;
  readonly mediaType: string;
}
