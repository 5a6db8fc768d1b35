import { quantile, type Requirement, sortedCopy } from '@preopen/core';

/** When a run is given up because a threshold is hopelessly broken: what is seen over a window, for a time. */
export interface AbortRule {
  readonly metric: 'p50Ms' | 'p95Ms' | 'p99Ms' | 'errorShare';
  /** Broken when the figure is above. */
  readonly above: number;
  /** How long it must stay broken. Default 5000. */
  readonly forMs?: number;
}

/** Figures of a short stretch of a run. */
export type WindowFigures = Readonly<Record<AbortRule['metric'], number>> & { readonly atMs: number };

/** Figures of the requests that ended in a stretch; zeros if none did. */
export function windowFigures(atMs: number, recentMs: Float64Array, failed: number): WindowFigures {
  const ascending = sortedCopy(recentMs);
  const at = (q: number): number => (ascending.length > 0 ? quantile(ascending, q) : 0);
  const errorShare = ascending.length > 0 ? failed / ascending.length : 0;
  return { atMs, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), errorShare };
}

/**
 * The first rule that has been broken for its time without a break, in words; `undefined` as long as there is none.
 * @param windows figures of the stretches so far, oldest first
 */
export function brokenRule(rules: readonly AbortRule[], windows: readonly WindowFigures[]): string | undefined {
  const last = windows.at(-1);
  if (!last) return undefined;
  for (const { metric, above, forMs = 5000 } of rules) {
    let since = last.atMs;
    let whole = false;
    for (let i = windows.length - 1; i >= 0 && windows[i]![metric] > above; i--) {
      since = windows[i]!.atMs;
      whole = last.atMs - since >= forMs;
      if (whole) break;
    }
    if (whole)
      return `${metric} stayed above ${above} for ${(forMs / 1000).toFixed(1)} s (last ${last[metric].toFixed(3)})`;
  }
  return undefined;
}

const judged: Readonly<Record<string, AbortRule['metric']>> = {
  'latency.response.p50': 'p50Ms',
  'latency.response.p95': 'p95Ms',
  'latency.response.p99': 'p99Ms',
  'errors.rate': 'errorShare',
};
/** So many times the limit, for the time of a rule, is not made up for by the rest of a run. */
const hopelessly = 5;

/** Rules that give a run up which has no hope to meet its requirements; of those that a window says nothing of there is none. */
export function hopelessRules(
  requirements: readonly Pick<Requirement, 'metric' | 'comparison' | 'limit' | 'unit'>[],
): AbortRule[] {
  return requirements.flatMap(({ metric: of, comparison, limit, unit }) => {
    const metric = judged[of];
    if (metric === undefined || comparison.startsWith('>')) return [];
    const above = hopelessly * limit * (unit === 's' ? 1000 : 1);
    return metric === 'errorShare' && above >= 1 ? [] : [{ metric, above }];
  });
}
