// Batch prediction: eight rows go down a tree in step. A node is 24 bytes: f64 threshold, u32 feature (byte offset of
// its value from the row's), u32 flags, u32 left, u32 right (byte offsets from the tree's first node). A leaf is a node
// that leads to itself; its threshold is the leaf's value. Inner nodes come before the leaves.

const NAN_RIGHT: u32 = 1;
const ZERO_MISSING: u32 = 2;
const ZERO_RIGHT: u32 = 4;
const CATEGORICAL: u32 = 8;
const ZERO: f64 = <f64>(<f32>1e-35);

@inline function step(tree: usize, node: u32, row: usize): u32 {
  const at = tree + <usize>node;
  const value = load<f64>(row + <usize>load<u32>(at, 8));
  const right = u32(value > load<f64>(at)) | (u32(value != value) & load<u32>(at, 12));
  return load<u32>(at + (<usize>right << 2), 16);
}

function inSet(at: usize, value: f64, sets: usize): bool {
  if (!(value > -1) || value >= 2147483648.0) return false;
  const category = <u32>value;
  const set = sets + <usize>load<u32>(at);
  const word = category >> 5;
  return word < load<u32>(set) && ((load<u32>(set + (<usize>word << 2), 4) >> (category & 31)) & 1) != 0;
}

function stepAny(tree: usize, node: u32, row: usize, sets: usize): u32 {
  const at = tree + <usize>node;
  const value = load<f64>(row + <usize>load<u32>(at, 8));
  const flags = load<u32>(at, 12);
  let right: u32;
  if (flags & CATEGORICAL) right = u32(!inSet(at, value, sets));
  else if (value != value) right = flags & NAN_RIGHT;
  else if ((flags & ZERO_MISSING) != 0 && value >= -ZERO && value <= ZERO) right = (flags & ZERO_RIGHT) >> 2;
  else right = u32(value > load<f64>(at));
  return load<u32>(at + (<usize>right << 2), 16);
}

/**
 * Adds the leaf values of one tree for `count` rows (rows up to the next multiple of 8 are read, and written to `out`).
 * @param rowBytes from one row's values to the next row's
 * @param leaves byte offset of the tree's first leaf
 * @param out one double per row, `outBytes` apart
 */
export function addTree(
  tree: usize, leaves: u32, rows: usize, rowBytes: i32, count: i32, out: usize, outBytes: i32,
): void {
  const gap = <usize>rowBytes, to = <usize>outBytes;
  for (let i: i32 = 0; i < count; i += 8) {
    const x0 = rows + <usize>i * gap, x1 = x0 + gap, x2 = x1 + gap, x3 = x2 + gap;
    const x4 = x3 + gap, x5 = x4 + gap, x6 = x5 + gap, x7 = x6 + gap;
    let a: u32 = 0, b: u32 = 0, c: u32 = 0, d: u32 = 0, e: u32 = 0, f: u32 = 0, g: u32 = 0, h: u32 = 0;
    do {
      a = step(tree, a, x0); b = step(tree, b, x1); c = step(tree, c, x2); d = step(tree, d, x3);
      e = step(tree, e, x4); f = step(tree, f, x5); g = step(tree, g, x6); h = step(tree, h, x7);
    } while (a < leaves || b < leaves || c < leaves || d < leaves || e < leaves || f < leaves || g < leaves || h < leaves);
    let o = out + <usize>i * to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + a)); o += to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + b)); o += to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + c)); o += to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + d)); o += to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + e)); o += to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + f)); o += to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + g)); o += to;
    store<f64>(o, load<f64>(o) + load<f64>(tree + h));
  }
}

/** The same for trees with categories or with zero as the missing value; `sets` are the bit sets' words. */
export function addAnyTree(
  tree: usize, leaves: u32, rows: usize, rowBytes: i32, count: i32, out: usize, outBytes: i32, sets: usize,
): void {
  for (let i: i32 = 0; i < count; i++) {
    const row = rows + <usize>i * <usize>rowBytes;
    let node: u32 = 0;
    while (node < leaves) node = stepAny(tree, node, row, sets);
    const o = out + <usize>i * <usize>outBytes;
    store<f64>(o, load<f64>(o) + load<f64>(tree + node));
  }
}
