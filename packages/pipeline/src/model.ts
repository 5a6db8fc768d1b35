import { Booster } from '@preopen/lightgbm-wasm';
import { forwardReturns, type Panel } from '@preopen/market-tw';
import type { Features } from './features.ts';
import { crossSectionalRank } from './operators.ts';

/** What the reference model is trained with: small trees, each on a part of the features, on ranks. */
const parameters = {
  objective: 'regression',
  num_leaves: 15,
  learning_rate: 0.05,
  num_iterations: 80,
  feature_fraction: 0.3,
  lambda_l2: 5,
  seed: 42,
  deterministic: true,
  verbosity: -1,
} as const;

/** The return over the next sessions as a rank within the day: what the model learns. */
export function rankedLabel(panel: Panel, horizonDays: number): Float64Array {
  return crossSectionalRank(forwardReturns(panel, horizonDays), {
    days: panel.dates.length,
    stocks: panel.stocks.length,
  });
}

/** A trained model and the features it takes, by their place among all features. */
export interface TrainedModel {
  readonly booster: Booster;
  readonly used: readonly number[];
}

/** Trains the model on the labelled rows of days `[from, to)`. Nothing after `to` is looked at. */
export async function trainModel(
  features: Features,
  label: Float64Array,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<TrainedModel> {
  const n = features.stocks;
  const rows = labelledRows(label, from * n, to * n);
  // A feature whose window is longer than the history so far has nothing to teach yet.
  const used = [...features.columns.keys()].filter((f) => hasValues(features.columns[f]!, rows));
  const booster = await Booster.train({
    data: {
      rowCount: rows.length,
      columns: used.map((f) => pick(features.columns[f]!, rows)),
      names: used.map((f) => features.names[f]!),
    },
    label: Float64Array.from(rows, (at) => label[at]!),
    // A leaf holds at least a fiftieth of a small market's rows, or trees would learn its noise.
    params: { ...parameters, min_data_in_leaf: Math.max(20, Math.min(500, Math.floor(rows.length / 50))) },
    ...(signal ? { signal } : {}),
  });
  return { booster, used };
}

/** Predicts cells `[from, to)` of the panel. */
export function predictCells(
  { booster, used }: TrainedModel,
  features: Features,
  from: number,
  to: number,
): Float64Array {
  return booster.predict({ rowCount: to - from, columns: used.map((f) => features.columns[f]!.subarray(from, to)) });
}

function labelledRows(label: Float64Array, from: number, to: number): Uint32Array {
  const rows = new Uint32Array(to - from);
  let count = 0;
  for (let at = from; at < to; at++) if (!Number.isNaN(label[at]!)) rows[count++] = at;
  return rows.subarray(0, count);
}

function hasValues(column: Float32Array, rows: Uint32Array): boolean {
  let count = 0;
  for (const at of rows) if (!Number.isNaN(column[at]!)) count++;
  return count >= rows.length / 2;
}

function pick(column: Float32Array, rows: Uint32Array): Float32Array {
  const picked = new Float32Array(rows.length);
  for (let k = 0; k < rows.length; k++) picked[k] = column[rows[k]!]!;
  return picked;
}
