import { MOST_SETS_PER_TREE, type PlaneKind, planeKey, planeKind, type Sets, writeSets } from './batch-planes.ts';
import type { Columns } from './columns.ts';
import { Heap } from './internal/heap.ts';
import type { Model } from './model/model.ts';
import { isCategorical, isDefaultLeft, MISSING, missingType, nanGoesLeft, type Tree } from './model/tree.ts';
import type { Selection } from './predict-options.ts';

/** Rows that go through all trees together: their values and sums stay in the cache. */
const BLOCK_ROWS = 256;

const NODE_BYTES = 24;
const FLAG = { nanRight: 1, zeroMissing: 2, zeroRight: 4, categorical: 8 } as const;

/** A tree as the kernels read it; see `assembly/walk.as`. */
interface TreeTable {
  readonly address: number;
  readonly leaves: number;
  /** Whether it has nodes that the plain kernel does not know. */
  readonly isSpecial: boolean;
}

/** Whether a tree has nodes that no plane turns into "not above the threshold". */
function isSpecialTree(tree: Tree): boolean {
  if (tree.catBoundaries.length - 1 > MOST_SETS_PER_TREE) return true;
  // A threshold of +inf parts any value from NaN; no value can stand for NaN there.
  return tree.threshold.some((threshold) => !Number.isFinite(threshold));
}

const AS_IT_IS: PlaneKind = { kind: 'nan', instead: Number.NaN };

function flagsOf(tree: Tree, node: number): number {
  if (isCategorical(tree, node)) return FLAG.categorical;
  const nan = nanGoesLeft(tree, node) ? 0 : FLAG.nanRight;
  if (missingType(tree, node) !== MISSING.zero) return nan;
  return nan | FLAG.zeroMissing | (isDefaultLeft(tree, node) ? 0 : FLAG.zeroRight);
}

/** Whether the batch kernels can predict a model: all but linear leaves. */
export function canPredictBatches(model: Model): boolean {
  return model.trees.every((tree) => tree.linear === undefined);
}

/** Raw scores of many rows in WebAssembly, eight rows in step. The order of additions is that of the row walk. */
export class BatchPredictor {
  private readonly model: Model;
  private readonly heap: Heap = new Heap();
  private readonly tables: readonly TreeTable[];
  /** Per feature, its planes by a text of their kind. */
  private readonly planesOf: Map<string, { readonly kind: PlaneKind; readonly plane: number }>[];
  private planeCount = 0;
  private readonly staging: number;
  private readonly singles: number;
  private readonly planes: number;
  private readonly sums: number;
  private readonly sets: Sets;

  constructor(model: Model) {
    this.model = model;
    this.planesOf = Array.from({ length: model.featureCount }, () => new Map());
    this.sets = writeSets(this.heap, model.trees);
    this.tables = model.trees.map((tree, index) => this.writeTree(tree, this.sets.offsets[index]!));
    this.staging = this.heap.reserve(BLOCK_ROWS * 8);
    this.singles = this.heap.reserve(BLOCK_ROWS * 4);
    this.planes = this.heap.reserve(BLOCK_ROWS * 8 * this.planeCount);
    this.sums = this.heap.reserve(BLOCK_ROWS * model.treesPerIteration * 8);
  }

  private planeOf(feature: number, kind: PlaneKind): number {
    const planes = this.planesOf[feature]!;
    const key = planeKey(feature, kind);
    const known = planes.get(key);
    if (known) return known.plane;
    planes.set(key, { kind, plane: this.planeCount });
    return this.planeCount++;
  }

