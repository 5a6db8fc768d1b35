import type { IncomingMessage } from 'node:http';
import { Refusal } from './inference-server.ts';

/**
 * Reads the body of a request.
 * @throws Refusal (413) as soon as it is known to be longer than may be read
 */
export async function readRequestBody(request: IncomingMessage, maxBodyBytes: number): Promise<Buffer> {
  const tooLong = (bytes: number): Refusal =>
    new Refusal(413, `the body has ${bytes} bytes or more, at most ${maxBodyBytes} are read`, { connection: 'close' });
  const stated = Number(request.headers['content-length'] ?? 0);
  if (stated > maxBodyBytes) throw tooLong(stated);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLong(bytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
