import { Booster } from '@preopen/lightgbm-wasm';
import { forwardReturns, type Panel } from '@preopen/market-tw';
import type { Features } from './features.ts';
import { crossSectionalRank } from './operators.ts';
import { type Fold, walkForwardFolds } from './walk-forward.ts';

/** What the reference model is trained with: small trees on ranks, so that a few thousand rows suffice. */
const parameters = {
  objective: 'regression',
  num_leaves: 15,
  learning_rate: 0.05,
  num_iterations: 80,
  min_data_in_leaf: 100,
  feature_fraction: 0.8,
  lambda_l2: 5,
  seed: 42,
  deterministic: true,
  verbosity: -1,
} as const;

/** Rows whose label and features are there, as columns for training. */
function rowsOf(
  features: Features,
  label: Float64Array,
  from: number,
  to: number,
): { columns: Float64Array[]; label: Float64Array; rowCount: number } {
  const n = features.stocks;
  const chosen: number[] = [];
  for (let at = from * n; at < to * n; at++) if (!Number.isNaN(label[at]!)) chosen.push(at);
  const pick = (column: Float64Array): Float64Array => {
    const picked = new Float64Array(chosen.length);
    for (let k = 0; k < chosen.length; k++) picked[k] = column[chosen[k]!]!;
    return picked;
  };
  return { columns: features.columns.map(pick), label: pick(label), rowCount: chosen.length };
}

/** Trains the model on days `[from, to)`. */
export async function trainModel(
  features: Features,
  label: Float64Array,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<Booster> {
  const { columns, label: target, rowCount } = rowsOf(features, label, from, to);
  // A leaf holds at least a fiftieth of a small market's rows, or trees would learn its noise.
  const minDataInLeaf = Math.max(20, Math.min(parameters.min_data_in_leaf, Math.floor(rowCount / 50)));
  return Booster.train({
    data: { rowCount, columns, names: [...features.names] },
    label: target,
    params: { ...parameters, min_data_in_leaf: minDataInLeaf },
    ...(signal ? { signal } : {}),
  });
}

/** The return over the next sessions as a rank within the day: what the model learns. */
export function rankedLabel(panel: Panel, horizonDays: number): Float64Array {
  return crossSectionalRank(forwardReturns(panel, horizonDays), {
    days: panel.dates.length,
    stocks: panel.stocks.length,
  });
}

/** What a walk-forward run gives. */
export interface WalkForwardResult {
  /** `[days × stocks]`; `NaN` before the first test day and for stocks that did not trade. */
  readonly predictions: Float64Array;
  readonly folds: readonly Fold[];
  /** The model of the last fold, as a LightGBM file. */
  readonly modelText: string;
}

/** Sessions that the longest window of the reference factors needs. */
const warmUpDays = 20;

/** Folds that suit a panel of so many sessions: about six, each trained on all that lies before it. */
export function foldsFor(days: number, horizonDays: number): Fold[] {
  const usable = days - warmUpDays;
  const minTrainDays = Math.max(10, Math.floor(usable * 0.35));
  const testDays = Math.max(3, Math.ceil((usable - minTrainDays) / 6));
  return walkForwardFolds({ days, firstDay: warmUpDays, minTrainDays, testDays, horizonDays, embargoDays: 1 });
}

/**
 * Trains and predicts fold by fold; no prediction has seen its own day's label or a later one.
 * @param onStage told when a part begins and ends, for timing
 */
export async function walkForward(
  panel: Panel,
  features: Features,
  options: {
    readonly horizonDays: number;
    readonly signal?: AbortSignal;
    readonly onStage?: (stage: 'training' | 'prediction', event: 'start' | 'end', rows?: number) => void;
  },
): Promise<WalkForwardResult> {
  const { horizonDays, signal, onStage = () => undefined } = options;
  const { days, stocks } = features;
  const label = rankedLabel(panel, horizonDays);
  const folds = foldsFor(days, horizonDays);
  const predictions = new Float64Array(days * stocks).fill(Number.NaN);
  const { close } = panel.fields;
  let modelText = '';
  for (const fold of folds) {
    onStage('training', 'start');
    const booster = await trainModel(features, label, fold.trainFrom, fold.trainTo, signal);
    onStage('training', 'end');
    onStage('prediction', 'start');
    const from = fold.testFrom * stocks;
    const to = fold.testTo * stocks;
    const predicted = booster.predict({
      rowCount: to - from,
      columns: features.columns.map((column) => column.subarray(from, to)),
    });
    for (let k = 0; k < predicted.length; k++)
      if (!Number.isNaN(close[from + k]!)) predictions[from + k] = predicted[k]!;
    onStage('prediction', 'end', to - from);
    modelText = booster.toModelText();
    booster.dispose();
  }
  return { predictions, folds, modelText };
}
