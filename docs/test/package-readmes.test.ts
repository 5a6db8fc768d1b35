import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks, root } from './support/documents.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
const names = readdirSync(join(root, 'packages'));
const read = (name: string, file: string): string => readFileSync(join(root, 'packages', name, file), 'utf8');
/** Has its first example run by a test of its own package. */
const testedAtHome = ['load', 'profiler'];

describe.each(names)('the README of @preopen/%s', (name) => {
  const readme = read(name, 'README.md');

  it('says how it is installed, and shows lines that a test runs', () => {
    expect(readme.split(/\s*(?:#.*)?\n/), 'lines of the README').toContain(
      `npm install ${name === 'cli' ? '--save-dev ' : ''}@preopen/${name}`,
    );
    const [example] = codeBlocks(readme).filter(({ language }) => language === 'ts' || language === 'js');
    expect(example?.code).toContain(`@preopen/${name}`);
    if (!testedAtHome.includes(name)) expect(example?.mark).toBe('run');
  });

  it('gives a reason for each dependency', () => {
    const [, section = ''] = /^## Dependencies\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(readme) ?? [];
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(read(name, 'package.json')) as Manifest;
    const needed = Object.keys({ ...dependencies, ...peerDependencies });
    if (needed.length === 0) return;
    const covered = (one: string): boolean =>
      section.includes(`\`${one}\``) || (one.startsWith('@preopen/') && section.includes('`@preopen/*`'));
    expect(needed.filter((one) => !covered(one))).toEqual([]);
  });

  it('links to the API', () => {
    expect(readme).toContain('](api.md)');
  });
});
