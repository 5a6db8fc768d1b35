import { DataError } from '../errors.ts';
import { applyTransform, type OutputTransform } from '../model/objective-output.ts';
import { EPSILON } from './doubles.ts';
import { byScore, checkRelevance, idealGains, labelGains, longestQuery, rankDiscounts } from './gains.ts';
import type { Parameters } from './parameters.ts';
import type { Targets } from './training-data.ts';

/** A measure of how scores fit labels. */
export interface Metric {
  /** One name per number it gives. */
  readonly names: readonly string[];
  readonly isBiggerBetter: boolean;
  /** @param scores `[outputs × rows]`, one output after the other, raw */
  evaluate(scores: Float64Array): number[];
}

/** Loss of one row's prediction. */
type Loss = (label: number, prediction: number) => number;

function pointwiseLoss(name: string, parameters: Parameters): Loss | undefined {
  const { alpha, fair_c: c } = parameters;
  const tiny = Math.fround(1e-10);
  switch (name) {
    case 'l2':
    case 'rmse':
      return (y, p) => (p - y) * (p - y);
    case 'l1':
      return (y, p) => Math.abs(p - y);
    case 'quantile':
      return (y, p) => (y - p < 0 ? (alpha - 1) * (y - p) : alpha * (y - p));
    case 'huber':
      return (y, p) => {
        const d = p - y;
        return Math.abs(d) <= alpha ? 0.5 * d * d : alpha * (Math.abs(d) - 0.5 * alpha);
      };
    case 'fair':
      return (y, p) => c * Math.abs(p - y) - c * c * Math.log1p(Math.abs(p - y) / c);
    case 'poisson':
      return (y, p) => Math.max(p, tiny) - y * Math.log(Math.max(p, tiny));
    case 'mape':
      return (y, p) => Math.abs(y - p) / Math.max(1, Math.abs(y));
    case 'binary_logloss':
      return (y, p) => -Math.log(Math.max(y > 0 ? p : 1 - p, EPSILON));
    case 'binary_error':
      return (y, p) => (p <= 0.5 === y > 0 ? 1 : 0);
    default:
      return undefined;
  }
}

function totalWeight({ weight, rowCount }: Targets): number {
  return weight ? weight.reduce((sum, value) => sum + value, 0) : rowCount;
}

/** Predictions of rows, row-major, from scores that lie one output after the other. */
function predictions(scores: Float64Array, outputs: number, transform: OutputTransform): Float64Array {
  const rows = scores.length / outputs;
  const rowMajor = new Float64Array(scores.length);
  for (let k = 0; k < outputs; k++) {
    for (let row = 0; row < rows; row++) rowMajor[row * outputs + k] = scores[k * rows + row]!;
  }
  applyTransform(transform, rowMajor, outputs);
  return rowMajor;
}

function pointwise(name: string, loss: Loss, targets: Targets, transform: OutputTransform): Metric {
  const { label, weight, rowCount } = targets;
  const total = totalWeight(targets);
  return {
    names: [name],
    isBiggerBetter: false,
    evaluate(scores) {
      const values = predictions(scores, 1, transform);
      let sum = 0;
      for (let row = 0; row < rowCount; row++) sum += loss(label[row]!, values[row]!) * (weight ? weight[row]! : 1);
      return [name === 'rmse' ? Math.sqrt(sum / total) : sum / total];
    },
  };
}

function areaUnderCurve(targets: Targets): Metric {
  const { label, weight, rowCount } = targets;
  const total = totalWeight(targets);
  return {
    names: ['auc'],
    isBiggerBetter: true,
    evaluate(scores) {
      const order = byScore(scores, 0, rowCount);
      let positives = 0;
      let area = 0;
      let positivesHere = 0;
      let negativesHere = 0;
      let threshold = scores[order[0]!]!;
      const close = (): void => {
        area += negativesHere * (positivesHere * 0.5 + positives);
        positives += positivesHere;
        positivesHere = 0;
        negativesHere = 0;
      };
      for (const row of order) {
        if (scores[row] !== threshold) {
          threshold = scores[row]!;
          close();
        }
        const w = weight ? weight[row]! : 1;
        if (label[row]! > 0) positivesHere += w;
        else negativesHere += w;
      }
      close();
      return [positives > 0 && positives !== total ? area / (positives * (total - positives)) : 1];
    },
  };
}

