import type { Columns } from '../columns.ts';
import type { Heap } from '../internal/heap.ts';
import { MISSING, ZERO_THRESHOLD } from '../model/tree.ts';
import type { BinMapper } from './bin-mapper.ts';

/** Bins of more than a byte need columns of their own. */
const NARROW_BINS = 256;

/** Rows of values that are binned at a time: they stay in the cache. */
const BLOCK_ROWS = 8192;

/** Below this size all bins fit the cache and the second, row-major copy gains nothing. */
const ROW_STORE_LEAST_BYTES = 1 << 21;

/** Where columns lie in a binned table: the same for training and validation rows of one dataset. */
interface BinLayout {
  /** Per used column: number of its quad, or -1 for a wide one. */
  readonly quadOf: Int32Array;
  /** Per used column: its byte within the quad, or which wide column it is. */
  readonly laneOf: Int32Array;
  readonly quadCount: number;
  readonly wideCount: number;
}

/** Lays used columns out: four narrow ones in a quad, in order; wide ones apart. */
function layOut(mappers: readonly BinMapper[]): BinLayout {
  const quadOf = new Int32Array(mappers.length).fill(-1);
  const laneOf = new Int32Array(mappers.length);
  let narrow = 0;
  let wide = 0;
  mappers.forEach((mapper, column) => {
    if (mapper.binCount > NARROW_BINS) {
      laneOf[column] = wide++;
    } else {
      quadOf[column] = narrow >> 2;
      laneOf[column] = narrow & 3;
      narrow++;
    }
  });
  return { quadOf, laneOf, quadCount: (narrow + 3) >> 2, wideCount: wide };
}

/** A table's bins in a heap: quads column by column, wide columns, and for large tables the quads row by row too. */
export interface BinnedTable {
  readonly rowCount: number;
  readonly layout: BinLayout;
  readonly quads: number;
  readonly quadBytes: number;
  readonly wides: number;
  readonly wideBytes: number;
  /** 0 if there is no row-major copy. */
  readonly rowStore: number;
  readonly rowBytes: number;
}

/** Address of a used column's first bin; a narrow column's next is 4 bytes on, a wide one's 2. */
export function columnAddress(table: BinnedTable, column: number): number {
  const quad = table.layout.quadOf[column]!;
  const lane = table.layout.laneOf[column]!;
  return quad < 0 ? table.wides + lane * table.wideBytes : table.quads + quad * table.quadBytes + lane;
}

/** Search table of a numeric column: its finite bounds, padded with +inf to one less than a power of two. */
function writeBounds(heap: Heap, address: number, mapper: BinMapper): number {
  const used = mapper.binCount - 1 - (mapper.missing === MISSING.nan ? 1 : 0);
  let half = used > 0 ? 1 : 0;
  while (half > 0 && half * 2 - 1 < used) half *= 2;
  const table = heap.doubles(address, Math.max(half * 2, 1));
  table.fill(Number.POSITIVE_INFINITY);
  table.set(mapper.bounds.subarray(0, used));
  return half;
}

function binNumeric(
  heap: Heap,
  mapper: BinMapper,
  values: Float64Array | Float32Array,
  scratch: { values: number; bounds: number },
  target: { address: number; isWide: boolean },
): void {
  const half = writeBounds(heap, scratch.bounds, mapper);
  const nanBin = mapper.missing === MISSING.nan ? mapper.binCount - 1 : mapper.defaultBin;
  const block = heap.doubles(scratch.values, BLOCK_ROWS);
  for (let start = 0; start < values.length; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, values.length - start);
    block.set(values.subarray(start, start + count));
    if (target.isWide) {
      heap.kernels.binIntoWide(scratch.values, count, scratch.bounds, half, nanBin, target.address + start * 2);
    } else {
      heap.kernels.binIntoQuad(scratch.values, count, scratch.bounds, half, nanBin, target.address + start * 4);
    }
  }
}

function binCategorical(
  heap: Heap,
  mapper: BinMapper,
  values: Float64Array | Float32Array,
  target: { address: number; isWide: boolean },
): void {
  const binOfCode = new Map<number, number>();
  for (let bin = 1; bin < mapper.binCount; bin++) binOfCode.set(mapper.categories[bin]!, bin);
  const bins = target.isWide
    ? heap.halves(target.address, values.length)
    : heap.bytes(target.address, values.length * 4 - 3);
  const step = target.isWide ? 1 : 4;
  for (let row = 0; row < values.length; row++) {
    // trunc gives -0 for codes in (-1, 0), and a Map takes -0 for 0, as LightGBM does.
    bins[row * step] = binOfCode.get(Math.trunc(values[row]!)) ?? 0;
  }
}

/** Bytes of a row in the row-major copy: whole vectors, and up to a cache line no row lies across two. */
function rowStoreBytes(quadCount: number): number {
  const bytes = Math.max(Math.ceil(quadCount / 4) * 16, 16);
  return bytes <= 64 ? 2 ** Math.ceil(Math.log2(bytes)) : bytes;
}

