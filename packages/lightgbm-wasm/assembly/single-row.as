// One row through all trees, without a branch that depends on a value: wrong guesses cost more than all the rest.
// A node is 16 bytes: f64 threshold, u32 address of the value it asks for, u32 address of its left child; the right
// child follows the left one. A leaf's threshold is its value; it asks for `nothing`, a NaN, and so leads to itself.
import { fillPlane, fillPlaneOfMissing, fillPlaneZeroMissing } from './walk';

const ZERO: f64 = <f64>(<f32>1e-35);
/** Entries of the list, in bytes, that are followed one by one. */
const FEW: usize = 16 << 3;

@inline function descend(node: usize): usize {
  const right = u32(load<f64>(<usize>load<u32>(node, 8)) > load<f64>(node));
  return <usize>load<u32>(node, 12) + (<usize>right << 4);
}

/**
 * The raw scores of a row, one double per output.
 * @param plan fourteen u32: address and length of the row; addresses of its copies, 0 for those that no node asks for:
 *   NaN as +inf, 1 for NaN, NaN and zero as -inf, as +inf, 1 for NaN and zero; addresses of the trees' roots, number of
 *   trees, number of outputs, address of `nothing`, addresses of a u32 per tree, of a u64 per tree, and of the scores
 * @returns the score of the first output
 */
export function scoreRow(plan: usize): f64 {
  const row = <usize>load<u32>(plan), width = <i32>load<u32>(plan, 4);
  if (load<u32>(plan, 8)) fillPlane(row, <usize>load<u32>(plan, 8), width, Infinity);
  if (load<u32>(plan, 12)) fillPlaneOfMissing(row, <usize>load<u32>(plan, 12), width, -1);
  if (load<u32>(plan, 16)) fillPlaneZeroMissing(row, <usize>load<u32>(plan, 16), width, -Infinity);
  if (load<u32>(plan, 20)) fillPlaneZeroMissing(row, <usize>load<u32>(plan, 20), width, Infinity);
  if (load<u32>(plan, 24)) fillPlaneOfMissing(row, <usize>load<u32>(plan, 24), width, ZERO);
  const roots = <usize>load<u32>(plan, 28), trees = <usize>load<u32>(plan, 32);
  const outputs = <usize>load<u32>(plan, 36);
  const nothing = load<u32>(plan, 40);
  const places = <usize>load<u32>(plan, 44), open = <usize>load<u32>(plan, 48), scores = <usize>load<u32>(plan, 52);

  // The trees whose row is not at a leaf yet stay in the list, each with its node.
  let left: usize = 0;
  for (let t: usize = 0; t < trees << 2; t += 4) {
    const node = descend(descend(descend(<usize>load<u32>(roots + t))));
    store<u32>(places + t, <u32>node);
    store<u64>(open + left, (<u64>node << 32) | <u64>t);
    left += <usize>(load<u32>(node, 8) != nothing) << 3;
  }
  while (left > FEW) {
    const end = left;
    left = 0;
    for (let i: usize = 0; i < end; i += 8) {
      const entry = load<u64>(open + i);
      const node = descend(descend(<usize>(entry >> 32)));
      store<u32>(places + <usize><u32>entry, <u32>node);
      store<u64>(open + left, (<u64>node << 32) | <u64><u32>entry);
      left += <usize>(load<u32>(node, 8) != nothing) << 3;
    }
  }
  // A few are followed one after the other: what is read back right after it was written makes a processor wait.
  for (let i: usize = 0; i < left; i += 8) {
    const entry = load<u64>(open + i);
    let node = <usize>(entry >> 32);
    do node = descend(node); while (load<u32>(node, 8) != nothing);
    store<u32>(places + <usize><u32>entry, <u32>node);
  }
  for (let output: usize = 0; output < outputs; output++) {
    let sum: f64 = 0;
    for (let t = output << 2; t < trees << 2; t += outputs << 2) {
      sum += load<f64>(<usize>load<u32>(places + t));
    }
    store<f64>(scores + (output << 3), sum);
  }
  return load<f64>(scores);
}