  private writeTree(tree: Tree, setOffset: readonly number[]): TreeTable {
    const nodes = tree.leafCount - 1;
    const isSpecial = isSpecialTree(tree);
    const address = this.heap.reserve((nodes + tree.leafCount) * NODE_BYTES);
    const view = new DataView(this.heap.memory.buffer, address, (nodes + tree.leafCount) * NODE_BYTES);
    const offsetOf = (child: number): number => (child >= 0 ? child : nodes + ~child) * NODE_BYTES;
    for (let node = 0; node < nodes; node++) {
      const at = node * NODE_BYTES;
      const kind = isSpecial ? AS_IT_IS : planeKind(tree, node, setOffset);
      const plane = this.planeOf(tree.splitFeature[node]!, kind);
      if (!isCategorical(tree, node)) view.setFloat64(at, tree.threshold[node]!, true);
      else if (isSpecial) view.setUint32(at, setOffset[tree.threshold[node]!]!, true);
      else view.setFloat64(at, 0, true);
      view.setUint32(at + 8, plane * BLOCK_ROWS * 8, true);
      view.setUint32(at + 12, flagsOf(tree, node), true);
      view.setUint32(at + 16, offsetOf(tree.leftChild[node]!), true);
      view.setUint32(at + 20, offsetOf(tree.rightChild[node]!), true);
    }
    for (let leaf = 0; leaf < tree.leafCount; leaf++) {
      const at = (nodes + leaf) * NODE_BYTES;
      view.setFloat64(at, tree.leafValue[leaf]!, true);
      view.setUint32(at + 16, at, true);
      view.setUint32(at + 20, at, true);
    }
    // A leaf's steps read its plane too; plane 0 is as good as any.
    if (this.planeCount === 0) this.planeOf(0, AS_IT_IS);
    return { address, leaves: nodes * NODE_BYTES, isSpecial };
  }

  /** Adds the raw scores of a table of columns to `out`, row-major. */
  addColumns(selection: Selection, data: Columns, out: Float64Array): void {
    for (let start = 0; start < data.rowCount; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, data.rowCount - start);
      const doubles = this.heap.doubles(this.staging, BLOCK_ROWS);
      const floats = this.heap.floats(this.singles, BLOCK_ROWS);
      this.planesOf.forEach((planes, feature) => {
        if (planes.size === 0) return;
        const column = data.columns[feature]!;
        if (column instanceof Float32Array) {
          floats.set(column.subarray(start, start + count));
          this.heap.kernels.fillPlaneFromSingle(this.singles, this.staging, count, Number.NaN);
        } else {
          doubles.set(column.subarray(start, start + count));
        }
        this.fillPlanes(planes.values(), count);
      });
      this.addBlock(selection, count, start, out);
    }
  }

  /** Adds the raw scores of a row-major matrix to `out`, row-major. */
  addRows(selection: Selection, matrix: Float64Array | Float32Array, rowCount: number, out: Float64Array): void {
    const width = this.model.featureCount;
    const staged = this.heap.doubles(this.staging, BLOCK_ROWS);
    for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rowCount - start);
      this.planesOf.forEach((planes, feature) => {
        if (planes.size === 0) return;
        for (let row = 0, at = start * width + feature; row < count; row++, at += width) staged[row] = matrix[at]!;
        this.fillPlanes(planes.values(), count);
      });
      this.addBlock(selection, count, start, out);
    }
  }

  private fillPlanes(planes: Iterable<{ readonly kind: PlaneKind; readonly plane: number }>, count: number): void {
    const { kernels } = this.heap;
    for (const { kind, plane } of planes) {
      const address = this.planes + plane * BLOCK_ROWS * 8;
      if (kind.kind === 'nan') kernels.fillPlane(this.staging, address, count, kind.instead);
      else if (kind.kind === 'set')
        kernels.fillPlaneOfSet(this.staging, address, count, this.sets.address + kind.offset);
      else kernels.fillPlaneZeroMissing(this.staging, address, count, kind.instead);
    }
  }

  private addBlock(selection: Selection, count: number, start: number, out: Float64Array): void {
    const { kernels } = this.heap;
    const outputs = this.model.treesPerIteration;
    const sums = this.heap.doubles(this.sums, BLOCK_ROWS * outputs);
    sums.fill(0);
    for (let t = selection.firstTree; t < selection.endTree; t++) {
      const { address, leaves, isSpecial } = this.tables[t]!;
      const to = this.sums + (t % outputs) * 8;
      if (isSpecial) kernels.addAnyTree(address, leaves, this.planes, count, to, outputs * 8, this.sets.address);
      else kernels.addTree(address, leaves, this.planes, count, to, outputs * 8);
    }
    out.set(sums.subarray(0, count * outputs), start * outputs);
  }
}
