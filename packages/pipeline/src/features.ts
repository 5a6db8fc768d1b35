import { type Frame, toFrame } from '@preopen/frame';
import type { Panel } from '@preopen/market-tw';
import type { Factor } from './factors/factor.ts';
import { factorLibrary } from './factors/library.ts';
import { type Fundamentals, marketColumns } from './factors/market-columns.ts';
import { rankInto } from './ranked-factor.ts';

/** A panel's features: one column `[days × stocks]` per factor, as ranks within the day in [−0.5, 0.5]. */
export interface Features {
  readonly names: readonly string[];
  /** Ranks need no more than single precision; it halves the memory. */
  readonly columns: readonly Float32Array[];
  readonly days: number;
  readonly stocks: number;
}

/** Computes factors on a panel and ranks each within its day. */
export function computeFeatures(
  panel: Panel,
  factors: readonly Factor[] = factorLibrary,
  fundamentals: Fundamentals = {},
): Features {
  const market = marketColumns(panel, fundamentals);
  const columns = factors.map((factor) => {
    const column = new Float32Array(market.shape.days * market.shape.stocks);
    rankInto(factor, market, column);
    return column;
  });
  return { names: factors.map(({ name }) => name), columns, ...market.shape };
}

/**
 * The features of one date as a danfojs data frame: a row per stock, a column per feature, the code as `stock`.
 * @throws RangeError if the panel does not have the date
 */
export function featureFrame(
  panel: Panel,
  date: string,
  factors: readonly Factor[] = factorLibrary,
  fundamentals: Fundamentals = {},
): Frame {
  const t = panel.dates.indexOf(date);
  if (t < 0) throw new RangeError(`featureFrame: the panel has no session on ${date}`);
  const features = computeFeatures(panel, factors, fundamentals);
  const n = features.stocks;
  const columns: Record<string, readonly string[] | Float64Array> = { stock: panel.stocks.map(({ code }) => code) };
  features.names.forEach((name, f) => {
    columns[name] = Float64Array.from(features.columns[f]!.subarray(t * n, (t + 1) * n));
  });
  return toFrame(columns);
}
