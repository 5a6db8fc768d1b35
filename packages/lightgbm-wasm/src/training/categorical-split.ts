import { EPSILON, rounded } from './doubles.ts';
import { type Side, splitGain } from './leaf-output.ts';
import type { SearchedLeaf, SearchLimits } from './split-search.ts';
import { unorderedSort } from './unordered-sort.ts';

/** LightGBM's parameters of categorical splits. */
export interface CategoricalSettings {
  readonly maxOneHot: number;
  readonly maxThreshold: number;
  readonly smooth: number;
  readonly l2: number;
  readonly minRowsPerGroup: number;
}

/** What a search finds: whether any set was admissible (its gain may be no number), and the best of them. */
export interface CategorySearch {
  readonly isAdmissible: boolean;
  readonly found: CategoriesFound | undefined;
}

/** The best set of categories to go left. */
interface CategoriesFound {
  readonly gain: number;
  /** Bins that go left. */
  readonly bins: readonly number[];
  readonly leftGradient: number;
  /** With epsilon. */
  readonly leftHessian: number;
  readonly leftRows: number;
  /** The l2 that the outputs are computed with. */
  readonly l2: number;
}

interface Context {
  readonly histogram: Float64Array;
  readonly binCount: number;
  readonly leaf: SearchedLeaf;
  readonly limits: SearchLimits;
  readonly countFactor: number;
}

function gainOf({ leaf, limits }: Context, first: Side, second: Side, l2: number): number {
  return splitGain(first, second, l2, leaf.parentOutput, 0, leaf.limits, limits.regularisation);
}

/** One category against the rest. */
function searchOneHot(context: Context): CategorySearch {
  const { histogram, binCount, leaf, limits, countFactor } = context;
  const l2 = limits.regularisation.lambdaL2;
  let found: CategoriesFound | undefined;
  let best = Number.NEGATIVE_INFINITY;
  let isAdmissible = false;
  for (let bin = 1; bin < binCount; bin++) {
    const gradient = histogram[2 * bin]!;
    const hessian = histogram[2 * bin + 1]!;
    const rows = rounded(hessian * countFactor);
    if (rows < limits.minRows || hessian < limits.minHessian || leaf.rows - rows < limits.minRows) continue;
    const rest = {
      gradient: leaf.gradient - gradient,
      hessian: leaf.hessian - hessian - EPSILON,
      rows: leaf.rows - rows,
    };
    if (rest.hessian < limits.minHessian) continue;
    const gain = gainOf(context, rest, { gradient, hessian: hessian + EPSILON, rows }, l2);
    if (gain <= leaf.shift) continue;
    isAdmissible = true;
    if (!(gain > best)) continue;
    best = gain;
    found = { gain, bins: [bin], leftGradient: gradient, leftHessian: hessian + EPSILON, leftRows: rows, l2 };
  }
  return { isAdmissible, found };
}

/** Sets of categories, taken by their mean gradient from either end (Fisher, On Grouping for Maximum Homogeneity, 1958). */
function searchSorted(context: Context, settings: CategoricalSettings): CategorySearch {
  const { histogram, binCount, leaf, limits, countFactor } = context;
  const l2 = limits.regularisation.lambdaL2 + settings.l2;
  const mean = (bin: number): number => histogram[2 * bin]! / (histogram[2 * bin + 1]! + settings.smooth);
  const sorted: number[] = [];
  for (let bin = 1; bin < binCount; bin++) {
    if (rounded(histogram[2 * bin + 1]! * countFactor) >= settings.smooth) sorted.push(bin);
  }
  // Without smoothing, a category that the leaf has no rows of has no mean.
  const means = Array.from({ length: binCount }, (_, bin) => mean(bin));
  const isOrder = sorted.every((bin) => !Number.isNaN(means[bin]));
  const ordered = isOrder
    ? sorted.sort((a, b) => means[a]! - means[b]!)
    : unorderedSort(sorted, (a, b) => means[a]! < means[b]!);
  const most = Math.min(settings.maxThreshold, (sorted.length + 1) >> 1);
  let found: CategoriesFound | undefined;
  let best = Number.NEGATIVE_INFINITY;
  let isAdmissible = false;
  for (const order of [ordered, ordered.slice().reverse()]) {
    let gradient = 0;
    let hessian = EPSILON;
    let rows = 0;
    let groupRows = 0;
    for (let i = 0; i < most; i++) {
      const bin = order[i]!;
      const binRows = rounded(histogram[2 * bin + 1]! * countFactor);
      gradient += histogram[2 * bin]!;
      hessian += histogram[2 * bin + 1]!;
      rows += binRows;
      groupRows += binRows;
      if (rows < limits.minRows || hessian < limits.minHessian) continue;
      const right = { gradient: leaf.gradient - gradient, hessian: leaf.hessian - hessian, rows: leaf.rows - rows };
      if (right.rows < limits.minRows || right.rows < settings.minRowsPerGroup) break;
      if (right.hessian < limits.minHessian) break;
      if (groupRows < settings.minRowsPerGroup) continue;
      groupRows = 0;
      const gain = gainOf(context, { gradient, hessian, rows }, right, l2);
      if (gain <= leaf.shift) continue;
      isAdmissible = true;
      if (!(gain > best)) continue;
      best = gain;
      found = { gain, bins: order.slice(0, i + 1), leftGradient: gradient, leftHessian: hessian, leftRows: rows, l2 };
    }
  }
  return { isAdmissible, found };
}

/**
 * Finds the best set of categories of a column; bin 0 (missing, unseen, rare) never goes left.
 */
export function searchCategories(
  histogram: Float64Array,
  binCount: number,
  leaf: SearchedLeaf,
  limits: SearchLimits,
  settings: CategoricalSettings,
): CategorySearch {
  const context = { histogram, binCount, leaf, limits, countFactor: leaf.rows / leaf.hessian };
  return binCount <= settings.maxOneHot ? searchOneHot(context) : searchSorted(context, settings);
}
