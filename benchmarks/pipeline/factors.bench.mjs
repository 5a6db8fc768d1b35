// Twenty factors over a whole market: ours beside pandas, polars and DuckDB, the same numbers from each.
// Peers run if PYTHON (default python3) has them; each is told in a note if it is missing.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulateMarket } from '@preopen/market-tw';
import { computeFeaturesInParallel, factorLibrary, marketColumns } from '@preopen/pipeline';

const [stocks, days, repeats] = [2000, 252, 5];
const names = [
  'return_1d',
  'own_return_1d',
  ...[5, 20, 60].flatMap((w) =>
    ['momentum', 'volatility', 'price_to_average', 'relative_volume'].map((n) => `${n}_${w}d`),
  ),
  ...[20, 60].flatMap((w) => ['distance_from_high', 'return_volume_correlation'].map((n) => `${n}_${w}d`)),
  'largest_return_20d',
  'illiquidity_20d',
];
const factors = names.map((name) => factorLibrary.find((factor) => factor.name === name));
const { panel } = simulateMarket({ stocks, days, seed: 42 });
const folder = mkdtempSync(join(tmpdir(), 'preopen-bench-'));
const say = (text) => process.stderr.write(`${text}\n`);

function ours() {
  let best = Number.POSITIVE_INFINITY;
  let columns = [];
  for (let k = 0; k < repeats; k++) {
    const start = performance.now();
    const market = marketColumns(panel);
    columns = factors.map((factor) => factor.compute(market));
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return { seconds: best, columns };
}

async function bestOfThreads() {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < repeats; k++) {
    const start = performance.now();
    await computeFeaturesInParallel(panel, { factors });
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

function largestDifference(peer, columns) {
  let worst = { value: 0, factor: names[0] };
  const at = (value, factor) => {
    if (value > worst.value) worst = { value, factor };
  };
  names.forEach((name, k) => {
    const bytes = readFileSync(join(folder, `${peer}-${name}.f64`));
    const theirs = new Float64Array(new Uint8Array(bytes).buffer);
    let isThere = 0;
    columns[k].forEach((value, cell) => {
      if (Number.isNaN(value) !== Number.isNaN(theirs[cell])) isThere++;
      else if (!Number.isNaN(value)) at(Math.abs(value - theirs[cell]) / Math.max(1, Math.abs(value)), name);
    });
    // A value that only one of both has is no small difference.
    if (isThere > 0) at(Number.POSITIVE_INFINITY, `${name}, of which ${isThere} values are there in one of both alone`);
  });
  return worst;
}

const rows = [];
try {
  for (const field of ['close', 'reference', 'volume', 'turnoverTwd'])
    writeFileSync(join(folder, `${field}.f64`), new Uint8Array(panel.fields[field].buffer));
  writeFileSync(join(folder, 'factors.json'), JSON.stringify(names));
  const own = ours();
  say(`ours: ${own.seconds.toFixed(3)} s`);
  for (const [peer, threads] of [
    ['pandas', 1],
    ['polars', 1],
    ['polars', 2],
    ['duckdb', 1],
    ['duckdb', 2],
  ]) {
    const row = {
      name: `20 factors, ${stocks} × ${days}, one thread, beside ${peer} with ${threads}`,
      unit: 's',
      better: 'lower',
      ours: own.seconds,
    };
    try {
      const script = fileURLToPath(new URL('factors_peer.py', import.meta.url));
      const out = execFileSync(
        process.env.PYTHON ?? 'python3',
        [script, peer, folder, days, stocks, repeats].map(String),
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, POLARS_MAX_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
        },
      );
      const { version, seconds } = JSON.parse(out);
      const difference = largestDifference(peer, own.columns);
      say(
        `${peer} ${version}, ${threads} threads: ${seconds.toFixed(3)} s, largest difference ${difference.value}: ${difference.factor}`,
      );
      rows.push({
        ...row,
        peer: { name: `${peer} ${version}`, value: seconds },
        ratio: own.seconds / seconds,
        note: `largest difference ${difference.value.toExponential(1)}: ${difference.factor}`,
      });
    } catch (error) {
      const reason = String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .at(-1);
      say(`${peer}: ${reason}`);
      rows.push({ ...row, peer: null, ratio: null, note: `peer did not run: ${reason}` });
    }
  }
  const together = await bestOfThreads();
  const peer = rows.find(({ name }) => name.endsWith('polars with 2'))?.peer ?? null;
  rows.push({
    name: `20 factors and their ranks within the day, ${stocks} × ${days}, ${availableParallelism()} threads, beside factors alone by polars with 2`,
    unit: 's',
    better: 'lower',
    ours: together,
    peer,
    ratio: peer && together / peer.value,
  });
  const start = performance.now();
  const market = marketColumns(panel);
  for (const factor of factorLibrary) factor.compute(market);
  rows.push({
    name: `all ${factorLibrary.length} factors, ${stocks} × ${days}, one thread`,
    unit: 's',
    better: 'lower',
    ours: (performance.now() - start) / 1000,
    peer: null,
    ratio: null,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify({ rows }));
