import { fileURLToPath } from 'node:url';

/**
 * Path of a built entry file of this package, to be run by a child process or thread. Stands in `src/` itself because this
 * one relative path is right from `src/` and from `dist/` alike; Node 20 cannot run the TypeScript source there.
 */
export function distEntry(
  name: 'undo-guardian' | 'burner' | 'proxy-thread' | 'resolver-preload' | 'clock-preload',
): string {
  // What is loaded by `--require` is CommonJS.
  const file = name.endsWith('-preload') ? `${name}.cjs` : `${name}.js`;
  return fileURLToPath(new URL(`../dist/${file}`, import.meta.url));
}
