// Trains and predicts random cases with upstream LightGBM's command line program and with this engine, from the same
// files, and compares: model texts byte for byte, predictions of every kind bit for bit.
// Usage: node scripts/compare-upstream.mjs [--cases 200] [--first 1] [--keep FOLDER] [--upstream FOLDER]
// Needs `npm run build` first. --keep leaves the folders of cases that differ; --upstream names built LightGBM sources.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Booster, formatSignificant, parseTextTable, parseTrainingConfig, trainFromConfig } from '../dist/index.js';
import { drawCase } from './random-cases.mjs';
import { buildUpstream } from './upstream.mjs';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    keep: { type: 'string' },
    upstream: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const say = (text) => process.stderr.write(`${text}\n`);

const cell = (value) => (Number.isNaN(value) ? 'nan' : String(value));

function writeTable(path, { features, labels, weights, queries }, names) {
  const lines = features.map((row, i) => [labels[i], ...row].map(cell).join(','));
  if (names) lines.unshift(['label', ...names].join(','));
  writeFileSync(path, `${lines.join('\n')}\n`);
  if (weights) writeFileSync(`${path}.weight`, `${weights.join('\n')}\n`);
  if (queries) writeFileSync(`${path}.query`, `${queries.join('\n')}\n`);
}

const asText = (params) =>
  `${Object.entries(params)
    .map(([name, value]) => `${name} = ${Array.isArray(value) ? value.join(',') : value}`)
    .join('\n')}\n`;

function writeCase(folder, { params, train, valid, test, names, precise }) {
  mkdirSync(folder, { recursive: true });
  writeTable(join(folder, 'train.csv'), train, names);
  writeTable(join(folder, 'test.csv'), test, names);
  valid.forEach((table, index) => void writeTable(join(folder, `valid${index}.csv`), table, names));
  const files = valid.length > 0 ? { valid: valid.map((_, index) => `valid${index}.csv`) } : {};
  const config = {
    task: 'train',
    data: 'train.csv',
    ...files,
    output_model: 'upstream.txt',
    header: Boolean(names),
    num_threads: 1,
    deterministic: true,
    force_col_wise: true,
    precise_float_parser: precise,
    is_provide_training_metric: true,
    ...params,
  };
  writeFileSync(join(folder, 'train.conf'), asText(config));
}

/** Metric lines of upstream's log: `1 valid_1 l2` to the number as printed. */
function metricsOf(log) {
  const found = new Map();
  for (const line of log.split('\n')) {
    const match = /Iteration:(\d+), (\S+) (\S+) : (\S+)/.exec(line);
    if (match) found.set(`${match[1]} ${match[2]} ${match[3]}`, match[4]);
  }
  return found;
}

/** C++ prints metrics with six digits. */
const printed = (value) => formatSignificant(value, 6);

async function runOurs(folder) {
  const config = parseTrainingConfig(readFileSync(join(folder, 'train.conf'), 'utf8'));
  const metrics = new Map();
  const booster = await trainFromConfig(config, {
    readText: (name) => readFile(join(folder, name), 'utf8').catch(() => undefined),
    onIteration({ iteration, metrics: values }) {
      for (const [name, value] of Object.entries(values)) metrics.set(`${iteration} ${name}`, printed(value));
    },
  });
  return { text: booster.toModelText(), metrics };
}

function upstreamRun(program, folder, args) {
  try {
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const log = execFileSync(program, args, { cwd: folder, encoding: 'utf8', env, stdio: 'pipe', maxBuffer: 1 << 28 });
    return { log };
  } catch (error) {
    const text = `${error.stdout ?? ''}${error.stderr ?? ''}`;
    return { failure: (/\[Fatal\] (.*)/.exec(text)?.[1] ?? text.slice(-300)) || String(error.signal) };
  }
}

const doubles = (text) =>
  Float64Array.from(text.trim().split(/\s+/), (word) =>
    /nan/.test(word) ? Number.NaN : Number(word.replace(/inf/, 'Infinity')),
  );

function firstDifference(ours, theirs) {
  if (ours.length !== theirs.length) return `${ours.length} numbers, upstream ${theirs.length}`;
  for (let i = 0; i < ours.length; i++) {
    if (Object.is(ours[i], theirs[i]) || ours[i] === theirs[i]) continue;
    return `number ${i}: ${ours[i]}, upstream ${theirs[i]}`;
  }
  return undefined;
}

