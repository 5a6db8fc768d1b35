// The public API of a package as its declarations say it, in api.md, so that a review sees what changes for users.
//   node scripts/api-report.mjs [--check] [package folder …]     without folders: all packages
// --check writes nothing, and ends with 1 where api.md is not what the sources say, or an export has no docstring.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publicDeclarations } from './public-declarations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const args = process.argv.slice(2);
const isCheck = args.includes('--check');
const named = args.filter((arg) => !arg.startsWith('--'));
const folders =
  named.length > 0
    ? named.map((folder) => resolve(folder))
    : readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));

/** The report of one package, and its exports without a docstring. */
function reportOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const work = mkdtempSync(join(tmpdir(), 'preopen-api-'));
  try {
    const run = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', work], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`${folder}: tsc printed no declarations:\n${run.stdout}${run.stderr}`);
    const entries = Object.entries(manifest.exports).filter(([, target]) => target.types !== undefined);
    const undocumented = [];
    const parts = entries.map(([entry, { types }]) => {
      const found = publicDeclarations(join(work, types.replace(/^\.\/dist\//, '')));
      for (const [name, { isDocumented }] of found) if (!isDocumented) undocumented.push(name);
      const texts = [...found]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { text }]) => (name.includes('.') ? `// ${name}\n${text}` : text));
      const title = `${manifest.name}${entry.slice(1)}`;
      return `## \`${title}\`\n\n${found.size} exports.\n\n\`\`\`ts\n${texts.join('\n\n')}\n\`\`\`\n`;
    });
    const head = `# API of ${manifest.name}\n\nWritten by \`npm run api\`; a change here is a change for users, and wants a changeset.\n`;
    return { report: `${head}\n${parts.join('\n')}`, undocumented };
  } finally {
    rmSync(work, { recursive: true });
  }
}

for (const folder of folders) {
  const path = join(folder, 'api.md');
  const { report, undocumented } = reportOf(folder);
  if (!isCheck) writeFileSync(path, report);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== report) {
    console.error(
      `${path} is not what the sources export. If the change is meant, run npm run api and commit the file.`,
    );
    process.exitCode = 1;
  }
  if (undocumented.length > 0) {
    console.error(`${folder}: without a docstring: ${undocumented.join(', ')}`);
    process.exitCode = 1;
  }
}
