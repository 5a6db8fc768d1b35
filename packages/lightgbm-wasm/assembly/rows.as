// Lists of rows: stable partition by a split, sums, scores.

/**
 * Stable partition of a list of rows, in place. `goesRight` holds one byte per bin. The bin of row r is the byte at
 * `column + 4 r`, or for wide columns the 16 bits at `column + 2 r`.
 * @returns how many rows go left
 */
export function partition(column: usize, wide: i32, rows: usize, count: i32, goesRight: usize, spare: usize): i32 {
  let left: usize = 0,
    right: usize = 0;
  if (wide) {
    for (let i: i32 = 0; i < count; i++) {
      const row = load<u32>(rows + ((<usize>i) << 2));
      const side = <usize>load<u8>(goesRight + <usize>load<u16>(column + ((<usize>row) << 1)));
      store<u32>(rows + (left << 2), row);
      store<u32>(spare + (right << 2), row);
      right += side;
      left += 1 - side;
    }
  } else {
    for (let i: i32 = 0; i < count; i++) {
      const row = load<u32>(rows + ((<usize>i) << 2));
      const side = <usize>load<u8>(goesRight + <usize>load<u8>(column + ((<usize>row) << 2)));
      store<u32>(rows + (left << 2), row);
      store<u32>(spare + (right << 2), row);
      right += side;
      left += 1 - side;
    }
  }
  memory.copy(rows + (left << 2), spare, right << 2);
  return <i32>left;
}

/** `list[i] = i`. */
export function listAll(list: usize, count: i32): void {
  for (let i: i32 = 0; i < count; i++) store<u32>(list + ((<usize>i) << 2), i);
}

/** Sums gradients and hessians in list order into two doubles; `rows` 0 means all rows in order. */
export function sumPairs(pairs: usize, rows: usize, count: i32, out: usize): void {
  let sum = f64x2.splat(0);
  for (let i: i32 = 0; i < count; i++) {
    const row = rows == 0 ? <usize>i : <usize>load<u32>(rows + ((<usize>i) << 2));
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.load64_zero(pairs + (row << 3))));
  }
  v128.store(out, sum);
}

/** Adds a leaf's value to the scores of its rows. */
export function addValue(scores: usize, rows: usize, count: i32, value: f64): void {
  for (let i: i32 = 0; i < count; i++) {
    const score = scores + ((<usize>load<u32>(rows + ((<usize>i) << 2))) << 3);
    store<f64>(score, load<f64>(score) + value);
  }
}

/** Gradient pairs of squared error: `[score - label, 1]`. */
export function squaredErrorPairs(scores: usize, labels: usize, count: i32, pairs: usize): void {
  for (let i: i32 = 0; i < count; i++) {
    const difference = load<f64>(scores + ((<usize>i) << 3)) - <f64>load<f32>(labels + ((<usize>i) << 2));
    store<f32>(pairs + ((<usize>i) << 3), <f32>difference);
    store<f32>(pairs + ((<usize>i) << 3), 1, 4);
  }
}
