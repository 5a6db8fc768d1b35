import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type EncodedRequest, InputError } from '@preopen/core';
import { pathBelow } from './transport.ts';

/** What the transport says itself, whatever the request says. */
const ownHeaders = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect']);

/**
 * What stands before the body of a request, with the empty line, ready before the request is due.
 * @throws InputError if a header or the path cannot be sent
 */
export function http1Head(url: URL, request: EncodedRequest): string {
  const { method, headers, body } = request;
  const path = pathBelow(url, request) || '/';
  if (!/^[\x21-\x7e]+$/.test(path))
    throw new InputError(
      `path ${JSON.stringify(path)}: expected printable ASCII without spaces; encode it with encodeURI().`,
    );
  const lines = [`${method} ${path} HTTP/1.1`];
  const names = Object.keys(headers);
  if (!names.some((name) => name.toLowerCase() === 'host')) lines.push(`host: ${url.host}`);
  lines.push('connection: keep-alive');
  for (const name of names) {
    if (ownHeaders.has(name.toLowerCase())) continue;
    try {
      validateHeaderName(name);
      validateHeaderValue(name, headers[name]!);
    } catch (cause) {
      throw new InputError(`header ${JSON.stringify(name)}: ${(cause as Error).message}.`);
    }
    lines.push(`${name}: ${headers[name]}`);
  }
  if (body !== null || !['GET', 'HEAD'].includes(method)) lines.push(`content-length: ${body?.byteLength ?? 0}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A request as the bytes that go over the wire. */
export function http1Bytes(head: string, body: EncodedRequest['body']): Buffer {
  const start = Buffer.from(head, 'latin1');
  return body === null ? start : Buffer.concat([start, body]);
}
