import type { DatasetContent } from '../dataset.ts';
import { MISSING } from '../model/tree.ts';
import type { BinMapper } from './bin-mapper.ts';
import { ColumnSampler } from './column-sampler.ts';
import { ColumnSearch, type LeafSums, type Split } from './column-search.ts';
import { Histograms } from './histograms.ts';
import { type Limits, leafOutputOf, NO_LIMITS, type Regularisation } from './leaf-output.ts';
import type { Parameters } from './parameters.ts';
import type { RowSet, RowSplit } from './row-set.ts';
import { TreeBuilder } from './tree-builder.ts';

/** A leaf while the tree grows. */
interface Leaf {
  readonly gradient: number;
  readonly hessian: number;
  /** Value before the learning rate; what `path_smooth` draws the children towards. */
  readonly output: number;
  readonly depth: number;
  readonly limits: Limits;
  /** Address of its histograms; -1 if it will not be split. */
  slot: number;
  split: Split | undefined;
  /** Per used column, whether any split was admissible; what was not here is not tried in the children. */
  isSplittable: Uint8Array;
}

/** A grown tree, and its splits in the order in which they were made. */
export interface GrownTree {
  readonly builder: TreeBuilder;
  readonly splits: readonly RowSplit[];
}

function regularisationOf(parameters: Parameters): Regularisation {
  return {
    lambdaL1: parameters.lambda_l1,
    lambdaL2: parameters.lambda_l2,
    maxDeltaStep: parameters.max_delta_step,
    pathSmooth: parameters.path_smooth,
    isMonotone: parameters.monotone_constraints.length > 0,
  };
}

/** For each bin of a column, whether a split sends it right. */
function sidesOf(split: Split, mapper: BinMapper): Uint8Array {
  const sides = new Uint8Array(mapper.binCount);
  if (split.leftBins) {
    sides.fill(1);
    for (const bin of split.leftBins) sides[bin] = 0;
    return sides;
  }
  sides.fill(1, split.threshold + 1);
  const missingSide = split.isDefaultLeft ? 0 : 1;
  if (mapper.missing === MISSING.nan) sides[mapper.binCount - 1] = missingSide;
  if (mapper.missing === MISSING.zero) sides[mapper.defaultBin] = missingSide;
  return sides;
}

/** Grows trees leaf by leaf, always at the leaf that gains most. */
export class TreeGrower {
  private readonly content: DatasetContent;
  private readonly parameters: Parameters;
  private readonly regularisation: Regularisation;
  private readonly columns: ColumnSampler;
  private readonly histograms: Histograms;
  private readonly search: ColumnSearch;
  private readonly sums: number;
  private readonly directions: Int8Array;

  constructor(content: DatasetContent, parameters: Parameters) {
    const { heap, table, mappers, used } = content;
    this.content = content;
    this.parameters = parameters;
    this.regularisation = regularisationOf(parameters);
    this.columns = new ColumnSampler(used.length, {
      byTree: parameters.feature_fraction,
      byNode: parameters.feature_fraction_bynode,
      seed: parameters.feature_fraction_seed,
    });
    this.histograms = new Histograms(heap, table, mappers, parameters.num_threads);
    this.directions = Int8Array.from(used, (original) => parameters.monotone_constraints[original] ?? 0);
    this.search = new ColumnSearch(heap, mappers, {
      minRows: parameters.min_data_in_leaf,
      minHessian: parameters.min_sum_hessian_in_leaf,
      minGain: parameters.min_gain_to_split,
      regularisation: this.regularisation,
      directions: this.directions,
      categorical: {
        maxOneHot: parameters.max_cat_to_onehot,
        maxThreshold: parameters.max_cat_threshold,
        smooth: parameters.cat_smooth,
        l2: parameters.cat_l2,
        minRowsPerGroup: parameters.min_data_per_group,
      },
    });
    this.sums = heap.reserve(16);
  }

  /**
   * Grows one tree on the rows that `rows` holds in leaf 0; afterwards it holds them leaf by leaf.
   * @param pairs address of the gradient pairs of all rows
   */
  grow(rows: RowSet, pairs: number): GrownTree {
    const { parameters, content } = this;
    this.columns.startTree();
    this.histograms.giveBackAll();
    const builder = new TreeBuilder(parameters.num_leaves);
    const splits: RowSplit[] = [];
    const leaves = [this.rootLeaf(rows, pairs)];
    this.openRoot(leaves[0]!, rows, pairs);
    while (leaves.length < parameters.num_leaves) {
      const best = bestLeaf(leaves);
      const parent = leaves[best]!;
      const { split } = parent;
      if (!split || !(split.gain > 0)) break;
      const mapper = content.mappers[split.column]!;
      const rowSplit = { leaf: best, column: split.column, goesRight: sidesOf(split, mapper) };
      rows.split(rowSplit);
      splits.push(rowSplit);
      const right = leaves.length;
      const counts = { left: rows.count[best]!, right: rows.count[right]! };
      const gain = split.gain + parameters.min_gain_to_split;
      builder.split(best, split, mapper, content.used[split.column]!, gain, counts);
      leaves.push(this.childLeaf(parent, split, false));
      leaves[best] = this.childLeaf(parent, split, true);
      // Nothing is searched after the last split, so nothing is drawn either.
      if (leaves.length < parameters.num_leaves) this.openChildren(leaves, best, right, parent, rows, pairs);
    }
    return { builder, splits };
  }

