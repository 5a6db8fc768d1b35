import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const root = fileURLToPath(new URL('.', import.meta.url));
const isLicense = (name: string): boolean => /^(licen[cs]e|copying|notice|copyrightnotice)/i.test(name);

/** Texts that stand elsewhere than at the root of their package: folders and files, from the root of this repository. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  '@assemblyscript/loader': ['node_modules/assemblyscript/LICENSE', 'node_modules/assemblyscript/NOTICE'],
  'danfojs-node': ['licenses/danfojs-node/LICENSE'],
  echarts: ['node_modules/echarts/licenses/LICENSE-d3'],
  pako: ['node_modules/pako/lib/zlib/README'],
};

function sectionOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && isLicense(entry.name));
  const files = [
    ...own.map((entry) => join(folder, entry.name)),
    ...(elsewhere[name] ?? []).map((path) => join(root, path)),
  ];
  if (files.length === 0)
    throw new Error(
      `${name} is bundled and has no licence text: put one into licenses/, and name it in tsup.licenses.ts`,
    );
  const texts = files.map((path) => `${files.length > 1 ? `${basename(path)}:\n\n` : ''}${readFileSync(path, 'utf8')}`);
  return [`${name} ${version} (${license})`, '-'.repeat(60), ...texts.map((text) => `${text.trim()}\n`)].join('\n');
}

/**
 * Writes `dist/THIRD-PARTY-LICENSES.txt`: every package of which esbuild put a byte into the bundles, with its licence
 * texts. A bundle of our own code alone has none.
 * @param compiledIn packages that esbuild does not see: what a compiler took from its own library
 */
export function thirdPartyLicenses(compiledIn: readonly string[] = []): Plugin {
  // Shared by all bundles of a package.
  const folders = new Map(compiledIn.map((name) => [name, join(root, 'node_modules', name)]));
  return {
    name: 'third-party-licenses',
    setup({ onEnd, initialOptions: { outdir = 'dist' } }) {
      onEnd(({ metafile }) => {
        for (const { inputs } of Object.values(metafile?.outputs ?? {})) {
          for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
            const [, folder, name] = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(path) ?? [];
            if (folder !== undefined && name !== undefined && bytesInOutput > 0) folders.set(name, folder);
          }
        }
        if (folders.size === 0) return;
        const sections = [...folders.keys()].sort().map((name) => sectionOf(folders.get(name)!));
        const intro = 'What of other people’s work is in this folder, and under which licence.\n';
        mkdirSync(outdir, { recursive: true });
        writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), [intro, ...sections].join('\n\n'));
      });
    },
  };
}
