// From values to bins. The bin is the number of bounds below the value; `bounds` holds 2^depth - 1 ascending doubles,
// the unused ones +inf, in heap-free order for a branchless search.

@inline function binOf(value: f64, bounds: usize, half: usize): usize {
  let at: usize = 0;
  for (let step = half; step > 0; step >>= 1) {
    at += load<f64>(bounds + ((at + step - 1) << 3)) < value ? step : 0;
  }
  return at;
}

/**
 * Bins `count` consecutive values (a multiple of 4 is read) into one byte of each quad.
 * @param half 2^(depth - 1); 0 if there is no bound
 * @param nanBin the bin of NaN
 */
export function binIntoQuad(values: usize, count: i32, bounds: usize, half: i32, nanBin: i32, quad: usize): void {
  const steps = <usize>half;
  for (let i: i32 = 0; i < count; i += 4) {
    const v0 = load<f64>(values + (<usize>i << 3)), v1 = load<f64>(values + (<usize>i << 3), 8);
    const v2 = load<f64>(values + (<usize>i << 3), 16), v3 = load<f64>(values + (<usize>i << 3), 24);
    let a: usize = 0, b: usize = 0, c: usize = 0, d: usize = 0;
    for (let step = steps; step > 0; step >>= 1) {
      const base = bounds + (step << 3) - 8;
      a += <usize>(load<f64>(base + (a << 3)) < v0) * step;
      b += <usize>(load<f64>(base + (b << 3)) < v1) * step;
      c += <usize>(load<f64>(base + (c << 3)) < v2) * step;
      d += <usize>(load<f64>(base + (d << 3)) < v3) * step;
    }
    const out = quad + (<usize>i << 2);
    store<u8>(out, v0 != v0 ? nanBin : <i32>a);
    if (i + 1 < count) store<u8>(out, v1 != v1 ? nanBin : <i32>b, 4);
    if (i + 2 < count) store<u8>(out, v2 != v2 ? nanBin : <i32>c, 8);
    if (i + 3 < count) store<u8>(out, v3 != v3 ? nanBin : <i32>d, 12);
  }
}

/** The same for a wide column, 16 bits a bin. */
export function binIntoWide(values: usize, count: i32, bounds: usize, half: i32, nanBin: i32, column: usize): void {
  for (let i: i32 = 0; i < count; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    store<u16>(column + (<usize>i << 1), value != value ? nanBin : <i32>binOf(value, bounds, <usize>half));
  }
}

const DIGITS: i32 = 6;
const DIGIT_BITS: i32 = 11;
const BUCKETS: i32 = 1 << DIGIT_BITS;

// Bits of a double as an unsigned number that sorts like the double: negative ones inverted, the others with the sign set.
@inline function keyOf(bits: u64): u64 {
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

/**
 * Sorts doubles (no NaN) ascending, by radix. Values that were single precision have empty low digits, which cost nothing.
 * @param spare room for as many doubles
 * @param counts room for 6 × 2048 × 4 bytes
 */
export function sortDoubles(values: usize, count: i32, spare: usize, counts: usize): void {
  memory.fill(counts, 0, <usize>(DIGITS * BUCKETS * 4));
  for (let i: i32 = 0; i < count; i++) {
    const at = values + (<usize>i << 3);
    let key = keyOf(load<u64>(at));
    store<u64>(at, key);
    for (let digit: i32 = 0; digit < DIGITS; digit++) {
      const cell = counts + (<usize>((digit << DIGIT_BITS) | <i32>(key & (BUCKETS - 1))) << 2);
      store<u32>(cell, load<u32>(cell) + 1);
      key >>= DIGIT_BITS;
    }
  }
  let from = values, to = spare;
  for (let digit: i32 = 0; digit < DIGITS; digit++) {
    const base = counts + (<usize>(digit << DIGIT_BITS) << 2);
    const shift = <u64>(digit * DIGIT_BITS);
    if (count > 0 && load<u32>(base + (<usize>((load<u64>(from) >> shift) & (BUCKETS - 1)) << 2)) == count) continue;
    let sum: u32 = 0;
    for (let bucket: i32 = 0; bucket < BUCKETS; bucket++) {
      const cell = base + (<usize>bucket << 2);
      const size = load<u32>(cell);
      store<u32>(cell, sum);
      sum += size;
    }
    for (let i: i32 = 0; i < count; i++) {
      const key = load<u64>(from + (<usize>i << 3));
      const cell = base + (<usize>((key >> shift) & (BUCKETS - 1)) << 2);
      const place = load<u32>(cell);
      store<u32>(cell, place + 1);
      store<u64>(to + (<usize>place << 3), key);
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  for (let i: i32 = 0; i < count; i++) {
    const key = load<u64>(from + (<usize>i << 3));
    store<u64>(values + (<usize>i << 3), key ^ (key >> 63 ? <u64>0x8000000000000000 : <u64>0xffffffffffffffff));
  }
}
