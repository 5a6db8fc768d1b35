// Numbers out of text: the bulk of reading a model.

const SPACE: u32 = 32, PLUS: u32 = 43, MINUS: u32 = 45, POINT: u32 = 46, ZERO_DIGIT: u32 = 48;

/** Integers up to this one are doubles exactly. */
const EXACT: u64 = 1 << 53;

/**
 * Reads decimal numbers between single spaces. What one division rounds correctly is computed here; every other word is
 * listed in `hard` as [number, start, end], three 32-bit words each, for JavaScript to read.
 * @param powers 1e0 to 1e22
 * @param whole 1: only whole numbers of 32 bits are allowed
 * @param hardCount receives the number of hard words
 * @returns how many numbers there are, or -1 if `whole` and something else is among them
 */
export function parseNumbers(
  text: usize, length: i32, powers: usize, whole: i32, values: usize, hard: usize, hardCount: usize,
): i32 {
  let at: i32 = 0, count: i32 = 0, hards: i32 = 0;
  while (at < length) {
    const start = at;
    const sign = <u32>load<u8>(text + at);
    if (sign == MINUS || sign == PLUS) at++;
    let mantissa: u64 = 0;
    let digits: i32 = 0, fraction: i32 = -1;
    let code: u32 = SPACE;
    for (; at < length; at++) {
      code = <u32>load<u8>(text + at);
      const digit = code - ZERO_DIGIT;
      if (digit <= 9) {
        mantissa = mantissa * 10 + <u64>digit;
        digits++;
        if (fraction >= 0) fraction++;
      } else if (code == POINT && fraction < 0) {
        fraction = 0;
      } else break;
    }
    const isPlain = (at >= length || code == SPACE) && digits > 0 && digits <= 18 && mantissa <= EXACT;
    if (whole) {
      if (!isPlain || fraction >= 0 || sign == PLUS || mantissa > 2147483647) return -1;
    }
    if (isPlain) {
      const value = fraction > 0 ? <f64>mantissa / load<f64>(powers + (<usize>fraction << 3)) : <f64>mantissa;
      store<f64>(values + (<usize>count << 3), sign == MINUS ? -value : value);
    } else {
      while (at < length && load<u8>(text + at) != SPACE) at++;
      const entry = hard + <usize>hards * 12;
      store<u32>(entry, count);
      store<u32>(entry, start, 4);
      store<u32>(entry, at, 8);
      hards++;
    }
    count++;
    at++;
  }
  store<i32>(hardCount, hards);
  return count;
}
