import { MISSING } from '../model/tree.ts';
import type { BinMapper } from './bin-mapper.ts';
import { EPSILON, rounded } from './doubles.ts';
import { type Limits, type Regularisation, type Side, splitGain } from './leaf-output.ts';

/** The leaf whose histogram is searched. */
export interface SearchedLeaf {
  readonly gradient: number;
  /** With two epsilons added, as LightGBM searches. */
  readonly hessian: number;
  readonly rows: number;
  readonly parentOutput: number;
  readonly limits: Limits;
  /** Gain of not splitting, plus `min_gain_to_split`. */
  readonly shift: number;
}

/** What a split must keep to. */
export interface SearchLimits {
  readonly minRows: number;
  readonly minHessian: number;
  readonly regularisation: Regularisation;
}

/** The best threshold of a numeric column. */
export interface ThresholdFound {
  /** Gain less the leaf's shift; -inf if there is none. */
  gain: number;
  /** Bins up to this one go left. */
  threshold: number;
  leftGradient: number;
  /** With epsilon. */
  leftHessian: number;
  leftRows: number;
  isBackward: boolean;
  /** Whether any threshold gained more than the shift, or NaN as LightGBM has it: if none did, the leaf's children skip the column. */
  isAdmissible: boolean;
}

/** How a column's histogram is scanned. */
export interface ScanPlan {
  /** 1 if bin 0 is the most frequent bin, whose cell is not kept. */
  readonly offset: number;
  /** A bin that both scans leave out, or -1. */
  readonly skipped: number;
  /** 1 if the last bin is NaN's and scans leave it to one side. */
  readonly nanBin: number;
  /** Whether missing values are tried on the right too. */
  readonly hasForward: boolean;
  /** Whether missing values go left if the backward scan wins. */
  readonly backwardDefaultLeft: boolean;
}

/** Plans the scans of a numeric column from how it treats missing values. */
export function scanPlan(mapper: BinMapper): ScanPlan {
  const hasForward = mapper.binCount > 2 && mapper.missing !== MISSING.none;
  return {
    offset: mapper.mostFrequentBin === 0 ? 1 : 0,
    skipped: hasForward && mapper.missing === MISSING.zero ? mapper.defaultBin : -1,
    nanBin: hasForward && mapper.missing === MISSING.nan ? 1 : 0,
    hasForward,
    backwardDefaultLeft: hasForward || mapper.missing !== MISSING.nan,
  };
}

/**
 * Finds the best threshold in a histogram (`[gradient, hessian]` per bin), with every kind of regularisation. The plain
 * case runs in WebAssembly (`searchSplit`), with the same bits.
 * @param direction the column's monotone direction: 1, -1 or 0
 */
export function searchThreshold(
  histogram: Float64Array,
  binCount: number,
  plan: ScanPlan,
  leaf: SearchedLeaf,
  limits: SearchLimits,
  direction: number,
): ThresholdFound {
  const { minRows, minHessian, regularisation } = limits;
  const countFactor = leaf.rows / leaf.hessian;
  const found: ThresholdFound = {
    gain: Number.NEGATIVE_INFINITY,
    threshold: 0,
    leftGradient: 0,
    leftHessian: EPSILON,
    leftRows: 0,
    isBackward: false,
    isAdmissible: false,
  };
  const gainOf = (left: Side, right: Side): number =>
    splitGain(left, right, regularisation.lambdaL2, leaf.parentOutput, direction, leaf.limits, regularisation);

  let best = Number.NEGATIVE_INFINITY;
  let rightGradient = 0;
  let rightHessian = EPSILON;
  let rightRows = 0;
  for (let bin = binCount - 1 - plan.nanBin; bin >= 1; bin--) {
    if (bin === plan.skipped) continue;
    rightGradient += histogram[2 * bin]!;
    rightHessian += histogram[2 * bin + 1]!;
    rightRows += rounded(histogram[2 * bin + 1]! * countFactor);
    if (rightRows < minRows || rightHessian < minHessian) continue;
    const left = {
      gradient: leaf.gradient - rightGradient,
      hessian: leaf.hessian - rightHessian,
      rows: leaf.rows - rightRows,
    };
    if (left.rows < minRows || left.hessian < minHessian) break;
    const gain = gainOf(left, { gradient: rightGradient, hessian: rightHessian, rows: rightRows });
    if (gain <= leaf.shift) continue;
    found.isAdmissible = true;
    if (!(gain > best)) continue;
    best = gain;
    found.threshold = bin - 1;
    found.leftGradient = left.gradient;
    found.leftHessian = left.hessian;
    found.leftRows = left.rows;
    found.isBackward = true;
  }
  found.gain = best - leaf.shift;
  if (!plan.hasForward) return found;

  const toBeat = best - leaf.shift + leaf.shift;
  let forwardBest = Number.NEGATIVE_INFINITY;
  const forward = { threshold: 0, gradient: 0, hessian: 0, rows: 0 };
  let leftGradient = 0;
  let leftHessian = EPSILON;
  let leftRows = 0;
  let bin = plan.offset;
  if (plan.nanBin === 1 && plan.offset === 1) {
    // Bin 0 is not kept: it is what the others leave, the NaN bin among them.
    leftGradient = leaf.gradient;
    leftHessian = leaf.hessian - EPSILON;
    leftRows = leaf.rows;
    for (let k = 1; k < binCount; k++) {
      leftGradient -= histogram[2 * k]!;
      leftHessian -= histogram[2 * k + 1]!;
      leftRows -= rounded(histogram[2 * k + 1]! * countFactor);
    }
    bin = 0;
  }
  for (; bin <= binCount - 2; bin++) {
    if (bin === plan.skipped) continue;
    if (bin >= plan.offset) {
      leftGradient += histogram[2 * bin]!;
      leftHessian += histogram[2 * bin + 1]!;
      leftRows += rounded(histogram[2 * bin + 1]! * countFactor);
    }
    if (leftRows < minRows || leftHessian < minHessian) continue;
    const right = {
      gradient: leaf.gradient - leftGradient,
      hessian: leaf.hessian - leftHessian,
      rows: leaf.rows - leftRows,
    };
    if (right.rows < minRows || right.hessian < minHessian) break;
    const gain = gainOf({ gradient: leftGradient, hessian: leftHessian, rows: leftRows }, right);
    if (gain <= leaf.shift) continue;
    found.isAdmissible = true;
    if (!(gain > forwardBest)) continue;
    forwardBest = gain;
    forward.threshold = bin;
    forward.gradient = leftGradient;
    forward.hessian = leftHessian;
    forward.rows = leftRows;
  }
  if (!(forwardBest > toBeat)) return found;
  return {
    gain: forwardBest - leaf.shift,
    threshold: forward.threshold,
    leftGradient: forward.gradient,
    leftHessian: forward.hessian,
    leftRows: forward.rows,
    isBackward: false,
    isAdmissible: true,
  };
}
