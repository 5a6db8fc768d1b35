import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Finding } from '@preopen/core';

/** Packages that only some users need, and what each gives. */
const optionalPackages: readonly { readonly names: readonly string[]; readonly gives: string }[] = [
  { names: ['bullmq', 'ioredis'], gives: 'load from several machines (preopen agent, --agents)' },
  { names: ['ws'], gives: 'the intraday feed over a WebSocket (preopen market feed --port)' },
  { names: ['clinic'], gives: 'deep dives into a Node service (preopen profile --clinic)' },
];

function isInstalled(name: string, from: string): boolean {
  // Where the command itself is installed counts as much as where it is called.
  for (const place of [join(from, 'index.js'), import.meta.url]) {
    try {
      createRequire(place).resolve(`${name}/package.json`);
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return true;
    }
  }
  return false;
}

/** Which optional packages are there; a missing one is no fault. */
export function examineOptionalPackages(from: string): readonly Finding[] {
  return optionalPackages.map(({ names, gives }) => {
    const missing = names.filter((name) => !isInstalled(name, from));
    const subject = names.join(', ');
    return missing.length === 0
      ? { subject, state: 'ok', found: `installed: ${gives}` }
      : {
          subject,
          state: 'limited',
          found: 'not installed',
          advice: `npm install ${missing.join(' ')} gives ${gives}.`,
        };
  });
}
