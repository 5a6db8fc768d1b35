import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../..', import.meta.url));

/** Folders of other people's packages in a bundle, by the comments that esbuild sets before each of its files. */
function bundledFolders(dist: string): Map<string, string> {
  const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[cm]?js$/.test(name));
  const comments = scripts.flatMap((name) => [
    ...readFileSync(join(dist, name), 'utf8').matchAll(/^\/\/ (\S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+))\//gm),
  ]);
  return new Map(comments.map(([, folder, name]) => [name!, join(dist, '..', folder!)]));
}

const licensesOf = (name: string): string => {
  const path = join(packages, name, 'dist', 'THIRD-PARTY-LICENSES.txt');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

describe('the licences of what a bundle holds', () => {
  it.each(readdirSync(packages))('@preopen/%s names each package, with the text that it came with', (name) => {
    const text = licensesOf(name);
    for (const [bundled, folder] of bundledFolders(join(packages, name, 'dist'))) {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
      expect(text).toContain(`\n${bundled} ${version} (`);
      for (const file of readdirSync(folder).filter((one) => /^(licen[cs]e|notice)/i.test(one) && one !== 'licenses'))
        expect(text).toContain(readFileSync(join(folder, file), 'utf8').trim());
    }
  });

  it('danfojs, which comes without a text, and what it needs, are in the package that is published', () => {
    expect(licensesOf('frame')).toMatch(/\ndanfojs-node 1\.2\.0 \(MIT\)\n-+\nMIT License\n\nCopyright .*danfo\.js/);
    expect(bundledFolders(join(packages, 'frame', 'dist')).size).toBeGreaterThan(5);
    const out = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: join(packages, 'frame'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ files }] = JSON.parse(out) as [{ files: { path: string }[] }];
    expect(files.map(({ path }) => path)).toContain('dist/THIRD-PARTY-LICENSES.txt');
  });

  it('what a compiler took from its own library is named, too', () => {
    expect(licensesOf('lightgbm-wasm')).toMatch(/\nassemblyscript [\d.]+ \(Apache-2\.0\)\n/);
    expect(licensesOf('latency')).toContain('Jean-loup Gailly');
    expect(licensesOf('report')).toContain('Apache ECharts');
  });
});
