/** Unsigned LEB128, the integer form of WebAssembly's binary format. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
}

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** A growing list of bytes: the body of one function. */
export class CodeWriter {
  private bytes = new Uint8Array(1024);
  length = 0;

  push(...values: number[]): void {
    this.reserve(values.length);
    for (const value of values) this.bytes[this.length++] = value;
  }

  /** `f64.const` */
  constant(value: number): void {
    this.reserve(9);
    this.bytes[this.length++] = 0x44;
    double[0] = value;
    this.bytes.set(doubleBytes, this.length);
    this.length += 8;
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + more));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

const F64 = 0x7c;
const I32 = 0x7f;

function section(id: number, parts: readonly Uint8Array[] | readonly number[][]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [id, ...unsigned(length)];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * A module with a memory of its own (exported as `memory`) and functions from an address to a double; the last one is
 * exported as `run`.
 */
export function addressToDoubleModule(bodies: readonly Uint8Array[], memoryPages: number): Uint8Array {
  const name = (text: string): number[] => [text.length, ...Array.from(text, (c) => c.charCodeAt(0))];
  const count = bodies.length;
  const sections = [
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    section(1, [[1, 0x60, 1, I32, 1, F64]]),
    section(3, [unsigned(count), new Array<number>(count).fill(0)]),
    section(5, [[1, 0, ...unsigned(memoryPages)]]),
    section(7, [[2, ...name('memory'), 2, 0, ...name('run'), 0, ...unsigned(count - 1)]]),
    section(10, [
      Uint8Array.from(unsigned(count)),
      ...bodies.flatMap((body) => [Uint8Array.from(unsigned(body.length)), body]),
    ]),
  ];
  const bytes = new Uint8Array(sections.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of sections) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
