import { isCategorical, isDefaultLeft, type Tree } from './tree.ts';

/** A tree as nested nodes, to be looked at or drawn. */
export type TreeNode =
  | { readonly kind: 'leaf'; readonly leaf: number; readonly value: number; readonly rows: number }
  | {
      readonly kind: 'split';
      /** Column index and name. */
      readonly feature: number;
      readonly name: string;
      readonly gain: number;
      readonly rows: number;
      /** Numeric: left if `value <= threshold`. Categorical: left if the category is one of these. */
      readonly test: { readonly threshold: number } | { readonly categories: readonly number[] };
      readonly isDefaultLeft: boolean;
      readonly left: TreeNode;
      readonly right: TreeNode;
    };

function categoriesOf(tree: Tree, range: number): number[] {
  const words = tree.catThreshold.subarray(tree.catBoundaries[range], tree.catBoundaries[range + 1]);
  return Array.from(words).flatMap((word, index) =>
    Array.from({ length: 32 }, (_, bit) => 32 * index + bit).filter((code) => (word >>> (code & 31)) & 1),
  );
}

/** The tree from a node on. */
export function treeNode(tree: Tree, names: readonly string[], node: number = tree.leafCount > 1 ? 0 : -1): TreeNode {
  if (node < 0) {
    return { kind: 'leaf', leaf: ~node, value: tree.leafValue[~node]!, rows: tree.leafRows[~node] ?? 0 };
  }
  const feature = tree.splitFeature[node]!;
  const threshold = tree.threshold[node]!;
  return {
    kind: 'split',
    feature,
    name: names[feature]!,
    gain: tree.splitGain[node]!,
    rows: tree.internalRows[node]!,
    test: isCategorical(tree, node) ? { categories: categoriesOf(tree, threshold) } : { threshold },
    isDefaultLeft: isDefaultLeft(tree, node),
    left: treeNode(tree, names, tree.leftChild[node]!),
    right: treeNode(tree, names, tree.rightChild[node]!),
  };
}
