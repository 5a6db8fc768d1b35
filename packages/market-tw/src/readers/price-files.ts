import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '@preopen/core';

/**
 * The price files that paths name: a file itself, or all in a folder and its folders whose names end like price files'
 * (`.csv`, `.txt`, `.json`, each also with `.gz`, and `.parquet`), in the order of their names.
 * A link out of its folder is refused: a folder of data is not to reach for other files.
 * @throws InputError if a path does not exist or a folder has no such file
 */
export async function listPriceFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((cause: Error) => {
      throw new InputError(`${path}: cannot be read: ${cause.message}.`, { code: 'E201', at: path, cause });
    });
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    const inside = await listFolder(path, await realpath(path));
    if (inside.length === 0) {
      throw new InputError(`${path}: no price files in it (.csv, .json, .txt, their .gz, or .parquet).`, {
        code: 'E201',
        at: path,
      });
    }
    files.push(...inside);
  }
  return files;
}

const isPriceFile = (name: string): boolean =>
  !name.startsWith('.') && /\.((csv|txt|json)(\.gz)?|parquet)$/i.test(name);

async function listFolder(folder: string, root: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) {
      if (!isPriceFile(entry.name)) continue;
      const target = await realpath(path).catch(() => '');
      if (!target.startsWith(root + sep)) {
        throw new InputError(
          `${path}: is a link out of its folder. Name the file itself, or copy it into the folder.`,
          {
            code: 'E201',
            at: path,
          },
        );
      }
      files.push(path);
    } else if (entry.isDirectory()) files.push(...(await listFolder(path, root)));
    else if (entry.isFile() && isPriceFile(entry.name)) files.push(path);
  }
  return files;
}
