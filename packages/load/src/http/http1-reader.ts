import { Http1Error, parseHead, type ResponseHead } from './http1-head.ts';

/** Whom the reader tells. */
export interface ReaderSink {
  onHead(head: ResponseHead): void;
  /** A part of the body: the bytes between two places, lent for the call. */
  onBody(bytes: Buffer, from: number, to: number): void;
}

const endOfHead = Buffer.from('\r\n\r\n');
const mostHeadBytes = 65_536;
const mostLineBytes = 8192;

type State = 'head' | 'length' | 'close' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'over';

/**
 * Reads one HTTP/1 answer after the other from bytes that come in any pieces. It copies only what a piece cuts in two, and
 * parses a head only if it differs from the one before: most servers send the same but for the second of its date.
 */
export class Http1Reader {
  readonly #sink: ReaderSink;
  #state: State = 'over';
  #isAnswerToHead = false;
  /** Start of a head or line whose end has not come. */
  #begun: Buffer | undefined;
  #restBytes = 0;
  #lastText = '';
  #lastHead: ResponseHead | undefined;

  constructor(sink: ReaderSink) {
    this.#sink = sink;
  }

  /** From now on the bytes are the answer to a request. */
  expect(isAnswerToHead: boolean): void {
    if (isAnswerToHead !== this.#isAnswerToHead) this.#lastText = '';
    this.#isAnswerToHead = isAnswerToHead;
    this.#state = 'head';
    this.#begun = undefined;
  }

  /**
   * @param to where the bytes end that have come
   * @returns where the answer ended; −1 if more of it is to come
   * @throws Http1Error
   */
  read(bytes: Buffer, to: number): number {
    let at = 0;
    while (at < to) {
      switch (this.#state) {
        case 'head':
          at = this.#readHead(bytes, at, to);
          break;
        case 'close':
          this.#sink.onBody(bytes, at, to);
          return -1;
        case 'length':
        case 'chunk-data': {
          const end = Math.min(to, at + this.#restBytes);
          this.#restBytes -= end - at;
          this.#sink.onBody(bytes, at, end);
          at = end;
          if (this.#restBytes === 0) this.#state = this.#state === 'length' ? 'over' : 'chunk-end';
          break;
        }
        default:
          at = this.#readLine(bytes, at, to);
      }
      if (this.#state === 'over') return at;
    }
    return -1;
  }

  /** The connection has ended: whether the answer ended with it, as it may where nothing else tells its end. */
  endsWithConnection(): boolean {
    return this.#state === 'close';
  }

  /** Bytes from one place, after those of the same head or line that came before. */
  #whole(bytes: Buffer, from: number, to: number): Buffer {
    return Buffer.concat([this.#begun!, bytes.subarray(from, to)]);
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    if (this.#begun) {
      const before = this.#begun.length;
      const all = this.#whole(bytes, from, to);
      this.#begun = undefined;
      const end = this.#readHead(all, 0, all.length);
      return end === all.length ? to : from + end - before;
    }
    // What stands behind `to` is left over from another answer.
    const end = bytes.indexOf(endOfHead, from);
    if (end < 0 || end + 4 > to) {
      const start = bytes.toString('latin1', from, Math.min(to, from + 7));
      if (!'HTTP/1.'.startsWith(start))
        throw new Http1Error(
          // A server of HTTP/2 begins with its settings: three bytes of length, and 4.
          bytes[from] === 0 && bytes[from + 3] === 4
            ? 'not HTTP/1 but HTTP/2: send with protocol h2'
            : `not HTTP/1: the answer begins with ${JSON.stringify(start)}`,
        );
      if (to - from > mostHeadBytes) throw new Http1Error(`headers longer than ${mostHeadBytes} bytes`);
      this.#begun = Buffer.from(bytes.subarray(from, to));
      if (this.#begun.includes('\n\n')) throw new Http1Error('header lines end without a carriage return');
      return to;
    }
    this.#takeHead(bytes.toString('latin1', from, end));
    return end + 4;
  }

  #takeHead(text: string): void {
    if (text !== this.#lastText || !this.#lastHead) {
      this.#lastHead = parseHead(text, this.#isAnswerToHead);
      this.#lastText = text;
    }
    const head = this.#lastHead;
    if (head.status === 101) throw new Http1Error('the server changed the protocol, which was not asked for');
    // An interim answer, such as 100 or 103: the true one follows.
    if (head.status < 200) return;
    this.#sink.onHead(head);
    this.#restBytes = head.contentLength ?? 0;
    switch (head.framing) {
      case 'chunked':
        this.#state = 'chunk-size';
        break;
      case 'close':
        this.#state = 'close';
        break;
      default:
        this.#state = this.#restBytes > 0 ? 'length' : 'over';
    }
  }

  #readLine(bytes: Buffer, from: number, to: number): number {
    const found = bytes.indexOf(10, from);
    const end = found < 0 || found >= to ? to : found + 1;
    const all = this.#begun ? this.#whole(bytes, from, end) : bytes.subarray(from, end);
    if (all.length > mostLineBytes)
      throw new Http1Error(`a line of a chunked answer longer than ${mostLineBytes} bytes`);
    const isWhole = all.at(-1) === 10;
    this.#begun = isWhole ? undefined : Buffer.from(all);
    if (isWhole) this.#takeLine(all.toString('latin1'));
    return end;
  }

  #takeLine(line: string): void {
    if (!line.endsWith('\r\n')) throw new Http1Error('a line of a chunked answer ends without a carriage return');
    if (this.#state === 'chunk-size') {
      const [, digits] = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?\r\n$/.exec(line) ?? [];
      if (digits === undefined) throw new Http1Error(`not a chunk size: ${JSON.stringify(line.slice(0, 40))}`);
      this.#restBytes = Number.parseInt(digits, 16);
      this.#state = this.#restBytes > 0 ? 'chunk-data' : 'trailer';
    } else if (this.#state === 'chunk-end') {
      if (line !== '\r\n') throw new Http1Error('a chunk is longer than it says');
      this.#state = 'chunk-size';
    } else if (line === '\r\n') this.#state = 'over';
  }
}
