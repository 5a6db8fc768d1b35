import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CodeBlock, codeBlocks, documents, root } from './documents.ts';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const bin = join(root, 'packages/cli/dist/bin.js');

/** A document with blocks that are to be run. */
export interface Runnable {
  readonly path: string;
  readonly blocks: readonly CodeBlock[];
}

/** Languages that can be run. */
const runnable = ['ts', 'js', 'sh'];

/** Every document that has blocks marked `run`. */
export function runnableDocuments(): Runnable[] {
  return documents()
    .map(({ path, text }) => ({ path, blocks: codeBlocks(text).filter(({ mark }) => mark === 'run') }))
    .filter(({ blocks }) => blocks.length > 0);
}

/** How a block that was run has ended. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder in which documents are run as in a project that has all packages installed. */
export interface Workplace {
  readonly folder: string;
  /** Compiles every TypeScript block against the built packages' types; what the compiler found. */
  compile(): SpawnSyncReturns<string>;
  /** The folder of one document; its blocks share it. */
  folderOf(document: Runnable): string;
  run(document: Runnable, block: CodeBlock): Promise<Ran>;
}

const fileOf = (document: Runnable, block: CodeBlock): string =>
  `${document.path.replaceAll(/[/.]/g, '_')}_line_${block.line}`;

/**
 * @param address `HOST:PORT` of a service that stands for the reader's own: it takes the place of `127.0.0.1:8080`
 */
export function openWorkplace(all: readonly Runnable[], address: string): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'preopen-docs-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'bin'));
  // Of what npx could start, only our own command stands in the documents' runnable blocks.
  for (const [name, before] of [
    ['preopen', ''],
    ['npx', '[ "$1" = preopen ] || exit 64; shift\n'],
  ] as const) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/bash\n${before}exec ${process.execPath} ${bin} "$@"\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const codeOf = ({ code }: CodeBlock): string => code.replaceAll('127.0.0.1:8080', address);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(folder, 'code'));
  for (const document of all)
    for (const block of document.blocks) {
      if (!runnable.includes(block.language))
        throw new Error(`${document.path}:${block.line}: “${block.language}” cannot be run`);
      if (block.language !== 'sh')
        writeFileSync(
          join(folder, 'code', `${fileOf(document, block)}.${block.language}`),
          `${codeOf(block)}\nexport {};\n`,
        );
    }
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    allowJs: true,
    rootDir: 'code',
    outDir: 'built',
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ include: ['code'], compilerOptions }));
  const folderOf = (document: Runnable): string => {
    const own = join(folder, 'run', document.path.replaceAll(/[/.]/g, '_'));
    mkdirSync(own, { recursive: true });
    return own;
  };
  return {
    folder,
    folderOf,
    compile: () => spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }),
    run(document, block) {
      const [command, args] =
        block.language === 'sh'
          ? (['bash', ['--norc', '-euo', 'pipefail', '-c', codeOf(block)]] as const)
          : ([process.execPath, [join(folder, 'built', `${fileOf(document, block)}.js`)]] as const);
      const { VITEST: _, NODE_OPTIONS: __, ...env } = process.env;
      const child = spawn(command, args, {
        cwd: folderOf(document),
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 60_000,
        env: { ...env, PATH: `${join(folder, 'bin')}:${env.PATH}`, NO_COLOR: '1', CI: 'true' },
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (text) => {
        out += String(text);
      });
      child.stderr.on('data', (text) => {
        err += String(text);
      });
      return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
    },
  };
}

/**
 * What a block says that it prints: the comments behind `console.log(…);`, and in shell blocks lines that begin with `# → `;
 * each up to an ellipsis, where the rest is left open.
 */
export function promisedOutput({ language, code }: CodeBlock): string[] {
  const pattern = language === 'sh' ? /^# → (.+)$/gm : /^\s*console\.log\(.*\); \/\/ (.+)$/gm;
  return [...code.matchAll(pattern)].map(([, text]) => text!.replace(/ ?….*$/, ''));
}
