import { DataError } from '../errors.ts';
import { formatSignificant } from '../model/number-format.ts';
import { softmax } from '../model/objective-output.ts';
import { EPSILON } from './doubles.ts';
import { nearestLog } from './nearest-log.ts';
import type { Objective } from './objective.ts';
import { binaryObjective } from './objective-binary.ts';
import type { Parameters } from './parameters.ts';
import type { Targets } from './training-data.ts';

/** Class numbers of the rows. */
function classes(label: Float32Array, count: number): Int32Array {
  const found = Int32Array.from(label);
  const bad = found.findIndex((value) => value < 0 || value >= count);
  if (bad >= 0) throw new DataError(`multiclass: label ${bad} is ${label[bad]}; classes are 0 to ${count - 1}.`);
  return found;
}

/** Softmax over `num_class` outputs. */
export function multiclassObjective(parameters: Parameters, targets: Targets): Objective {
  const count = parameters.num_class;
  const { weight, rowCount } = targets;
  const classOf = classes(targets.label, count);
  const shares = new Float64Array(count);
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    const w = weight ? weight[row]! : 1;
    shares[classOf[row]!]! += w;
    total += w;
  }
  for (let k = 0; k < count; k++) shares[k]! /= total;
  // The redundant form of K classes, scaled to the form of K - 1.
  const factor = count / (count - 1);
  const scores = new Float64Array(count);
  return {
    text: `multiclass num_class:${count}`,
    outputs: count,
    positiveRows: 0,
    isTrained: (output) => shares[output]! > EPSILON && shares[output]! < 1 - EPSILON,
    initialScore: (output) => nearestLog(Math.max(EPSILON, shares[output]!)),
    writePairs(all, pairs) {
      for (let row = 0; row < rowCount; row++) {
        for (let k = 0; k < count; k++) scores[k] = all[k * rowCount + row]!;
        softmax(scores, 0, count, Math.exp);
        const w = weight ? weight[row]! : 1;
        for (let k = 0; k < count; k++) {
          const p = scores[k]!;
          const at = 2 * (k * rowCount + row);
          pairs[at] = (classOf[row] === k ? p - 1 : p) * w;
          pairs[at + 1] = factor * p * (1 - p) * w;
        }
      }
    },
  };
}

/** One binary objective per class. */
export function oneVersusAllObjective(parameters: Parameters, targets: Targets): Objective {
  const count = parameters.num_class;
  classes(targets.label, count);
  const each = Array.from({ length: count }, (_, k) =>
    binaryObjective(parameters, targets, (label) => Math.trunc(label) === k),
  );
  const { rowCount } = targets;
  return {
    text: `multiclassova num_class:${count} sigmoid:${formatSignificant(parameters.sigmoid, 6)}`,
    outputs: count,
    positiveRows: 0,
    isTrained: (output) => each[output]!.isTrained(0),
    initialScore: (output) => each[output]!.initialScore(0),
    writePairs(scores, pairs) {
      each.forEach((objective, k) => {
        objective.writePairs(
          scores.subarray(k * rowCount, (k + 1) * rowCount),
          pairs.subarray(2 * k * rowCount, 2 * (k + 1) * rowCount),
        );
      });
    },
  };
}
