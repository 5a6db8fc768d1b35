// How much of each package its unit tests run: `node tools/test-quality/coverage.mjs [FILE …]`, all of them where none is named. What
// the end-to-end tests run besides, in processes of their own, is not counted. Installs the provider beside this file first.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const provider = join(here, 'node_modules/@vitest/coverage-v8/dist/index.js');
if (!existsSync(provider)) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
const args = [
  ...['run', '--project', 'unit', '--reporter', './scripts/count-reporter.ts', '--coverage.enabled'],
  ...['--coverage.provider=custom', `--coverage.customProviderModule=${provider}`],
  ...['--coverage.include=packages/*/src/**/*.ts', '--coverage.reporter=json-summary', '--coverage.reportOnFailure'],
  '--coverage.reportsDirectory=reports/coverage',
];
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), ...args, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, vitest, { cwd: root, stdio: 'inherit' });
const files = JSON.parse(readFileSync(join(root, 'reports/coverage/coverage-summary.json'), 'utf8'));
const sums = new Map();
for (const [path, counts] of Object.entries(files)) {
  if (path === 'total') continue;
  const name = relative(join(root, 'packages'), path).split('/')[0];
  for (const key of ['all', name]) {
    const sum = sums.get(key) ?? { lines: [0, 0], branches: [0, 0] };
    for (const kind of ['lines', 'branches']) {
      sum[kind][0] += counts[kind].covered;
      sum[kind][1] += counts[kind].total;
    }
    sums.set(key, sum);
  }
}
const percent = ([covered, total]) => `${((100 * covered) / Math.max(1, total)).toFixed(1)} %`.padStart(8);
console.log(`${'lines'.padStart(8)}  ${'branches'.padStart(8)}`);
for (const [name, { lines, branches }] of sums) console.log(`${percent(lines)}  ${percent(branches)}  ${name}`);
process.exitCode = status ?? 1;
