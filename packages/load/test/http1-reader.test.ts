import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHead, type ResponseHead } from '../src/http/http1-head.ts';
import { Http1Reader } from '../src/http/http1-reader.ts';

interface Answer {
  status: number;
  headers: ResponseHead['headers'];
  body: string;
}

/** Reads bytes that come in pieces, in a space that still holds what came before, as the sockets' does. */
function readPieces(
  bytes: Buffer,
  cuts: readonly number[],
  isAnswerToHead = false,
): { answer: Answer; rest: number } | undefined {
  const space = Buffer.alloc(4096, '\r\n\r\n');
  let answer: Answer | undefined;
  const reader = new Http1Reader({
    onHead: ({ status, headers }) => {
      answer = { status, headers, body: '' };
    },
    onBody: (from, start, end) => {
      answer!.body += from.toString('latin1', start, end);
    },
  });
  reader.expect(isAnswerToHead);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (let i = 1; i < places.length; i++) {
    const piece = bytes.subarray(places[i - 1], places[i]);
    piece.copy(space);
    const end = reader.read(space, piece.length);
    if (end >= 0) return { answer: answer!, rest: bytes.length - places[i - 1]! - end };
  }
  return reader.endsWithConnection() && answer ? { answer, rest: 0 } : undefined;
}
const read = (text: string, ...rest: [cuts?: readonly number[], isAnswerToHead?: boolean]) =>
  readPieces(Buffer.from(text, 'latin1'), rest[0] ?? [], rest[1]);

const ok = 'HTTP/1.1 200 OK\r\n';

describe('an HTTP/1 answer', () => {
  it.each([
    ['of stated length', `${ok}Content-Length: 5\r\n\r\nhello`, 'hello'],
    ['without a body', `${ok}content-length: 0\r\n\r\n`, ''],
    [
      'in chunks, with extension and trailer',
      `${ok}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1 \r\n!\r\n0\r\nx: y\r\n\r\n`,
      'hello!',
    ],
    [
      'after interim ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}content-length: 2\r\n\r\nok`,
      'ok',
    ],
    ['that says 204, whatever its headers say', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', ''],
    ['that ends with the connection', `${ok}\r\nall of it`, 'all of it'],
    ['of a server that gives no reason', 'HTTP/1.1 500 \r\ncontent-length: 1\r\n\r\n!', '!'],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'ok'],
  ])('%s is read whole, however it is cut', (_name, text, body) => {
    expect(read(text)?.answer.body).toBe(body);
    fc.assert(
      fc.property(fc.array(fc.nat(200)), (cuts) => {
        expect(read(text, cuts)).toEqual(read(text));
      }),
    );
    const every = Array.from({ length: text.length }, (_, i) => i);
    expect(read(text, every)).toEqual(read(text));
  });

  it('to HEAD has no body', () => {
    expect(read(`${ok}content-length: 5\r\n\r\n`, [], true)).toMatchObject({ answer: { body: '' }, rest: 0 });
  });

  it('says how many bytes came behind it', () => {
    expect(read(`${ok}content-length: 2\r\n\r\nokHTTP`)?.rest).toBe(4);
  });

  it('is not there before its end', () => {
    const text = `${ok}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`;
    for (let end = 0; end < text.length; end++) expect(read(text.slice(0, end))).toBeUndefined();
  });

  it('is parsed anew where its head differs from the one before', () => {
    const seen: unknown[] = [];
    const reader = new Http1Reader({ onHead: ({ headers }) => seen.push(headers.x), onBody: () => undefined });
    for (const x of ['1', '1', '2']) {
      reader.expect(false);
      const bytes = Buffer.from(`${ok}x: ${x}\r\ncontent-length: 0\r\n\r\n`);
      expect(reader.read(bytes, bytes.length)).toBe(bytes.length);
    }
    expect(seen).toEqual(['1', '1', '2']);
  });

  it.each([
    ['not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['HTTP/2', '\0\0\u0012\u0004\0\0\0\0\0'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['no colon', `${ok}nothing\r\n\r\n`],
    ['a folded line', `${ok}a: b\r\n c\r\n\r\n`],
    ['a space before the colon', `${ok}content-length : 3\r\n\r\nabc`],
    ['two lengths', `${ok}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd`],
    ['a length that is no number', `${ok}content-length: -1\r\n\r\n`],
    ['length and chunks', `${ok}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a coding nobody asked for', `${ok}transfer-encoding: gzip\r\n\r\n`],
    ['bare line feeds', 'HTTP/1.1 200 OK\nx: y\n\n'],
    ['a chunk size that is none', `${ok}transfer-encoding: chunked\r\n\r\nxyz\r\n`],
    ['a chunk longer than it says', `${ok}transfer-encoding: chunked\r\n\r\n1\r\nok\r\n`],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['endless headers', ok + 'a: b\r\n'.repeat(20_000)],
  ])('with %s is refused', (_name, text) => {
    const bytes = Buffer.from(text, 'latin1');
    const reader = new Http1Reader({ onHead: () => undefined, onBody: () => undefined });
    reader.expect(false);
    expect(() => reader.read(bytes, bytes.length)).toThrow(expect.objectContaining({ name: 'Http1Error' }));
  });
});

it('names HTTP/2 where a server begins with it', () => {
  const bytes = Buffer.from([0, 0, 18, 4, 0, 0, 0, 0, 0]);
  const reader = new Http1Reader({ onHead: () => undefined, onBody: () => undefined });
  reader.expect(false);
  expect(() => reader.read(bytes, bytes.length)).toThrow('protocol h2');
});

describe('the head of an answer', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 1', true],
    ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\nConnection: Close', false],
    ['HTTP/1.1 200 OK', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 1', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 1\r\nconnection: keep-alive', true],
  ])('%j: the connection is kept: %s', (text, keepsAlive) => {
    expect(parseHead(text).keepsAlive).toBe(keepsAlive);
  });

  it('tells how long the connection is kept', () => {
    expect(parseHead('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100').keptForMs).toBe(5000);
    expect(parseHead('HTTP/1.1 200 OK').keptForMs).toBeUndefined();
  });

  it('gives a header that comes twice as a list', () => {
    expect(
      parseHead('HTTP/1.1 200 OK\r\nServer-Timing: a;dur=1\r\nserver-timing: b;dur=2').headers['server-timing'],
    ).toEqual(['a;dur=1', 'b;dur=2']);
  });
});
