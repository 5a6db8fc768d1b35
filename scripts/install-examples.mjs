// Makes the Python environments of the examples that need packages from PyPI: node scripts/install-examples.mjs
// Where PyPI is out of reach it says so and ends with 0: the examples' tests then skip, with a word.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = ['fastapi-lightgbm', 'mlserver-lightgbm'];
const longestMs = 240_000;

for (const name of examples) {
  const folder = join(root, 'examples', name);
  const environment = join(folder, '.venv');
  const installed = join(environment, 'installed');
  if (existsSync(installed)) continue;
  rmSync(environment, { recursive: true, force: true });
  const run = (program, ...args) =>
    spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: longestMs, killSignal: 'SIGKILL' });
  const made = run('python3', '-m', 'venv', environment);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
  const got = made.status === 0 ? run(join(environment, 'bin', 'python3'), ...pip, '-r', 'requirements.txt') : made;
  if (got.status === 0) {
    run('touch', installed);
    console.log(`examples/${name}: its packages are installed`);
  } else {
    rmSync(environment, { recursive: true, force: true });
    const why = (got.stderr || String(got.error ?? '')).trim().split('\n').at(-1);
    console.log(`examples/${name}: not installed, its tests will be skipped (${why})`);
  }
}
