/** Linear models in the leaves of a tree: `constant + coefficients · features`. */
export interface LinearLeaves {
  readonly constant: Float64Array;
  /** Per leaf, original column indices. */
  readonly features: readonly Int32Array[];
  readonly coefficients: readonly Float64Array[];
}

/**
 * One decision tree, as in the model file: `leafCount - 1` inner nodes, node 0 the root. A child `>= 0` is a node,
 * a negative one the leaf `~child`. A tree of one leaf is a constant and has no nodes.
 */
export interface Tree {
  readonly leafCount: number;
  /** Original column of each node. */
  readonly splitFeature: Int32Array;
  /** Single precision, as LightGBM keeps it. */
  readonly splitGain: Float32Array;
  /** Numeric: left if `value <= threshold`; categorical: which range of `catBoundaries`. */
  readonly threshold: Float64Array;
  /** Bit 0 categorical, bit 1 default left, bits 2 and 3 the missing type. */
  readonly decisionType: Int8Array;
  readonly leftChild: Int32Array;
  readonly rightChild: Int32Array;
  readonly leafValue: Float64Array;
  /** Sum of hessians; empty in a constant tree. */
  readonly leafWeight: Float64Array;
  readonly leafRows: Int32Array;
  readonly internalValue: Float64Array;
  readonly internalWeight: Float64Array;
  readonly internalRows: Int32Array;
  /** Where each categorical split's 32-bit words begin and end in `catThreshold`; empty without such splits. */
  readonly catBoundaries: Int32Array;
  readonly catThreshold: Uint32Array;
  readonly linear: LinearLeaves | undefined;
  readonly shrinkage: number;
}

/** How a node reads missing values. */
export const MISSING = { none: 0, zero: 1, nan: 2 } as const;

/** LightGBM's 1e-35f, widened: what is not farther from 0 counts as 0. */
export const ZERO_THRESHOLD: number = Math.fround(1e-35);

const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;

/** Whether the node asks for a category. */
export function isCategorical(tree: Tree, node: number): boolean {
  return (tree.decisionType[node]! & CATEGORICAL) !== 0;
}

/** Whether missing values go left. */
export function isDefaultLeft(tree: Tree, node: number): boolean {
  return (tree.decisionType[node]! & DEFAULT_LEFT) !== 0;
}

/** One of {@link MISSING}. */
export function missingType(tree: Tree, node: number): number {
  return (tree.decisionType[node]! >> 2) & 3;
}

/** Whether a NaN at a numeric node goes left. Where NaN is not the missing value it is read as 0. */
export function nanGoesLeft(tree: Tree, node: number): boolean {
  return missingType(tree, node) === MISSING.none ? 0 <= tree.threshold[node]! : isDefaultLeft(tree, node);
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  if (isCategorical(tree, node)) {
    // NaN fails the comparison; codes beyond 32 bits are beyond every bit set.
    if (!(value > -1) || value >= 0x8000_0000) return false;
    const category = Math.trunc(value);
    const range = tree.threshold[node]!;
    const word = tree.catBoundaries[range]! + (category >>> 5);
    return word < tree.catBoundaries[range + 1]! && ((tree.catThreshold[word]! >>> (category & 31)) & 1) === 1;
  }
  if (Number.isNaN(value)) return nanGoesLeft(tree, node);
  if (missingType(tree, node) === MISSING.zero && value >= -ZERO_THRESHOLD && value <= ZERO_THRESHOLD) {
    return isDefaultLeft(tree, node);
  }
  return value <= tree.threshold[node]!;
}

/** The child of `node` that a value goes to: a node, or `~leaf`. */
export function childOf(tree: Tree, node: number, value: number): number {
  return goesLeft(tree, node, value) ? tree.leftChild[node]! : tree.rightChild[node]!;
}

/** Which leaf a row falls into. `row` is row-major with the row's first value at `at`. */
export function leafOf(tree: Tree, row: Float64Array | Float32Array, at: number): number {
  if (tree.leafCount === 1) return 0;
  let node = 0;
  while (node >= 0) node = childOf(tree, node, row[at + tree.splitFeature[node]!]!);
  return ~node;
}

/** What a leaf adds for a row: its value, or its linear model unless one of the model's features is NaN. */
export function leafOutput(tree: Tree, leaf: number, row: Float64Array | Float32Array, at: number): number {
  const value = tree.leafValue[leaf]!;
  if (!tree.linear) return value;
  const features = tree.linear.features[leaf]!;
  const coefficients = tree.linear.coefficients[leaf]!;
  let sum = tree.linear.constant[leaf]!;
  for (let k = 0; k < features.length; k++) {
    const x = row[at + features[k]!]!;
    if (Number.isNaN(x)) return value;
    sum += coefficients[k]! * x;
  }
  return sum;
}
