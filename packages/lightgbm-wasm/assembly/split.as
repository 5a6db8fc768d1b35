// Search for the best threshold of a numeric column, for the plain gain G²/(H + l2) on both sides. The variants with
// lambda_l1, max_delta_step, path_smooth and monotone constraints are in TypeScript (src/training/split-search.ts).

const EPSILON: f64 = <f64>(<f32>1e-15);

@inline function rounded(x: f64): i32 {
  return <i32>(x + 0.5);
}

// Both quotients in one vector division: the same bits as two scalar ones.
@inline function gainOf(left: v128, right: v128, l2: v128): f64 {
  const g = v128.shuffle<f64>(left, right, 0, 2);
  const h = v128.shuffle<f64>(left, right, 1, 3);
  const q = f64x2.div(f64x2.mul(g, g), f64x2.add(h, l2));
  return f64x2.extract_lane(q, 0) + f64x2.extract_lane(q, 1);
}

/**
 * Scans a histogram from the last bin down, then, if `forward`, from the first bin up.
 * `offset` 1: bin 0 is the most frequent bin and its cell is not to be used; `skipped`: a bin left out of both scans,
 * or -1; `nanBin` 1: the last bin holds NaN.
 * Writes to `out`: f64 gain less `shift` (-inf if none), f64 left gradient, f64 left hessian (with epsilon),
 * i32 threshold, i32 1 if from the backward scan, i32 left count, i32 1 if any split was admissible.
 * @param hessian the leaf's hessian plus two epsilons
 */
export function searchSplit(
  hist: usize, binCount: i32, offset: i32, skipped: i32, nanBin: i32, forward: i32,
  gradient: f64, hessian: f64, rowCount: i32, shift: f64, minRows: i32, minHessian: f64, l2: f64, out: usize,
): void {
  const countFactor = <f64>rowCount / hessian;
  const total = f64x2.replace_lane(f64x2.splat(gradient), 1, hessian);
  const regular = f64x2.splat(l2);
  const start = f64x2.replace_lane(f64x2.splat(0), 1, EPSILON);
  let best = -Infinity, threshold: i32 = 0, backward: i32 = 0, leftCount: i32 = 0, admissible: i32 = 0;
  let bestLeft = start;
  let right = start;
  let rightCount: i32 = 0;
  for (let bin = binCount - 1 - nanBin; bin >= 1; bin--) {
    if (bin == skipped) continue;
    const cell = v128.load(hist + (<usize>bin << 4));
    right = f64x2.add(right, cell);
    rightCount += rounded(f64x2.extract_lane(cell, 1) * countFactor);
    if (rightCount < minRows || f64x2.extract_lane(right, 1) < minHessian) continue;
    if (rowCount - rightCount < minRows) break;
    const left = f64x2.sub(total, right);
    if (f64x2.extract_lane(left, 1) < minHessian) break;
    const gain = gainOf(left, right, regular);
    if (gain <= shift) continue;
    admissible = 1;
    if (gain > best) {
      best = gain; threshold = bin - 1; backward = 1; bestLeft = left; leftCount = rowCount - rightCount;
    }
  }
  if (forward) {
    // The forward scan takes over only if it beats the backward one after `shift` is taken off and put on again.
    const toBeat = best - shift + shift;
    let forwardBest = -Infinity, forwardThreshold: i32 = 0, forwardCount: i32 = 0;
    let forwardLeft = start;
    let left = start;
    let count: i32 = 0;
    let bin: i32 = offset;
    if (nanBin && offset) {
      left = f64x2.replace_lane(total, 1, hessian - EPSILON);
      count = rowCount;
      for (let k: i32 = 1; k < binCount; k++) {
        const cell = v128.load(hist + (<usize>k << 4));
        left = f64x2.sub(left, cell);
        count -= rounded(f64x2.extract_lane(cell, 1) * countFactor);
      }
      bin = 0;
    }
    for (; bin <= binCount - 2; bin++) {
      if (bin == skipped) continue;
      if (bin >= offset) {
        const cell = v128.load(hist + (<usize>bin << 4));
        left = f64x2.add(left, cell);
        count += rounded(f64x2.extract_lane(cell, 1) * countFactor);
      }
      if (count < minRows || f64x2.extract_lane(left, 1) < minHessian) continue;
      if (rowCount - count < minRows) break;
      const rest = f64x2.sub(total, left);
      if (f64x2.extract_lane(rest, 1) < minHessian) break;
      const gain = gainOf(left, rest, regular);
      if (gain <= shift) continue;
      admissible = 1;
      if (gain > forwardBest) {
        forwardBest = gain; forwardThreshold = bin; forwardLeft = left; forwardCount = count;
      }
    }
    if (forwardBest > toBeat) {
      best = forwardBest; threshold = forwardThreshold; backward = 0; bestLeft = forwardLeft; leftCount = forwardCount;
    }
  }
  store<f64>(out, best - shift);
  store<f64>(out, f64x2.extract_lane(bestLeft, 0), 8);
  store<f64>(out, f64x2.extract_lane(bestLeft, 1), 16);
  store<i32>(out, threshold, 24);
  store<i32>(out, backward, 28);
  store<i32>(out, leftCount, 32);
  store<i32>(out, admissible, 36);
}
