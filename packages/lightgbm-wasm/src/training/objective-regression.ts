import { DataError } from '../errors.ts';
import { cExp } from '../model/c-exp.ts';
import { nearestLog } from './nearest-log.ts';
import type { Objective } from './objective.ts';
import type { Parameters } from './parameters.ts';
import { percentile, weightedPercentile } from './percentile.ts';
import type { Targets } from './training-data.ts';

type Name = 'regression' | 'regression_l1' | 'huber' | 'fair' | 'poisson' | 'quantile';
const { fround } = Math;

/** Mean of single-precision labels, summed in double precision in row order. */
function meanLabel(label: Float32Array, weight: Float32Array | undefined): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < label.length; row++) {
    sum += weight ? label[row]! * weight[row]! : label[row]!;
    total += weight ? weight[row]! : 1;
  }
  return sum / total;
}

/** Gradient and hessian of one row before they are rounded to single precision, given the weight (1 without). */
type RowPair = (difference: number, weight: number, score: number, label: number) => readonly [number, number];

function rowPair(name: Name, parameters: Parameters, isWeighted: boolean): RowPair {
  const alpha = name === 'quantile' ? fround(parameters.alpha) : parameters.alpha;
  const c = parameters.fair_c;
  const expMaxStep = cExp(parameters.poisson_max_delta_step);
  switch (name) {
    case 'regression':
      return isWeighted ? (d, w) => [fround(d) * w, w] : (d) => [d, 1];
    case 'regression_l1':
      return (d, w) => [Math.sign(d) * w, w];
    case 'huber':
      return (d, w) => [Math.abs(d) <= alpha ? d * w : Math.sign(d) * w * alpha, w];
    case 'fair':
      return (d, w) => {
        const reach = Math.abs(d) + c;
        return [((c * d) / reach) * w, ((c * c) / (reach * reach)) * w];
      };
    case 'quantile':
      return (d, w) => [fround((fround(d) >= 0 ? fround(1 - alpha) : -alpha) * w), w];
    case 'poisson':
      return (_, w, score, label) => {
        const mean = Math.exp(score);
        return [(mean - label) * w, mean * expMaxStep * w];
      };
  }
}

function checkCounts(label: Float32Array): void {
  const negative = label.findIndex((value) => value < 0);
  if (negative >= 0)
    throw new DataError(`poisson: label ${negative} is ${label[negative]}; labels are counts, at least 0.`);
  if (label.every((value) => value === 0)) throw new DataError('poisson: all labels are 0; there is nothing to learn.');
}

/** Regression objectives: squared, absolute, Huber's, fair, Poisson's and quantile loss. */
export function regressionObjective(name: Name, parameters: Parameters, targets: Targets): Objective {
  const { weight, rowCount } = targets;
  const hasRoot = parameters.reg_sqrt && name !== 'huber' && name !== 'poisson';
  const label = hasRoot ? targets.label.map((value) => Math.sign(value) * Math.sqrt(Math.abs(value))) : targets.label;
  if (name === 'poisson') checkCounts(label);
  const pairOf = rowPair(name, parameters, weight !== undefined);
  const level = name === 'quantile' ? fround(parameters.alpha) : 0.5;
  const isRenewed = name === 'regression_l1' || name === 'quantile';
  const renewLeaf = (rows: Uint32Array, scores: Float64Array): number => {
    const residuals = Float64Array.from(rows, (row) => label[row]! - scores[row]!);
    return weight
      ? weightedPercentile(
          residuals,
          Float32Array.from(rows, (row) => weight[row]!),
          level,
        )
      : percentile(residuals, level);
  };
  return {
    text: hasRoot ? `${name} sqrt` : name,
    outputs: 1,
    squaredErrorLabels: name === 'regression' && !weight ? label : undefined,
    positiveRows: 0,
    isTrained: () => true,
    initialScore() {
      if (isRenewed) {
        const values = Float64Array.from(label);
        return weight ? weightedPercentile(values, weight, level, fround) : percentile(values, level, fround);
      }
      const mean = meanLabel(label, weight);
      return name === 'poisson' ? (mean > 0 ? nearestLog(mean) : Number.NEGATIVE_INFINITY) : mean;
    },
    writePairs(scores, pairs) {
      for (let row = 0; row < rowCount; row++) {
        const score = scores[row]!;
        const [gradient, hessian] = pairOf(score - label[row]!, weight ? weight[row]! : 1, score, label[row]!);
        pairs[2 * row] = gradient;
        pairs[2 * row + 1] = hessian;
      }
    },
    renewLeaf: isRenewed ? renewLeaf : undefined,
  };
}
