import type { Reply } from '@preopen/core';

/** Head of an HTTP/1 answer, as far as it says how to read on. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Reply['headers'];
  /** How the end of the body is known; `none` where there is no body whatever the headers say. */
  readonly framing: 'length' | 'chunked' | 'close' | 'none';
  /** With framing `length`. */
  readonly contentLength: number | undefined;
  /** Whether the server lets the connection be used again. */
  readonly keepsAlive: boolean;
  /** How long it says that it keeps the connection; `undefined` where it says nothing. */
  readonly keptForMs: number | undefined;
}

/** An answer that is not HTTP/1. */
export class Http1Error extends Error {
  override readonly name = 'Http1Error';
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;

function parseHeaders(lines: readonly string[]): Record<string, string | string[]> {
  // Without a prototype: a header may be called “constructor”.
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    // A folded line, which begins with a space, fails here too.
    if (!token.test(name)) throw new Http1Error(`malformed header line ${JSON.stringify(line.slice(0, 80))}`);
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (/[\0\r\n]/.test(value)) throw new Http1Error(`header ${name} has a control character`);
    const key = name.toLowerCase();
    const before = headers[key];
    if (before === undefined) headers[key] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[key] = [before, value];
  }
  return headers;
}

const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).flatMap((part) => part.split(','));

function contentLengthOf(headers: Record<string, string | string[]>): number | undefined {
  const lengths = new Set(listOf(headers['content-length']).map((text) => text.trim()));
  if (lengths.size === 0) return undefined;
  const [text = ''] = lengths;
  const length = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (lengths.size > 1 || !Number.isSafeInteger(length))
    throw new Http1Error(`content-length: expected one whole number, got ${[...lengths].join(', ')}`);
  return length;
}

/**
 * @param text the head without the empty line that ends it, bytes as Latin-1
 * @throws Http1Error
 * Source: RFC 9112, sections 4 to 6; RFC 9110, section 6.4.1
 */
export function parseHead(text: string, isAnswerToHead = false): ResponseHead {
  const lines = text.split('\r\n');
  const [, minor, code] = statusLine.exec(lines[0]!) ?? [];
  if (code === undefined) throw new Http1Error(`not an HTTP/1 status line: ${JSON.stringify(lines[0]!.slice(0, 80))}`);
  const status = Number(code);
  const headers = parseHeaders(lines);
  const contentLength = contentLengthOf(headers);
  const codings = listOf(headers['transfer-encoding']).map((coding) => coding.trim().toLowerCase());
  // Two ways to tell the end are an attack or a mistake, and whoever guesses reads the next answer wrong.
  if (codings.length > 0 && contentLength !== undefined)
    throw new Http1Error('transfer-encoding and content-length in one answer');
  if (codings.length > 1 || (codings.length === 1 && codings[0] !== 'chunked'))
    throw new Http1Error(`transfer-encoding ${codings.join(', ')} was not asked for`);
  const hasNoBody = isAnswerToHead || status < 200 || status === 204 || status === 304;
  const framing = hasNoBody
    ? 'none'
    : codings.length > 0
      ? 'chunked'
      : contentLength !== undefined
        ? 'length'
        : 'close';
  const connection = listOf(headers.connection).map((option) => option.trim().toLowerCase());
  const [, seconds] = /(?:^|[,;\s])timeout=(\d+)/i.exec(listOf(headers['keep-alive']).join(',')) ?? [];
  return {
    status,
    headers,
    framing,
    contentLength: framing === 'length' ? contentLength : undefined,
    keepsAlive:
      framing !== 'close' && !connection.includes('close') && (minor === '1' || connection.includes('keep-alive')),
    keptForMs: seconds === undefined ? undefined : Number(seconds) * 1000,
  };
}