function copyRowMajor(heap: Heap, table: Omit<BinnedTable, 'rowStore'>, rowStore: number): void {
  const { rowCount, layout } = table;
  const words = table.rowBytes / 4;
  const rows = heap.words(rowStore, rowCount * words);
  for (let quad = 0; quad < layout.quadCount; quad++) {
    const column = heap.words(table.quads + quad * table.quadBytes, rowCount);
    for (let row = 0, at = quad; row < rowCount; row++, at += words) rows[at] = column[row]!;
  }
}

/** How a dataset's columns are binned. */
interface Binning {
  /** Original index of each used column. */
  readonly used: readonly number[];
  readonly mappers: readonly BinMapper[];
  /** Used columns that share bins. */
  readonly bundles: readonly (readonly number[])[];
}

/** The bins of a column in the heap, and how far apart they are. */
function columnBins(heap: Heap, table: BinnedTable, column: number): { bins: Uint8Array | Uint16Array; step: number } {
  const address = columnAddress(table, column);
  if (table.layout.quadOf[column]! < 0) return { bins: heap.halves(address, table.rowCount), step: 1 };
  return { bins: heap.bytes(address, table.rowCount * 4 - 3), step: 4 };
}

/**
 * Loses what a bundle loses: in a row where several of its columns are outside their most frequent bins, only the one
 * that LightGBM would have stored last keeps its bin. It stores values other than zero first, in column order, then
 * zeros in the bundle's order.
 */
function loseConflicts(heap: Heap, table: BinnedTable, data: Columns, binning: Binning): void {
  const { used, mappers } = binning;
  for (const bundle of binning.bundles) {
    const columns = bundle.map((column) => ({
      ...columnBins(heap, table, column),
      usual: mappers[column]!.mostFrequentBin,
      original: used[column]!,
      values: data.columns[used[column]!]!,
    }));
    const isSet = ({ bins, step, usual }: (typeof columns)[number], row: number): boolean => bins[row * step] !== usual;
    for (let row = 0; row < table.rowCount; row++) {
      let count = 0;
      for (const column of columns) if (isSet(column, row)) count++;
      if (count < 2) continue;
      const set = columns.filter((column) => isSet(column, row));
      const zeros = set.filter(({ values }) => Math.abs(values[row]!) <= ZERO_THRESHOLD);
      const last = zeros.at(-1) ?? set.reduce((a, b) => (a.original > b.original ? a : b));
      for (const column of set) if (column !== last) column.bins[row * column.step] = column.usual;
    }
  }
}

/** Bins a table into the heap. */
export function binTable(heap: Heap, data: Columns, binning: Binning, withRowStore: boolean): BinnedTable {
  const { used, mappers } = binning;
  const { rowCount } = data;
  const layout = layOut(mappers);
  const quadBytes = Math.ceil((rowCount * 4) / 64) * 64;
  const wideBytes = Math.ceil((rowCount * 2) / 64) * 64;
  const quads = heap.reserve(quadBytes * layout.quadCount);
  const wides = heap.reserve(wideBytes * layout.wideCount);
  heap.bytes(quads, quadBytes * layout.quadCount).fill(0);
  const rowBytes = rowStoreBytes(layout.quadCount);
  const isLarge = withRowStore && layout.quadCount > 1 && rowCount * layout.quadCount * 4 >= ROW_STORE_LEAST_BYTES;
  const rowStore = isLarge ? heap.reserve(rowBytes * rowCount) : 0;
  const table = { rowCount, layout, quads, quadBytes, wides, wideBytes, rowStore, rowBytes };
  const mark = heap.mark();
  const mostBins = mappers.reduce((most, mapper) => Math.max(most, mapper.binCount), 2);
  const scratch = { values: heap.reserve(BLOCK_ROWS * 8), bounds: heap.reserve(mostBins * 16) };
  used.forEach((original, column) => {
    const mapper = mappers[column]!;
    const target = { address: columnAddress(table, column), isWide: layout.quadOf[column]! < 0 };
    const values = data.columns[original]!;
    if (mapper.kind === 'numeric') binNumeric(heap, mapper, values, scratch, target);
    else binCategorical(heap, mapper, values, target);
  });
  heap.release(mark);
  loseConflicts(heap, table, data, binning);
  if (isLarge) copyRowMajor(heap, table, rowStore);
  return table;
}

/** The bins of a column, for tests and for looking at a table. */
export function binsOf(heap: Heap, table: BinnedTable, column: number): Uint16Array {
  const address = columnAddress(table, column);
  if (table.layout.quadOf[column]! < 0) return heap.halves(address, table.rowCount).slice();
  const bytes = heap.bytes(address, table.rowCount * 4 - 3);
  return Uint16Array.from({ length: table.rowCount }, (_, row) => bytes[row * 4]!);
}
