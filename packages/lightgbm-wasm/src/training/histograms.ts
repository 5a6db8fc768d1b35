import type { Heap } from '../internal/heap.ts';
import { WorkerPool } from '../internal/worker-pool.ts';
import type { BinMapper } from './bin-mapper.ts';
import type { BinnedTable } from './binned-table.ts';
import type { RowSet } from './row-set.ts';

/** Bytes of a cell: sum of gradients, sum of hessians. */
const CELL = 16;

/** Room that a thread needs to gather one quad's chunk of rows; see `assembly/histogram.as`. */
const CHUNK_BYTES = 1040 * 4;

/** Words of a quad's entry in the list that kernels read: its number, and four offsets of histograms. */
const ENTRY_WORDS = 5;

/** Leaves with fewer rows are summed by one thread: waking others takes as long. */
const LEAST_SHARED_ROWS = 4096;

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
  private readonly entries: number;
  private readonly pool: WorkerPool | undefined;
  private readonly free: number[] = [];
  private readonly taken: number[] = [];

  constructor(heap: Heap, table: BinnedTable, mappers: readonly BinMapper[], threads: number) {
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
    const chunkBytes = table.rowStore === 0 ? 0 : CHUNK_BYTES * roundUp4(quadCount);
    this.chunk = heap.reserve(chunkBytes);
    this.entries = heap.reserve(quadCount * ENTRY_WORDS * 4);
    this.pool = WorkerPool.start(heap, Math.min(threads, quadCount), chunkBytes);
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
    this.addQuads(slot, list, ordered, count, this.listQuads(isUsed));
    this.addWides(slot, list, ordered, count, isUsed);
  }

  /** `larger -= smaller` for whole slots. */
  subtract(larger: number, smaller: number): void {
    this.heap.kernels.subtract(larger, smaller, this.slotBytes);
  }

  /** Writes the entries of the quads that hold a used column, and says how many there are. */
  private listQuads(isUsed: Uint8Array): number {
    const { quadOf, quadCount } = this.table.layout;
    const found = new Uint8Array(quadCount);
    for (let column = 0; column < isUsed.length; column++) {
      if (isUsed[column] && quadOf[column]! >= 0) found[quadOf[column]!] = 1;
    }
    const entries = this.heap.words(this.entries, quadCount * ENTRY_WORDS);
    let count = 0;
    for (let quad = 0; quad < quadCount; quad++) {
      if (!found[quad]) continue;
      const at = ENTRY_WORDS * count++;
      entries[at] = quad;
      for (let lane = 0; lane < 4; lane++) entries[at + 1 + lane] = this.quadOffsets[4 * quad + lane]!;
    }
    return count;
  }

  private addQuads(slot: number, list: number, pairs: number, count: number, quadCount: number): void {
    const { kernels } = this.heap;
    const { quads, quadBytes, rowStore, rowBytes } = this.table;
    const isSparse = rowStore !== 0 && count < this.table.rowCount * SPARSE_SHARE;
    const own = (from: number, to: number): void => {
      if (isSparse) {
        kernels.addSparseQuads(this.entries, from, to, rowStore, rowBytes, list, pairs, count, slot, this.chunk);
      } else {
        kernels.addQuads(this.entries, from, to, quads, quadBytes, list, pairs, count, slot);
      }
    };
    if (!this.pool || count < LEAST_SHARED_ROWS) {
      own(0, quadCount);
      return;
    }
    const source = isSparse ? [rowStore, rowBytes] : [quads, quadBytes];
    this.pool.run(isSparse ? 1 : 0, quadCount, [this.entries, ...source, list, pairs, count, slot], own);
  }

  /** Ends the threads. */
  async end(): Promise<void> {
    await this.pool?.end();
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
}
