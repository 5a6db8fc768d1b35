import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError, type Results, readResults } from '@preopen/core';

/**
 * The results document of one finished run: of its folder, or given itself.
 * @returns an absolute path
 * @throws InputError (E122) if there is none
 */
export async function resultsPathOf(run: string): Promise<string> {
  const toDo = 'Give the folder of a finished run, which holds its results.json, or that file.';
  const found = await stat(run).catch(() => undefined);
  if (found === undefined) throw new InputError(`there is no ${run}. ${toDo}`, { code: 'E122', at: run });
  if (!found.isDirectory()) return resolve(run);
  const own = resolve(run, 'results.json');
  if (!(await stat(own).catch(() => undefined)))
    throw new InputError(`${run} holds no results.json. ${toDo}`, { code: 'E122', at: run });
  return own;
}

/**
 * The finished runs at a path: a `results.json`, the folder of a run, or a folder of such folders.
 * @throws InputError (E122) if there is none
 */
export async function runsAt(path: string): Promise<Results[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new InputError(`there is no ${path}. Give a results.json, the folder of a run, or a folder of runs.`, {
      code: 'E122',
      at: path,
    });
  if (found.isFile()) return [await readResults(path)];
  const names = (await readdir(path, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const own = join(path, 'results.json');
  if (await stat(own).catch(() => undefined)) return [await readResults(own)];
  const paths: string[] = [];
  for (const name of names.toSorted()) {
    const inner = join(path, name, 'results.json');
    if (await stat(inner).catch(() => undefined)) paths.push(inner);
  }
  if (paths.length === 0)
    throw new InputError(`${path} holds no results.json, nor does any folder in it.`, { code: 'E122', at: path });
  return Promise.all(paths.map((one) => readResults(one)));
}
