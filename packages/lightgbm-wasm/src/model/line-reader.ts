/** Steps through a text line by line, knowing line number and offset. Both `\n` and `\r\n` end a line. */
export class LineReader {
  readonly hasCarriageReturns: boolean;
  /** Lines read so far; the number, from 1, of the line that `next` gave last. */
  lineNumber = 0;
  /** Where the next line begins. */
  offset = 0;
  private readonly text: string;
  private peeked: string | undefined;
  private peekedEnd = -1;

  constructor(text: string) {
    this.text = text;
    this.hasCarriageReturns = text.includes('\r');
  }

  /** The next line without moving on; `undefined` at the end. */
  peek(): string | undefined {
    if (this.peekedEnd < 0) this.look();
    return this.peeked;
  }

  /** The next line; `undefined` at the end. */
  next(): string | undefined {
    const line = this.peek();
    if (line !== undefined) {
      this.lineNumber++;
      this.offset = this.peekedEnd;
      this.peekedEnd = -1;
    }
    return line;
  }

  /** Everything not read yet. */
  rest(): string {
    return this.text.slice(this.offset);
  }

  private look(): void {
    if (this.offset >= this.text.length) {
      this.peeked = undefined;
      this.peekedEnd = this.text.length;
      return;
    }
    const found = this.text.indexOf('\n', this.offset);
    const end = found < 0 ? this.text.length : found;
    const last = this.hasCarriageReturns && this.text[end - 1] === '\r' ? end - 1 : end;
    this.peeked = this.text.slice(this.offset, Math.max(last, this.offset));
    this.peekedEnd = found < 0 ? end : end + 1;
  }
}
