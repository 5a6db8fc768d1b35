// Batch prediction by codes: each value is replaced by the number of its column's thresholds below it, one byte, and
// sixteen rows at a time are compared with a node. Every node of a tree is asked; for trees of some hundred leaves at
// most that is less work than to follow each row down.
// A code is stored less 128, because vectors compare signed bytes.

const BUCKET_SHIFT: f64 = 4503599627370496.0; // 2^52: the sum's low bits are the rounded number
const TOP_BUCKET: f64 = 1023;
const TILE: usize = 64;

/**
 * Codes of `count` consecutive values (one more is read and written where it is odd).
 * @param table f64 low and scale: a value belongs to bucket `(value - low) * scale`, rounded, of 1024; f64 zero: what is
 *   not farther from 0 is missing (-1: nothing but NaN is); u32 half: 2 * half - 1 thresholds at most share a bucket;
 *   u32 code of missing values; u32 address of the buckets: thresholds below each, one byte; u32 address of the
 *   thresholds, ascending, 2 * half of +inf behind them
 */
export function encodePlane(values: usize, count: i32, table: usize, codes: usize): void {
  const low = f64x2.splat(load<f64>(table)), scale = f64x2.splat(load<f64>(table, 8));
  const zero = load<f64>(table, 16);
  const half = <usize>load<u32>(table, 24), missing = <usize>load<u32>(table, 28);
  const starts = <usize>load<u32>(table, 32), thresholds = <usize>load<u32>(table, 36);
  const bottom = f64x2.splat(0), top = f64x2.splat(TOP_BUCKET), shift = f64x2.splat(BUCKET_SHIFT);
  for (let i: usize = 0; i < <usize>count; i += 2) {
    const pair = v128.load(values + (i << 3));
    // A NaN fails both comparisons of pmax and becomes 0.
    const place = f64x2.pmin(top, f64x2.pmax(bottom, f64x2.mul(f64x2.sub(pair, low), scale)));
    const bucket = f64x2.add(place, shift);
    const a = f64x2.extract_lane(pair, 0), b = f64x2.extract_lane(pair, 1);
    let k = <usize>load<u8>(starts + <usize>i32x4.extract_lane(bucket, 0));
    let l = <usize>load<u8>(starts + <usize>i32x4.extract_lane(bucket, 2));
    for (let step = half; step > 0; step >>= 1) {
      const from = thresholds + (step << 3) - 8;
      k += <usize>(load<f64>(from + (k << 3)) < a) * step;
      l += <usize>(load<f64>(from + (l << 3)) < b) * step;
    }
    store<u8>(codes + i, (abs<f64>(a) > zero ? k : missing) ^ 128);
    store<u8>(codes + i, (abs<f64>(b) > zero ? l : missing) ^ 128, 1);
  }
}

/** The same for a categorical split: code 0 for values whose category is in the set, 1 for the others. */
export function encodeSet(sides: usize, count: i32, codes: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<u8>(codes + i, <u32>(load<f64>(sides + (i << 3)) > 0) ^ 128);
  }
}

@inline function choose(codes: usize, threshold: v128, left: usize, right: usize, out: usize): void {
  // Leaves are numbered from left to right: the right child's is always the larger.
  const isRight = i8x16.gt_s(v128.load(codes), threshold);
  v128.store(out, i8x16.max_u(v128.load(left), v128.and(v128.load(right), isRight)));
}

/**
 * Adds the leaf values of trees for `count` rows (rows up to the next multiple of 64 are read, and written to `sums`).
 * @param trees four u32 each: address of the nodes, their number, address of the leaf values from left to right, byte
 *   offset of the tree's output in a row of `sums`. A node is four u32: byte offset of its codes from `codes`, of its
 *   left and right child from `cells`, and its threshold's code less 128. Children stand before their parents.
 * @param cells 64 bytes for each leaf, all of them its number, then 64 bytes for each node
 * @param firstNode byte offset of the nodes' cells
 * @param rowBytes bytes between rows of `sums`
 */
export function addCodedTrees(
  trees: usize, treeCount: i32, codes: usize, count: i32, cells: usize, firstNode: i32, sums: usize, rowBytes: i32,
): void {
  for (let row: usize = 0; row < <usize>count; row += TILE) {
    for (let tree = trees; tree < trees + (<usize>treeCount << 4); tree += 16) {
      let node = <usize>load<u32>(tree);
      const end = node + (<usize>load<u32>(tree, 4) << 4);
      let out = cells + <usize>firstNode;
      let place = cells;
      for (; node < end; node += 16) {
        const from = codes + row + <usize>load<u32>(node);
        const left = cells + <usize>load<u32>(node, 4), right = cells + <usize>load<u32>(node, 8);
        const threshold = v128.load8_splat(node, 12);
        choose(from, threshold, left, right, out);
        choose(from + 16, threshold, left + 16, right + 16, out + 16);
        choose(from + 32, threshold, left + 32, right + 32, out + 32);
        choose(from + 48, threshold, left + 48, right + 48, out + 48);
        place = out;
        out += TILE;
      }
      const values = <usize>load<u32>(tree, 8);
      let sum = sums + row * <usize>rowBytes + <usize>load<u32>(tree, 12);
      for (let i: usize = 0; i < TILE; i++, sum += <usize>rowBytes) {
        store<f64>(sum, load<f64>(sum) + load<f64>(values + (<usize>load<u8>(place + i) << 3)));
      }
    }
  }
}
