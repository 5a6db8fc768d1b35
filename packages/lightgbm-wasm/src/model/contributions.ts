import { childOf, type Tree } from './tree.ts';

/** The path of a walk through a tree: which features split it and how much of each subset reaches this far. */
class Path {
  readonly feature: Int32Array;
  readonly zero: Float64Array;
  readonly one: Float64Array;
  readonly weight: Float64Array;

  constructor(size: number) {
    this.feature = new Int32Array(size);
    this.zero = new Float64Array(size);
    this.one = new Float64Array(size);
    this.weight = new Float64Array(size);
  }

  copyDown(from: number, to: number, count: number): void {
    this.feature.copyWithin(to, from, from + count);
    this.zero.copyWithin(to, from, from + count);
    this.one.copyWithin(to, from, from + count);
    this.weight.copyWithin(to, from, from + count);
  }

  extend(base: number, depth: number, zero: number, one: number, feature: number): void {
    const { weight } = this;
    this.feature[base + depth] = feature;
    this.zero[base + depth] = zero;
    this.one[base + depth] = one;
    weight[base + depth] = depth === 0 ? 1 : 0;
    for (let i = depth - 1; i >= 0; i--) {
      weight[base + i + 1]! += (one * weight[base + i]! * (i + 1)) / (depth + 1);
      weight[base + i] = (zero * weight[base + i]! * (depth - i)) / (depth + 1);
    }
  }

  unwind(base: number, depth: number, index: number): void {
    const { weight } = this;
    const one = this.one[base + index]!;
    const zero = this.zero[base + index]!;
    let next = weight[base + depth]!;
    for (let i = depth - 1; i >= 0; i--) {
      const kept = weight[base + i]!;
      if (one !== 0) {
        weight[base + i] = (next * (depth + 1)) / ((i + 1) * one);
        next = kept - (weight[base + i]! * zero * (depth - i)) / (depth + 1);
      } else {
        weight[base + i] = (kept * (depth + 1)) / (zero * (depth - i));
      }
    }
    for (let i = index; i < depth; i++) {
      this.feature[base + i] = this.feature[base + i + 1]!;
      this.zero[base + i] = this.zero[base + i + 1]!;
      this.one[base + i] = this.one[base + i + 1]!;
    }
  }

  unwoundSum(base: number, depth: number, index: number): number {
    const { weight } = this;
    const one = this.one[base + index]!;
    const zero = this.zero[base + index]!;
    let next = weight[base + depth]!;
    let total = 0;
    for (let i = depth - 1; i >= 0; i--) {
      if (one !== 0) {
        const part = (next * (depth + 1)) / ((i + 1) * one);
        total += part;
        next = weight[base + i]! - part * zero * ((depth - i) / (depth + 1));
      } else {
        total += weight[base + i]! / zero / ((depth - i) / (depth + 1));
      }
    }
    return total;
  }
}

/** Mean of the leaf values, by rows. */
function expectedValue(tree: Tree): number {
  if (tree.leafCount === 1) return tree.leafValue[0]!;
  const total = tree.internalRows[0]!;
  let sum = 0;
  for (let leaf = 0; leaf < tree.leafCount; leaf++) sum += (tree.leafRows[leaf]! / total) * tree.leafValue[leaf]!;
  return sum;
}

/** Depth of the deepest leaf. */
export function depthOf(tree: Tree): number {
  if (tree.leafCount === 1) return 0;
  const depths = new Int32Array(tree.leafCount - 1);
  let deepest = 1;
  const stack = [0];
  while (stack.length > 0) {
    const node = stack.pop()!;
    for (const child of [tree.leftChild[node]!, tree.rightChild[node]!]) {
      if (child < 0) continue;
      depths[child] = depths[node]! + 1;
      deepest = Math.max(deepest, depths[child]! + 1);
      stack.push(child);
    }
  }
  return deepest;
}

/**
 * Computes SHAP values (TreeSHAP: Lundberg et al., Consistent Individualized Feature Attribution for Tree
 * Ensembles, 2018, algorithm 2), in LightGBM's order of operations.
 */
export class ContributionWalker {
  private readonly tree: Tree;
  private readonly path: Path;
  private readonly expected: number;
  private row: Float64Array | Float32Array = new Float64Array(0);
  private at = 0;
  private out: Float64Array = new Float64Array(0);
  private outAt = 0;

  constructor(tree: Tree) {
    const depth = depthOf(tree) + 2;
    this.tree = tree;
    this.path = new Path((depth * (depth + 1)) / 2);
    this.expected = expectedValue(tree);
  }

  /** Adds one row's contributions to `out[outAt ..]`: one per feature, the expected value last. */
  add(row: Float64Array | Float32Array, at: number, out: Float64Array, outAt: number, featureCount: number): void {
    out[outAt + featureCount]! += this.expected;
    if (this.tree.leafCount === 1) return;
    this.row = row;
    this.at = at;
    this.out = out;
    this.outAt = outAt;
    this.walk(0, 0, 0, 1, 1, -1);
  }

  private walk(
    node: number,
    parentDepth: number,
    parentBase: number,
    zero: number,
    one: number,
    feature: number,
  ): void {
    const { tree, path } = this;
    let depth = parentDepth;
    const base = parentBase + depth;
    if (depth > 0) path.copyDown(parentBase, base, depth);
    path.extend(base, depth, zero, one, feature);
    if (node < 0) {
      const value = tree.leafValue[~node]!;
      for (let i = 1; i <= depth; i++) {
        const weight = path.unwoundSum(base, depth, i);
        this.out[this.outAt + path.feature[base + i]!]! +=
          weight * (path.one[base + i]! - path.zero[base + i]!) * value;
      }
      return;
    }
    const split = tree.splitFeature[node]!;
    const hot = childOf(tree, node, this.row[this.at + split]!);
    const cold = hot === tree.leftChild[node] ? tree.rightChild[node]! : tree.leftChild[node]!;
    const rows = tree.internalRows[node]!;
    const rowsOf = (child: number): number => (child >= 0 ? tree.internalRows[child]! : tree.leafRows[~child]!);
    let incomingZero = 1;
    let incomingOne = 1;
    for (let i = 0; i <= depth; i++) {
      if (path.feature[base + i] !== split) continue;
      incomingZero = path.zero[base + i]!;
      incomingOne = path.one[base + i]!;
      path.unwind(base, depth, i);
      depth--;
      break;
    }
    this.walk(hot, depth + 1, base, (rowsOf(hot) / rows) * incomingZero, incomingOne, split);
    this.walk(cold, depth + 1, base, (rowsOf(cold) / rows) * incomingZero, 0, split);
  }
}
