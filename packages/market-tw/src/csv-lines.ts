import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '@preopen/core';

/** A CSV's lines in blocks, with the number of each block's first line; `.gz` files are unpacked on the way. */
export async function* readLineBlocks(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<{ lines: string[]; firstLine: number }> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const source: Readable = path.endsWith('.gz') ? file.pipe(createGunzip({ chunkSize: 1 << 20 })) : file;
  // An error of the file does not reach the reader of the unpacked stream by itself.
  file.on('error', (cause) => source.destroy(cause));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let firstLine = 1;
  const decode = (chunk: Uint8Array | undefined): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw new InputError(`${path}: after line ${firstLine}: bytes that are no UTF-8. Convert the file to UTF-8.`, {
        code: 'E201',
        at: path,
        cause,
      });
    }
  };
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      const lines = (rest + decode(chunk as Uint8Array)).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length === 0) continue;
      yield { lines, firstLine };
      firstLine += lines.length;
    }
  } catch (cause) {
    if (cause instanceof InputError || signal?.aborted) throw cause;
    throw new InputError(`${path}: cannot be read: ${(cause as Error).message}`, { code: 'E201', at: path, cause });
  } finally {
    file.destroy();
    source.destroy();
  }
  rest += decode(undefined);
  if (rest !== '') yield { lines: [rest], firstLine };
}

/** Names of a CSV's header line, without a byte order mark. */
export function headerNames(line: string): string[] {
  return line
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '')
    .split(',')
    .map((name) => name.trim());
}
