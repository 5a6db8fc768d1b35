import { Heap } from './heap.ts';

const MOST_POWER = 22;

/** Numbers of one line: values, and which words the kernel left to JavaScript. */
export interface ParsedLine {
  /** Valid until the next line is parsed. */
  readonly values: Float64Array;
  /** `[number, start, end]` of each word that is not a short plain decimal. */
  readonly hard: Uint32Array;
}

/** Reads lines of numbers in WebAssembly, which is fast from the first line on: a model is most often read once. */
class NumberParser {
  private readonly heap = new Heap();
  private readonly powers: number;
  private readonly hardCount: number;
  private readonly encoder = new TextEncoder();
  private capacity = 0;
  private text = 0;
  private values = 0;
  private hard = 0;

  constructor() {
    this.powers = this.heap.reserve((MOST_POWER + 1) * 8);
    this.hardCount = this.heap.reserve(4);
    this.heap
      .doubles(this.powers, MOST_POWER + 1)
      .set(Array.from({ length: MOST_POWER + 1 }, (_, p) => Number(`1e${p}`)));
  }

  /** @returns `undefined` for text that is not ASCII or, if `isWhole`, holds anything but 32-bit whole numbers */
  parse(text: string, isWhole: boolean): ParsedLine | undefined {
    this.makeRoom(text.length);
    const { written } = this.encoder.encodeInto(text, this.heap.bytes(this.text, this.capacity));
    if (written !== text.length) return undefined;
    const { kernels } = this.heap;
    const whole = isWhole ? 1 : 0;
    const count = kernels.parseNumbers(this.text, written, this.powers, whole, this.values, this.hard, this.hardCount);
    if (count < 0) return undefined;
    const [hards = 0] = this.heap.words(this.hardCount, 1);
    return { values: this.heap.doubles(this.values, count), hard: this.heap.words(this.hard, 3 * hards) };
  }

  private makeRoom(length: number): void {
    if (length <= this.capacity) return;
    this.capacity = 2 * length;
    this.text = this.heap.reserve(this.capacity);
    // A number takes a character and a space at least.
    this.values = this.heap.reserve(this.capacity * 4 + 8);
    this.hard = this.heap.reserve(this.capacity * 6 + 12);
  }
}

let parser: NumberParser | undefined;

/** See {@link NumberParser.parse}. */
export function parseNumberLine(text: string, isWhole: boolean): ParsedLine | undefined {
  parser ??= new NumberParser();
  return parser.parse(text, isWhole);
}
