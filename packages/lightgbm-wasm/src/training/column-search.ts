import type { Heap } from '../internal/heap.ts';
import type { BinMapper } from './bin-mapper.ts';
import { type CategoricalSettings, searchCategories } from './categorical-split.ts';
import { EPSILON } from './doubles.ts';
import { gainGivenOutput, isPlain, type Limits, leafGain, leafOutputOf, type Regularisation } from './leaf-output.ts';
import { type ScanPlan, type SearchedLeaf, scanPlan, searchThreshold, type ThresholdFound } from './split-search.ts';

/** A leaf's best split so far. Sums are without epsilon; outputs are before the learning rate. */
export interface Split {
  readonly column: number;
  readonly gain: number;
  /** Numeric: bins up to this one go left. */
  readonly threshold: number;
  readonly isDefaultLeft: boolean;
  /** Categorical: the bins that go left. */
  readonly leftBins: readonly number[] | undefined;
  readonly leftGradient: number;
  readonly leftHessian: number;
  readonly rightGradient: number;
  readonly rightHessian: number;
  readonly leftOutput: number;
  readonly rightOutput: number;
}

/** The leaf that is searched: sums over its rows, and what its value may be. */
export interface LeafSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  readonly parentOutput: number;
  readonly limits: Limits;
}

/** Settings of the search. */
export interface ColumnSearchSettings {
  readonly minRows: number;
  readonly minHessian: number;
  readonly minGain: number;
  readonly regularisation: Regularisation;
  readonly categorical: CategoricalSettings;
  /** Monotone direction of each used column. */
  readonly directions: Int8Array;
}

/** LightGBM multiplies gains of monotone columns by 1 less the penalty (0 here) plus an epsilon, which decides ties. */
const MONOTONE_FACTOR = 1 + EPSILON;

/** Searches the histograms of single columns for their best split. */
export class ColumnSearch {
  private readonly heap: Heap;
  private readonly mappers: readonly BinMapper[];
  private readonly plans: readonly ScanPlan[];
  private readonly settings: ColumnSearchSettings;
  private readonly isPlain: boolean;
  private readonly out: number;

  constructor(heap: Heap, mappers: readonly BinMapper[], settings: ColumnSearchSettings) {
    this.heap = heap;
    this.mappers = mappers;
    this.plans = mappers.map(scanPlan);
    this.settings = settings;
    this.isPlain = isPlain(settings.regularisation);
    this.out = heap.reserve(64);
  }

  /** Rebuilds the cell of the column's most frequent bin from the leaf's sums. */
  fix(histogram: number, column: number, leaf: LeafSums): void {
    const { mostFrequentBin, binCount } = this.mappers[column]!;
    if (mostFrequentBin === 0) return;
    this.heap.kernels.fixMostFrequent(histogram, binCount, mostFrequentBin, leaf.gradient, leaf.hessian);
  }

  /**
   * Searches one column.
   * @param best what a split must beat: only a strictly larger gain replaces it
   * @returns whether any split of the column was admissible, and the better of both splits
   */
  search(
    histogram: number,
    column: number,
    sums: LeafSums,
    best: Split | undefined,
  ): { isAdmissible: boolean; best: Split | undefined } {
    const mapper = this.mappers[column]!;
    if (mapper.kind === 'categorical') return this.searchCategorical(histogram, column, sums, best);
    const leaf = this.searched(sums, false);
    const direction = this.settings.directions[column]!;
    const found = this.isPlain
      ? this.searchInKernel(histogram, column, leaf)
      : searchThreshold(
          this.heap.doubles(histogram, 2 * mapper.binCount),
          mapper.binCount,
          this.plans[column]!,
          leaf,
          this.settings,
          direction,
        );
    if (direction !== 0) found.gain *= MONOTONE_FACTOR;
    if (!found.isAdmissible || !(found.gain > (best?.gain ?? Number.NEGATIVE_INFINITY))) {
      return { isAdmissible: found.isAdmissible, best };
    }
    const { lambdaL2 } = this.settings.regularisation;
    const isDefaultLeft = found.isBackward && this.plans[column]!.backwardDefaultLeft;
    return {
      isAdmissible: true,
      best: this.split(column, found, leaf, lambdaL2, {
        threshold: found.threshold,
        isDefaultLeft,
        leftBins: undefined,
      }),
    };
  }

