import type { Metric } from './metric.ts';
import type { Parameters } from './parameters.ts';

/** One metric's values on one validation table. */
export interface Measured {
  readonly table: { readonly name: string };
  readonly metric: Metric;
  readonly values: readonly number[];
}

/** Stops a training when any metric on any validation table has not improved for `early_stopping_round` iterations. */
export class EarlyStopping {
  private readonly rounds: number;
  private readonly firstMetricOnly: boolean;
  private readonly best = new Map<string, { score: number; iteration: number }>();

  constructor(parameters: Parameters) {
    this.rounds = parameters.early_stopping_round;
    this.firstMetricOnly = parameters.first_metric_only;
  }

  /** @param iteration from 1 */
  isOver(iteration: number, measured: readonly Measured[]): boolean {
    const tables = new Set<string>();
    for (const { table, metric, values } of measured) {
      const isFirst = !tables.has(table.name);
      tables.add(table.name);
      if (this.firstMetricOnly && !isFirst) continue;
      // Of a metric with several numbers (ndcg@1, ndcg@5 …) the last one decides.
      const score = values.at(-1)! * (metric.isBiggerBetter ? 1 : -1);
      const key = `${table.name} ${metric.names.at(-1)}`;
      const best = this.best.get(key);
      if (score > (best?.score ?? Number.NEGATIVE_INFINITY)) this.best.set(key, { score, iteration });
      // A metric that was never a number has no best iteration to go back to.
      else if (best && iteration - best.iteration >= this.rounds) return true;
    }
    return false;
  }
}
