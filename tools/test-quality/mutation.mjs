// The mutation score of what decides: `node tools/test-quality/mutation.mjs [PACKAGE | PACKAGE/FILE …]`, with core, market-tw or latency
// for PACKAGE and all three where none is named; `core/statistics/quantile` is one file. Stryker changes the files one place at a time and
// counts the changes that no unit test notices. What it found stays in reports/mutation/PACKAGE.json: a package may be done in pieces, file
// by file, and a repetition tries only what the mutated file or a judging test has changed for. What else a file depends on is not looked
// at: `--fresh` begins the named packages anew. `--summary` runs nothing and tells what is there. Installs Stryker beside this file first,
// where it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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
  latency: {
    files: ['percentiles', 'distribution', 'histogram', 'steady-state'],
    tests: ['steady-state-by-hand', 'percentiles', 'distribution', 'histogram', 'steady-state'],
  },
  'market-tw': {
    files: [
      ...[
        'tick-table',
        'price-rules',
        'limit-eras',
        'reference-price',
        'warrant-limits',
        'limit-columns',
        'limit-state',
      ],
      ...['sessions', 'calendar', 'projected-closures', 'settlement', 'date'],
      ...['interruption', 'auction-deferral', 'disposition', 'trading-status', 'index-breaker'],
      ...['call-auction', 'continuous-matching'],
    ],
    tests: [
      ...[
        'price-rules',
        'limits-by-hand',
        'tick-table',
        'sessions',
        'timetable',
        'calendar',
        'calendar-tables',
        'calendar-edges',
      ],
      ...['stabilisation', 'stabilisation-edges', 'call-auction', 'matching-edges'],
    ],
  },
  core: {
    files: ['requirement-parser', 'units', 'verdict', ...statistics],
    tests: [
      ...['requirement-parser', 'suite', 'units', 'verdict', 'verdict-by-hand'],
      ...['known-values', 'edges', 'batches-by-hand', 'properties', 'rank-correlation'].map(
        (test) => `statistics/${test}`,
      ),
    ],
  },
};
const pieces = Object.entries(judged).flatMap(([name, { files }]) => files.map((file) => ({ name, file })));

const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { summary: { type: 'boolean' }, fresh: { type: 'boolean' } },
});
const matches = ({ name, file }) => asked.length === 0 || asked.includes(name) || asked.includes(`${name}/${file}`);
const chosen = pieces.filter(matches);
if (chosen.length === 0) {
  const known = Object.keys(judged).join(', ');
  console.error(`mutation: expected ${known}, or one of their files as in latency/histogram; got ${asked.join(', ')}`);
  process.exit(2);
}

const sourceOf = ({ name, file }) => `packages/${name}/src/${file}.ts`;
const resultOf = (name) => join(root, 'reports/mutation', `${name}.json`);
const filesOf = (name) => (existsSync(resultOf(name)) ? JSON.parse(readFileSync(resultOf(name), 'utf8')).files : {});

/** What was found in a file, as long as it is still the file that was mutated. */
function foundIn(piece, files = filesOf(piece.name)) {
  const found = files[sourceOf(piece)];
  return found?.source === readFileSync(join(root, sourceOf(piece)), 'utf8') ? found.mutants : undefined;
}

function mutate(name) {
  if (options.fresh) rmSync(resultOf(name), { force: true });
  const files = filesOf(name);
  // What was mutated before and has changed since is done again: Stryker would keep what is left of it.
  const stale = (piece) => files[sourceOf(piece)] !== undefined && foundIn(piece, files) === undefined;
  const due = pieces.filter((piece) => piece.name === name && (matches(piece) || stale(piece)));
  const tests = judged[name].tests.map((test) => `packages/${name}/test/${test}.test.ts`);
  const { status } = spawnSync(
    process.execPath,
    [
      ...[join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run'],
      ...['tools/test-quality/stryker.config.json', '--mutate', due.map(sourceOf).join(',')],
      ...['--incremental', '--incrementalFile', resultOf(name)],
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, JUDGING_TESTS: tests.join(',') } },
  );
  if (status !== 0) process.exit(status ?? 1);
}

if (!options.summary) {
  if (!existsSync(join(here, 'node_modules/@stryker-mutator/core'))) {
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  for (const name of new Set(chosen.map((piece) => piece.name))) mutate(name);
}

const percent = ({ counted, noticed }) => `${((100 * noticed) / counted).toFixed(1)} %`.padStart(7);
const rows = [];
for (const piece of chosen) {
  const found = foundIn(piece);
  const path = `${piece.name}/${piece.file}`;
  if (found === undefined) {
    console.log(`not run since it was changed: ${path}`);
    continue;
  }
  const count = (...statuses) => found.filter(({ status }) => statuses.includes(status)).length;
  const endless = count('Timeout');
  const noticed = count('Killed') + endless;
  const counted = noticed + count('Survived', 'NoCoverage');
  rows.push({ name: piece.name, path, counted, noticed, endless, ignored: count('Ignored') });
  for (const { status, location, mutatorName, replacement } of found)
    if (status === 'Survived' || status === 'NoCoverage')
      console.log(
        `${status}  ${path}:${location.start.line}:${location.start.column}  ${mutatorName}  ${replacement ?? ''}`,
      );
}
const told = (row) =>
  `${percent(row)}  ${row.noticed} of ${row.counted} (${row.endless} never ended), ${row.ignored} not tried`;
for (const row of rows) if (row.counted > 0) console.log(`${told(row)}  ${row.path}`);
for (const name of new Set(rows.map((row) => row.name))) {
  const sum = { counted: 0, noticed: 0, endless: 0, ignored: 0 };
  for (const row of rows) if (row.name === name) for (const key of Object.keys(sum)) sum[key] += row[key];
  console.log(`${told(sum)}  all of ${name}`);
}
