import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { InputError } from '@preopen/core';

/** Clinic.js as it is installed somewhere. */
export interface Clinic {
  /** Its script, to be run by Node. */
  readonly path: string;
  readonly version: string;
}

/** What Preopen was tried with. */
const triedMajor = 13;

function ofManifest(manifestPath: string): Clinic | undefined {
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as { name?: string; version?: string; bin?: unknown };
  const bin =
    typeof manifest.bin === 'string' ? manifest.bin : (manifest.bin as { clinic?: string } | undefined)?.clinic;
  if (manifest.name !== 'clinic' || bin === undefined) return undefined;
  return { path: join(dirname(manifestPath), bin), version: manifest.version ?? 'unknown' };
}

/** The manifest above a program found on the path. */
function ofProgram(path: string): Clinic | undefined {
  for (let folder = dirname(realpathSync(path)); dirname(folder) !== folder; folder = dirname(folder)) {
    const manifestPath = join(folder, 'package.json');
    if (existsSync(manifestPath)) return ofManifest(manifestPath);
  }
  return undefined;
}

/**
 * Clinic.js: beside the user's project, else beside Preopen, else on the path.
 * @param fromDir the user's folder
 * @throws InputError that says how to get it, if it is nowhere
 */
export function findClinic(fromDir: string, env: Readonly<Record<string, string | undefined>>): Clinic {
  for (const from of [join(fromDir, 'package.json'), import.meta.url]) {
    try {
      const found = ofManifest(createRequire(from).resolve('clinic/package.json'));
      if (found) return found;
    } catch {
      // Not there: the next place is looked at.
    }
  }
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, process.platform === 'win32' ? 'clinic.cmd' : 'clinic');
    const found = folder !== '' && existsSync(path) ? ofProgram(path) : undefined;
    if (found) return found;
  }
  throw new InputError(
    `Clinic.js is not installed: neither in ${fromDir}, nor beside Preopen, nor on the path. Install it with \`npm install --save-dev clinic@${triedMajor}\` (about 150 MB), or use --cpu and --allocations, which need nothing.`,
  );
}
