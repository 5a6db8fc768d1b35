import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packagesDir = fileURLToPath(new URL('../../', import.meta.url));
const names = readdirSync(packagesDir).toSorted();
const work = mkdtempSync(join(tmpdir(), 'preopen-packages-'));
const tarballs = new Map<string, string>();

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}
const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(packagesDir, name, 'package.json'), 'utf8')) as Manifest;

/** Ours among what a package needs, itself first. */
function ownClosure(name: string, seen = new Set<string>()): Set<string> {
  seen.add(name);
  for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) {
    const own = /^@preopen\/(.+)$/.exec(dependency)?.[1];
    if (own && !seen.has(own)) ownClosure(own, seen);
  }
  return seen;
}

const npm = (args: string[], cwd: string) =>
  spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });
const registryAnswers = npm(['view', 'commander', 'version'], work).status === 0;

beforeAll(() => {
  for (const name of names) {
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', work], {
      cwd: join(packagesDir, name),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    tarballs.set(name, join(work, filename));
  }
}, 120_000);
afterAll(() => rmSync(work, { recursive: true }));

describe('every package, packed and installed alone into an empty folder', () => {
  it.skipIf(!registryAnswers).each(names)(
    '%s imports and gives what its entry names (needs the npm registry for other people’s packages)',
    (name) => {
      const folder = mkdtempSync(join(work, `${name}-`));
      // Ours are not published here: each comes from its tarball, as the registry would give it.
      const own = [...ownClosure(name)].map((one) => [`@preopen/${one}`, `file:${tarballs.get(one)}`]);
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ private: true, type: 'module', dependencies: Object.fromEntries(own) }),
      );
      const installed = npm(['install', '--prefer-offline', '--omit=dev', '--ignore-scripts'], folder);
      expect(installed.stderr + installed.stdout, 'npm install').not.toMatch(/npm error/);
      const entries = Object.keys(manifestOf(name).exports)
        .filter((entry) => !entry.endsWith('.json'))
        .map((entry) => `@preopen/${name}${entry.slice(1)}`);
      const script = `for (const entry of ${JSON.stringify(entries)}) console.log(entry, Object.keys(await import(entry)).length);`;
      const imported = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(imported.stderr).toBe('');
      for (const entry of entries) expect(imported.stdout).toMatch(new RegExp(`${entry} [1-9]`));
    },
    120_000,
  );
});
