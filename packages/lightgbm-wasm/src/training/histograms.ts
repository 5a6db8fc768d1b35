import type { Heap } from '../internal/heap.ts';
import type { BinMapper } from './bin-mapper.ts';
import type { BinnedTable } from './binned-table.ts';
import type { RowSet } from './row-set.ts';

/** Bytes of a cell: sum of gradients, sum of hessians. */
const CELL = 16;

/** Rows whose quads are gathered at a time; their bins and one quad's histograms stay in the cache together. */
const CHUNK_ROWS = 1024;

/** From one gathered quad to the next, in rows: a power of two would put all of them into one set of the cache. */
const CHUNK_STRIDE = CHUNK_ROWS + 16;

/** Leaves with less than this share of the rows are read from the row-major copy: measured, see the README. */
const SPARSE_SHARE = 0.2;

const roundUp4 = (count: number): number => (count + 3) & ~3;

/** The histograms of a training: one slot per leaf that may still be split, all columns one after the other. */
export class Histograms {
  /** Byte offset of each used column's histogram within a slot. */
  readonly offsets: Uint32Array;
  private readonly heap: Heap;
  private readonly table: BinnedTable;
  private readonly slotBytes: number;
  private readonly quadOffsets: Uint32Array;
  private readonly ordered: number;
  private readonly chunk: number;
  private readonly free: number[] = [];
  private readonly taken: number[] = [];

  constructor(heap: Heap, table: BinnedTable, mappers: readonly BinMapper[]) {
    const { quadOf, laneOf, quadCount } = table.layout;
    this.heap = heap;
    this.table = table;
    this.offsets = new Uint32Array(mappers.length);
    let bytes = 0;
    mappers.forEach((mapper, column) => {
      this.offsets[column] = bytes;
      bytes += mapper.binCount * CELL;
    });
    // Lanes of the last quad that no column fills hold bin 0; they share a cell that nobody reads.
    this.quadOffsets = new Uint32Array(quadCount * 4).fill(bytes);
    mappers.forEach((_, column) => {
      if (quadOf[column]! >= 0) this.quadOffsets[quadOf[column]! * 4 + laneOf[column]!] = this.offsets[column]!;
    });
    this.slotBytes = bytes + CELL;
    this.ordered = heap.reserve(table.rowCount * 8);
    this.chunk = table.rowStore === 0 ? 0 : heap.reserve(CHUNK_STRIDE * 4 * roundUp4(quadCount));
  }

  /** Takes a slot. */
  take(): number {
    const slot = this.free.pop() ?? this.heap.reserve(this.slotBytes);
    this.taken.push(slot);
    return slot;
  }

  /** Gives a slot back. */
  giveBack(slot: number): void {
    this.taken.splice(this.taken.indexOf(slot), 1);
    this.free.push(slot);
  }

  /** Gives all slots back. */
  giveBackAll(): void {
    this.free.push(...this.taken.splice(0));
  }

  /**
   * Sums the gradient pairs of a leaf's rows per bin.
   * @param pairs address of all rows' gradient pairs
   * @param isUsed per used column; what is not used may be left out
   */
  build(slot: number, rows: RowSet, leaf: number, pairs: number, isUsed: Uint8Array): void {
    const { kernels } = this.heap;
    const count = rows.count[leaf]!;
    const isEveryRow = count === this.table.rowCount;
    const list = isEveryRow ? 0 : rows.rowsOf(leaf);
    this.heap.bytes(slot, this.slotBytes).fill(0);
    if (!isEveryRow) kernels.gatherPairs(pairs, list, count, this.ordered);
    const ordered = isEveryRow ? pairs : this.ordered;
    const quads = this.usedQuads(isUsed);
    const isSparse = this.table.rowStore !== 0 && count < this.table.rowCount * SPARSE_SHARE;
    if (isSparse) this.addSparse(slot, list, count, ordered, quads);
    else for (const quad of quads) this.addQuad(slot, quad, list, ordered, count);
    this.addWides(slot, list, ordered, count, isUsed);
  }

  /** `larger -= smaller` for whole slots. */
  subtract(larger: number, smaller: number): void {
    this.heap.kernels.subtract(larger, smaller, this.slotBytes);
  }

  private usedQuads(isUsed: Uint8Array): number[] {
    const { quadOf, quadCount } = this.table.layout;
    const found = new Uint8Array(quadCount);
    for (let column = 0; column < isUsed.length; column++) {
      if (isUsed[column] && quadOf[column]! >= 0) found[quadOf[column]!] = 1;
    }
    return Array.from(found.keys()).filter((quad) => found[quad]);
  }

  private addQuad(slot: number, quad: number, list: number, pairs: number, count: number): void {
    const { kernels } = this.heap;
    const bins = this.table.quads + quad * this.table.quadBytes;
    const [h0, h1, h2, h3] = this.cells(slot, quad);
    if (list === 0) kernels.addConsecutive(bins, pairs, count, h0, h1, h2, h3);
    else kernels.addListed(bins, list, pairs, count, h0, h1, h2, h3);
  }

  private addSparse(slot: number, list: number, count: number, pairs: number, quads: readonly number[]): void {
    const { kernels } = this.heap;
    const { rowStore, rowBytes } = this.table;
    const from = (quads[0] ?? 0) & ~3;
    const to = (quads.at(-1) ?? -1) + 1;
    for (let start = 0; start < count; start += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, count - start);
      kernels.gatherQuads(rowStore, rowBytes, list + start * 4, rows, from, to, CHUNK_STRIDE, this.chunk);
      for (const quad of quads) {
        const bins = this.chunk + (quad - from) * CHUNK_STRIDE * 4;
        const [h0, h1, h2, h3] = this.cells(slot, quad);
        kernels.addConsecutive(bins, pairs + start * 8, rows, h0, h1, h2, h3);
      }
    }
  }

  private addWides(slot: number, list: number, pairs: number, count: number, isUsed: Uint8Array): void {
    const { quadOf, laneOf, wideCount } = this.table.layout;
    if (wideCount === 0) return;
    for (let column = 0; column < isUsed.length; column++) {
      if (!isUsed[column] || quadOf[column]! >= 0) continue;
      const bins = this.table.wides + laneOf[column]! * this.table.wideBytes;
      this.heap.kernels.addWide(bins, list, pairs, count, slot + this.offsets[column]!);
    }
  }

  private cells(slot: number, quad: number): [number, number, number, number] {
    const at = quad * 4;
    const offset = this.quadOffsets;
    return [slot + offset[at]!, slot + offset[at + 1]!, slot + offset[at + 2]!, slot + offset[at + 3]!];
  }
}
