import { createHash } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file that a run left, as far as it tells whether the file is whole. */
export interface OutputMark {
  readonly bytes: number;
  readonly digest: string;
  /** CSV ends with a line end, JSON with a bracket, Parquet with `1`; -1 for an empty file. */
  readonly lastByte: number;
}

/** Marks of all files in a folder, by their path in it with `/`; none for a folder that is not there. */
export async function markOutput(folder: string): Promise<Map<string, OutputMark>> {
  const marks = new Map<string, OutputMark>();
  let entries: Awaited<ReturnType<typeof list>>;
  try {
    entries = await list(folder);
  } catch {
    return marks;
  }
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    marks.set(relative(folder, path).split(sep).join('/'), await markOf(path));
  }
  return marks;
}

const list = (folder: string) => readdir(folder, { recursive: true, withFileTypes: true });

/** In pieces: an output may be larger than what may be held. */
async function markOf(path: string): Promise<OutputMark> {
  const file = await open(path);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(1 << 20);
    let bytes = 0;
    let lastByte = -1;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return { bytes, digest: hash.digest('hex'), lastByte };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
      lastByte = buffer[bytesRead - 1]!;
    }
  } finally {
    await file.close();
  }
}
