import { DataError } from './errors.ts';
import type { Model } from './model/model.ts';

/** What to predict, and with which of the model's iterations. */
export interface PredictOptions {
  /**
   * `response` (default): after the objective's transform; `raw`: sums of leaf values; `leaf`: the leaf of each tree;
   * `contrib`: SHAP values, one per feature and the expected value last, per class.
   */
  readonly kind?: 'response' | 'raw' | 'leaf' | 'contrib' | undefined;
  /** First iteration to use; 0 where absent. */
  readonly startIteration?: number | undefined;
  /** How many iterations to use; all that follow where absent or not positive. */
  readonly iterationCount?: number | undefined;
  /**
   * Stops adding trees to a row once its score is decided: LightGBM's `pred_early_stop`. For classification and
   * ranking; other models are predicted in full.
   */
  readonly earlyStop?: EarlyStop | undefined;
}

/** When a row's score counts as decided. */
export interface EarlyStop {
  /** Looked at after each so many iterations; LightGBM's `pred_early_stop_freq`. */
  readonly every: number;
  /** Twice the score's size, or the lead of the best class, must be more; `pred_early_stop_margin`. */
  readonly margin: number;
}

/** Objectives whose predictions need not be exact to be right. */
const STOPPABLE = new Set(['binary', 'multiclass', 'multiclassova', 'lambdarank', 'rank_xendcg']);

/** The trees `[firstTree, endTree)` that options select, and how many numbers they give per row. */
export interface Selection {
  readonly kind: 'response' | 'raw' | 'leaf' | 'contrib';
  readonly firstTree: number;
  readonly endTree: number;
  readonly iterations: number;
  readonly outputs: number;
  readonly earlyStop: EarlyStop | undefined;
}

/**
 * Resolves the options against a model.
 * @throws DataError for iterations that are not whole numbers
 */
export function selectTrees(model: Model, options: PredictOptions): Selection {
  const { kind = 'response', startIteration = 0, iterationCount = -1, earlyStop } = options;
  if (!Number.isInteger(startIteration) || !Number.isInteger(iterationCount)) {
    throw new DataError(
      `predict: startIteration ${startIteration} and iterationCount ${iterationCount} must be whole numbers.`,
    );
  }
  const perIteration = model.treesPerIteration;
  const total = model.trees.length / perIteration;
  const start = Math.min(Math.max(startIteration, 0), total);
  const iterations = iterationCount > 0 ? Math.min(iterationCount, total - start) : total - start;
  const outputs = {
    response: perIteration,
    raw: perIteration,
    leaf: iterations * perIteration,
    contrib: perIteration * (model.featureCount + 1),
  }[kind];
  if (outputs === undefined) {
    throw new DataError(`predict: kind "${kind}" is not one of response, raw, leaf, contrib.`);
  }
  if (earlyStop && !(Number.isInteger(earlyStop.every) && earlyStop.every > 0 && earlyStop.margin >= 0)) {
    throw new DataError(
      `predict: earlyStop every ${earlyStop.every} iterations at margin ${earlyStop.margin}; both must be positive.`,
    );
  }
  const isStoppable = STOPPABLE.has(model.objective?.split(' ')[0] ?? '') && (kind === 'response' || kind === 'raw');
  const firstTree = start * perIteration;
  return {
    kind,
    firstTree,
    endTree: firstTree + iterations * perIteration,
    iterations,
    outputs,
    earlyStop: isStoppable ? earlyStop : undefined,
  };
}
