import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { reasonOf } from './target-error.ts';

/** What came of a question to a service before it is measured. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  /** Somebody is there who speaks no HTTP/1, such as a service with HTTP/2 alone. */
  | { readonly kind: 'other-protocol'; readonly problem: string }
  | { readonly kind: 'none'; readonly problem: string };

/** Metadata is small; a service that sends more than this is not sending metadata. */
const MOST_BYTES = 1 << 20;

/** Asks once, over a connection of its own. Never rejects. */
export function get(url: URL, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Answer> {
  const timeoutMs = Math.max(1, Math.round(options.timeoutMs));
  const timeout = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve) => {
    const fail = (problem: string): void => resolve({ kind: 'none', problem });
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      agent: false,
      signal: AbortSignal.any([timeout, options.signal]),
    });
    const failWith = (error: NodeJS.ErrnoException): void =>
      error.code === 'HPE_INVALID_CONSTANT'
        ? resolve({ kind: 'other-protocol', problem: reasonOf(error) })
        : fail(timeout.aborted ? `no whole answer within ${timeoutMs} ms` : reasonOf(error));
    request.on('error', failWith);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= MOST_BYTES) return;
        fail(`the answer is longer than ${MOST_BYTES} bytes`);
        request.destroy();
      });
      response.on('error', failWith);
      response.on('end', () =>
        resolve({ kind: 'answer', status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.end();
  });
}
