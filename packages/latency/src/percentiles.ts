import {
  exceedanceBounds,
  type Interval,
  type Measurement,
  quantile,
  quantileAtLeast,
  type Series,
  sequentialQuantileInterval,
  sortedCopy,
} from '@preopen/core';
import { LatencyHistogram } from './histogram.ts';

/** What is asked of a sample of durations. */
export interface PercentileRequest {
  readonly metric: string;
  /** In (0, 1). */
  readonly q: number;
  /** In the order of their intended start. */
  readonly durationsMs: Float64Array;
  /** All requests, where these durations only stand for them: the percentile is then theirs. */
  readonly standFor?: LatencyHistogram;
  /** At this duration and above the truth is only known to be “at least”: failed requests count as it. */
  readonly censoredAtMs: number;
  readonly look: number;
  readonly maxLooks: number;
  /**
   * That the service had little to do (half of what it can, at most), so that a request hardly depends on those before it. What
   * the percentile is at least is then known also where batches give no interval: of a service that takes the same time for each
   * request, say, but for a slow wave of some tenths of a millisecond.
   */
  readonly isLight?: boolean;
  readonly how: string;
}

/** Probability of a wrong verdict over all looks. */
const errorBudget = 0.01;
/** Requests beyond a percentile without which it is not spoken of. */
const leastBeyond = 10;

/**
 * A percentile with an interval that survives autocorrelation and repeated looks, or why there is none.
 * Where the slow requests came in one clump, as in a single stall, how often such a thing happens is unknown: the interval
 * then ends above at a round value beyond which the share is known, or is open where there is none. What is known of the share
 * beyond other round values comes with it, and may still decide a limit.
 * Where the percentile falls among failed requests it is a lower bound: it can fail a limit and never pass one.
 */
export function percentileMeasurement(
  request: PercentileRequest,
): Measurement | { readonly metric: string; readonly reason: string } {
  const { metric, q, durationsMs, standFor, censoredAtMs, look, maxLooks, isLight = false, how } = request;
  const result = sequentialQuantileInterval({ values: durationsMs, q, look, maxLooks, errorBudget });
  const few = durationsMs.length * Math.min(q, 1 - q) < leastBeyond;
  if ('tooShort' in result && few) {
    return { metric, reason: `no interval for the ${q * 100}th percentile: ${result.tooShort}` };
  }
  const value = standFor ? standFor.quantileMs(q) : quantile(sortedCopy(durationsMs), q);
  const interval: Interval =
    'interval' in result ? result.interval : openAbove(durationsMs, q, isLight, result.tooShort);
  // One-sided, with this look's part of the error budget, as the interval on each of its sides.
  const confidence = 1 - errorBudget / maxLooks;
  // Clusters are those of neighbours, and durations that only stand for requests have none.
  const bounds = standFor === undefined ? exceedanceBounds(durationsMs, { q, confidence, upTo: censoredAtMs }) : [];
  const measurement: Measurement = {
    metric,
    value,
    unit: 'ms',
    samples: standFor?.count ?? durationsMs.length,
    interval: closedAbove(interval, { censoredAtMs, firstBeyondMs: bounds[0]?.from, confidence }),
    how,
  };
  const withTail: Measurement =
    bounds.length === 0
      ? measurement
      : { ...measurement, tail: { quantile: q, confidence, method: 'clusters of exceedances', bounds } };
  return value >= censoredAtMs ? { ...withTail, bound: 'at-least' } : withTail;
}

/** Where batches give no interval: from what the percentile is at least, or from nothing. */
function openAbove(durationsMs: Float64Array, q: number, isLight: boolean, tooShort: string): Interval {
  const least = isLight ? quantileAtLeast(durationsMs, q) : undefined;
  return least === undefined
    ? { low: 0, high: Number.POSITIVE_INFINITY, confidence: 0.95, method: `none: ${tooShort}` }
    : {
        low: least.value,
        high: Number.POSITIVE_INFINITY,
        confidence: least.confidence,
        method: `at least, by five parts (none by batches: ${tooShort})`,
      };
}

/**
 * An interval whose upper end is known: an end among failed requests is only known to be no less. Where the slow requests are
 * too few clumps for an end of its own, the first round value that surely fewer reach than the percentile leaves is one; that
 * the end may come from either adds their errors (Bonferroni).
 */
