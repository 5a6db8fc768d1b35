import { EPSILON } from './doubles.ts';

/** What regularises leaf values. */
export interface Regularisation {
  readonly lambdaL1: number;
  readonly lambdaL2: number;
  readonly maxDeltaStep: number;
  readonly pathSmooth: number;
  /** Whether leaf values are kept within monotone limits. */
  readonly isMonotone: boolean;
}

/** The interval a leaf's value must lie in. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** No limit. */
export const NO_LIMITS: Limits = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };

function softThreshold(gradient: number, l1: number): number {
  return Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1);
}

/** Whether gains are the plain G²/(H + l2), which the WebAssembly search computes. */
export function isPlain(r: Regularisation): boolean {
  return !(r.lambdaL1 > 0 || r.maxDeltaStep > 0 || r.pathSmooth > EPSILON || r.isMonotone);
}

/** A leaf's value from its sums, before the learning rate and without monotone limits. */
function freeOutput(
  gradient: number,
  hessian: number,
  l2: number,
  rows: number,
  parentOutput: number,
  r: Regularisation,
): number {
  let output = r.lambdaL1 > 0 ? -softThreshold(gradient, r.lambdaL1) / (hessian + l2) : -gradient / (hessian + l2);
  if (r.maxDeltaStep > 0 && Math.abs(output) > r.maxDeltaStep) output = Math.sign(output) * r.maxDeltaStep;
  if (r.pathSmooth > EPSILON) {
    const share = rows / r.pathSmooth;
    output = (output * share) / (share + 1) + parentOutput / (share + 1);
  }
  return output;
}

/** A leaf's value from its sums, before the learning rate. */
export function leafOutputOf(
  gradient: number,
  hessian: number,
  l2: number,
  rows: number,
  parentOutput: number,
  r: Regularisation,
  limits: Limits,
): number {
  const output = freeOutput(gradient, hessian, l2, rows, parentOutput, r);
  if (!r.isMonotone) return output;
  if (output < limits.min) return limits.min;
  return output > limits.max ? limits.max : output;
}

/** How much a leaf of a given value lowers the loss. */
export function gainGivenOutput(
  gradient: number,
  hessian: number,
  l2: number,
  output: number,
  r: Regularisation,
): number {
  const g = r.lambdaL1 > 0 ? softThreshold(gradient, r.lambdaL1) : gradient;
  return -(2 * g * output + (hessian + l2) * output * output);
}

/** How much a leaf of its best value lowers the loss. */
export function leafGain(
  gradient: number,
  hessian: number,
  l2: number,
  rows: number,
  parentOutput: number,
  r: Regularisation,
): number {
  if (!(r.maxDeltaStep > 0 || r.pathSmooth > EPSILON)) {
    const g = r.lambdaL1 > 0 ? softThreshold(gradient, r.lambdaL1) : gradient;
    return (g * g) / (hessian + l2);
  }
  return gainGivenOutput(gradient, hessian, l2, freeOutput(gradient, hessian, l2, rows, parentOutput, r), r);
}

/** One side of a split. */
export interface Side {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

/** What a split gains; 0 if it runs against the column's monotone direction. */
export function splitGain(
  left: Side,
  right: Side,
  l2: number,
  parentOutput: number,
  direction: number,
  limits: Limits,
  r: Regularisation,
): number {
  if (!r.isMonotone) {
    return (
      leafGain(left.gradient, left.hessian, l2, left.rows, parentOutput, r) +
      leafGain(right.gradient, right.hessian, l2, right.rows, parentOutput, r)
    );
  }
  const leftOutput = leafOutputOf(left.gradient, left.hessian, l2, left.rows, parentOutput, r, limits);
  const rightOutput = leafOutputOf(right.gradient, right.hessian, l2, right.rows, parentOutput, r, limits);
  if ((direction > 0 && leftOutput > rightOutput) || (direction < 0 && leftOutput < rightOutput)) return 0;
  return (
    gainGivenOutput(left.gradient, left.hessian, l2, leftOutput, r) +
    gainGivenOutput(right.gradient, right.hessian, l2, rightOutput, r)
  );
}
