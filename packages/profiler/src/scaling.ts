import { InputError, studentTQuantile } from '@preopen/core';

/** Peak memory at one size of the universe. */
export interface SizedPeak {
  readonly stocks: number;
  readonly peakBytes: number;
}

/** How peak memory follows the size of the universe: `fixedBytes + bytesPerStock × stocks`. */
export interface MemoryScaling {
  readonly fixedBytes: number;
  readonly bytesPerStock: number;
  /** Largest miss of the line at a measured size, as a part of the peak there. */
  readonly worstMiss: number;
  /** Largest universe that fits the limit. */
  readonly fits: { readonly stocks: number; readonly low: number; readonly high: number };
  /** Whether that lies beyond four times the largest size that was measured: a guess rather than a measurement. */
  readonly isFarAway: boolean;
}

/** A line that misses a measured peak by more than this does not describe it. */
export const tolerableMiss = 0.1;
const farAway = 4;

/**
 * Fits a line to peaks by ordinary least squares, and finds the largest universe below a limit; its interval is where the
 * bounds of a single prediction cross the limit.
 * Source: Draper & Smith, Applied Regression Analysis, 3rd ed., 1998, §3.2 (inverse regression)
 * @param peaks three different sizes or more
 * @throws InputError for fewer
 */
export function fitScaling(
  peaks: readonly SizedPeak[],
  { limitBytes, confidence = 0.95 }: { readonly limitBytes: number; readonly confidence?: number },
): MemoryScaling {
  const n = peaks.length;
  if (new Set(peaks.map(({ stocks }) => stocks)).size < 3)
    throw new InputError(`fitScaling: a line with an interval needs peaks at 3 sizes or more, got ${n}.`);
  const meanX = peaks.reduce((sum, { stocks }) => sum + stocks, 0) / n;
  const meanY = peaks.reduce((sum, { peakBytes }) => sum + peakBytes, 0) / n;
  let sxx = 0;
  let sxy = 0;
  for (const { stocks, peakBytes } of peaks) {
    sxx += (stocks - meanX) ** 2;
    sxy += (stocks - meanX) * (peakBytes - meanY);
  }
  const slope = sxy / sxx;
  const intercept = meanY - slope * meanX;
  const at = (stocks: number): number => intercept + slope * stocks;
  const misses = peaks.map(({ stocks, peakBytes }) => peakBytes - at(stocks));
  const deviation = Math.sqrt(misses.reduce((sum, miss) => sum + miss * miss, 0) / (n - 2));
  const t = studentTQuantile(1 - (1 - confidence) / 2, n - 2);
  const reach = (stocks: number): number => t * deviation * Math.sqrt(1 + 1 / n + (stocks - meanX) ** 2 / sxx);
  const stocks = slope > 0 ? (limitBytes - intercept) / slope : Number.POSITIVE_INFINITY;
  return {
    fixedBytes: intercept,
    bytesPerStock: slope,
    worstMiss: Math.max(...misses.map((miss, i) => Math.abs(miss) / peaks[i]!.peakBytes)),
    fits: {
      stocks: Math.max(0, Math.floor(stocks)),
      low: Math.floor(crossing((x) => at(x) + reach(x), limitBytes)),
      high: Math.floor(crossing((x) => at(x) - reach(x), limitBytes)),
    },
    isFarAway: stocks > farAway * Math.max(...peaks.map((peak) => peak.stocks)),
  };
}

/** Where a curve first exceeds a limit, by doubling and halving; infinite if it does not below 10⁹. */
function crossing(curve: (x: number) => number, limit: number): number {
  if (curve(0) >= limit) return 0;
  let high = 1;
  while (curve(high) < limit) {
    high *= 2;
    if (high > 1e9) return Number.POSITIVE_INFINITY;
  }
  let low = high / 2;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (curve(middle) < limit) low = middle;
    else high = middle;
  }
  return low;
}
