// The mutation score of what decides: `node tools/test-quality/mutation.mjs [core|market-tw|latency …]`, all three where none is named.
// Stryker changes the files below one place at a time and counts the changes that no unit test of the package notices; the
// survivors stand in reports/mutation/NAME.json. Installs Stryker beside this file first, where it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

const statistics = readdirSync(join(root, 'packages/core/src/statistics')).map(
  (file) => `statistics/${file.slice(0, -3)}`,
);

/**
 * By package: the files that decide (the verdicts and statistics, the rules of the market, the statistics of latency), and the
 * tests that speak of them. What only other tests notice counts as a survivor: a score is at least what it says.
 */
const judged = {
  core: {
    files: ['requirement-parser', 'units', 'verdict', ...statistics],
    tests: [
      'requirement-parser',
      'suite',
      'verdict',
      'statistics/known-values',
      'statistics/properties',
      'statistics/rank-correlation',
    ],
  },
  'market-tw': {
    files: [
      'tick-table',
      'price-rules',
      'limit-eras',
      'reference-price',
      'warrant-limits',
      'index-breaker',
      'sessions',
    ],
    tests: ['price-rules', 'sessions', 'stabilisation', 'call-auction'],
  },
  latency: {
    files: ['percentiles', 'distribution', 'histogram', 'steady-state'],
    tests: ['percentiles', 'distribution', 'histogram', 'steady-state'],
  },
};

const run = (args, cwd, env = {}) => {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  return status ?? 1;
};

const stryker = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
if (!existsSync(stryker)) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(judged, name));
if (unknown.length > 0) {
  console.error(`mutation: expected ${Object.keys(judged).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(2);
}
const rows = [];
for (const name of asked.length > 0 ? asked : Object.keys(judged)) {
  const { files, tests } = judged[name];
  const sources = files.map((file) => `packages/${name}/src/${file}.ts`).join(',');
  const env = { JUDGING_TESTS: tests.map((test) => `packages/${name}/test/${test}.test.ts`).join(',') };
  const status = run([stryker, 'run', 'tools/test-quality/stryker.config.json', '--mutate', sources], root, env);
  if (status !== 0) process.exit(status);
  const report = JSON.parse(readFileSync(join(root, 'reports/mutation/mutation.json'), 'utf8'));
  for (const [file, { mutants }] of Object.entries(report.files)) {
    const count = (...statuses) => mutants.filter((mutant) => statuses.includes(mutant.status)).length;
    const noticed = count('Killed', 'Timeout');
    const counted = noticed + count('Survived', 'NoCoverage');
    if (counted > 0) rows.push({ file, mutants: counted, noticed });
    for (const { status: what, location, mutatorName, replacement } of mutants)
      if (what === 'Survived' || what === 'NoCoverage')
        console.log(
          `${what}  ${file}:${location.start.line}:${location.start.column}  ${mutatorName}  ${replacement ?? ''}`,
        );
  }
}
const percent = ({ mutants, noticed }) => `${((100 * noticed) / mutants).toFixed(1)} %`;
for (const row of rows) console.log(`${percent(row).padStart(7)}  ${row.noticed} of ${row.mutants}  ${row.file}`);
const all = rows.reduce((sum, row) => ({ mutants: sum.mutants + row.mutants, noticed: sum.noticed + row.noticed }), {
  mutants: 0,
  noticed: 0,
});
console.log(`${percent(all).padStart(7)}  ${all.noticed} of ${all.mutants}  all`);
