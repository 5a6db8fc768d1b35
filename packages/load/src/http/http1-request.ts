import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type EncodedRequest, InputError } from '@preopen/core';
import { pathBelow } from './transport.ts';

/** A request as it goes over the wire: its head, and the body as it was given, which many may share. */
export interface Http1Request {
  readonly head: Buffer;
  /** `undefined` where there is nothing behind the head. */
  readonly body: Uint8Array | undefined;
  /** Whether its answer has no body whatever that says. */
  readonly isHead: boolean;
}

/** What the transport says itself, whatever the request says. */
const ownHeaders = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect']);

/**
 * What stands before the body of a request, with the empty line, ready before the request is due.
 * @throws InputError if a header or the path cannot be sent
 */
export function http1Head(url: URL, request: EncodedRequest): Buffer {
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
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
