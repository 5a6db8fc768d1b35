import type { Tree } from './tree.ts';

/** A whole model as its file holds it. */
export interface Model {
  readonly classCount: number;
  /** Trees of one iteration: one per class for multiclass objectives, else 1. Tree `t` adds to output `t % this`. */
  readonly treesPerIteration: number;
  readonly labelIndex: number;
  readonly featureCount: number;
  /** The `objective` line's text; `undefined` for a custom objective, which leaves raw scores only. */
  readonly objective: string | undefined;
  /** Random forests: normal predictions divide by the iterations used. */
  readonly averageOutput: boolean;
  readonly featureNames: readonly string[];
  /** Only if the model was trained with them. */
  readonly monotoneConstraints: readonly number[] | undefined;
  readonly featureInfos: readonly string[];
  readonly trees: readonly Tree[];
  /**
   * The lines after `feature_importances:`, as text; `undefined` for a model that was trained here. They are kept because
   * gains are summed from more digits than the trees' text holds.
   */
  readonly importances: string | undefined;
  /** The lines between `parameters:` and `end of parameters`, as text; `undefined` if the file had none. */
  readonly parameters: string | undefined;
  /** What followed the parameters (a `parser:` section, `pandas_categorical:`), as text. */
  readonly trailer: string;
}

/** Split counts or summed gains of each feature over the first trees of a model. */
export function featureImportance(model: Pick<Model, 'featureCount' | 'trees'>, kind: 'split' | 'gain'): Float64Array {
  const importance = new Float64Array(model.featureCount);
  for (const tree of model.trees) {
    for (let node = 0; node < tree.leafCount - 1; node++) {
      const gain = tree.splitGain[node]!;
      if (gain > 0) importance[tree.splitFeature[node]!]! += kind === 'split' ? 1 : gain;
    }
  }
  return importance;
}
