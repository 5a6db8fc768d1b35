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
}

/** The trees `[firstTree, endTree)` that options select, and how many numbers they give per row. */
export interface Selection {
  readonly kind: 'response' | 'raw' | 'leaf' | 'contrib';
  readonly firstTree: number;
  readonly endTree: number;
  readonly iterations: number;
  readonly outputs: number;
}

/**
 * Resolves the options against a model.
 * @throws DataError for iterations that are not whole numbers
 */
export function selectTrees(model: Model, options: PredictOptions): Selection {
  const { kind = 'response', startIteration = 0, iterationCount = -1 } = options;
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
  const firstTree = start * perIteration;
  return { kind, firstTree, endTree: firstTree + iterations * perIteration, iterations, outputs };
}
