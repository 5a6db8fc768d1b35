import { firstBytes, isGzip, readChunks } from './source-bytes.ts';

/** How a file is to be read: told by its bytes, its name does not count. */
export type FileKind = 'parquet' | 'json' | 'text';

/** The kind of a file by its first bytes, and whether it is packed. */
export async function detectKind(
  path: string,
  signal?: AbortSignal,
): Promise<{ kind: FileKind; isCompressed: boolean }> {
  const head = await firstBytes(path, 4);
  if (head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31)
    return { kind: 'parquet', isCompressed: false };
  const isCompressed = await isGzip(path);
  for await (const chunk of readChunks(path, signal)) {
    let at = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    while (at < chunk.length && chunk[at]! <= 0x20) at++;
    const isJson = chunk[at] === 0x7b || chunk[at] === 0x5b;
    return { kind: isJson ? 'json' : 'text', isCompressed };
  }
  return { kind: 'text', isCompressed };
}
