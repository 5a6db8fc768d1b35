import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What lies in a folder and one level below it, as far as a first look goes. */
export interface Folder {
  /** Paths relative to the folder, with `/`, sorted: the folder's own files first. */
  readonly files: readonly string[];
  /** The beginning of a file as text; empty for one that cannot be read. */
  head(file: string): string;
}

/** Enough to see what a program is; a model file may have hundreds of megabytes. */
const headBytes = 64 * 1024;
const mostFiles = 2000;
/** Folders that hold other people's code, or none. */
const skipped = new Set(['node_modules', 'venv', 'env', '__pycache__', 'dist', 'build', 'preopen-results']);

/** Looks into a folder on disk. */
export function readFolder(path: string): Folder {
  const here: string[] = [];
  const below: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || skipped.has(entry.name)) continue;
    if (entry.isFile()) here.push(entry.name);
    if (!entry.isDirectory()) continue;
    try {
      for (const inner of readdirSync(join(path, entry.name), { withFileTypes: true }))
        if (inner.isFile() && !inner.name.startsWith('.')) below.push(posix.join(entry.name, inner.name));
    } catch {
      // A folder that may not be read is nobody's target.
    }
  }
  return {
    files: [...here.sort(), ...below.sort()].slice(0, mostFiles),
    head(file) {
      const full = join(path, file);
      try {
        if (!statSync(full).isFile()) return '';
        const handle = openSync(full, 'r');
        try {
          const buffer = Buffer.alloc(headBytes);
          return buffer.toString('utf8', 0, readSync(handle, buffer, 0, headBytes, 0));
        } finally {
          closeSync(handle);
        }
      } catch {
        return '';
      }
    },
  };
}
