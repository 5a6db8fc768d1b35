import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '@preopen/core';

/** A file's bytes, unpacked if it is gzip, in chunks. */
export async function* readChunks(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const isCompressed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const source: Readable = isCompressed ? file.pipe(createGunzip({ chunkSize: 1 << 20 })) : file;
  // An error of the file does not reach the reader of the unpacked stream by itself.
  file.on('error', (cause) => source.destroy(cause));
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      yield chunk as Uint8Array;
    }
  } catch (cause) {
    if (cause instanceof InputError || signal?.aborted) throw cause;
    throw unreadable(path, cause);
  } finally {
    file.destroy();
    source.destroy();
  }
}

const unreadable = (path: string, cause: unknown): InputError =>
  new InputError(`${path}: cannot be read: ${(cause as Error).message}.`, { code: 'E201', at: path, cause });

/** Whether a file begins as gzip does; its name does not count. */
export async function isGzip(path: string): Promise<boolean> {
  const head = await firstBytes(path, 2);
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The first bytes of a file as it lies on the disk. */
export async function firstBytes(path: string, count: number): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const bytes = new Uint8Array(count);
    const { bytesRead } = await file.read(bytes, 0, count, 0);
    return bytes.subarray(0, bytesRead);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file?.close();
  }
}

/** A whole file, unpacked. @throws InputError if it is larger than `mostBytes` */
export async function readWhole(path: string, mostBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readChunks(path, signal)) {
    length += chunk.length;
    if (length > mostBytes) {
      throw new InputError(
        `${path}: is larger than ${mostBytes >> 20} MiB, which is more than an answer as JSON can be. Give it as CSV or Parquet.`,
        { code: 'E202', at: path },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Encodings of a text. */
export type TextEncodingName = 'utf-8' | 'big5';

/**
 * The encoding of a text by its first bytes: UTF-8 if they are valid as such, else Big5.
 * @throws InputError if they are neither, or belong to another kind of file
 */
export function detectEncoding(head: Uint8Array, path: string): TextEncodingName {
  const refuse = (problem: string): InputError => new InputError(`${path}: ${problem}`, { code: 'E201', at: path });
  if (head[0] === 0x50 && head[1] === 0x4b)
    throw refuse('is a ZIP archive or an Excel workbook. Unpack it, or save the sheet as CSV.');
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    throw refuse('is UTF-16. Save it as UTF-8.');
  if (head.includes(0)) throw refuse('holds zero bytes, so it is no text. Expected CSV, JSON or Parquet.');
  for (const encoding of ['utf-8', 'big5'] as const) {
    try {
      // `stream`: the head may end within a character.
      new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
      return encoding;
    } catch {
      // Not this one.
    }
  }
  throw refuse('holds bytes that are neither UTF-8 nor Big5. Convert the file to UTF-8.');
}

/** A decoder of pieces of a text; what is broken in them becomes U+FFFD. */
export function pieceDecoder(encoding: TextEncodingName): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder(encoding);
  return (bytes) => decoder.decode(bytes);
}
