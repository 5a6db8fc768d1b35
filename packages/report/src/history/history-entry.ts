import type { Measurement, Results, Verdict } from '@preopen/core';
import { dimensionOf } from '@preopen/core/judge';
import { environmentClass } from '../environment-class.ts';

/** A metric as the history keeps it. */
export interface HistoryMetric {
  readonly metric: string;
  readonly value: number;
  readonly unit: Measurement['unit'];
  readonly low: number | null;
  readonly high: number | null;
  /** Whether other work on the machine spoilt it; such a value is shown and not used. */
  readonly spoilt: boolean;
}

/** One run in the history: one line of the file. */
export interface HistoryEntry {
  readonly id: string;
  /** ISO date and time. */
  readonly startedAt: string;
  readonly environmentClass: string;
  readonly suite: string;
  readonly scale: Results['run']['scale'];
  readonly target: { readonly name: string; readonly digest: string };
  readonly dataset: string | null;
  readonly tool: string;
  readonly seed: number;
  readonly status: Results['run']['status'];
  readonly verdict: Verdict;
  readonly metrics: readonly HistoryMetric[];
}

/** What the history keeps of a run. */
export function historyEntry(results: Results): HistoryEntry {
  const { run, target, dataset, environment } = results;
  const end = (value: number | undefined): number | null =>
    value !== undefined && Number.isFinite(value) ? value : null;
  const seen = new Set<string>();
  const metrics = results.checks.flatMap((check) =>
    check.measurements.flatMap(({ metric, value, unit, interval }): HistoryMetric[] => {
      if (seen.has(metric) || !Number.isFinite(value)) return [];
      seen.add(metric);
      const isTimed = ['time', 'rate'].includes(dimensionOf(unit));
      const spoilt = isTimed && check.noise?.contaminated === true;
      return [{ metric, value, unit, low: end(interval?.low), high: end(interval?.high), spoilt }];
    }),
  );
  return {
    id: run.id,
    startedAt: run.startedAt,
    environmentClass: environmentClass(environment),
    suite: run.suite,
    scale: run.scale,
    target: { name: target.name, digest: target.digest },
    dataset: dataset.digest,
    tool: `${run.tool.name} ${run.tool.version}`,
    seed: run.seed,
    status: run.status,
    verdict: results.verdict,
    metrics,
  };
}