function closedAbove(
  interval: Interval,
  known: { readonly censoredAtMs: number; readonly firstBeyondMs: number | undefined; readonly confidence: number },
): Interval {
  if (interval.high < known.censoredAtMs) return interval;
  if (known.firstBeyondMs === undefined) return { ...interval, high: Number.POSITIVE_INFINITY };
  return {
    ...interval,
    high: known.firstBeyondMs,
    confidence: interval.confidence - (1 - known.confidence),
    method: `${interval.method}; upper end by clusters of exceedances`,
  };
}

/** Quantiles at which percentile curves are drawn: denser towards the tail, as HdrHistogram's plots. */
const curveQuantiles = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1];

/** Percentile curves of several samples side by side. Quantiles that a sample is too small for stay empty. */
export function percentileCurve(id: string, title: string, samples: Readonly<Record<string, Float64Array>>): Series {
  const sorted = Object.entries(samples).map(([name, values]) => [name, sortedCopy(values)] as const);
  return {
    id,
    title,
    columns: [
      { name: 'quantile', unit: 'ratio', values: curveQuantiles },
      ...sorted.map(([name, ascending]) => ({
        name,
        unit: 'ms' as const,
        values: curveQuantiles.map((q) =>
          q < 1 && (1 - q) * ascending.length < 1 ? null : ascending.length > 0 ? quantile(ascending, q) : null,
        ),
      })),
    ],
  };
}

/**
 * The percentile distribution in HdrHistogram's text form (`.hgrm`), which its plotters read; from samples it is exact.
 * Columns: value in milliseconds, percentile, total count, 1 / (1 − percentile).
 */
export function hgrm(durations: Float64Array | LatencyHistogram): string {
  const { n, at, mean, deviation } =
    durations instanceof LatencyHistogram ? ofBuckets(durations) : ofSamples(durations);
  const lines = ['       Value     Percentile TotalCount 1/(1-Percentile)', ''];
  const row = (value: number, percentile: number, count: number): string => {
    const inverse = percentile < 1 ? (1 / (1 - percentile)).toFixed(2) : 'inf';
    return `${value.toFixed(3).padStart(12)} ${percentile.toFixed(12)} ${String(count).padStart(10)} ${inverse.padStart(14)}`;
  };
  // Five steps for each halving of the distance to 1, as HdrHistogram prints them.
  for (let half = 0; n > 0; half++) {
    const span = 0.5 ** (half + 1);
    for (let step = 0; step < 5; step++) {
      const q = 1 - 2 * span + (span * step) / 5;
      lines.push(row(at(q), q, Math.max(1, Math.ceil(q * n))));
    }
    if (span * n < 1) break;
  }
  if (n > 0) lines.push(row(at(1), 1, n));
  lines.push(`#[Mean    = ${mean.toFixed(3).padStart(12)}, StdDeviation   = ${deviation.toFixed(3).padStart(12)}]`);
  lines.push(`#[Max     = ${(n > 0 ? at(1) : 0).toFixed(3).padStart(12)}, Total count    = ${String(n).padStart(12)}]`);
  return `${lines.join('\n')}\n`;
}

interface Distribution {
  readonly n: number;
  readonly at: (q: number) => number;
  readonly mean: number;
  readonly deviation: number;
}

function ofSamples(durationsMs: Float64Array): Distribution {
  const ascending = sortedCopy(durationsMs);
  const n = ascending.length;
  let mean = 0;
  let squares = 0;
  for (const value of ascending) mean += value / n;
  for (const value of ascending) squares += (value - mean) ** 2 / n;
  return { n, at: (q) => quantile(ascending, q), mean, deviation: Math.sqrt(squares) };
}

function ofBuckets(histogram: LatencyHistogram): Distribution {
  const { count: n } = histogram;
  let mean = 0;
  let squares = 0;
  for (const { valueMs, count } of histogram.buckets()) mean += (valueMs * count) / n;
  for (const { valueMs, count } of histogram.buckets()) squares += ((valueMs - mean) ** 2 * count) / n;
  return { n, at: (q) => (q < 1 ? histogram.quantileMs(q) : histogram.maxMs), mean, deviation: Math.sqrt(squares) };
}
