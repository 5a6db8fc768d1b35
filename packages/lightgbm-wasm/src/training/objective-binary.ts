import { EPSILON } from './doubles.ts';
import { nearestLog } from './nearest-log.ts';
import type { Objective } from './objective.ts';
import type { Parameters } from './parameters.ts';
import type { Targets } from './training-data.ts';

/** Log loss of one class against the rest. */
export function binaryObjective(
  parameters: Parameters,
  targets: Targets,
  isPositive: (label: number) => boolean,
): Objective {
  const { sigmoid, is_unbalance, scale_pos_weight } = parameters;
  const { weight, rowCount } = targets;
  const positive = Uint8Array.from(targets.label, (label) => (isPositive(label) ? 1 : 0));
  const positiveRows = positive.reduce((sum, value) => sum + value, 0);
  const negativeRows = rowCount - positiveRows;
  const isMixed = positiveRows > 0 && negativeRows > 0;
  const hasMorePositives = positiveRows > negativeRows;
  const isBalanced = is_unbalance && isMixed;
  const negativeWeight = isBalanced && hasMorePositives ? positiveRows / negativeRows : 1;
  const positiveWeight = (isBalanced && !hasMorePositives ? negativeRows / positiveRows : 1) * scale_pos_weight;
  return {
    text: 'binary',
    outputs: 1,
    positiveRows,
    isTrained: () => isMixed,
    initialScore() {
      let sum = 0;
      let total = 0;
      for (let row = 0; row < rowCount; row++) {
        const w = weight ? weight[row]! : 1;
        sum += positive[row]! * w;
        total += w;
      }
      const share = Math.max(Math.min(sum / total, 1 - EPSILON), EPSILON);
      return nearestLog(share / (1 - share)) / sigmoid;
    },
    writePairs(scores, pairs) {
      if (!isMixed) return;
      for (let row = 0; row < rowCount; row++) {
        const sign = positive[row] ? 1 : -1;
        const classWeight = positive[row] ? positiveWeight : negativeWeight;
        const response = (-sign * sigmoid) / (1 + Math.exp(sign * sigmoid * scores[row]!));
        const size = Math.abs(response);
        const w = weight ? weight[row]! : 1;
        pairs[2 * row] = response * classWeight * w;
        pairs[2 * row + 1] = size * (sigmoid - size) * classWeight * w;
      }
    },
  };
}
