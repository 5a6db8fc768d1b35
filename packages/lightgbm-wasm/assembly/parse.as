// Numbers out of text: the bulk of reading a model.

const SPACE: u32 = 32, PLUS: u32 = 43, MINUS: u32 = 45, POINT: u32 = 46, ZERO_DIGIT: u32 = 48, LETTER_E: u32 = 101;

/** Integers up to this one are doubles exactly. */
const EXACT: u64 = 1 << 53;

/** Powers of ten up to this one are doubles exactly. */
const MOST_EXACT_POWER: i32 = 22;

/** Decimal exponents whose power of five is in the table: -80 to 80. */
const MOST_EXPONENT: i32 = 80;

const MOST_DIGITS: i32 = 19;

/** Upper half of a 128-bit product. */
@inline function highProduct(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/**
 * The double nearest to `mantissa` times ten to the `exponent`, as bits; 0 where this method cannot tell, and for
 * subnormal numbers and infinities (Lemire, Number parsing at a gigabyte per second, 2021, section 5).
 * @param fives 128-bit powers of five, upper half first
 */
function nearestBits(mantissa: u64, exponent: i32, fives: usize): u64 {
  const zeros = <i32>clz(mantissa);
  const normal = mantissa << zeros;
  const power = fives + (<usize>(exponent + MOST_EXPONENT) << 4);
  let low = normal * load<u64>(power), high = highProduct(normal, load<u64>(power));
  if ((high & 0x1ff) == 0x1ff) {
    const carry = highProduct(normal, load<u64>(power, 8));
    low += carry;
    if (low < carry) high++;
    if (low == 0xffffffffffffffff) return 0;
  }
  const upper = <i32>(high >> 63);
  let bits = high >> (upper + 9);
  let binary = (((152170 + 65536) * exponent) >> 16) + 63 + upper - zeros + 1023;
  if (binary <= 0) return 0;
  // Halfway between two doubles: only here can the product be exact.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 && bits << (upper + 9) == high) {
    bits &= ~(<u64>1);
  }
  bits = (bits + (bits & 1)) >> 1;
  if (bits >= EXACT) {
    bits = EXACT >> 1;
    binary++;
  }
  return binary >= 2047 ? 0 : (bits & ~(EXACT >> 1)) | (<u64>binary << 52);
}

const ZEROS: u64 = 0x3030303030303030;

@inline function isEightDigits(word: u64): bool {
  const high: u64 = 0xf0f0f0f0f0f0f0f0;
  return ((word & high) | (((word + 0x0606060606060606) & high) >> 4)) == 0x3333333333333333;
}

/** The number of eight digits, each in its byte: by pairs, by fours, by eights. */
@inline function eightDigits(bytes: u64): u64 {
  const pairs = bytes * 10 + (bytes >> 8);
  const low = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  return (low + ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
}

/**
 * Reads decimal numbers between single spaces; every word that it is not sure of is listed in `hard` as
 * [number, start, end], three 32-bit words each, for JavaScript to read.
 * @param powers 1e0 to 1e22
 * @param fives see {@link nearestBits}
 * @param hardCount receives the number of hard words
 * @returns how many numbers there are
 */
export function parseNumbers(
  text: usize, length: i32, powers: usize, fives: usize, values: usize, hard: usize, hardCount: usize,
): i32 {
  let at: i32 = 0, count: i32 = 0, hards: i32 = 0;
  while (at < length) {
    const start = at;
    const sign = <u32>load<u8>(text + at);
    if (sign == MINUS || sign == PLUS) at++;
    let mantissa: u64 = 0;
    let seen: i32 = 0, digits: i32 = 0, fraction: i32 = -1, exponent: i32 = 0;
    let code: u32 = SPACE;
    for (; at < length; at++) {
      code = <u32>load<u8>(text + at);
      const digit = code - ZERO_DIGIT;
      if (digit <= 9) {
        mantissa = mantissa * 10 + <u64>digit;
        seen++;
        digits += i32(mantissa != 0);
        if (fraction >= 0) fraction++;
      } else if (code == POINT && fraction < 0) {
        fraction = 0;
        for (; at + 8 < length; at += 8) {
          const word = load<u64>(text + at, 1);
          if (!isEightDigits(word)) break;
          const bytes = word - ZEROS;
          digits += mantissa != 0 ? 8 : bytes != 0 ? 8 - (<i32>ctz(bytes) >> 3) : 0;
          mantissa = mantissa * 100000000 + eightDigits(bytes);
          seen += 8;
          fraction += 8;
        }
      } else break;
    }
    let isPlain = seen > 0 && digits <= MOST_DIGITS;
    if (isPlain && at < length && code == LETTER_E) {
      at++;
      const mark = at < length ? <u32>load<u8>(text + at) : SPACE;
      if (mark == MINUS || mark == PLUS) at++;
      const first = at;
      for (; at < length; at++) {
        code = <u32>load<u8>(text + at);
        const digit = code - ZERO_DIGIT;
        if (digit > 9) break;
        exponent = exponent * 10 + <i32>digit;
      }
      isPlain = at > first && at - first <= 4;
      if (mark == MINUS) exponent = -exponent;
    }
    isPlain = isPlain && (at >= length || code == SPACE);
    if (fraction > 0) exponent -= fraction;
    let value: f64 = 0;
    if (isPlain && mantissa != 0) {
      if (mantissa <= EXACT && exponent <= MOST_EXACT_POWER && exponent >= -MOST_EXACT_POWER) {
        value = exponent < 0
          ? <f64>mantissa / load<f64>(powers - (<usize>exponent << 3))
          : <f64>mantissa * load<f64>(powers + (<usize>exponent << 3));
      } else {
        isPlain = exponent <= MOST_EXPONENT && exponent >= -MOST_EXPONENT;
        const bits = isPlain ? nearestBits(mantissa, exponent, fives) : 0;
        isPlain = bits != 0;
        value = reinterpret<f64>(bits);
      }
    }
    if (isPlain) {
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

/**
 * Reads whole numbers of 32 bits between single spaces.
 * @returns how many there are, or -1 if anything else is among them
 */
export function parseWholes(text: usize, length: i32, values: usize): i32 {
  let at: i32 = 0, count: i32 = 0;
  while (at < length) {
    const isNegative = load<u8>(text + at) == <u8>MINUS;
    if (isNegative) at++;
    const first = at;
    let value: u64 = 0;
    for (; at < length && at - first <= 10; at++) {
      const digit = <u32>load<u8>(text + at) - ZERO_DIGIT;
      if (digit > 9) break;
      value = value * 10 + <u64>digit;
    }
    if (at == first || at - first > 10 || value > 2147483647) return -1;
    if (at < length && load<u8>(text + at) != <u8>SPACE) return -1;
    store<i32>(values + (<usize>count << 2), isNegative ? -<i32>value : <i32>value);
    count++;
    at++;
  }
  return count;
}
