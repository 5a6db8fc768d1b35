import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError } from '@preopen/core';
import {
  Booster,
  formatSignificant,
  parsePredictionTable,
  parseTrainingConfig,
  type TreeNode,
  trainFromConfig,
} from '@preopen/lightgbm-wasm';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { layoutTable } from '../terminal/table.ts';

async function readText(path: string, what: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new InputError(`cannot read ${what} ${path}: ${cause.message}`, { code: 'E108', at: path, cause });
  });
}

/** Mistakes in models, tables and parameters are the user's: they end as any other wrong input. */
async function asInput<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { name, message } = cause as Error;
    if (['DataError', 'ModelFormatError', 'ParameterError'].includes(name))
      throw new InputError(`${path}: ${message}`, { code: 'E115', at: path, cause });
    throw cause;
  }
}

/** `preopen model train FILE.conf [key=value …]`: as LightGBM's own command line. */
export async function trainCommand(given: string, settings: readonly string[], streams: Streams): Promise<ExitCode> {
  // LightGBM's own command line is called with config=FILE.
  const file = given.replace(/^config(_file)?=/, '');
  const text = await readText(file, 'the configuration');
  await asInput(file, async () => {
    // Words on the command line come first: of two values the first is kept.
    const config = parseTrainingConfig(settings.join('\n'), text);
    const { task = 'train' } = config;
    if (task !== 'train' && task !== 'training') {
      throw new InputError(
        `${file}: task is ${task}; this trains. For predictions: preopen model predict MODEL DATA.`,
        { code: 'E115', at: file },
      );
    }
    const folder = dirname(resolve(file));
    const metricFreq = Math.max(1, Number(config.metric_freq ?? 1) || 1);
    const booster = await trainFromConfig(config, {
      readText: (name) => readFile(resolve(folder, name), 'utf8').catch(() => undefined),
      onIteration({ iteration, metrics }) {
        const shown = Object.entries(metrics).map(([name, value]) => `${name}: ${value.toPrecision(6)}`);
        if (shown.length > 0 && iteration % metricFreq === 0)
          streams.err.write(`iteration ${iteration}  ${shown.join('  ')}\n`);
      },
    });
    // LightGBM reads data beside the configuration and writes the model where it was called.
    const output = resolve(config.output_model ?? 'LightGBM_model.txt');
    await writeFile(output, booster.toModelText());
    streams.out.write(`${output}\n`);
    booster.dispose();
  });
  return exitCodes.ok;
}

const kinds = { response: 'response', raw: 'raw', leaf: 'leaf', contrib: 'contrib' } as const;

/** The flags of `preopen model predict`. */
export interface PredictFlags {
  readonly output: keyof typeof kinds;
  readonly labelColumn: string;
  readonly header?: boolean;
}

/** `preopen model predict MODEL DATA`: one row a line, tab-separated, 17 significant digits. */
export async function predictCommand(
  model: string,
  data: string,
  flags: PredictFlags,
  streams: Streams,
): Promise<ExitCode> {
  const modelText = await readText(model, 'the model');
  const table = await readText(data, 'the data');
  const booster = await asInput(model, () => Booster.load(modelText));
  await asInput(data, () => {
    const { labelColumn, header } = flags;
    const columns = parsePredictionTable(table, booster.featureNames, { labelColumn, header });
    const predicted = booster.predict(columns, { kind: kinds[flags.output] });
    const width = columns.rowCount === 0 ? 1 : predicted.length / columns.rowCount;
    let block = '';
    for (let row = 0; row < columns.rowCount; row++) {
      for (let k = 0; k < width; k++)
        block += `${k > 0 ? '\t' : ''}${formatSignificant(predicted[row * width + k]!, 17)}`;
      block += '\n';
      if (block.length > 1 << 16) {
        streams.out.write(block);
        block = '';
      }
    }
    streams.out.write(block);
  });
  booster.dispose();
  return exitCodes.ok;
}

/** Categories of a test that are named; a set may hold hundreds. */
const NAMED_CATEGORIES = 8;

function categoriesText(categories: readonly number[]): string {
  const more = categories.length - NAMED_CATEGORIES;
  return `${categories.slice(0, NAMED_CATEGORIES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A tree by lines: tests on branches, values on leaves. Two columns a level, so that deep trees fit the terminal. */
function drawTree(node: TreeNode, mark: string, indent: string): string[] {
  if (node.kind === 'leaf') return [`${mark}→ ${node.value.toPrecision(5)}  (${node.rows} rows)`];
  const { test } = node;
  const asked = 'threshold' in test ? `≤ ${test.threshold.toPrecision(5)}` : `in ${categoriesText(test.categories)}`;
  return [
    `${mark}${node.name} ${asked}?  (${node.rows} rows, gain ${node.gain.toPrecision(4)})`,
    ...drawTree(node.left, `${indent}├ `, `${indent}│ `),
    ...drawTree(node.right, `${indent}└ `, `${indent}  `),
  ];
}

/** `preopen model inspect MODEL`: what it is, which features carry it, and one tree. */
export async function inspectCommand(model: string, tree: number, json: boolean, streams: Streams): Promise<ExitCode> {
  const text = await readText(model, 'the model');
  const booster = await asInput(model, () => Booster.load(text));
  const gains = booster.featureImportance('gain');
  const splits = booster.featureImportance('split');
  const features = booster.featureNames
    .map((name, f) => ({ name, gain: gains[f]!, splits: splits[f]! }))
    .sort((a, b) => b.gain - a.gain);
  if (!Number.isInteger(tree) || tree >= booster.treeCount) {
    throw new InputError(`--tree: the model has trees 0 to ${booster.treeCount - 1}, not ${tree}.`, { code: 'E115' });
  }
  if (json) {
    streams.out.write(
      `${JSON.stringify({ objective: booster.objective, trees: booster.treeCount, features, tree: booster.tree(tree) }, null, 2)}\n`,
    );
    return exitCodes.ok;
  }
  const { out } = stylesOf(streams, 'auto');
  const most = Math.max(...features.map(({ gain }) => gain), Number.MIN_VALUE);
  const rows = features
    .slice(0, 20)
    .map(({ name, gain, splits: count }) => [
      { text: name },
      { text: gain.toPrecision(4), align: 'right' as const },
      { text: `${count} splits`, align: 'right' as const },
      { text: '█'.repeat(Math.round((24 * gain) / most)) },
    ]);
  streams.out.write(
    `${booster.objective ?? 'an objective of its own'}, ${booster.treeCount} trees, ${booster.featureNames.length} features\n\nGain by feature${features.length > 20 ? ', the first 20' : ''}:\n${layoutTable(rows, out.columns).join('\n')}\n\nTree ${tree}: (├ yes, └ no)\n${drawTree(booster.tree(tree), '  ', '  ').join('\n')}\n`,
  );
  booster.dispose();
  return exitCodes.ok;
}
