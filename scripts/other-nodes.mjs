// The unit tests and the built command's quick suite on other versions of Node, each from the npm package `node`.
//   node scripts/other-nodes.mjs [20 22 24 26]     after npm run build; what cannot be had is skipped, with a word
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ['20', '22', '24', '26'];
const work = mkdtempSync(join(tmpdir(), 'preopen-nodes-'));

/** The newest of a major version: its program, or why there is none. */
function fetchNode(major) {
  const folder = join(work, major);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  // The package's own script would only copy the program; what it names for this machine is looked up instead.
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const args = ['install', `${platform}@${major}`, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const got = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 240_000 });
  const program = join(folder, 'node_modules', platform, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (got.status === 0 && existsSync(program)) return { program };
  return { why: (got.stderr || String(got.error ?? 'the package has no such program')).trim().split('\n')[0] };
}

/** Runs a part on a version; prints its last words where it fails. */
function passes(program, title, args, cwd) {
  const env = { ...process.env, PATH: `${join(program, '..')}:${process.env.PATH}`, NODE_OPTIONS: '', NO_COLOR: '1' };
  const startMs = performance.now();
  const run = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 1e9 });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  console.log(`  ${run.status === 0 ? 'passed' : `FAILED (${run.status ?? run.signal})`}  ${title}, ${seconds} s`);
  if (run.status !== 0) console.log(`${run.stdout}${run.stderr}`.split('\n').slice(-40).join('\n'));
  return run.status === 0;
}

let failed = 0;
let ran = 0;
try {
  for (const major of versions) {
    const { program, why } = fetchNode(major);
    if (program === undefined) {
      console.log(`Node ${major}: skipped, it cannot be had from npm here (${why})`);
      continue;
    }
    ran++;
    console.log(`Node ${spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
    const bin = join(root, 'packages/cli/dist/bin.js');
    const out = join(work, `${major}-out`);
    const parts = [
      ['unit tests', [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit'], root],
      ['quick suite', [bin, 'run', '--suite', 'quick', '--generate-report', '--output-dir', out], work],
    ];
    for (const [title, args, cwd] of parts) if (!passes(program, title, args, cwd)) failed++;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${ran} of ${versions.length} versions, ${failed} parts failed`);
process.exitCode = failed > 0 ? 1 : 0;
