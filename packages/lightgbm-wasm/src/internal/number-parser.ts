import { Heap } from './heap.ts';

const MOST_EXACT_POWER = 22;

/** The kernel knows powers of five from 5^-80 to 5^80. */
const MOST_EXPONENT = 80;

/** Arrays are cut from blocks of so many bytes: one allocation each would cost as much as the parsing. */
const BLOCK_BYTES = 1 << 16;

/** Numbers of one line: values, and which words the kernel left to JavaScript. */
export interface ParsedLine {
  readonly values: Float64Array;
  /** `[number, start, end]` of each word that the kernel was not sure of; valid until the next line is parsed. */
  readonly hard: Uint32Array;
}

const NONE = new Uint32Array(0);

const bitLength = (value: bigint): number => value.toString(2).length;

/**
 * The 128 leading bits of a power of five: of a negative power rounded up, of a positive one cut off
 * (Lemire, Number parsing at a gigabyte per second, 2021, section 5).
 */
function leadingBits(exponent: number): bigint {
  if (exponent >= 0) {
    const power = 5n ** BigInt(exponent);
    const shift = 128 - bitLength(power);
    return shift >= 0 ? power << BigInt(shift) : power >> BigInt(-shift);
  }
  const power = 5n ** BigInt(-exponent);
  const bits = (1n << BigInt(bitLength(power) + 127)) / power + 1n;
  return bits >> BigInt(Math.max(0, bitLength(bits) - 128));
}

/** Reads lines of numbers in WebAssembly, which is fast from the first line on: a model is most often read once. */
class NumberParser {
  private readonly heap = new Heap();
  private readonly powers: number;
  private readonly fives: number;
  private readonly hardCount: number;
  private readonly encoder = new TextEncoder();
  private block = new ArrayBuffer(0);
  private blockUsed = 0;
  private capacity = 0;
  private textBytes: Uint8Array = new Uint8Array(0);
  private parsed: Float64Array = new Float64Array(0);
  private parsedWholes: Int32Array = new Int32Array(0);
  private text = 0;
  private values = 0;
  private hard = 0;

  constructor() {
    this.powers = this.heap.reserve((MOST_EXACT_POWER + 1) * 8);
    this.fives = this.heap.reserve((2 * MOST_EXPONENT + 1) * 16);
    this.hardCount = this.heap.reserve(4);
    this.heap
      .doubles(this.powers, MOST_EXACT_POWER + 1)
      .set(Array.from({ length: MOST_EXACT_POWER + 1 }, (_, p) => Number(`1e${p}`)));
    const table = new BigUint64Array(this.heap.memory.buffer, this.fives, 2 * (2 * MOST_EXPONENT + 1));
    for (let exponent = -MOST_EXPONENT, at = 0; exponent <= MOST_EXPONENT; exponent++) {
      const bits = leadingBits(exponent);
      table[at++] = bits >> 64n;
      table[at++] = bits & ((1n << 64n) - 1n);
    }
  }

  /** @returns `undefined` for text that is not ASCII */
  numbers(text: string): ParsedLine | undefined {
    const length = this.write(text);
    if (length < 0) return undefined;
    const { heap, powers, fives, values, hard, hardCount } = this;
    const count = heap.kernels.parseNumbers(this.text, length, powers, fives, values, hard, hardCount);
    const [hards = 0] = heap.words(hardCount, 1);
    const at = this.take(count * 8);
    const copy = new Float64Array(this.block, at, count);
    const { parsed } = this;
    for (let i = 0; i < count; i++) copy[i] = parsed[i]!;
    return { values: copy, hard: hards === 0 ? NONE : heap.words(hard, 3 * hards) };
  }

  /** @returns `undefined` if the text holds anything but 32-bit whole numbers */
  wholes(text: string): Int32Array | undefined {
    const length = this.write(text);
    if (length < 0) return undefined;
    const count = this.heap.kernels.parseWholes(this.text, length, this.values);
    if (count < 0) return undefined;
    const at = this.take(count * 4);
    const copy = new Int32Array(this.block, at, count);
    const { parsedWholes } = this;
    for (let i = 0; i < count; i++) copy[i] = parsedWholes[i]!;
    return copy;
  }

  /** Makes room in the block. @returns where */
  private take(bytes: number): number {
    const size = Math.ceil(bytes / 8) * 8;
    if (this.blockUsed + size > this.block.byteLength) {
      this.block = new ArrayBuffer(Math.max(BLOCK_BYTES, size));
      this.blockUsed = 0;
    }
    const at = this.blockUsed;
    this.blockUsed += size;
    return at;
  }

  /** @returns bytes of the text, or -1 if it is not ASCII */
  private write(text: string): number {
    this.makeRoom(text.length);
    const { written } = this.encoder.encodeInto(text, this.textBytes);
    return written === text.length ? written : -1;
  }

  private makeRoom(length: number): void {
    if (length <= this.capacity) return;
    this.capacity = 2 * length;
    this.text = this.heap.reserve(this.capacity);
    // A number takes a character and a space at least.
    this.values = this.heap.reserve(this.capacity * 4 + 8);
    this.hard = this.heap.reserve(this.capacity * 6 + 12);
    const most = this.capacity / 2 + 1;
    this.textBytes = this.heap.bytes(this.text, this.capacity);
    this.parsed = this.heap.doubles(this.values, most);
    this.parsedWholes = new Int32Array(this.heap.memory.buffer, this.values, most);
  }
}

let parser: NumberParser | undefined;

/** The parser of this thread. */
export function numberParser(): NumberParser {
  parser ??= new NumberParser();
  return parser;
}
