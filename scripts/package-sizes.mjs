// What each package takes once it is installed alone, and how long its import takes: the table of the README.
//   node scripts/package-sizes.mjs [--write]    after npm run build; needs the npm registry for other people's packages
// Ends with 1 where a goal is missed. --write puts the table into README.md and README.zh-TW.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(join(root, 'packages'));
/** Megabytes installed with dependencies, without optional peers. */
const goalsMb = { 'market-tw': 3, latency: 2, cli: 60 };
const imports = 9;

const work = mkdtempSync(join(tmpdir(), 'preopen-sizes-'));
const manifestOf = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
const npm = (args, cwd) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });

/** Ours among what a package needs, itself first. */
function ownClosure(name, seen = new Set()) {
  seen.add(name);
  for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) {
    const own = /^@preopen\/(.+)$/.exec(dependency)?.[1];
    if (own && !seen.has(own)) ownClosure(own, seen);
  }
  return seen;
}

/** Bytes of all files below a folder, as `ls` counts them; blocks of the file system are not. */
const bytesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** Milliseconds of an import in a process of its own, Node's start not included: the middle of several. */
function importMs(name, cwd) {
  const script = `const t = performance.now(); await import('@preopen/${name}'); console.log(performance.now() - t);`;
  const times = Array.from({ length: imports }, () => {
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`@preopen/${name} cannot be imported: ${run.stderr}`);
    return Number(run.stdout);
  });
  return times.toSorted((a, b) => a - b)[Math.floor(imports / 2)];
}

const tarballs = new Map();
const rows = [];
try {
  for (const name of names) {
    const packed = npm(['pack', '--json', '--pack-destination', work], join(root, 'packages', name));
    tarballs.set(name, join(work, JSON.parse(packed)[0].filename));
  }
  for (const name of names) {
    const folder = join(work, name);
    mkdirSync(folder);
    const own = [...ownClosure(name)].map((one) => [`@preopen/${one}`, `file:${tarballs.get(one)}`]);
    const manifest = { private: true, type: 'module', dependencies: Object.fromEntries(own) };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    npm(['install', '--prefer-offline', '--omit=dev', '--omit=peer', '--ignore-scripts'], folder);
    const modules = join(folder, 'node_modules');
    const ownMb = bytesBelow(join(modules, '@preopen', name)) / 1e6;
    const allMb = bytesBelow(modules) / 1e6;
    const row = { name, ownMb, allMb, importMs: importMs(name, folder), goalMb: goalsMb[name] };
    if (row.goalMb !== undefined && allMb >= row.goalMb) process.exitCode = 1;
    rows.push(row);
    rmSync(folder, { recursive: true });
  }
} finally {
  rmSync(work, { recursive: true });
}

const table = (head) =>
  [
    head,
    '| --- | ---: | ---: | ---: |',
    ...rows.map(({ name, ownMb, allMb, importMs, goalMb }) => {
      const goal = goalMb === undefined ? '' : ` (< ${goalMb})`;
      return `| \`@preopen/${name}\` | ${ownMb.toFixed(2)} MB | ${allMb.toFixed(2)} MB${goal} | ${importMs.toFixed(0)} ms |`;
    }),
  ].join('\n');
const english = table('| package | itself | installed with dependencies (goal) | import |');
console.log(english);
if (process.argv.includes('--write')) {
  const chinese = table('| 套件 | 本身 | 連同相依套件（目標） | 匯入 |');
  for (const [file, text] of [
    ['README.md', english],
    ['README.zh-TW.md', chinese],
  ]) {
    const path = join(root, file);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace(/(<!-- sizes -->\n)[\s\S]*?(<!-- \/sizes -->)/, `$1${text}\n$2`));
  }
}
if (process.exitCode === 1) console.error('A goal is missed.');
