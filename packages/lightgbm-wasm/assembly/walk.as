// Batch prediction: eight rows go down a tree in step. A node is 24 bytes: f64 threshold, u32 byte offset of its plane
// from the first one, u32 flags, u32 left, u32 right (byte offsets from the tree's first node). A leaf is a node that
// leads to itself; its threshold is the leaf's value. Inner nodes come before the leaves.
// A plane is one column of the rows, with missing values replaced by what goes where the node sends them: 0, -inf or
// +inf; or, for a categorical split, the side each row goes to. So the plain kernel needs one comparison a step.

const NAN_RIGHT: u32 = 1;
const ZERO_MISSING: u32 = 2;
const ZERO_RIGHT: u32 = 4;
const CATEGORICAL: u32 = 8;
const ZERO: f64 = <f64>(<f32>1e-35);

@inline function step(tree: usize, node: u32, row: usize): u32 {
  const at = tree + <usize>node;
  const right = u32(load<f64>(row + <usize>load<u32>(at, 8)) > load<f64>(at));
  return load<u32>(at + (<usize>right << 2), 16);
}

/** Copies `count` doubles (a multiple of 2 is written), NaN replaced. */
export function fillPlane(source: usize, plane: usize, count: i32, nan: f64): void {
  const instead = f64x2.splat(nan);
  for (let i: usize = 0; i < <usize>count << 3; i += 16) {
    const values = v128.load(source + i);
    v128.store(plane + i, v128.bitselect(values, instead, f64x2.eq(values, values)));
  }
}

/** The same with what counts as zero replaced too. */
export function fillPlaneZeroMissing(source: usize, plane: usize, count: i32, missing: f64): void {
  const instead = f64x2.splat(missing);
  const zero = f64x2.splat(ZERO);
  for (let i: usize = 0; i < <usize>count << 3; i += 16) {
    const values = v128.load(source + i);
    v128.store(plane + i, v128.bitselect(values, instead, f64x2.gt(f64x2.abs(values), zero)));
  }
}

/** 1 for missing values, 0 for the others; what is not farther from 0 than `zero` is missing (-1: nothing but NaN is). */
export function fillPlaneOfMissing(source: usize, plane: usize, count: i32, zero: f64): void {
  const one = f64x2.splat(1);
  const far = f64x2.splat(zero);
  for (let i: usize = 0; i < <usize>count << 3; i += 16) {
    v128.store(plane + i, v128.andnot(one, f64x2.gt(f64x2.abs(v128.load(source + i)), far)));
  }
}

/** -1 for values whose category is in the set (goes left), 1 for the others. */
export function fillPlaneOfSet(source: usize, plane: usize, count: i32, set: usize): void {
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    store<f64>(plane + i, isInSet(set, load<f64>(source + i)) ? -1 : 1);
  }
}

/** The same from single precision. */
export function fillPlaneFromSingle(source: usize, plane: usize, count: i32, nan: f64): void {
  const instead = f64x2.splat(nan);
  for (let i: usize = 0; i < <usize>count; i += 2) {
    const values = f64x2.promote_low_f32x4(v128.load64_zero(source + (i << 2)));
    v128.store(plane + (i << 3), v128.bitselect(values, instead, f64x2.eq(values, values)));
  }
}

@inline function isInSet(set: usize, value: f64): bool {
  if (!(value > -1) || value >= 2147483648.0) return false;
  const category = <u32>value;
  const word = category >> 5;
  return word < load<u32>(set) && ((load<u32>(set + (<usize>word << 2), 4) >> (category & 31)) & 1) != 0;
}

function stepAny(tree: usize, node: u32, row: usize, sets: usize): u32 {
  const at = tree + <usize>node;
  const value = load<f64>(row + <usize>load<u32>(at, 8));
  const flags = load<u32>(at, 12);
  let right: u32;
  if (flags & CATEGORICAL) right = u32(!isInSet(sets + <usize>load<u32>(at), value));
  else if (value != value) right = flags & NAN_RIGHT;
  else if ((flags & ZERO_MISSING) != 0 && value >= -ZERO && value <= ZERO) right = (flags & ZERO_RIGHT) >> 2;
  else right = u32(value > load<f64>(at));
  return load<u32>(at + (<usize>right << 2), 16);
}

/**
 * Adds the leaf values of one tree for `count` rows (rows up to the next multiple of 8 are read, and written to `out`).
 * @param planes address of the first row's value in the first plane; the next row's is 8 bytes on
 * @param leaves byte offset of the tree's first leaf
 * @param out one double per row, `outBytes` apart
 */
export function addTree(tree: usize, leaves: i32, planes: usize, count: i32, out: usize, outBytes: i32): void {
  const to = <usize>outBytes;
  for (let i: i32 = 0; i < count; i += 8) {
    const x = planes + (<usize>i << 3);
    let a: u32 = 0, b: u32 = 0, c: u32 = 0, d: u32 = 0, e: u32 = 0, f: u32 = 0, g: u32 = 0, h: u32 = 0;
    let above: i32;
    do {
      a = step(tree, a, x); b = step(tree, b, x + 8); c = step(tree, c, x + 16); d = step(tree, d, x + 24);
      e = step(tree, e, x + 32); f = step(tree, f, x + 40); g = step(tree, g, x + 48); h = step(tree, h, x + 56);
      // Negative while any of them is at an inner node.
      above = (<i32>a - leaves) | (<i32>b - leaves) | (<i32>c - leaves) | (<i32>d - leaves)
        | (<i32>e - leaves) | (<i32>f - leaves) | (<i32>g - leaves) | (<i32>h - leaves);
    } while (above < 0);
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
  tree: usize, leaves: i32, planes: usize, count: i32, out: usize, outBytes: i32, sets: usize,
): void {
  for (let i: i32 = 0; i < count; i++) {
    const row = planes + (<usize>i << 3);
    let node: u32 = 0;
    while (<i32>node < leaves) node = stepAny(tree, node, row, sets);
    const o = out + <usize>i * <usize>outBytes;
    store<f64>(o, load<f64>(o) + load<f64>(tree + node));
  }
}
