import { studentTCdf, studentTQuantile } from '@preopen/core';

/** What two builds came to on one metric. Only `worse` speaks of a regression. */
export type ComparisonVerdict = 'better' | 'worse' | 'same' | 'unsure';

/**
 * When to look, and what chance of a wrong `better` or `worse` each look may spend: 0.1 % in all, most of it late, in the
 * manner of O'Brien and Fleming. Spent evenly, 1 % in all gave up to 1 % false verdicts where runs have two modes; spent
 * like this it is 0.1 %, and +10 % at a spread of 3 % is still found in all but a few of a thousand.
 * Source: simulated in `scripts/verify.mjs`
 */
export const looks: readonly { readonly runsPerSide: number; readonly level: number }[] = [
  { runsPerSide: 5, level: 0.0001 },
  { runsPerSide: 8, level: 0.0003 },
  { runsPerSide: 12, level: 0.0006 },
];

/** The order in which runs must have been made to prove anything: base, head, head, base, and so on. */
export const sideAt = (position: number): 0 | 1 => (position % 4 === 0 || position % 4 === 3 ? 0 : 1);

/** Effect of the side, with drift over the order of runs taken out. */
export interface Fit {
  /** Head against base, on the scale of the values. */
  readonly effect: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * Least squares of `value = a + effect · side + slope · order`. In base-then-head order, side and order are nearly the
 * same thing and drift passes for an effect; alternating runs keep them apart.
 * @param side 0 for base, 1 for head
 */
export function fitWithTrend(values: readonly number[], side: readonly number[]): Fit {
  const n = values.length;
  const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / n;
  const centre = (of: readonly number[]): number[] => {
    const middle = mean(of);
    return of.map((x) => x - middle);
  };
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const y = centre(values);
  const s = centre(side);
  const t = centre(values.map((_, i) => i));
  const determinant = dot(s, s) * dot(t, t) - dot(s, t) ** 2;
  const effect = (dot(s, y) * dot(t, t) - dot(t, y) * dot(s, t)) / determinant;
  const slope = (dot(t, y) * dot(s, s) - dot(s, y) * dot(s, t)) / determinant;
  const residual = y.reduce((sum, value, i) => sum + (value - effect * s[i]! - slope * t[i]!) ** 2, 0);
  const degreesOfFreedom = n - 3;
  return {
    effect,
    standardError: Math.sqrt(((residual / degreesOfFreedom) * dot(t, t)) / determinant),
    degreesOfFreedom,
  };
}

/** How one metric stands at a look. */
export interface Standing extends Fit {
  /** Two-sided; 1 where there is no effect at all. */
  readonly p: number;
  /** Interval of the effect that holds it with 90 %: wholly within the least effect, it shows that nothing changed. */
  readonly interval: { readonly low: number; readonly high: number };
}

/** The effect with its p-value and its 90 % interval. */
export function standing(fit: Fit): Standing {
  const { effect, standardError, degreesOfFreedom } = fit;
  const p =
    standardError > 0 ? 2 * studentTCdf(-Math.abs(effect) / standardError, degreesOfFreedom) : effect === 0 ? 1 : 0;
  const half = studentTQuantile(0.95, degreesOfFreedom) * standardError;
  return { ...fit, p, interval: { low: effect - half, high: effect + half } };
}

/** The values of one metric over runs in the order `sideAt`, on a scale where equal effects are equal distances. */
export interface MetricRuns {
  readonly metric: string;
  readonly values: readonly number[];
  /** Smaller effects are no news, on the scale of the values. */
  readonly leastEffect: number;
  readonly lowerIsBetter: boolean;
}

/** What became of one metric, and at which look. */
export interface Decision {
  readonly metric: string;
  readonly verdict: ComparisonVerdict;
  readonly runsPerSide: number;
  /** `undefined` below the first look. */
  readonly standing: Standing | undefined;
}

/**
 * Effect of pairs, each measured at one time on both sides: their mean. Whatever moved both is not in it.
 * @param differences head − base, one a pair
 */
export function fitPairs(differences: readonly number[]): Fit {
  const n = differences.length;
  const effect = differences.reduce((sum, x) => sum + x, 0) / n;
  const variance = differences.reduce((sum, x) => sum + (x - effect) ** 2, 0) / (n - 1);
  return { effect, standardError: Math.sqrt(variance / n), degreesOfFreedom: n - 1 };
}

/** Decides by runs in the order `sideAt`. */
export function decideTwoBuilds(metrics: readonly MetricRuns[]): Decision[] {
  const sides = (m: number): number[] => Array.from({ length: m }, (_, i) => sideAt(i));
  return decideAtLooks(metrics, 2, (values) => fitWithTrend(values, sides(values.length)));
}

/** Decides by rounds in which both sides were measured beside each other; `values` are head − base, one a round. */
export function decidePairs(metrics: readonly MetricRuns[]): Decision[] {
  return decideAtLooks(metrics, 1, fitPairs);
}

/**
 * Decides over several metrics of the same runs. At each look a metric is `better` or `worse` if its p-value keeps the
 * look's level (Holm over all metrics that are still open) and its effect is at least the least one; `same` if the 90 %
 * interval lies within the least effect on both sides; else it stays open, and `unsure` after the last look.
 */
function decideAtLooks(
  metrics: readonly MetricRuns[],
  valuesPerRun: number,
  fit: (values: readonly number[]) => Fit,
): Decision[] {
  const decided = new Map<string, Decision>();
  const last = new Map<string, Decision>();
  for (const { runsPerSide, level } of looks) {
    const m = valuesPerRun * runsPerSide;
    const open = metrics
      .filter(({ metric, values }) => !decided.has(metric) && values.length >= m)
      .map((runs) => ({
        runs,
        at: standing(fit(runs.values.slice(0, m))),
      }))
      .toSorted((a, b) => a.at.p - b.at.p);
    let refuted = true;
    for (const [i, { runs, at }] of open.entries()) {
      const { metric, leastEffect, lowerIsBetter } = runs;
      refuted &&= at.p <= level / (open.length - i);
      const isSame = at.interval.low > -leastEffect && at.interval.high < leastEffect;
      const isChanged = refuted && Math.abs(at.effect) >= leastEffect;
      const verdict = isChanged ? (at.effect > 0 === lowerIsBetter ? 'worse' : 'better') : isSame ? 'same' : 'unsure';
      const decision: Decision = { metric, verdict, runsPerSide, standing: at };
      last.set(metric, decision);
      if (verdict !== 'unsure') decided.set(metric, decision);
    }
  }
  return metrics.map(
    ({ metric, values }) =>
      decided.get(metric) ??
      last.get(metric) ?? {
        metric,
        verdict: 'unsure',
        runsPerSide: Math.floor(values.length / valuesPerRun),
        standing: undefined,
      },
  );
}
