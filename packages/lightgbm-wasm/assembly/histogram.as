// A histogram cell is [sum of gradients, sum of hessians] as two doubles, 16 bytes. A gradient pair is [gradient,
// hessian] as two floats, 8 bytes. A quad holds the bins of four columns of one row in one 32-bit word.

@inline function add(cell: usize, pair: v128): void {
  v128.store(cell, f64x2.add(v128.load(cell), pair));
}

// A bin's cell is 16 bytes on: shifted into place and masked in one go.
@inline function addQuad(bins: u32, pair: v128, h0: usize, h1: usize, h2: usize, h3: usize): void {
  add(h0 + ((bins << 4) & 0xff0), pair);
  add(h1 + ((bins >> 4) & 0xff0), pair);
  add(h2 + ((bins >> 12) & 0xff0), pair);
  add(h3 + ((bins >> 20) & 0xff0), pair);
}

@inline function pairAt(address: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(address));
}

/** Adds `count` consecutive rows of a quad to four histograms. */
export function addConsecutive(
  quad: usize, pairs: usize, count: i32, h0: usize, h1: usize, h2: usize, h3: usize,
): void {
  const end = quad + (<usize>count << 2);
  const evenEnd = quad + (<usize>(count & ~1) << 2);
  while (quad < evenEnd) {
    addQuad(load<u32>(quad), pairAt(pairs), h0, h1, h2, h3);
    addQuad(load<u32>(quad, 4), f64x2.promote_low_f32x4(v128.load64_zero(pairs, 8)), h0, h1, h2, h3);
    quad += 8;
    pairs += 16;
  }
  if (quad < end) addQuad(load<u32>(quad), pairAt(pairs), h0, h1, h2, h3);
}

/** The same for the listed rows; `pairs` is in the order of the list. */
export function addListed(
  quad: usize, rows: usize, pairs: usize, count: i32, h0: usize, h1: usize, h2: usize, h3: usize,
): void {
  const end = rows + (<usize>count << 2);
  while (rows < end) {
    addQuad(load<u32>(quad + (<usize>load<u32>(rows) << 2)), pairAt(pairs), h0, h1, h2, h3);
    rows += 4;
    pairs += 8;
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

/** Rows touched before they are copied: so many cache misses are under way at once. */
const AHEAD: i32 = 256;

/**
 * Copies quads `[from, to)` of the listed rows out of the row-major store (`rowBytes` a row, a multiple of 16) into
 * consecutive quads, `capacity` rows each. A row is one or two cache lines there, and one per quad in the columns.
 * `from` is a multiple of 4; the quads up to the next multiple of 4 after `to` are copied too, and so are the rows up
 * to the next multiple of 4 after `count` (as some row of the list).
 * @returns nothing of meaning; it keeps the touching from being optimised away
 */
export function gatherQuads(
  rowStore: usize, rowBytes: i32, rows: usize, count: i32, from: i32, to: i32, capacity: i32, out: usize,
): u32 {
  const step = <usize>capacity << 2;
  const first = rowStore + (<usize>from << 2);
  const bytes = (<usize>(to - from) << 2);
  const lastRow = rows + (<usize>(count - 1) << 2);
  let touched: u32 = 0;
  for (let start: i32 = 0; start < count; start += AHEAD) {
    const end = min(start + AHEAD, count);
    for (let i: i32 = start; i < end; i++) {
      const source = first + <usize>load<u32>(rows + (<usize>i << 2)) * <usize>rowBytes;
      for (let at: usize = 0; at < bytes; at += 64) touched |= load<u32>(source + at);
    }
    for (let i: i32 = start; i < end; i += 4) {
      const r = rows + (<usize>i << 2);
      const s0 = first + <usize>load<u32>(r) * <usize>rowBytes;
      const s1 = first + <usize>load<u32>(min(r + 4, lastRow)) * <usize>rowBytes;
      const s2 = first + <usize>load<u32>(min(r + 8, lastRow)) * <usize>rowBytes;
      const s3 = first + <usize>load<u32>(min(r + 12, lastRow)) * <usize>rowBytes;
      let target = out + (<usize>i << 2);
      for (let at: usize = 0; at < bytes; at += 16) {
        const a = v128.load(s0 + at), b = v128.load(s1 + at), c = v128.load(s2 + at), d = v128.load(s3 + at);
        const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
        const ab2 = v128.shuffle<u32>(a, b, 2, 6, 3, 7), cd2 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
        v128.store(target, v128.shuffle<u64>(ab, cd, 0, 2));
        v128.store(target + step, v128.shuffle<u64>(ab, cd, 1, 3));
        target += step << 1;
        v128.store(target, v128.shuffle<u64>(ab2, cd2, 0, 2));
        v128.store(target + step, v128.shuffle<u64>(ab2, cd2, 1, 3));
        target += step << 1;
      }
    }
  }
  return touched;
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

// A quad to be summed, in a list of them: its number and where its four columns' histograms begin in a slot, five words.
const ENTRY: usize = 20;

@inline function entryQuad(entry: usize): usize {
  return <usize>load<u32>(entry);
}

/** Adds rows to the histograms of quads `[from, to)` of a list, out of the columns; `rows` 0 means all rows in order. */
export function addQuads(
  entries: usize, from: i32, to: i32, quads: usize, quadBytes: i32, rows: usize, pairs: usize, count: i32, slot: usize,
): void {
  for (let k = from; k < to; k++) {
    const entry = entries + <usize>k * ENTRY;
    const quad = quads + entryQuad(entry) * <usize>quadBytes;
    const h0 = slot + load<u32>(entry, 4), h1 = slot + load<u32>(entry, 8);
    const h2 = slot + load<u32>(entry, 12), h3 = slot + load<u32>(entry, 16);
    if (rows == 0) addConsecutive(quad, pairs, count, h0, h1, h2, h3);
    else addListed(quad, rows, pairs, count, h0, h1, h2, h3);
  }
}

/** Rows whose quads are gathered at a time; their bins and one quad's histograms stay in the cache together. */
const CHUNK: i32 = 1024;

/** From one gathered quad to the next, in rows: a power of two would put all of them into one set of the cache. */
const CHUNK_STRIDE: i32 = CHUNK + 16;

/**
 * The same out of the row-major copy, a chunk of rows at a time.
 * @param chunk room for 1040 words per quad, the quads counted from the list's first one down to a multiple of 4 to its
 * last one up to a multiple of 4
 */
export function addSparseQuads(
  entries: usize, from: i32, to: i32, rowStore: usize, rowBytes: i32, rows: usize, pairs: usize, count: i32,
  slot: usize, chunk: usize,
): void {
  if (from >= to) return;
  const first = <i32>entryQuad(entries + <usize>from * ENTRY) & ~3;
  const end = <i32>entryQuad(entries + <usize>(to - 1) * ENTRY) + 1;
  for (let start: i32 = 0; start < count; start += CHUNK) {
    const size = min(CHUNK, count - start);
    gatherQuads(rowStore, rowBytes, rows + (<usize>start << 2), size, first, end, CHUNK_STRIDE, chunk);
    for (let k = from; k < to; k++) {
      const entry = entries + <usize>k * ENTRY;
      const quad = chunk + (entryQuad(entry) - <usize>first) * <usize>(CHUNK_STRIDE * 4);
      const h0 = slot + load<u32>(entry, 4), h1 = slot + load<u32>(entry, 8);
      const h2 = slot + load<u32>(entry, 12), h3 = slot + load<u32>(entry, 16);
      addConsecutive(quad, pairs + (<usize>start << 3), size, h0, h1, h2, h3);
    }
  }
}
