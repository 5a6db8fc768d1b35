import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where distributions put the library of faketime. */
const libraryFolders = ['/usr/lib', '/usr/local/lib', '/usr/lib64', '/lib'];

/** The library of faketime; `undefined` where it is not installed. */
export function faketimeLibrary(): string | undefined {
  const named = process.env.PREOPEN_FAKETIME_LIB;
  if (named) return named;
  for (const folder of libraryFolders) {
    for (const below of ['', ...subfolders(folder)]) {
      const found = join(folder, below, 'faketime');
      // The variant for threads: runtimes of services have some.
      if (list(found).includes('libfaketimeMT.so.1')) return join(found, 'libfaketimeMT.so.1');
    }
  }
  return undefined;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const subfolders = (folder: string): readonly string[] => list(folder).filter((name) => name.includes('linux'));
