// Twenty factors over a whole market: ours beside pandas, polars and DuckDB, the same numbers from each.
// Peers run if PYTHON (default python3) has them; each is told in a note if it is missing.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulateMarket } from '@preopen/market-tw';
import { computeFeaturesInParallel, factorLibrary, marketColumns, operators } from '@preopen/pipeline';

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
  let market;
  for (let k = 0; k < repeats; k++) {
    const start = performance.now();
    market = marketColumns(panel);
    columns = factors.map((factor) => factor.compute(market));
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return { seconds: best, columns, market };
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

/** Window and columns of a factor whose exact value can be worked out of them. */
const exactOf = (name, market) => {
  const windowDays = Number(/_(\d+)d$/.exec(name)?.[1]);
  if (name.startsWith('volatility')) return { kind: 'deviation', windowDays, a: market.returns };
  if (name.startsWith('return_volume_correlation'))
    return { kind: 'correlation', windowDays, a: market.returns, b: market.logVolume };
  if (name.startsWith('illiquidity')) return { kind: 'log mean', windowDays, a: amihud(market) };
  return undefined;
};

const amihud = ({ returns, turnoverTwd }) =>
  operators.scale(operators.divide(operators.absolute(returns), turnoverTwd), 1e6);

const differenceOf = (one, other) =>
  Number.isNaN(one) && Number.isNaN(other)
    ? 0
    : Number.isNaN(one) !== Number.isNaN(other)
      ? Number.POSITIVE_INFINITY
      : Math.abs(one - other) / Math.max(1, Math.abs(one));

/** Exact values at cells, by rational arithmetic of Python's. */
function exactValues(cells, market) {
  const windowOf = (column, cell, windowDays) => {
    const values = [];
    for (let at = cell - (windowDays - 1) * stocks; at <= cell; at += stocks) {
      const value = at < 0 ? Number.NaN : column[at];
      values.push(Number.isNaN(value) ? null : value);
    }
    return values;
  };
  const known = new Map(names.map((name) => [name, exactOf(name, market)]));
  const asked = cells.map(({ name, cell }) => {
    const { kind, windowDays, a, b } = known.get(name);
    return { kind, a: windowOf(a, cell, windowDays), ...(b && { b: windowOf(b, cell, windowDays) }) };
  });
  const script = fileURLToPath(new URL('exact.py', import.meta.url));
  const input = JSON.stringify(asked);
  const out = execFileSync(process.env.PYTHON ?? 'python3', [script], { encoding: 'utf8', input, maxBuffer: 1 << 26 });
  return JSON.parse(out).map((value) => value ?? Number.NaN);
}

/** What a peer and we have in common: the largest difference, and at the cells beyond 1e-9 who is right. */
function compare(peer, columns, market) {
  let largest = { value: 0, name: names[0] };
  const contested = [];
  names.forEach((name, k) => {
    const bytes = readFileSync(join(folder, `${peer}-${name}.f64`));
    const theirs = new Float64Array(new Uint8Array(bytes).buffer);
    columns[k].forEach((value, cell) => {
      const difference = differenceOf(value, theirs[cell]);
      if (difference > largest.value && Number.isFinite(difference)) largest = { value: difference, name };
      if (difference > 1e-9) contested.push({ name, cell, ours: value, theirs: theirs[cell] });
    });
  });
  const common = `largest difference ${largest.value.toExponential(1)}: ${largest.name}`;
  if (contested.length === 0) return common;
  const unknown = contested.find(({ name }) => exactOf(name, market) === undefined);
  if (unknown) throw new Error(`${unknown.name} differs from ${peer}’s, and nothing says who is right`);
  const exact = exactValues(contested, market);
  const farthest = (side) => Math.max(...contested.map((cell, k) => differenceOf(exact[k], cell[side])));
  if (!(farthest('ours') <= 1e-12)) throw new Error(`ours is ${farthest('ours')} from the exact value`);
  const off = Math.max(0, ...contested.map(({ theirs }, k) => differenceOf(exact[k], theirs)).filter(Number.isFinite));
  const invented = contested.filter(({ theirs }, k) => Number.isNaN(exact[k]) && !Number.isNaN(theirs)).length;
  const lost = contested.filter(({ theirs }, k) => !Number.isNaN(exact[k]) && Number.isNaN(theirs)).length;
  return `${common}; of ${names.length * days * stocks} values ${contested.length} differ by more than 1e-9: ours are the exact ones to ${farthest('ours').toExponential(1)}; of ${peer}’s ${invented} are where no value exists, ${lost} are missing, and the rest are up to ${off.toExponential(1)} off`;
}

/** Ours beside exact values at every so manieth cell. */
function sampledDifference(columns, market) {
  const cells = names.flatMap((name, k) =>
    exactOf(name, market) ? Array.from({ length: 600 }, (_, n) => ({ name, k, cell: 60 * stocks + n * 639 })) : [],
  );
  const exact = exactValues(cells, market);
  const worst = Math.max(...cells.map(({ k, cell }, n) => differenceOf(exact[n], columns[k][cell])));
  if (!(worst <= 1e-12)) throw new Error(`ours is ${worst} from the exact value`);
  return { worst, cells: cells.length };
}

const rows = [];
try {
  for (const field of ['close', 'reference', 'volume', 'turnoverTwd'])
    writeFileSync(join(folder, `${field}.f64`), new Uint8Array(panel.fields[field].buffer));
  writeFileSync(join(folder, 'factors.json'), JSON.stringify(names));
  const own = ours();
  say(`ours: ${own.seconds.toFixed(3)} s`);
  const sampled = sampledDifference(own.columns, own.market);
  rows.push({
    name: `largest difference from exact values, ${sampled.cells} deviations, correlations and log means`,
    unit: 'ratio',
    better: 'lower',
    ours: sampled.worst,
    peer: null,
    ratio: null,
    note: sampled.worst.toExponential(1),
  });
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
      // The same numbers whatever the threads.
      const note = threads === 1 ? compare(peer, own.columns, own.market) : undefined;
      say(`${peer} ${version}, ${threads} threads: ${seconds.toFixed(3)} s${note ? `, ${note}` : ''}`);
      const value = { name: `${peer} ${version}`, value: seconds };
      rows.push({ ...row, peer: value, ratio: own.seconds / seconds, ...(note && { note }) });
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
