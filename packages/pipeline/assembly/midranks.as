// Midranks of one row: a radix sort of the values' bits, from the first bit in which any two of them differ.

const digitBits: u64 = 11;
const digits: usize = 1 << 11;
const countsBytes: usize = digits << 2;
const signBit: u64 = 1 << 63;

/** Bits that order as the number does: all of a negative one are turned over, of others the sign alone. No negative zero. */
// @ts-ignore: decorator
@inline
function orderedBits(value: f64): u64 {
  const bits = reinterpret<u64>(value + 0);
  return bits ^ (<u64>(<i64>bits >> 63) | signBit);
}

/** From how many of each digit there are to where the first of each belongs. */
function toStarts(counts: usize): void {
  let start: u32 = 0;
  for (const end = counts + countsBytes; counts < end; counts += 4) {
    const own = load<u32>(counts);
    store<u32>(counts, start);
    start += own;
  }
}

/** One stable pass over `length` words by the digit at `shift`. */
function sortDigit(from: usize, to: usize, length: usize, counts: usize, shift: u64): void {
  for (const end = from + (length << 3); from < end; from += 8) {
    const word = load<u64>(from);
    const slot = counts + (<usize>((word >> shift) & (digits - 1)) << 2);
    const at = load<u32>(slot);
    store<u32>(slot, at + 1);
    store<u64>(to + (<usize>at << 3), word);
  }
}

/** Puts nearly sorted words in order. @returns false if that is not done after `patience` moves */
function insertWords(words: usize, length: usize, patience: i32): bool {
  const end = words + (length << 3);
  for (let own = words + 8; own < end; own += 8) {
    const word = load<u64>(own);
    let at = own;
    for (; at > words && load<u64>(at - 8) > word; at -= 8) store<u64>(at, load<u64>(at - 8));
    store<u64>(at, word);
    patience -= <i32>((own - at) >> 3);
    if (patience < 0) return false;
  }
  return true;
}

/**
 * Midranks, from 0, of `length` values; NaN for NaN.
 *
 * A word holds a value's bits, less those that all have in common, and in its last bits the value's place. Its first 22
 * bits are sorted by digits, which leaves little to insert; where many share them (a far outlier beside values that differ
 * little), by all digits. Values that differ in bits which the place has taken are told apart by themselves.
 * @param state `2 · length` words, and 16 kB
 * @returns how many are not NaN
 */
export function midranks(values: usize, length: usize, state: usize, ranks: usize): usize {
  const words = state, spare = words + (length << 3), high = spare + (length << 3), low = high + countsBytes;
  let count: usize = 0, first: u64 = 0, differing: u64 = 0;
  for (let i: usize = 0; i < length; i++) {
    const value = load<f64>(values + (i << 3));
    store<f64>(ranks + (i << 3), value);
    if (value != value) continue;
    const bits = orderedBits(value);
    if (count == 0) first = bits;
    differing |= bits ^ first;
    store<u64>(words + (count << 3), bits);
    count++;
  }
  const placeBits: u64 = 64 - clz<u64>(<u64>length);
  const placeMask: u64 = (<u64>1 << placeBits) - 1;
  const common: u64 = differing ? clz<u64>(differing) : 0;
  memory.fill(high, 0, 2 * countsBytes);
  for (let i: usize = 0, k: usize = 0; i < length; i++) {
    const value = load<f64>(ranks + (i << 3));
    if (value != value) continue;
    const at = words + (k << 3);
    const word = ((load<u64>(at) << common) & ~placeMask) | <u64>i;
    store<u64>(at, word);
    const highSlot = high + (<usize>(word >> 53) << 2), lowSlot = low + (<usize>((word >> 42) & (digits - 1)) << 2);
    store<u32>(highSlot, load<u32>(highSlot) + 1);
    store<u32>(lowSlot, load<u32>(lowSlot) + 1);
    k++;
  }
  toStarts(low);
  toStarts(high);
  sortDigit(words, spare, count, low, 42);
  sortDigit(spare, words, count, high, 53);
  if (!insertWords(words, count, <i32>(count << 3))) sortWhole(words, spare, count, high);

  const end = words + (count << 3);
  for (let own = words + 8; own < end; own += 8) {
    const word = load<u64>(own);
    if ((load<u64>(own - 8) ^ word) > placeMask) continue;
    const value = load<f64>(values + (<usize>(word & placeMask) << 3));
    let at = own;
    for (; at > words; at -= 8) {
      const before = load<u64>(at - 8);
      if ((before ^ word) > placeMask || !(load<f64>(values + (<usize>(before & placeMask) << 3)) > value)) break;
      store<u64>(at, before);
    }
    store<u64>(at, word);
  }
  for (let from = words; from < end; ) {
    const word = load<u64>(from);
    let to = from + 8;
    if (to < end && (load<u64>(to) ^ word) <= placeMask) {
      const value = load<f64>(values + (<usize>(word & placeMask) << 3));
      while (to < end && load<f64>(values + (<usize>(load<u64>(to) & placeMask) << 3)) == value) to += 8;
    }
    const rank = <f64>(((from - words) >> 3) + ((to - words) >> 3) - 1) / 2;
    for (; from < to; from += 8) store<f64>(ranks + (<usize>(load<u64>(from) & placeMask) << 3), rank);
  }
  return count;
}

/** All digits, from the lowest: six passes, so that the words end where they were. */
function sortWhole(words: usize, spare: usize, length: usize, counts: usize): void {
  for (let pass: u64 = 0; pass < 6; pass++) {
    const shift = pass * digitBits;
    memory.fill(counts, 0, countsBytes);
    for (let at = words, end = words + (length << 3); at < end; at += 8) {
      const slot = counts + (<usize>((load<u64>(at) >> shift) & (digits - 1)) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
    toStarts(counts);
    sortDigit(words, spare, length, counts, shift);
    const swap = words;
    words = spare;
    spare = swap;
  }
}
