import type { Heap } from '../internal/heap.ts';
import { type BinnedTable, columnAddress } from './binned-table.ts';

/** A split as rows see it: for each bin of a column, whether it goes right. */
export interface RowSplit {
  readonly leaf: number;
  readonly column: number;
  /** One byte per bin. */
  readonly goesRight: Uint8Array;
}

/** Rows of a binned table, kept together leaf by leaf while a tree grows. Within a leaf they stay in ascending order. */
export class RowSet {
  readonly table: BinnedTable;
  /** Address of the list of row numbers. */
  readonly list: number;
  readonly begin: Uint32Array;
  readonly count: Uint32Array;
  private readonly heap: Heap;
  private readonly spare: number;
  private readonly sides: number;
  private leaves = 1;

  /**
   * @param spare address of room for as many row numbers again
   * @param sides address of one byte per bin of the widest column
   */
  constructor(heap: Heap, table: BinnedTable, mostLeaves: number, spare: number, sides: number) {
    this.heap = heap;
    this.table = table;
    this.list = heap.reserve(table.rowCount * 4);
    this.begin = new Uint32Array(mostLeaves);
    this.count = new Uint32Array(mostLeaves);
    this.spare = spare;
    this.sides = sides;
  }

  /** All rows back in leaf 0, listed afresh. */
  holdAll(): void {
    this.heap.kernels.listAll(this.list, this.table.rowCount);
    this.hold(this.table.rowCount);
  }

  /** The first `count` rows of the list in leaf 0; the list must be in ascending order. */
  hold(count: number): void {
    this.begin[0] = 0;
    this.count[0] = count;
    this.leaves = 1;
  }

  /** Address of a leaf's part of the list. */
  rowsOf(leaf: number): number {
    return this.list + this.begin[leaf]! * 4;
  }

  /** Splits a leaf in two: the left part keeps its number, the right one becomes the next leaf. */
  split({ leaf, column, goesRight }: RowSplit): void {
    this.heap.bytes(this.sides, goesRight.length).set(goesRight);
    const count = this.count[leaf]!;
    const address = columnAddress(this.table, column);
    const isWide = this.table.layout.quadOf[column]! < 0 ? 1 : 0;
    const left = this.heap.kernels.partition(address, isWide, this.rowsOf(leaf), count, this.sides, this.spare);
    const right = this.leaves++;
    this.begin[right] = this.begin[leaf]! + left;
    this.count[right] = count - left;
    this.count[leaf] = left;
  }

  /** Adds each leaf's value to the scores of its rows. */
  addValues(scores: number, values: Float64Array): void {
    for (let leaf = 0; leaf < this.leaves; leaf++) {
      this.heap.kernels.addValue(scores, this.rowsOf(leaf), this.count[leaf]!, values[leaf]!);
    }
  }
}
