// Runs the benchmarks: every `benchmarks/<package>/*.mjs` prints one JSON document with rows that hold our figure beside
// a named peer's, taken in the same run. Usage: npm run bench [-- FILTER] [--json]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Row
 * @property {string} name what was measured
 * @property {string} unit
 * @property {'lower' | 'higher'} better
 * @property {number} ours
 * @property {{ name: string, value: number } | null} peer null: the peer is not installed; `note` says how to get it
 * @property {number | null} ratio ours ÷ peer
 * @property {string} [note]
 */

const folder = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const asJson = args.includes('--json');
const filter = args.find((argument) => !argument.startsWith('--')) ?? '';

const scripts = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((entry) => readdirSync(join(folder, entry.name)).map((name) => join(folder, entry.name, name)))
  .filter((path) => path.endsWith('.bench.mjs') && relative(folder, path).includes(filter));

const missing = ['core', 'cli'].filter((name) => !existsSync(join(folder, '..', 'packages', name, 'dist')));
if (missing.length > 0) {
  console.error('The packages are not built. Run `npm run build` first.');
  process.exit(2);
}

/** @type {{ benchmark: string, rows: Row[] }[]} */
const results = [];
let failed = 0;
for (const script of scripts) {
  const benchmark = relative(folder, script).replace(/\.bench\.mjs$/, '');
  console.error(`… ${benchmark}`);
  const run = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
  try {
    if (run.status !== 0) throw new Error(`ended with ${run.signal ?? `code ${run.status}`}`);
    results.push({ benchmark, rows: JSON.parse(run.stdout).rows });
  } catch (cause) {
    failed++;
    console.error(`  ${benchmark} failed: ${cause.message}`);
  }
}

const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
if (asJson) console.log(JSON.stringify({ machine, results }, null, 2));
else {
  const show = (value) =>
    value === null || value === undefined ? '–' : Number(value.toPrecision(3)).toLocaleString('en-US');
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n`);
  for (const { benchmark, rows } of results) {
    for (const row of rows) {
      const peer = row.peer ? `${show(row.peer.value)} ${row.unit} (${row.peer.name})` : 'no peer here';
      const ratio =
        row.ratio === null || row.ratio === undefined ? '' : `  ratio ${show(row.ratio)} (${row.better} is better)`;
      console.log(
        `${benchmark}: ${row.name}: ${show(row.ours)} ${row.unit} against ${peer}${ratio}${row.note ? `\n    ${row.note}` : ''}`,
      );
    }
  }
}
process.exitCode = failed > 0 ? 1 : 0;
