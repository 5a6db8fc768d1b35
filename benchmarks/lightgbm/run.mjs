// Our engine beside upstream LightGBM, in turns, on one made-up panel; minima of the rounds.
// Usage: node benchmarks/lightgbm/run.mjs [--json] [--rows 1000000] [--iterations 100] [--rounds 3]
//          [--parts train,threads,predict] [--upstream FOLDER]
// Upstream is built from the npm tarball lightgbm@1.0.27 (LightGBM 4.1) with cmake, once, under the temp folder;
// --upstream names a folder of LightGBM sources that is built already. Needs `npm run build` first.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildUpstream, upstreamCache } from '../../packages/lightgbm-wasm/scripts/upstream.mjs';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    iterations: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    parts: { type: 'string', default: 'train,threads,predict' },
    upstream: { type: 'string' },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));
const features = 60;
const leaves = 63;
const rows = Number(options.rows);
const say = (text) => process.stderr.write(`${text}\n`);

/** Builds upstream's library and our driver over it. @returns `{ driver }`, or `{ reason }` why there is none */
function buildDriver() {
  const { folder: source, reason } = buildUpstream(options.upstream, say);
  if (reason) return { reason };
  mkdirSync(upstreamCache, { recursive: true });
  const driver = join(upstreamCache, 'driver');
  const library = ['-L', source, '-l_lightgbm', `-Wl,-rpath,${source}`];
  const from = [join(here, 'upstream.cpp'), '-I', join(source, 'include')];
  execFileSync('g++', ['-O2', '-std=c++17', ...from, '-o', driver, ...library]);
  return { driver };
}

const folder = mkdtempSync(join(tmpdir(), 'preopen-lightgbm-'));
try {
  const { driver, reason } = buildDriver();
  say('making the panel …');
  execFileSync(process.execPath, [join(here, 'panel.mjs'), folder, String(rows), String(features)]);

  const run = (who, threads, task) => {
    const model = join(folder, `${task === 'train' ? who : 'ours'}.txt`);
    const args = [folder, rows, features, threads, options.iterations, leaves, task, model].map(String);
    const [command, first] = who === 'ours' ? [process.execPath, [join(here, 'ours.mjs')]] : [driver, []];
    const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
    return JSON.parse(execFileSync(command, [...first, ...args], { encoding: 'utf8', env, maxBuffer: 1 << 26 }));
  };
  /** Both in turns; of every figure the least. */
  const inTurns = (threads, task, rounds) => {
    const best = { ours: {}, upstream: {} };
    for (let round = 0; round < rounds; round++) {
      for (const who of driver ? ['ours', 'upstream'] : ['ours']) {
        say(`${who}, ${task}, ${threads} thread(s), round ${round + 1}`);
        for (const [key, value] of Object.entries(run(who, threads, task))) {
          best[who][key] = Math.min(best[who][key] ?? Number.POSITIVE_INFINITY, value);
        }
      }
    }
    return best;
  };
  const rounds = Number(options.rounds);
  const parts = new Set(options.parts.split(','));
  const single = parts.has('train') ? inTurns(1, 'train', rounds) : undefined;
  const treesOf = (who) => readFileSync(join(folder, `${who}.txt`), 'utf8').split('\nparameters:')[0];
  const isEqual = single && driver ? treesOf('ours') === treesOf('upstream') : null;
  const double = parts.has('threads') ? inTurns(2, 'train', rounds) : undefined;
  // Both predict with the model that ours trained.
  if (!single && !double) run('ours', 1, 'train');
  const predict = parts.has('predict') ? inTurns(1, 'predict', rounds) : undefined;

  const row = (name, unit, pick, note) => {
    const [ours, peer] = [pick.ours, pick.upstream];
    const hasPeer = peer !== undefined && Number.isFinite(peer);
    return {
      name,
      unit,
      better: 'lower',
      ours,
      peer: hasPeer ? { name: 'LightGBM 4.1 (C interface)', value: peer } : null,
      ratio: hasPeer ? ours / peer : null,
      ...(hasPeer ? (note ? { note } : {}) : { note: reason }),
    };
  };
  const of = (result, figure) => ({
    ours: figure(result.ours),
    upstream: driver ? figure(result.upstream) : undefined,
  });
  const size = `${rows} × ${features}, ${leaves} leaves, ${options.iterations} iterations`;
  const table = [
    ...(single
      ? [
          row(
            `binning, ${rows} × ${features}, 1 thread`,
            'CPU s',
            of(single, (r) => r.binCpu),
          ),
          row(
            `training, ${size}, 1 thread`,
            'CPU s',
            of(single, (r) => r.trainCpu),
            `models byte-equal: ${isEqual}`,
          ),
          row(
            'peak memory beyond the raw matrix',
            'MiB',
            of(single, (r) => (r.peakKiB - r.baseKiB) / 1024),
          ),
        ]
      : []),
    ...(double
      ? [
          row(
            `training, ${size}, 2 threads`,
            's',
            of(double, (r) => r.trainWall),
          ),
        ]
      : []),
    ...(predict
      ? [
          row(
            'predict a batch of 2000 rows, 1 thread',
            'ms',
            of(predict, (r) => r.batchWall * 1e3),
          ),
          row(
            'predict one row',
            'µs',
            of(predict, (r) => r.rowWall * 1e6),
            'upstream: its fast call with a prepared config',
          ),
          row(
            'load the model text',
            'ms',
            of(predict, (r) => r.loadWall * 1e3),
          ),
        ]
      : []),
  ];
  if (options.json) console.log(JSON.stringify({ rows: table }, null, 2));
  else {
    for (const { name, unit, ours, peer, ratio, note } of table) {
      const beside = peer ? `upstream ${peer.value.toPrecision(3)} ${unit}, ratio ${ratio.toFixed(2)}` : 'no peer';
      console.log(`${name}: ${ours.toPrecision(3)} ${unit}, ${beside}${note ? ` (${note})` : ''}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
