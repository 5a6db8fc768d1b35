// Runs `npm ci` when node_modules is absent or older than the lock file, so that one command works in a fresh clone.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const modifiedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modifiedMs('node_modules/.package-lock.json') < modifiedMs('package-lock.json')) {
  const npmCli = process.env.npm_execpath;
  const [command, args] = npmCli ? [process.execPath, [npmCli, 'ci']] : ['npm', ['ci']];
  process.stderr.write('Installing what the lock file names (npm ci), about half a minute …\n');
  process.exitCode = spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
}
