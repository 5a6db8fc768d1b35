import { midranks } from '../operators/midranks.ts';
import type { Shape } from '../operators/shape.ts';

/** Mean returns of the stocks in each quantile of the predictions. */
export interface QuantileReturns {
  /** `[quantiles]`, lowest predictions first: mean over days of the day's mean return. */
  readonly mean: Float64Array;
  /** `[days × quantiles]`; `NaN` on days with fewer than five stocks for each quantile. */
  readonly daily: Float64Array;
  readonly days: number;
}

/**
 * Returns that followed, by quantile of the predictions: stocks with both are ranked each day and cut into equal parts.
 * @param returns `[days × stocks]`, as ratios
 */
export function quantileReturns(
  predictions: Float64Array,
  returns: Float64Array,
  { days, stocks }: Shape,
  quantiles: number,
): QuantileReturns {
  const daily = new Float64Array(days * quantiles).fill(Number.NaN);
  const mean = new Float64Array(quantiles);
  const both = new Float64Array(stocks);
  const ranks = new Float64Array(stocks);
  const sum = new Float64Array(quantiles);
  const members = new Int32Array(quantiles);
  let used = 0;
  for (let t = 0; t < days; t++) {
    const row = t * stocks;
    for (let i = 0; i < stocks; i++)
      both[i] =
        Number.isFinite(returns[row + i]!) && Number.isFinite(predictions[row + i]!)
          ? predictions[row + i]!
          : Number.NaN;
    const count = midranks(both, ranks);
    if (count < 5 * quantiles) continue;
    sum.fill(0);
    members.fill(0);
    for (let i = 0; i < stocks; i++) {
      if (Number.isNaN(ranks[i]!)) continue;
      const quantile = Math.floor((ranks[i]! / count) * quantiles);
      sum[quantile]! += returns[row + i]!;
      members[quantile]!++;
    }
    // Predictions that are all alike leave quantiles empty.
    if (members.includes(0)) continue;
    used++;
    for (let q = 0; q < quantiles; q++) {
      daily[t * quantiles + q] = sum[q]! / members[q]!;
      mean[q]! += sum[q]! / members[q]!;
    }
  }
  for (let q = 0; q < quantiles; q++) mean[q]! /= used;
  return { mean, daily, days: used };
}
