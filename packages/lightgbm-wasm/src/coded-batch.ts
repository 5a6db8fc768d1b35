import { MOST_SETS_PER_TREE, planeKey, planeKind, writeSets } from './batch-planes.ts';
import { type CodePlane, groupPlanes, type PlaneGroup, placeOf, thresholdOf, writeCodeTable } from './code-planes.ts';
import type { Columns } from './columns.ts';
import { Heap } from './internal/heap.ts';
import type { Model } from './model/model.ts';
import type { Tree } from './model/tree.ts';
import type { Selection } from './predict-options.ts';

/** Rows that are coded at a time. */
const CHUNK_ROWS = 2048;
/** Rows that a kernel takes through all trees at a time. */
const TILE = 64;
/** Between planes: a power of two would put all their beginnings into the same few lines of the cache. */
const PLANE_BYTES: number = CHUNK_ROWS + TILE;

const MOST_LEAVES = 256;
/** Every node of a tree is asked; for larger trees it is less work to follow the rows down. */
const MOST_MEAN_LEAVES = 128;

/** Whether the trees of a model are of a kind and size for which codes are worth their making. */
export function canPredictByCodes(model: Model): boolean {
  const { trees } = model;
  const leaves = trees.reduce((sum, tree) => sum + tree.leafCount, 0);
  if (trees.length === 0 || leaves > MOST_MEAN_LEAVES * trees.length) return false;
  return trees.every(
    ({ linear, leafCount, catBoundaries }) =>
      !linear && leafCount <= MOST_LEAVES && catBoundaries.length - 1 <= MOST_SETS_PER_TREE,
  );
}

/** Leaf indices of a tree, from left to right. */
function leavesInOrder(tree: Tree): number[] {
  const leaves: number[] = [];
  const waiting = [tree.leafCount > 1 ? 0 : -1];
  while (waiting.length > 0) {
    const child = waiting.pop()!;
    if (child < 0) leaves.push(~child);
    else waiting.push(tree.rightChild[child]!, tree.leftChild[child]!);
  }
  return leaves;
}

/** Nodes of a tree, children before their parents. */
function nodesUpward(tree: Tree): number[] {
  const nodes: number[] = [];
  const waiting = tree.leafCount > 1 ? [0] : [];
  while (waiting.length > 0) {
    const node = waiting.pop()!;
    nodes.push(node);
    for (const child of [tree.leftChild[node]!, tree.rightChild[node]!]) if (child >= 0) waiting.push(child);
  }
  return nodes.reverse();
}

/**
 * Raw scores of many rows in WebAssembly: values become one-byte codes, and each node is asked of sixteen rows at a
 * time. The order of additions is that of the row walk.
 */
export class CodedBatch {
  private readonly model: Model;
  private readonly heap: Heap = new Heap();
  private readonly sets: number;
  /** Planes by column, each with the address of its table. */
  private readonly planesOf: { readonly plane: CodePlane; readonly table: number }[][];
  private readonly staging: number;
  private readonly spare: number;
  private readonly codes: number;
  private readonly trees: number;
  private readonly cells: number;
  private readonly firstNode: number;
  private readonly sums: number;

  constructor(model: Model) {
    this.model = model;
    const { heap } = this;
    const { trees, featureCount, treesPerIteration } = model;
    const { address, offsets } = writeSets(heap, trees);
    this.sets = address;
    const groups = groupPlanes(trees, offsets, PLANE_BYTES);
    const planes = [...groups.values()].flatMap((group) => group.planes);
    this.planesOf = Array.from({ length: featureCount }, () => []);
    for (const plane of planes)
      this.planesOf[plane.feature]!.push({ plane, table: writeCodeTable(heap, plane.thresholds, plane.kind) });
    const mostLeaves = trees.reduce((most, { leafCount }) => Math.max(most, leafCount), 1);
    this.firstNode = mostLeaves * TILE;
    this.cells = heap.reserve(2 * mostLeaves * TILE);
    for (let leaf = 0; leaf < mostLeaves; leaf++) heap.bytes(this.cells + leaf * TILE, TILE).fill(leaf);
    const headers = trees.map((tree, t) => this.writeTree(tree, offsets[t]!, groups));
    this.trees = heap.reserve(trees.length * 16);
    headers.forEach((header, t) => {
      heap.words(this.trees + t * 16, 4).set([...header, (t % treesPerIteration) * 8]);
    });
    this.staging = heap.reserve(CHUNK_ROWS * 8);
    this.spare = heap.reserve(CHUNK_ROWS * 8);
    this.codes = heap.reserve(planes.length * PLANE_BYTES);
    this.sums = heap.reserve(CHUNK_ROWS * treesPerIteration * 8);
  }

