import { DataError } from './errors.ts';
import { type FlatTrees, flatScore, flattenTrees } from './flat-trees.ts';
import { ContributionWalker } from './model/contributions.ts';
import type { Model } from './model/model.ts';
import { applyToOne, applyTransform, type OutputTransform, outputTransform } from './model/objective-output.ts';
import { leafOf, leafOutput } from './model/tree.ts';
import type { Selection } from './predict-options.ts';
import { RowWalk } from './row-walk.ts';

type Row = Float64Array | Float32Array;

/** Single rows after which a model is laid out for WebAssembly: that takes as long as some hundred rows. */
const ROWS_BEFORE_WALK = 100;

/** How decided a row's scores are: twice the size of one, or the lead of the best of several. */
function decision(scores: Float64Array, at: number, outputs: number): number {
  if (outputs === 1) return 2 * Math.abs(scores[at]!);
  const [best = 0, second = 0] = scores
    .slice(at, at + outputs)
    .sort()
    .reverse();
  return best - second;
}

/** Predicts row-major rows by walking the trees one row at a time: every kind of model, every kind of output. */
export class RowPredictor {
  private readonly model: Model;
  private readonly transform: OutputTransform;
  private flat: FlatTrees | 'none' | undefined;
  private walk: RowWalk | undefined;
  private rowsUntilWalk = ROWS_BEFORE_WALK;
  private walkers: ContributionWalker[] | undefined;

  constructor(model: Model) {
    this.model = model;
    this.transform =
      (model.objective === undefined ? undefined : outputTransform(model.objective)) ?? ({ kind: 'identity' } as const);
  }

  /** Predicts `rowCount` rows from `rows[at ..]` into `out[outAt ..]`, whose cells there must be 0. */
  predictBlock(selection: Selection, rows: Row, at: number, rowCount: number, out: Float64Array, outAt: number): void {
    const width = this.model.featureCount;
    for (let row = 0; row < rowCount; row++) {
      const from = at + row * width;
      const to = outAt + row * selection.outputs;
      if (selection.kind === 'leaf') this.leaves(selection, rows, from, out, to);
      else if (selection.kind === 'contrib') this.contributions(selection, rows, from, out, to);
      else this.rawScores(selection, rows, from, out, to);
    }
  }

  /** The response of one row, as a number or one number per output. */
  predictRow(row: Float64Array): number | Float64Array {
    const { model } = this;
    if (this.rowsUntilWalk >= 0 && this.rowsUntilWalk-- === 0) this.walk = RowWalk.of(model);
    const { trees, treesPerIteration: outputs } = model;
    if (outputs === 1) {
      const score = this.walk ? this.walk.score(row) : this.plainScore(row);
      return applyToOne(this.transform, model.averageOutput ? score / trees.length : score);
    }
    const iterations = trees.length / outputs;
    const endTree = trees.length;
    const selection = { kind: 'response', firstTree: 0, endTree, iterations, outputs, earlyStop: undefined } as const;
    const out = new Float64Array(outputs);
    if (this.walk) this.walk.scoreInto(row, out);
    else this.rawScores(selection, row, 0, out, 0);
    this.finish(selection, out);
    return out;
  }

  /** The raw score of a row of a model of one output. */
  private plainScore(row: Float64Array): number {
    const { trees } = this.model;
    this.flat ??= flattenTrees(trees) ?? 'none';
    if (this.flat !== 'none') return flatScore(this.flat, row);
    let sum = 0;
    for (const tree of trees) sum += leafOutput(tree, leafOf(tree, row, 0), row, 0);
    return sum;
  }

  /** Turns raw scores into the response, in place, where the selection asks for it. */
  finish(selection: Selection, out: Float64Array): void {
    if (selection.kind !== 'response') return;
    if (this.model.averageOutput && selection.iterations > 0) {
      for (let i = 0; i < out.length; i++) out[i]! /= selection.iterations;
    }
    applyTransform(this.transform, out, selection.outputs);
  }

  private rawScores(selection: Selection, rows: Row, from: number, out: Float64Array, to: number): void {
    const { trees, treesPerIteration } = this.model;
    const { firstTree, endTree, earlyStop } = selection;
    const lookEvery = (earlyStop?.every ?? 0) * treesPerIteration;
    for (let t = firstTree; t < endTree; t++) {
      const tree = trees[t]!;
      out[to + (t % treesPerIteration)]! += leafOutput(tree, leafOf(tree, rows, from), rows, from);
      if (!earlyStop || (t + 1 - firstTree) % lookEvery !== 0) continue;
      if (decision(out, to, treesPerIteration) > earlyStop.margin) return;
    }
  }

  private leaves(selection: Selection, rows: Row, from: number, out: Float64Array, to: number): void {
    for (let t = selection.firstTree; t < selection.endTree; t++) {
      out[to + t - selection.firstTree] = leafOf(this.model.trees[t]!, rows, from);
    }
  }

  private contributions(selection: Selection, rows: Row, from: number, out: Float64Array, to: number): void {
    const { trees, treesPerIteration, featureCount } = this.model;
    this.walkers ??= trees.map((tree, index) => {
      if (tree.linear) {
        throw new DataError(
          `predict: tree ${index} has linear leaves; contributions are not defined for them, in LightGBM neither.`,
        );
      }
      if (tree.leafCount > 1 && !(tree.internalRows[0]! > 0)) {
        throw new DataError(
          `predict: tree ${index} has no row counts, and contributions weigh by them. Write the model with counts.`,
        );
      }
      return new ContributionWalker(tree);
    });
    for (let t = selection.firstTree; t < selection.endTree; t++) {
      this.walkers[t]!.add(rows, from, out, to + (t % treesPerIteration) * (featureCount + 1), featureCount);
    }
  }
}