function firstLine(ours, theirs) {
  const [a, b] = [ours.split('\n'), theirs.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  const short = (line) => (line ?? '(nothing)').slice(0, 160);
  return `line ${at + 1}\n    ours     ${short(a[at])}\n    upstream ${short(b[at])}`;
}

const KINDS = {
  raw: 'predict_raw_score=true',
  response: 'predict_raw_score=false',
  leaf: 'predict_leaf_index=true',
  contrib: 'predict_contrib=true',
};

function comparePredictions(program, folder, { names, precise, seed }) {
  const text = readFileSync(join(folder, 'upstream.txt'), 'utf8');
  const booster = Booster.load(text);
  if (booster.toModelText() !== text) return ['read and written again, the model text differs'];
  const table = parseTextTable(readFileSync(join(folder, 'test.csv'), 'utf8'), { header: Boolean(names), precise });
  const total = booster.bestIteration;
  const range = seed % 3 === 0 ? { startIteration: seed % (total + 1), iterationCount: (seed % 5) - 1 } : {};
  const words = [
    `start_iteration_predict=${range.startIteration ?? 0}`,
    `num_iteration_predict=${range.iterationCount ?? -1}`,
  ];
  // The last one stops adding trees to rows that are decided.
  const early = { every: 1 + (seed % 4), margin: (seed % 7) / 2 };
  const stop = [`pred_early_stop_freq=${early.every}`, `pred_early_stop_margin=${early.margin}`];
  const runs = [
    ...Object.entries(KINDS).map(([kind, word]) => ({ name: kind, words: [word], asked: { ...range, kind } })),
    {
      name: 'stopped',
      words: ['predict_raw_score=true', 'pred_early_stop=true', ...stop],
      asked: { ...range, kind: 'raw', earlyStop: early },
    },
  ];
  const differences = runs.flatMap(({ name, words: more, asked }) => {
    const args = ['task=predict', 'data=test.csv', 'input_model=upstream.txt', `output_result=${name}.tsv`, ...more];
    const common = [`header=${Boolean(names)}`, `precise_float_parser=${precise}`, 'num_threads=1', ...words];
    const { failure } = upstreamRun(program, folder, [...args, ...common]);
    if (failure) return bothRefuse(booster, table.data, asked) ? [] : [`upstream does not predict ${name}: ${failure}`];
    const theirs = readFileSync(join(folder, `${name}.tsv`), 'utf8');
    const expected = theirs.trim() === '' ? new Float64Array(0) : doubles(theirs);
    const difference = firstDifference(booster.predict(table.data, asked), expected);
    return difference ? [`${name}: ${difference}`] : [];
  });
  return [...differences, ...compareRows(booster, table.data)];
}

function bothRefuse(booster, data, asked) {
  try {
    booster.predict(data, asked);
    return false;
  } catch {
    return true;
  }
}

/** One row at a time, often enough that the model is laid out for it, gives the bits of the whole table. */
function compareRows(booster, data) {
  const expected = booster.predict(data);
  const outputs = booster.outputCount;
  for (let i = 0; i < 3 * data.rowCount; i++) {
    const row = i % data.rowCount;
    const got = booster.predictRow(Float64Array.from(data.columns, (column) => column[row]));
    const difference = firstDifference(
      typeof got === 'number' ? [got] : got,
      expected.subarray(row * outputs, (row + 1) * outputs),
    );
    if (difference) return [`row ${row} alone: ${difference}`];
  }
  return [];
}

async function compareCase(program, folder, seed) {
  const drawn = drawCase(seed);
  writeCase(folder, drawn);
  const theirs = upstreamRun(program, folder, ['config=train.conf']);
  let ours;
  try {
    ours = await runOurs(folder);
  } catch (error) {
    if (/not part of this engine/.test(error.message)) {
      // Such models are read and predicted all the same.
      const differences = theirs.failure ? [] : comparePredictions(program, folder, drawn);
      return differences.length > 0
        ? { outcome: 'differ', detail: differences.join('\n  ') }
        : { outcome: theirs.failure ? 'left out by name' : 'predicted equally, training left out by name' };
    }
    if (theirs.failure) return { outcome: 'both refuse', detail: `${theirs.failure} | ${error.message}` };
    return { outcome: 'only we refuse', detail: error.message };
  }
  // An assertion inside upstream's own training: there is nothing to be equal to.
  if (/Check failed: .*(?:treelearner|dataset\.cpp)/.test(theirs.failure ?? '')) return { outcome: 'upstream fails' };
  if (theirs.failure) return { outcome: 'only upstream refuses', detail: theirs.failure };
  const text = readFileSync(join(folder, 'upstream.txt'), 'utf8');
  const differences = [];
  if (ours.text !== text) differences.push(`model: ${firstLine(ours.text, text)}`);
  for (const [name, value] of metricsOf(theirs.log)) {
    const own = ours.metrics.get(name);
    if (own !== value.replace('-nan', 'nan')) {
      differences.push(`metric ${name}: ${own}, upstream ${value}`);
      break;
    }
  }
  differences.push(...comparePredictions(program, folder, drawn));
  return differences.length > 0 ? { outcome: 'differ', detail: differences.join('\n  ') } : { outcome: 'equal' };
}

const { folder: sources, reason } = buildUpstream(options.upstream, say);
if (reason) {
  process.stdout.write(`nothing compared: ${reason}\n`);
} else {
  const program = join(sources, 'lightgbm');
  const root = options.keep ?? mkdtempSync(join(tmpdir(), 'preopen-lightgbm-compare-'));
  const counts = {};
  const first = Number(options.first);
  for (let seed = first; seed < first + Number(options.cases); seed++) {
    const folder = join(root, String(seed));
    const { outcome, detail } = await compareCase(program, folder, seed);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (detail && outcome !== 'both refuse') say(`case ${seed}: ${outcome}: ${detail}`);
    if (!options.keep || outcome === 'equal') rmSync(folder, { recursive: true, force: true });
  }
  if (!options.keep) rmSync(root, { recursive: true, force: true });
  const summary = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  process.stdout.write(`${options.json ? JSON.stringify(counts) : summary.join(', ')}\n`);
  if (counts.differ || counts['only we refuse'] || counts['only upstream refuses']) process.exitCode = 1;
}
