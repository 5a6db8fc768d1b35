import { Booster, type Columns } from '@preopen/lightgbm-wasm';
import { forwardReturns, type Panel } from '@preopen/market-tw';
import type { Features } from './features.ts';
import { crossSectionalRank } from './operators.ts';

/** What the reference model is trained with: small trees, each on a part of the features, on ranks. */
const parameters = {
  objective: 'regression',
  num_leaves: 15,
  learning_rate: 0.05,
  num_iterations: 200,
  feature_fraction: 0.3,
  lambda_l2: 5,
  // Constant, since the model's file tells it; the bits do not depend on it.
  num_threads: 2,
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

/** Iterations without early stopping, for histories too short to spare days for it. */
const fixedIterations = 80;
/** From so many days on, the last fifth tells when to stop. */
const validationFrom = 40;

/** What a model is trained on: nothing after `to` is looked at. */
export interface TrainingDays {
  readonly from: number;
  readonly to: number;
  /** Sessions that a label looks ahead: so many are left out before the validation days. */
  readonly horizonDays: number;
}

/** Trains the model on the labelled rows of the days; where there are enough, the last of them stop it early. */
export async function trainModel(
  features: Features,
  label: Float64Array,
  { from, to, horizonDays }: TrainingDays,
  signal?: AbortSignal,
): Promise<TrainedModel> {
  const n = features.stocks;
  const validationDays = to - from >= validationFrom ? Math.floor((to - from) / 5) : 0;
  const learnTo = validationDays > 0 ? to - validationDays - horizonDays : to;
  const rows = labelledRows(label, from * n, learnTo * n);
  // A feature whose window is longer than the history so far has nothing to teach yet.
  const used = [...features.columns.keys()].filter((f) => hasValues(features.columns[f]!, rows));
  const names = used.map((f) => features.names[f]!);
  const table = (at: Uint32Array): { data: Columns; label: Float64Array } => ({
    data: { rowCount: at.length, columns: used.map((f) => pick(features.columns[f]!, at)), names },
    label: Float64Array.from(at, (cell) => label[cell]!),
  });
  const stopping =
    validationDays > 0 ? { early_stopping_round: 15, metric: 'l2' } : { num_iterations: fixedIterations };
  const booster = await Booster.train({
    ...table(rows),
    // A leaf holds at least a fiftieth of a small market's rows, or trees would learn its noise.
    params: { ...parameters, ...stopping, min_data_in_leaf: Math.max(20, Math.min(500, Math.floor(rows.length / 50))) },
    ...(validationDays > 0 && { validation: [table(labelledRows(label, (to - validationDays) * n, to * n))] }),
    ...(signal && { signal }),
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

/** What a feature does in a model. */
export interface Importance {
  readonly feature: string;
  /** Gains of its splits, summed. */
  readonly gain: number;
  readonly splits: number;
  /** Mean of the absolute SHAP values over the cells asked about. */
  readonly meanContribution: number;
}

/** What each feature does in a model, the largest gain first; contributions over cells `[from, to)`. */
export function importances(model: TrainedModel, features: Features, from: number, to: number): Importance[] {
  const { booster, used } = model;
  const gains = booster.featureImportance('gain');
  const splits = booster.featureImportance('split');
  const columns = used.map((f) => features.columns[f]!.subarray(from, to));
  const contributions = booster.predict({ rowCount: to - from, columns }, { kind: 'contrib' });
  // Each row ends with the expected value.
  const width = used.length + 1;
  return used
    .map((f, k) => {
      let sum = 0;
      for (let at = k; at < contributions.length; at += width) sum += Math.abs(contributions[at]!);
      return {
        feature: features.names[f]!,
        gain: gains[k]!,
        splits: splits[k]!,
        meanContribution: sum / Math.max(1, to - from),
      };
    })
    .sort((a, b) => b.gain - a.gain || (a.feature < b.feature ? -1 : 1));
}
