import { Heap } from './internal/heap.ts';
import type { Model } from './model/model.ts';
import { isCategorical, isDefaultLeft, MISSING, missingType, nanGoesLeft, type Tree } from './model/tree.ts';

const NODE_BYTES = 16;

/** Copies of the row with missing values replaced by what goes where a node sends them; see `assembly/single-row.as`. */
const PLANE = { asIs: 0, nanAbove: 1, isNan: 2, missingBelow: 3, missingAbove: 4, isMissing: 5 } as const;
const PLANES = 6;

type Plane = (typeof PLANE)[keyof typeof PLANE];

/** Which copy a node asks, and for what threshold: above it goes right. NaN is never above. */
function question(tree: Tree, node: number): { readonly plane: Plane; readonly threshold: number } {
  const threshold = tree.threshold[node]!;
  // A threshold of +inf parts any value from missing ones; no value can stand for those there.
  const isOpen = threshold === Number.POSITIVE_INFINITY;
  if (missingType(tree, node) === MISSING.zero) {
    if (isDefaultLeft(tree, node)) return { plane: PLANE.missingBelow, threshold };
    return isOpen ? { plane: PLANE.isMissing, threshold: 0.5 } : { plane: PLANE.missingAbove, threshold };
  }
  if (nanGoesLeft(tree, node)) return { plane: PLANE.asIs, threshold };
  return isOpen ? { plane: PLANE.isNan, threshold: 0.5 } : { plane: PLANE.nanAbove, threshold };
}

/** Whether every node of a model asks one comparison of a number. */
function canWalk(tree: Tree): boolean {
  if (tree.linear) return false;
  for (let node = 0; node < tree.leafCount - 1; node++) if (isCategorical(tree, node)) return false;
  return true;
}

/** Raw scores of single rows, in WebAssembly: all trees at once. */
export class RowWalk {
  private readonly heap = new Heap();
  private readonly plan: number;
  private readonly values: Float64Array;
  private readonly scores: Float64Array;

  private constructor(model: Model) {
    const { trees, featureCount: width, treesPerIteration: outputs } = model;
    const { heap } = this;
    const planes = Array.from({ length: PLANES }, () => heap.reserve(width * 8));
    const asked = new Set<Plane>([PLANE.asIs]);
    const nothing = heap.reserve(8);
    const roots = heap.reserve(trees.length * 4);
    const places = heap.reserve(trees.length * 4);
    const open = heap.reserve(trees.length * 8);
    const scores = heap.reserve(outputs * 8);
    const nodeCount = trees.reduce((sum, tree) => sum + 2 * tree.leafCount - 1, 0);
    const nodes = heap.reserve(nodeCount * NODE_BYTES);
    this.plan = heap.reserve(14 * 4);
    heap.doubles(nothing, 1)[0] = Number.NaN;
    const view = new DataView(heap.memory.buffer);
    const write = (at: number, threshold: number, value: number, left: number): void => {
      view.setFloat64(at, threshold, true);
      view.setUint32(at + 8, value, true);
      view.setUint32(at + 12, left, true);
    };
    let free = nodes;
    const rootOf = (tree: Tree): number => {
      // Breadth first: the nodes that most rows meet share cache lines.
      const root = free;
      free += NODE_BYTES;
      const waiting = [{ child: tree.leafCount > 1 ? 0 : -1, at: root }];
      for (const { child, at } of waiting) {
        if (child < 0) {
          write(at, tree.leafValue[~child]!, nothing, at);
          continue;
        }
        const { plane, threshold } = question(tree, child);
        asked.add(plane);
        write(at, threshold, planes[plane]! + tree.splitFeature[child]! * 8, free);
        waiting.push({ child: tree.leftChild[child]!, at: free });
        waiting.push({ child: tree.rightChild[child]!, at: free + NODE_BYTES });
        free += 2 * NODE_BYTES;
      }
      return root;
    };
    heap.words(roots, trees.length).set(trees.map(rootOf));
    const copies = planes.slice(1).map((address, index) => (asked.has((index + 1) as Plane) ? address : 0));
    heap
      .words(this.plan, 14)
      .set([planes[0]!, width, ...copies, roots, trees.length, outputs, nothing, places, open, scores]);
    this.values = heap.doubles(planes[0]!, width);
    this.scores = heap.doubles(scores, outputs);
  }

  /** @returns `undefined` for models with categories or linear leaves */
  static of(model: Model): RowWalk | undefined {
    return model.trees.every(canWalk) ? new RowWalk(model) : undefined;
  }

  /** The raw score of the first output. */
  score(row: Float64Array): number {
    this.values.set(row);
    return this.heap.kernels.scoreRow(this.plan);
  }

  /** The raw scores of all outputs. */
  scoreInto(row: Float64Array, out: Float64Array): void {
    this.score(row);
    out.set(this.scores);
  }
}
