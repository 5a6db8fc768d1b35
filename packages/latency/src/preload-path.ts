import { fileURLToPath } from 'node:url';

/**
 * Path of the built file that a Node service loads before its own code while it is profiled.
 * Stands in `src/` itself because this one relative path is right from `src/` and from `dist/` alike.
 */
export function preloadPath(): string {
  return fileURLToPath(new URL('../dist/preload.cjs', import.meta.url));
}