function multiclass(name: string, parameters: Parameters, targets: Targets, transform: OutputTransform): Metric {
  const { label, weight, rowCount } = targets;
  const total = totalWeight(targets);
  const { num_class: outputs, multi_error_top_k: top } = parameters;
  const logLoss = (values: Float64Array, at: number, k: number): number =>
    -Math.log(Math.max(values[at + k]!, EPSILON));
  const error = (values: Float64Array, at: number, k: number): number => {
    let larger = 0;
    for (let other = 0; other < outputs; other++) if (values[at + other]! >= values[at + k]!) larger++;
    return larger > top ? 1 : 0;
  };
  const loss = name === 'multi_error' ? error : logLoss;
  return {
    names: [name === 'multi_error' && top !== 1 ? `multi_error@${top}` : name],
    isBiggerBetter: false,
    evaluate(scores) {
      const values = predictions(scores, outputs, transform);
      let sum = 0;
      for (let row = 0; row < rowCount; row++) {
        sum += loss(values, row * outputs, Math.trunc(label[row]!)) * (weight ? weight[row]! : 1);
      }
      return [sum / total];
    },
  };
}

/** Mean weight of each query's rows, in single precision. */
function queryWeights({ weight }: Targets, queryStart: Uint32Array): Float64Array | undefined {
  if (!weight) return undefined;
  return Float64Array.from({ length: queryStart.length - 1 }, (_, query) => {
    const rows = weight.subarray(queryStart[query], queryStart[query + 1]);
    return Math.fround(rows.reduce((sum, value) => Math.fround(sum + value), 0) / rows.length);
  });
}

function ndcg(parameters: Parameters, targets: Targets): Metric {
  const { label, queryStart } = targets;
  if (!queryStart) throw new DataError('metric ndcg ranks within queries. Pass query: rows per group.');
  const gains = labelGains(parameters.label_gain);
  checkRelevance(label, queryStart, gains);
  const ranks = parameters.eval_at.length > 0 ? parameters.eval_at : [1, 2, 3, 4, 5];
  const discount = rankDiscounts(longestQuery(queryStart));
  const queries = queryStart.length - 1;
  const weights = queryWeights(targets, queryStart);
  const total = weights ? weights.reduce((sum, value) => sum + value, 0) : queries;
  const ideals = Array.from({ length: queries }, (_, query) =>
    idealGains(label.subarray(queryStart[query], queryStart[query + 1]), gains, ranks),
  );
  return {
    names: ranks.map((rank) => `ndcg@${rank}`),
    isBiggerBetter: true,
    evaluate(scores) {
      const sums = new Float64Array(ranks.length);
      for (let query = 0; query < queries; query++) {
        const ideal = ideals[query]!;
        const start = queryStart[query]!;
        const count = queryStart[query + 1]! - start;
        const order = ideal[0]! > 0 ? byScore(scores, start, count) : undefined;
        let gained = 0;
        let at = 0;
        ranks.forEach((rank, i) => {
          // A query without any relevant row counts as ranked perfectly, whatever its weight.
          if (!order) {
            sums[i]! += 1;
            return;
          }
          for (; at < Math.min(rank, count); at++) gained += gains[label[start + order[at]!]!]! * discount[at]!;
          const inverse = ideal[i]! > 0 ? 1 / ideal[i]! : -1;
          sums[i]! += weights ? gained * inverse * weights[query]! : gained * inverse;
        });
      }
      return Array.from(sums, (sum) => sum / total);
    },
  };
}

/** The metrics that the parameters ask for, over one table's rows. */
export function createMetrics(parameters: Parameters, targets: Targets, transform: OutputTransform): Metric[] {
  return parameters.metric.map((name) => {
    if (name === 'auc') return areaUnderCurve(targets);
    if (name === 'ndcg') return ndcg(parameters, targets);
    const loss = pointwiseLoss(name, parameters);
    return loss ? pointwise(name, loss, targets, transform) : multiclass(name, parameters, targets, transform);
  });
}