  private searched(sums: LeafSums, isCategorical: boolean): SearchedLeaf {
    const { regularisation: r, minGain } = this.settings;
    const hessian = sums.hessian + 2 * EPSILON;
    const { gradient, rows, parentOutput } = sums;
    const isSmoothed = r.pathSmooth > EPSILON;
    const gain =
      isCategorical && isSmoothed
        ? gainGivenOutput(gradient, hessian, r.lambdaL2, parentOutput, r)
        : leafGain(gradient, hessian, r.lambdaL2, rows, parentOutput, r);
    return { gradient, hessian, rows, parentOutput, limits: sums.limits, shift: gain + minGain };
  }

  private searchInKernel(histogram: number, column: number, leaf: SearchedLeaf): ThresholdFound {
    const { minRows, minHessian, regularisation } = this.settings;
    const plan = this.plans[column]!;
    this.heap.kernels.searchSplit(
      histogram,
      this.mappers[column]!.binCount,
      plan.offset,
      plan.skipped,
      plan.nanBin,
      plan.hasForward ? 1 : 0,
      leaf.gradient,
      leaf.hessian,
      leaf.rows,
      leaf.shift,
      minRows,
      minHessian,
      regularisation.lambdaL2,
      this.out,
    );
    const [gain, leftGradient, leftHessian] = this.heap.doubles(this.out, 3) as unknown as [number, number, number];
    const words = this.heap.words(this.out + 24, 4);
    return {
      gain,
      leftGradient,
      leftHessian,
      threshold: words[0]!,
      isBackward: words[1] === 1,
      leftRows: words[2]!,
      isAdmissible: words[3] === 1,
    };
  }

  private searchCategorical(
    histogram: number,
    column: number,
    sums: LeafSums,
    best: Split | undefined,
  ): { isAdmissible: boolean; best: Split | undefined } {
    const { binCount } = this.mappers[column]!;
    const leaf = this.searched(sums, true);
    const cells = this.heap.doubles(histogram, 2 * binCount);
    const { isAdmissible, found } = searchCategories(cells, binCount, leaf, this.settings, this.settings.categorical);
    if (!found) return { isAdmissible, best };
    const gain = found.gain - leaf.shift;
    if (!(gain > (best?.gain ?? Number.NEGATIVE_INFINITY))) return { isAdmissible: true, best };
    const where = { threshold: 0, isDefaultLeft: false, leftBins: found.bins };
    return { isAdmissible: true, best: this.split(column, { ...found, gain }, leaf, found.l2, where) };
  }

  private split(
    column: number,
    found: Pick<ThresholdFound, 'gain' | 'leftGradient' | 'leftHessian' | 'leftRows'>,
    leaf: SearchedLeaf,
    l2: number,
    where: Pick<Split, 'threshold' | 'isDefaultLeft' | 'leftBins'>,
  ): Split {
    const { regularisation: r } = this.settings;
    const { leftGradient, leftHessian, leftRows } = found;
    const rightGradient = leaf.gradient - leftGradient;
    const rightHessian = leaf.hessian - leftHessian;
    const output = (gradient: number, hessian: number, rows: number): number =>
      leafOutputOf(gradient, hessian, l2, rows, leaf.parentOutput, r, leaf.limits);
    return {
      column,
      gain: found.gain,
      ...where,
      leftGradient,
      leftHessian: leftHessian - EPSILON,
      rightGradient,
      rightHessian: rightHessian - EPSILON,
      leftOutput: output(leftGradient, leftHessian, leftRows),
      rightOutput: output(rightGradient, rightHessian, leaf.rows - leftRows),
    };
  }
}
