// A histogram cell is [sum of gradients, sum of hessians] as two doubles, 16 bytes. A gradient pair is [gradient,
// hessian] as two floats, 8 bytes. A quad holds the bins of four columns of one row in one 32-bit word.

@inline function add(cell: usize, pair: v128): void {
  v128.store(cell, f64x2.add(v128.load(cell), pair));
}

@inline function addQuad(bins: u32, pair: v128, h0: usize, h1: usize, h2: usize, h3: usize): void {
  add(h0 + ((bins & 255) << 4), pair);
  add(h1 + (((bins >> 8) & 255) << 4), pair);
  add(h2 + (((bins >> 16) & 255) << 4), pair);
  add(h3 + ((bins >> 24) << 4), pair);
}

/** Adds `count` consecutive rows of a quad to four histograms. */
export function addConsecutive(
  quad: usize, pairs: usize, count: i32, h0: usize, h1: usize, h2: usize, h3: usize,
): void {
  for (let i: i32 = 0; i < count; i++) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + (<usize>i << 3)));
    addQuad(load<u32>(quad + (<usize>i << 2)), pair, h0, h1, h2, h3);
  }
}

/** The same for the listed rows; `pairs` is in the order of the list. */
export function addListed(
  quad: usize, rows: usize, pairs: usize, count: i32, h0: usize, h1: usize, h2: usize, h3: usize,
): void {
  for (let i: i32 = 0; i < count; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2));
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + (<usize>i << 3)));
    addQuad(load<u32>(quad + (row << 2)), pair, h0, h1, h2, h3);
  }
}

/** Columns of more than 256 bins: 16 bits a bin. `rows` 0 means all rows in order. */
export function addWide(column: usize, rows: usize, pairs: usize, count: i32, hist: usize): void {
  for (let i: i32 = 0; i < count; i++) {
    const row = rows == 0 ? <usize>i : <usize>load<u32>(rows + (<usize>i << 2));
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + (<usize>i << 3)));
    add(hist + (<usize>load<u16>(column + (row << 1)) << 4), pair);
  }
}

/** Gradient pairs of the listed rows, in the order of the list. */
export function gatherPairs(pairs: usize, rows: usize, count: i32, out: usize): void {
  for (let i: i32 = 0; i < count; i++) {
    store<u64>(out + (<usize>i << 3), load<u64>(pairs + (<usize>load<u32>(rows + (<usize>i << 2)) << 3)));
  }
}

/**
 * Copies quads `[from, to)` of the listed rows out of the row-major store (`rowBytes` a row) into consecutive quads,
 * `capacity` rows each. A row is one or two cache lines there, and sixty in the columns.
 */
export function gatherQuads(
  rowStore: usize, rowBytes: i32, rows: usize, count: i32, from: i32, to: i32, capacity: i32, out: usize,
): void {
  const step = <usize>capacity << 2;
  for (let i: i32 = 0; i < count; i++) {
    const source = rowStore + <usize>load<u32>(rows + (<usize>i << 2)) * <usize>rowBytes;
    let target = out + (<usize>i << 2);
    for (let quad: i32 = from; quad < to; quad++) {
      store<u32>(target, load<u32>(source + (<usize>quad << 2)));
      target += step;
    }
  }
}

/** `larger -= smaller`, cell by cell. */
export function subtract(larger: usize, smaller: usize, bytes: i32): void {
  for (let i: i32 = 0; i < bytes; i += 16) {
    v128.store(larger + i, f64x2.sub(v128.load(larger + i), v128.load(smaller + i)));
  }
}

/** Sets the cell of the most frequent bin to the leaf's sums less every other cell, in bin order. */
export function fixMostFrequent(hist: usize, binCount: i32, mostFrequent: i32, gradient: f64, hessian: f64): void {
  let rest = f64x2.replace_lane(f64x2.splat(gradient), 1, hessian);
  for (let bin: i32 = 0; bin < binCount; bin++) {
    if (bin != mostFrequent) rest = f64x2.sub(rest, v128.load(hist + (<usize>bin << 4)));
  }
  v128.store(hist + (<usize>mostFrequent << 4), rest);
}
