import type { Panel } from '../panel.ts';

/** How much of what a pipeline prefers lies in one sector. */
export interface SectorConcentration {
  /** Share of the sector among the tenth of stocks with the highest predictions. */
  readonly share: number;
  /** Share of the sector among all stocks that have a prediction. */
  readonly universeShare: number;
  /**
   * Part of the variance of that tenth's return that comes from the sector: the covariance of the sector's part of the
   * return with the whole, over the variance of the whole. `NaN` with fewer than ten days.
   */
  readonly risk: number;
  readonly days: number;
}

/**
 * Concentration of the top tenth of predictions, equally weighted, in a sector, over all days with predictions.
 * @param returns forward returns of one session, `[days × stocks]`
 */
export function sectorConcentration(
  panel: Panel,
  values: Float64Array,
  returns: Float64Array,
  sector: string,
): SectorConcentration {
  const n = panel.stocks.length;
  const whole: number[] = [];
  const part: number[] = [];
  let [top, topIn, all, allIn] = [0, 0, 0, 0];
  for (let t = 0; t < panel.dates.length; t++) {
    const held = panel.stocks
      .map((stock, i) => ({ isIn: stock.sector === sector, value: values[t * n + i]!, earned: returns[t * n + i]! }))
      .filter(({ value, earned }) => !Number.isNaN(value) && !Number.isNaN(earned))
      .sort((a, b) => b.value - a.value);
    if (held.length < 10) continue;
    const best = held.slice(0, Math.ceil(held.length / 10));
    all += held.length;
    allIn += held.filter(({ isIn }) => isIn).length;
    top += best.length;
    topIn += best.filter(({ isIn }) => isIn).length;
    whole.push(best.reduce((sum, { earned }) => sum + earned, 0) / best.length);
    part.push(best.reduce((sum, { earned, isIn }) => sum + (isIn ? earned : 0), 0) / best.length);
  }
  return { share: topIn / top, universeShare: allIn / all, risk: covarianceRatio(part, whole), days: whole.length };
}

/** Covariance of a with b over the variance of b. */
function covarianceRatio(a: readonly number[], b: readonly number[]): number {
  if (b.length < 10) return Number.NaN;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let together = 0;
  let variance = 0;
  for (let k = 0; k < b.length; k++) {
    together += (a[k]! - meanA) * (b[k]! - meanB);
    variance += (b[k]! - meanB) ** 2;
  }
  return variance > 0 ? together / variance : Number.NaN;
}
