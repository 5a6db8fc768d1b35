import { isCategorical, MISSING, missingType, nanGoesLeft, type Tree } from './model/tree.ts';

/** All trees of a model in a few arrays, for the walk of single rows. */
export interface FlatTrees {
  /** First node of each tree; a tree of one leaf has one node that leads to its leaf either way. */
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** `[left, right, where NaN goes]` of each node: a node, or `~leaf`, counted over all trees. */
  readonly children: Int32Array;
  readonly leafValue: Float64Array;
}

/**
 * Puts the trees of a model together.
 * @returns `undefined` for models with categories, zero as the missing value or linear leaves
 */
export function flattenTrees(trees: readonly Tree[]): FlatTrees | undefined {
  let nodes = 0;
  let leaves = 0;
  for (const tree of trees) {
    if (tree.linear) return undefined;
    for (let node = 0; node < tree.leafCount - 1; node++) {
      if (isCategorical(tree, node) || missingType(tree, node) === MISSING.zero) return undefined;
    }
    nodes += Math.max(tree.leafCount - 1, 1);
    leaves += tree.leafCount;
  }
  const flat = {
    roots: new Int32Array(trees.length),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    children: new Int32Array(nodes * 3),
    leafValue: new Float64Array(leaves),
  };
  let firstNode = 0;
  let firstLeaf = 0;
  trees.forEach((tree, t) => {
    flat.roots[t] = firstNode;
    flat.leafValue.set(tree.leafValue, firstLeaf);
    const place = (child: number): number => (child >= 0 ? firstNode + child : ~(firstLeaf + ~child));
    if (tree.leafCount === 1) flat.children.fill(~firstLeaf, 3 * firstNode, 3 * firstNode + 3);
    for (let node = 0; node < tree.leafCount - 1; node++) {
      const at = firstNode + node;
      flat.feature[at] = tree.splitFeature[node]!;
      flat.threshold[at] = tree.threshold[node]!;
      flat.children[3 * at] = place(tree.leftChild[node]!);
      flat.children[3 * at + 1] = place(tree.rightChild[node]!);
      flat.children[3 * at + 2] = nanGoesLeft(tree, node) ? flat.children[3 * at]! : flat.children[3 * at + 1]!;
    }
    firstNode += Math.max(tree.leafCount - 1, 1);
    firstLeaf += tree.leafCount;
  });
  return flat;
}

/** The raw score of one row. */
export function flatScore(flat: FlatTrees, row: Float64Array | Float32Array): number {
  const { roots, feature, threshold, children, leafValue } = flat;
  let sum = 0;
  for (let t = 0; t < roots.length; t++) {
    let node = roots[t]!;
    do {
      const value = row[feature[node]!]!;
      const limit = threshold[node]!;
      node = children[3 * node + (value <= limit ? 0 : value > limit ? 1 : 2)]!;
    } while (node >= 0);
    sum += leafValue[~node]!;
  }
  return sum;
}
