import {
  isCategorical,
  isDefaultLeft,
  MISSING,
  missingType,
  nanGoesLeft,
  type Tree,
  ZERO_THRESHOLD,
} from './model/tree.ts';

const KIND = { plain: 0, zeroMissing: 1, categorical: 2 } as const;

/** All trees of a model in a few arrays, for the walk of single rows. */
export interface FlatTrees {
  /** First node of each tree; a tree of one leaf has one node that leads to its leaf either way. */
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** One of {@link KIND}. */
  readonly kind: Uint8Array;
  /** Categorical nodes: first word of the set in `words`, and how many words. */
  readonly setStart: Int32Array;
  readonly setLength: Int32Array;
  readonly words: Uint32Array;
  /** `[left, right, where missing values go]` of each node: a node, or `~leaf`, counted over all trees. */
  readonly children: Int32Array;
  readonly leafValue: Float64Array;
}

/**
 * Puts the trees of a model together.
 * @returns `undefined` for models with linear leaves
 */
export function flattenTrees(trees: readonly Tree[]): FlatTrees | undefined {
  let nodes = 0;
  let leaves = 0;
  let words = 0;
  for (const tree of trees) {
    if (tree.linear) return undefined;
    words += tree.catThreshold.length;
    nodes += Math.max(tree.leafCount - 1, 1);
    leaves += tree.leafCount;
  }
  const flat = {
    roots: new Int32Array(trees.length),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    kind: new Uint8Array(nodes),
    setStart: new Int32Array(nodes),
    setLength: new Int32Array(nodes),
    words: new Uint32Array(words),
    children: new Int32Array(nodes * 3),
    leafValue: new Float64Array(leaves),
  };
  let firstNode = 0;
  let firstLeaf = 0;
  let firstWord = 0;
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
      const isZeroMissing = missingType(tree, node) === MISSING.zero;
      const isMissingLeft = isZeroMissing ? isDefaultLeft(tree, node) : nanGoesLeft(tree, node);
      flat.children[3 * at + 2] = flat.children[3 * at + (isMissingLeft ? 0 : 1)]!;
      if (isZeroMissing) flat.kind[at] = KIND.zeroMissing;
      if (!isCategorical(tree, node)) continue;
      const range = tree.threshold[node]!;
      flat.kind[at] = KIND.categorical;
      flat.setStart[at] = firstWord + tree.catBoundaries[range]!;
      flat.setLength[at] = tree.catBoundaries[range + 1]! - tree.catBoundaries[range]!;
    }
    flat.words.set(tree.catThreshold, firstWord);
    firstWord += tree.catThreshold.length;
    firstNode += Math.max(tree.leafCount - 1, 1);
    firstLeaf += tree.leafCount;
  });
  return flat;
}

/** 0 for left, 1 for right, 2 for where missing values go, at a node that is not plain. */
function specialSide(flat: FlatTrees, node: number, value: number): 0 | 1 | 2 {
  if (flat.kind[node] === KIND.zeroMissing) {
    if (!(value < -ZERO_THRESHOLD || value > ZERO_THRESHOLD)) return 2;
    return value <= flat.threshold[node]! ? 0 : 1;
  }
  if (!(value > -1) || value >= 0x8000_0000) return 1;
  const category = Math.trunc(value);
  const word = category >>> 5;
  if (word >= flat.setLength[node]!) return 1;
  return (flat.words[flat.setStart[node]! + word]! >>> (category & 31)) & 1 ? 0 : 1;
}

/** The raw score of one row. */
export function flatScore(flat: FlatTrees, row: Float64Array | Float32Array): number {
  const { roots, feature, threshold, kind, children, leafValue } = flat;
  let sum = 0;
  for (let t = 0; t < roots.length; t++) {
    let node = roots[t]!;
    do {
      const value = row[feature[node]!]!;
      const limit = threshold[node]!;
      const side = kind[node] === 0 ? (value <= limit ? 0 : value > limit ? 1 : 2) : specialSide(flat, node, value);
      node = children[3 * node + side]!;
    } while (node >= 0);
    sum += leafValue[~node]!;
  }
  return sum;
}
