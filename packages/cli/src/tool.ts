import { readFileSync } from 'node:fs';

/** This command's name and version, from its manifest. */
export function readTool(): { name: string; version: string } {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return { name: 'preopen', version: manifest.version };
}

/** The seed of runs that are given none: the same for everybody, so that figures can be compared. */
export const defaultSeed = 42;
