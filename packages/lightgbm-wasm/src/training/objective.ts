import { DataError, ParameterError } from '../errors.ts';
import { formatSignificant } from '../model/number-format.ts';
import { binaryObjective } from './objective-binary.ts';
import { multiclassObjective, oneVersusAllObjective } from './objective-multiclass.ts';
import { lambdarankObjective, xendcgObjective } from './objective-ranking.ts';
import { regressionObjective } from './objective-regression.ts';
import type { Parameters } from './parameters.ts';
import type { Targets } from './training-data.ts';

/**
 * What is minimised. Scores and gradient pairs of several outputs lie one output after the other:
 * `scores[output * rows + row]`, `pairs[2 * (output * rows + row)]` (gradient, hessian next).
 */
export interface Objective {
  /** The model file's `objective` line. */
  readonly text: string;
  readonly outputs: number;
  /** Squared error without weights: the gradients come from a WebAssembly kernel over these labels. */
  readonly squaredErrorLabels?: Float32Array | undefined;
  /** Rows with a positive label, for balanced bagging; 0 where that has no meaning. */
  readonly positiveRows: number;
  /** The score to start from. */
  initialScore(output: number): number;
  /** Whether an output has anything to learn. */
  isTrained(output: number): boolean;
  /** Writes gradient pairs for the scores. */
  writePairs(scores: Float64Array, pairs: Float32Array): void;
  /** A leaf's value from its rows, where the objective is not smooth enough for one Newton step. */
  renewLeaf?: ((rows: Uint32Array, scores: Float64Array) => number) | undefined;
}

/**
 * The objective that the parameters name, over the training rows.
 * @throws DataError if the labels cannot be this objective's
 */
export function createObjective(parameters: Parameters, targets: Targets): Objective {
  switch (parameters.objective) {
    case 'regression':
    case 'regression_l1':
    case 'huber':
    case 'fair':
    case 'poisson':
    case 'quantile':
      return regressionObjective(parameters.objective, parameters, targets);
    case 'binary':
      return {
        ...binaryObjective(parameters, targets, (label) => label > 0),
        text: `binary sigmoid:${formatSignificant(parameters.sigmoid, 6)}`,
      };
    case 'multiclass':
      return multiclassObjective(parameters, targets);
    case 'multiclassova':
      return oneVersusAllObjective(parameters, targets);
    case 'lambdarank':
    case 'rank_xendcg': {
      const { queryStart } = targets;
      if (!queryStart) throw new DataError(`${parameters.objective} ranks within queries. Pass query: rows per group.`);
      const create = parameters.objective === 'lambdarank' ? lambdarankObjective : xendcgObjective;
      return create(parameters, targets, queryStart);
    }
    default:
      throw new ParameterError(`objective ${parameters.objective} cannot be trained.`);
  }
}