  /** Ends the threads. */
  async end(): Promise<void> {
    await this.histograms.end();
  }

  private rootLeaf(rows: RowSet, pairs: number): Leaf {
    const { heap, table, used } = this.content;
    const count = rows.count[0]!;
    heap.kernels.sumPairs(pairs, count === table.rowCount ? 0 : rows.rowsOf(0), count, this.sums);
    const [gradient, hessian] = heap.doubles(this.sums, 2) as unknown as [number, number];
    // A root is its own parent: its output, without smoothing or limits.
    const free = { ...this.regularisation, pathSmooth: 0, isMonotone: false };
    const output = leafOutputOf(gradient, hessian, free.lambdaL2, count, 0, free, NO_LIMITS);
    const isSplittable = new Uint8Array(used.length).fill(1);
    return { gradient, hessian, output, depth: 0, limits: NO_LIMITS, slot: -1, split: undefined, isSplittable };
  }

  private childLeaf(parent: Leaf, split: Split, isLeft: boolean): Leaf {
    const direction = split.leftBins ? 0 : this.directions[split.column]!;
    const middle = (split.leftOutput + split.rightOutput) / 2;
    const { min, max } = parent.limits;
    const isUpper = direction > 0 !== isLeft;
    const lower = direction !== 0 && isUpper ? Math.max(min, middle) : min;
    const upper = direction !== 0 && !isUpper ? Math.min(max, middle) : max;
    return {
      gradient: isLeft ? split.leftGradient : split.rightGradient,
      hessian: isLeft ? split.leftHessian : split.rightHessian,
      output: isLeft ? split.leftOutput : split.rightOutput,
      depth: parent.depth + 1,
      limits: { min: lower, max: upper },
      slot: -1,
      split: undefined,
      isSplittable: parent.isSplittable,
    };
  }

  private openRoot(root: Leaf, rows: RowSet, pairs: number): void {
    // A root with too few rows for two leaves is not searched, and draws no columns.
    if (rows.count[0]! < 2 * this.parameters.min_data_in_leaf) return;
    root.slot = this.histograms.take();
    const isUsed = this.usableColumns(root.isSplittable);
    this.histograms.build(root.slot, rows, 0, pairs, isUsed);
    this.searchLeaf(root, rows.count[0]!, isUsed, true);
  }

  private openChildren(leaves: Leaf[], left: number, right: number, parent: Leaf, rows: RowSet, pairs: number): void {
    const { max_depth, min_data_in_leaf } = this.parameters;
    const leftRows = rows.count[left]!;
    const rightRows = rows.count[right]!;
    const isDeep = max_depth > 0 && leaves[left]!.depth >= max_depth;
    if (isDeep || (leftRows < 2 * min_data_in_leaf && rightRows < 2 * min_data_in_leaf)) {
      this.histograms.giveBack(parent.slot);
      return;
    }
    const smaller = leftRows < rightRows ? left : right;
    const larger = smaller === left ? right : left;
    const isUsed = this.usableColumns(parent.isSplittable);
    const slot = this.histograms.take();
    leaves[smaller]!.slot = slot;
    leaves[larger]!.slot = parent.slot;
    this.histograms.build(slot, rows, smaller, pairs, isUsed);
    this.searchLeaf(leaves[smaller]!, rows.count[smaller]!, isUsed, true);
    // The larger child reads the smaller one's cells as they are after the most frequent bins were rebuilt.
    this.histograms.subtract(parent.slot, slot);
    this.searchLeaf(leaves[larger]!, rows.count[larger]!, isUsed, false);
    for (const leaf of [leaves[smaller]!, leaves[larger]!]) {
      if (leaf.split && leaf.split.gain > 0) continue;
      this.histograms.giveBack(leaf.slot);
      leaf.slot = -1;
    }
  }

  private usableColumns(isSplittable: Uint8Array): Uint8Array {
    return isSplittable.map((flag, column) => flag & this.columns.inTree[column]!);
  }

  private searchLeaf(leaf: Leaf, rowCount: number, isUsed: Uint8Array, isFresh: boolean): void {
    const inNode = this.columns.nodeColumns();
    const isSplittable = new Uint8Array(isUsed.length);
    const sums: LeafSums = {
      gradient: leaf.gradient,
      hessian: leaf.hessian,
      rows: rowCount,
      parentOutput: leaf.output,
      limits: leaf.limits,
    };
    let best: Split | undefined;
    for (let column = 0; column < isUsed.length; column++) {
      if (!isUsed[column]) continue;
      const histogram = leaf.slot + this.histograms.offsets[column]!;
      if (isFresh) this.search.fix(histogram, column, sums);
      const found = this.search.search(histogram, column, sums, best);
      isSplittable[column] = found.isAdmissible ? 1 : 0;
      if (!inNode || inNode[column]) best = found.best;
    }
    leaf.isSplittable = isSplittable;
    leaf.split = best;
  }
}

/** The leaf whose split gains most; among equals the smaller column, then the lower leaf. */
function bestLeaf(leaves: readonly Leaf[]): number {
  let best = 0;
  for (let leaf = 1; leaf < leaves.length; leaf++) {
    const a = leaves[leaf]!.split;
    const b = leaves[best]!.split;
    if (!a) continue;
    if (!b || a.gain > b.gain || (a.gain === b.gain && a.column < b.column)) best = leaf;
  }
  return best;
}
