import type { Measurement } from '@preopen/core';
import { rankCorrelation, studentTQuantile } from '@preopen/core';
import type { Panel } from '../panel.ts';

/** A day with fewer pairs of prediction and return says nothing. */
const leastPairs = 10;

/**
 * The sessions that count as stress when a signal is compared with calm days: those of the scenario; where it fills most of the
 * panel, as periods of history do, the quarter of the sessions on which the mean stock moved the most.
 */
export function roughSessions({ dates, stocks, fields }: Panel, stressDays: readonly number[]): readonly number[] {
  if (stressDays.length <= dates.length / 2) return stressDays;
  const moves = dates.map((_, t) => {
    let sum = 0;
    let count = 0;
    for (let at = t * stocks.length; at < (t + 1) * stocks.length; at++) {
      const change = fields.close[at]! / fields.reference[at]! - 1;
      if (Number.isNaN(change)) continue;
      sum += change;
      count++;
    }
    return { t, move: count > 0 ? Math.abs(sum / count) : 0 };
  });
  const ranked = moves.sort((a, b) => b.move - a.move || a.t - b.t);
  return ranked.slice(0, Math.ceil(dates.length / 4)).map(({ t }) => t);
}

/** Rank ICs by day: of predictions that were followed by a day of stress, and of the others. */
export interface SplitIcs {
  readonly stress: readonly number[];
  readonly calm: readonly number[];
}

/**
 * Rank IC of each day's predictions with the return that followed; `NaN` where there are fewer than ten pairs.
 * @param values predictions, `[days × stocks]`
 * @param returns forward returns of one session, same shape
 */
export function dailyIcs(
  values: Float64Array,
  returns: Float64Array,
  { days, stocks }: { readonly days: number; readonly stocks: number },
): number[] {
  return Array.from({ length: days }, (_, t) => {
    const row = [t * stocks, (t + 1) * stocks] as const;
    return rankCorrelation(values.subarray(...row), returns.subarray(...row), leastPairs);
  });
}

/**
 * Splits the daily rank ICs by whether the return that they foresee fell into the stress.
 * @param values predictions, `[days × stocks]`
 * @param returns forward returns of one session, same shape
 */
export function splitIcs(
  values: Float64Array,
  returns: Float64Array,
  shape: { readonly days: number; readonly stocks: number },
  stressDays: readonly number[],
): SplitIcs {
  const stressed = new Set(stressDays);
  const split: { stress: number[]; calm: number[] } = { stress: [], calm: [] };
  for (const [t, ic] of dailyIcs(values, returns, shape).entries())
    if (t + 1 < shape.days && !Number.isNaN(ic)) split[stressed.has(t + 1) ? 'stress' : 'calm'].push(ic);
  return split;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
};

/** Mean rank IC under stress less that of calm days, with Welch’s interval; `undefined` with fewer than two days of either. */
export function icChange({ stress, calm }: SplitIcs): Pick<Measurement, 'value' | 'samples' | 'interval'> | undefined {
  if (stress.length < 2 || calm.length < 2) return undefined;
  const [a, b] = [varianceOf(stress) / stress.length, varianceOf(calm) / calm.length];
  const value = meanOf(stress) - meanOf(calm);
  const freedom = (a + b) ** 2 / (a ** 2 / (stress.length - 1) + b ** 2 / (calm.length - 1));
  const half = studentTQuantile(0.975, freedom) * Math.sqrt(a + b);
  return {
    value,
    samples: stress.length + calm.length,
    interval: { low: value - half, high: value + half, confidence: 0.95, method: 'Welch’s t' },
  };
}
