import { softmax } from '../model/objective-output.ts';
import { EPSILON } from './doubles.ts';
import { byScore, checkRelevance, idealGains, labelGains, longestQuery, rankDiscounts } from './gains.ts';
import { Lcg } from './lcg.ts';
import type { Objective } from './objective.ts';
import type { Parameters } from './parameters.ts';
import type { Targets } from './training-data.ts';

const { fround } = Math;
const SIGMOID_BINS = 1024 * 1024;

/** Writes one query's pairs into `pairs[0 ..]`; scores of the query begin at `start`. */
type QueryPairs = (query: number, scores: Float64Array, start: number, count: number, pairs: Float32Array) => void;

function rankingObjective(name: string, targets: Targets, queryStart: Uint32Array, write: QueryPairs): Objective {
  const { weight } = targets;
  return {
    text: name,
    outputs: 1,
    positiveRows: 0,
    isTrained: () => true,
    initialScore: () => 0,
    writePairs(scores, pairs) {
      for (let query = 0; query + 1 < queryStart.length; query++) {
        const start = queryStart[query]!;
        const end = queryStart[query + 1]!;
        write(query, scores, start, end - start, pairs.subarray(2 * start, 2 * end));
      }
      if (!weight) return;
      for (let i = 0; i < pairs.length; i++) pairs[i]! *= weight[i >> 1]!;
    },
  };
}

/** 1 / (1 + e^(sigmoid x)) from a table over +-50 / (2 sigmoid), as LightGBM looks it up. */
function sigmoidTable(sigmoid: number): (difference: number) => number {
  const limit = 50 / sigmoid / 2;
  const factor = SIGMOID_BINS / (2 * limit);
  const table = Float64Array.from(
    { length: SIGMOID_BINS },
    (_, i) => 1 / (1 + Math.exp((i / factor - limit) * sigmoid)),
  );
  return (difference) => {
    if (difference <= -limit) return table[0]!;
    if (difference >= limit) return table[SIGMOID_BINS - 1]!;
    return table[Math.trunc((difference + limit) * factor)]!;
  };
}

/** LambdaRank with NDCG (Burges, From RankNet to LambdaRank to LambdaMART, 2010). */
export function lambdarankObjective(parameters: Parameters, targets: Targets, queryStart: Uint32Array): Objective {
  const { sigmoid, lambdarank_norm: isNormed, lambdarank_truncation_level: truncation } = parameters;
  const gains = labelGains(parameters.label_gain);
  checkRelevance(targets.label, queryStart, gains);
  const discount = rankDiscounts(longestQuery(queryStart));
  const lookUp = sigmoidTable(sigmoid);
  const labelsOf = (query: number): Float32Array => targets.label.subarray(queryStart[query], queryStart[query + 1]);
  const inverseIdeal = Float64Array.from({ length: queryStart.length - 1 }, (_, query) => {
    const [ideal = 0] = idealGains(labelsOf(query), gains, [truncation]);
    return ideal > 0 ? 1 / ideal : ideal;
  });
  const near = fround(0.01);
  return rankingObjective('lambdarank', targets, queryStart, (query, scores, start, count, pairs) => {
    const label = labelsOf(query);
    pairs.fill(0);
    const order = byScore(scores, start, count);
    const score = (row: number): number => scores[start + row]!;
    const isSpread = score(order[0]!) !== score(order[count - 1]!);
    let sum = 0;
    for (let i = 0; i < count - 1 && i < truncation; i++) {
      for (let j = i + 1; j < count; j++) {
        const a = order[i]!;
        const b = order[j]!;
        if (label[a] === label[b]) continue;
        const isAHigher = label[a]! > label[b]!;
        const high = isAHigher ? a : b;
        const low = isAHigher ? b : a;
        const difference = score(high) - score(low);
        const discountGap = Math.abs(discount[i]! - discount[j]!);
        let change = (gains[label[high]!]! - gains[label[low]!]!) * discountGap * inverseIdeal[query]!;
        if (isNormed && isSpread) change /= near + Math.abs(difference);
        const p = lookUp(difference);
        const lambda = p * (-sigmoid * change);
        const hessian = p * (1 - p) * (sigmoid * sigmoid * change);
        pairs[2 * low]! -= fround(lambda);
        pairs[2 * low + 1]! += fround(hessian);
        pairs[2 * high]! += fround(lambda);
        pairs[2 * high + 1]! += fround(hessian);
        sum -= 2 * lambda;
      }
    }
    if (!(isNormed && sum > 0)) return;
    const factor = Math.log2(1 + sum) / sum;
    for (let k = 0; k < pairs.length; k++) pairs[k]! *= factor;
  });
}

/** XE-NDCG (Bruch, An Alternative Cross Entropy Loss for Learning-to-Rank, 2019), with random gains per query. */
export function xendcgObjective(parameters: Parameters, targets: Targets, queryStart: Uint32Array): Objective {
  checkRelevance(targets.label, queryStart, labelGains(parameters.label_gain));
  const randoms = Array.from(
    { length: queryStart.length - 1 },
    (_, query) => new Lcg(parameters.objective_seed + query),
  );
  return rankingObjective('rank_xendcg', targets, queryStart, (query, scores, start, count, pairs) => {
    if (count <= 1) {
      pairs.fill(0);
      return;
    }
    const rho = scores.slice(start, start + count);
    softmax(rho, 0, count, Math.exp);
    const random = randoms[query]!;
    const terms = Float64Array.from({ length: count }, (_, i) => 2 ** targets.label[start + i]! - random.uniform());
    const inverse =
      1 /
      Math.max(
        EPSILON,
        terms.reduce((sum, term) => sum + term, 0),
      );
    let first = 0;
    for (let i = 0; i < count; i++) {
      const term = -terms[i]! * inverse + rho[i]!;
      pairs[2 * i] = term;
      terms[i] = term / (1 - rho[i]!);
      first += terms[i]!;
    }
    let second = 0;
    for (let i = 0; i < count; i++) {
      const term = rho[i]! * (first - terms[i]!);
      pairs[2 * i]! += fround(term);
      terms[i] = term / (1 - rho[i]!);
      second += terms[i]!;
    }
    for (let i = 0; i < count; i++) {
      pairs[2 * i]! += fround(rho[i]! * (second - terms[i]!));
      pairs[2 * i + 1] = rho[i]! * (1 - rho[i]!);
    }
  });
}
