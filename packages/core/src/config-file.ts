import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from './config.ts';
import { parseConfig } from './config-validation.ts';
import { InputError } from './input-error.ts';

/** Names of a config file, the first one found in a folder counts. */
const configNames = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `preopen.config.${ending}`);

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The nearest config file, from a folder upwards to the root of its repository or of the file system. */
export async function findConfig(from: string): Promise<string | undefined> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    for (const name of configNames) if (await exists(join(folder, name))) return join(folder, name);
    if (folder === dirname(folder) || (await exists(join(folder, '.git')))) return undefined;
  }
}

/** Line and column of a position in a text, counted from 1. */
function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** JSON as people write configs: comments and commas after the last entry are allowed; texts are left alone. */
function stripComments(text: string): string {
  return text
    .replace(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (all, quoted: string | undefined) => quoted ?? ' '.repeat(all.length),
    )
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_all, quoted: string | undefined) => quoted ?? ' ');
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(stripComments(text));
  } catch (cause) {
    const message = (cause as Error).message;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? Number.NaN);
    const at = Number.isNaN(position) ? path : `${path}:${lineAndColumn(text, position)}`;
    throw new InputError(`${at}: not JSON: ${message}`, { code: 'E111', at, cause });
  }
}

/**
 * Default export of a file of code, TypeScript included.
 * @throws InputError (E111 cannot be loaded, E112 no loader for TypeScript)
 */
export async function loadDefaultExport(path: string): Promise<unknown> {
  const isTypeScript = ['.ts', '.mts'].includes(extname(path));
  try {
    if (isTypeScript) {
      // Node 20 cannot load TypeScript; jiti can, and is needed for such configs alone.
      const { createJiti } = await import('jiti').catch((cause: unknown) => {
        throw new InputError(
          `${path}: reading a TypeScript config needs the package jiti. Run npm install --save-dev jiti, or write preopen.config.mjs or .json.`,
          { code: 'E112', at: path, cause },
        );
      });
      return await createJiti(pathToFileURL(path).href, { moduleCache: false }).import(path, { default: true });
    }
    const loaded = (await import(pathToFileURL(path).href)) as { default?: unknown };
    return loaded.default;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`${path}: cannot be loaded: ${(cause as Error).message}`, { code: 'E111', at: path, cause });
  }
}

/**
 * Reads and checks a config file.
 * @param path the file; its relative paths start at its folder
 * @throws InputError (E110 mistakes, E111 unreadable, E112 no loader, E113 no such file)
 */
export async function loadConfig(path: string): Promise<Config> {
  const full = resolve(path);
  if (!(await exists(full))) {
    throw new InputError(
      `no config at ${path}. Give an existing file, or leave --config out to search upwards for ${configNames.join(', ')}.`,
      { code: 'E113', at: path },
    );
  }
  const input = extname(full) === '.json' ? await readJson(full) : await loadDefaultExport(full);
  return parseConfig(input, { path: full, dir: dirname(full) });
}