  /** @returns addresses of nodes and leaf values, as the kernel's table of trees has them */
  private writeTree(tree: Tree, setOffset: readonly number[], groups: Map<string, PlaneGroup>): number[] {
    const { heap } = this;
    const nodes = nodesUpward(tree);
    const leaves = leavesInOrder(tree);
    const cellOf = new Map<number, number>();
    leaves.forEach((leaf, index) => void cellOf.set(~leaf, index * TILE));
    nodes.forEach((node, index) => void cellOf.set(node, this.firstNode + index * TILE));
    const nodesAt = heap.reserve(nodes.length * 16);
    const words = heap.words(nodesAt, nodes.length * 4);
    nodes.forEach((node, index) => {
      const group = groups.get(planeKey(tree.splitFeature[node]!, planeKind(tree, node, setOffset)))!;
      const { offset, code } = placeOf(group, thresholdOf(tree, node));
      const [left, right] = [cellOf.get(tree.leftChild[node]!)!, cellOf.get(tree.rightChild[node]!)!];
      words.set([offset, left, right, code ^ 128], index * 4);
    });
    const valuesAt = heap.reserve(leaves.length * 8);
    heap.doubles(valuesAt, leaves.length).set(leaves.map((leaf) => tree.leafValue[leaf]!));
    return [nodesAt, nodes.length, valuesAt];
  }

  /** Adds the raw scores of a table of columns to `out`, row-major. */
  addColumns(selection: Selection, data: Columns, out: Float64Array): void {
    const { heap } = this;
    const doubles = heap.doubles(this.staging, CHUNK_ROWS);
    const singles = heap.floats(this.spare, CHUNK_ROWS);
    for (let start = 0; start < data.rowCount; start += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, data.rowCount - start);
      this.planesOf.forEach((planes, feature) => {
        if (planes.length === 0) return;
        const column = data.columns[feature]!;
        const part = column.length === count ? column : column.subarray(start, start + count);
        if (part instanceof Float32Array) {
          singles.set(part);
          heap.kernels.fillPlaneFromSingle(this.spare, this.staging, count, Number.NaN);
        } else {
          doubles.set(part);
        }
        this.encode(planes, count);
      });
      this.addChunk(selection, count, start, out);
    }
  }

  /** Adds the raw scores of a row-major matrix to `out`, row-major. */
  addRows(selection: Selection, matrix: Float64Array | Float32Array, rowCount: number, out: Float64Array): void {
    const width = this.model.featureCount;
    const staged = this.heap.doubles(this.staging, CHUNK_ROWS);
    for (let start = 0; start < rowCount; start += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rowCount - start);
      this.planesOf.forEach((planes, feature) => {
        if (planes.length === 0) return;
        for (let row = 0, at = start * width + feature; row < count; row++, at += width) staged[row] = matrix[at]!;
        this.encode(planes, count);
      });
      this.addChunk(selection, count, start, out);
    }
  }

  private encode(planes: readonly { readonly plane: CodePlane; readonly table: number }[], count: number): void {
    const { kernels } = this.heap;
    for (const { plane, table } of planes) {
      const codes = this.codes + plane.offset;
      if (plane.kind.kind === 'set') {
        kernels.fillPlaneOfSet(this.staging, this.spare, count, this.sets + plane.kind.offset);
        kernels.encodeSet(this.spare, count, codes);
      } else {
        kernels.encodePlane(this.staging, count, table, codes);
      }
    }
  }

  private addChunk(selection: Selection, count: number, start: number, out: Float64Array): void {
    const { firstTree, endTree } = selection;
    const outputs = this.model.treesPerIteration;
    const sums = this.heap.doubles(this.sums, count * outputs);
    sums.fill(0);
    const trees = this.trees + firstTree * 16;
    const { codes, cells, firstNode } = this;
    this.heap.kernels.addCodedTrees(trees, endTree - firstTree, codes, count, cells, firstNode, this.sums, outputs * 8);
    out.set(sums, start * outputs);
  }
}
