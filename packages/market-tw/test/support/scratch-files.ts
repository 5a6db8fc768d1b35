import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for a test file's own files; `remove` takes it away. */
export function scratchFiles(): {
  root: string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
} {
  const root = mkdtempSync(join(tmpdir(), 'market-tw-'));
  return {
    root,
    write(name, content) {
      const path = join(root, name);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}
