import type { Panel } from '@preopen/market-tw';
import type { Features } from './features.ts';
import { type Importance, importances, predictCells, rankedLabel, trainModel } from './model.ts';
import { type Fold, walkForwardFolds } from './walk-forward.ts';

/** What a walk-forward run gives. */
export interface WalkForwardResult {
  /** `[days × stocks]`; `NaN` before the first test day and for stocks that did not trade. */
  readonly predictions: Float64Array;
  readonly folds: readonly Fold[];
  /** The model of the last fold, as a LightGBM file. */
  readonly modelText: string;
  /** What the features do in it, with contributions on its first test day. */
  readonly importance: readonly Importance[];
}

/** A fold that is done, kept so that a crash does not cost it. */
export interface FinishedFold {
  readonly predictions: Float64Array;
  readonly modelText: string;
  readonly importance: readonly Importance[];
}

/** Where finished folds are kept. */
export interface FoldStore {
  /** A fold that was finished before; `undefined` where it was not, or of other data. */
  load(fold: Fold, index: number): Promise<FinishedFold | undefined>;
  /** Keeps a finished fold. */
  save(fold: Fold, index: number, finished: FinishedFold): Promise<void>;
}

/** Sessions before the first training day: the windows of a month are whole by then. */
const warmUpDays = 20;

/** The reference pipeline's folds: a first model after 14 days, a new one with each 40 % more history, at least quarterly. */
export function referenceFolds(days: number, horizonDays: number): Fold[] {
  return walkForwardFolds({
    days,
    firstDay: warmUpDays,
    minTrainDays: 14,
    testDays: 63,
    growth: 0.4,
    horizonDays,
    embargoDays: 1,
  });
}

/**
 * Trains and predicts fold by fold; no prediction has seen its own day's label or a later one.
 */
export async function walkForward(
  panel: Panel,
  features: Features,
  options: {
    readonly horizonDays: number;
    readonly signal?: AbortSignal;
    readonly store?: FoldStore;
    /** Makes further features of a fold's training days (see `generateFeatures`); announced as the stage `generation`. */
    readonly generate?: (features: Features, label: Float64Array, fold: Fold) => Promise<Features>;
    /** Told when a part begins and ends, for timing. */
    readonly onStage?: (stage: 'generation' | 'training' | 'prediction', event: 'start' | 'end', rows?: number) => void;
  },
): Promise<WalkForwardResult> {
  const { horizonDays, signal, store, generate, onStage = () => undefined } = options;
  const { days, stocks } = features;
  const label = rankedLabel(panel, horizonDays);
  const folds = referenceFolds(days, horizonDays);
  const predictions = new Float64Array(days * stocks).fill(Number.NaN);
  let last: FinishedFold | undefined;
  for (const [index, fold] of folds.entries()) {
    let finished = await store?.load(fold, index);
    if (finished === undefined) {
      let used = features;
      if (generate) {
        onStage('generation', 'start');
        used = await generate(features, label, fold);
        onStage('generation', 'end', features.days * stocks);
      }
      onStage('training', 'start');
      const model = await trainModel(used, label, { from: fold.trainFrom, to: fold.trainTo, horizonDays }, signal);
      onStage('training', 'end', (fold.trainTo - fold.trainFrom) * stocks);
      onStage('prediction', 'start');
      const cells = predictCells(model, used, fold.testFrom * stocks, fold.testTo * stocks);
      onStage('prediction', 'end', cells.length);
      const firstTest = fold.testFrom * stocks;
      finished = {
        predictions: cells,
        modelText: model.booster.toModelText(),
        importance: importances(model, used, firstTest, firstTest + stocks),
      };
      model.booster.dispose();
      await store?.save(fold, index, finished);
    }
    predictions.set(finished.predictions, fold.testFrom * stocks);
    last = finished;
  }
  // Nobody can act on a stock that did not trade, and what was said of it cannot be checked.
  for (let at = 0; at < predictions.length; at++)
    if (Number.isNaN(panel.fields.close[at]!)) predictions[at] = Number.NaN;
  // There is at least one fold.
  const { modelText, importance } = last!;
  return { predictions, folds, modelText, importance };
}
