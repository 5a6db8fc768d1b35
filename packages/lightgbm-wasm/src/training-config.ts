import { Booster, type TrainOptions } from './booster.ts';
import { DataError, ParameterError } from './errors.ts';
import { legacyDecimal } from './model/legacy-decimal.ts';
import { parseTextTable } from './text-table.ts';
import { firstNameOf, type LightGbmParams } from './training/parameters.ts';

/** A LightGBM configuration: names and values as text, under LightGBM's first names. */
export type TrainingConfig = Readonly<Record<string, string>>;

/**
 * Reads LightGBM's configuration text: `name = value` a line, `#` begins a comment. Later texts (and a command line's
 * `name=value` words) go before earlier ones: pass them first.
 */
export function parseTrainingConfig(...texts: readonly string[]): TrainingConfig {
  // Without a prototype: “constructor” is a name like any other, which training refuses.
  const config = Object.create(null) as Record<string, string>;
  for (const line of texts.join('\n').split(/\r?\n/)) {
    const [statement = ''] = line.split('#');
    const at = statement.indexOf('=');
    if (statement.trim() === '') continue;
    if (at < 0) throw new ParameterError(`configuration: "${line.trim().slice(0, 60)}" is not name = value.`);
    const name = firstNameOf(statement.slice(0, at).trim());
    // Of two values LightGBM keeps the first.
    config[name] ??= statement
      .slice(at + 1)
      .trim()
      .replaceAll(/^["']|["']$/g, '');
  }
  return config;
}

/** Where a training from a configuration finds its files, and who follows it. */
export interface ConfigTrainingOptions extends Pick<TrainOptions, 'onIteration' | 'signal'> {
  /** A file's text by the name that the configuration gives, or `undefined` if there is none. */
  readonly readText: (name: string) => Promise<string | undefined>;
}

const COLUMN_CHOICES = ['weight_column', 'group_column', 'ignore_column'];

/** Side files of LightGBM that would change the model, and are not read here. */
const OTHER_SIDE_FILES = [
  { ending: '.init', what: 'scores to start from' },
  { ending: '.position', what: 'positions of ranked rows' },
];

/** Numbers of a side file, one a line; LightGBM reads these with its default parser, whatever the parameters say. */
async function numbersBeside(
  name: string,
  readText: ConfigTrainingOptions['readText'],
): Promise<Float64Array | undefined> {
  const text = await readText(name);
  if (text === undefined) return undefined;
  const words = text.trim().split(/\s+/);
  const values = Float64Array.from(words, legacyDecimal);
  const bad = values.findIndex(Number.isNaN);
  if (bad >= 0) throw new DataError(`${name}, number ${bad + 1}: "${words[bad]!.slice(0, 40)}" is not a number.`);
  return values;
}

function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1' || value === '+';
}

async function readTable(
  name: string,
  config: TrainingConfig,
  readText: ConfigTrainingOptions['readText'],
): Promise<Pick<TrainOptions, 'label' | 'weight' | 'query'> & { data: ReturnType<typeof parseTextTable>['data'] }> {
  const text = await readText(name);
  if (text === undefined) throw new DataError(`configuration: data file ${name} is not there.`);
  const header = isTrue(config.header);
  const precise = isTrue(config.precise_float_parser);
  const { data, label } = parseTextTable(text, { header, labelColumn: config.label_column ?? 0, precise });
  const weight = await numbersBeside(`${name}.weight`, readText);
  const query = await numbersBeside(`${name}.query`, readText);
  for (const { ending, what } of OTHER_SIDE_FILES) {
    if ((await readText(name + ending)) === undefined) continue;
    throw new DataError(`${name}${ending} holds ${what}, which this engine does not train with. Move it away.`);
  }
  return { data, label: label!, weight, query: query && Int32Array.from(query) };
}

/**
 * Trains as LightGBM's command line does with a configuration file: `data` and `valid` name tables, files beside them
 * with `.weight` and `.query` hold row weights and rows per query.
 * @throws DataError, ParameterError
 */
export async function trainFromConfig(config: TrainingConfig, options: ConfigTrainingOptions): Promise<Booster> {
  const { readText, onIteration, signal } = options;
  const chosen = COLUMN_CHOICES.find((name) => (config[name] ?? '') !== '');
  if (chosen) throw new ParameterError(`${chosen}: not read here. Use a .weight or .query file beside the data.`);
  if (!['train', 'training'].includes(config.task ?? 'train'))
    throw new ParameterError(`task is ${config.task}; this trains.`);
  if (!config.data) throw new ParameterError('configuration: data names no file to train on.');
  const train = await readTable(config.data, config, readText);
  const names = (config.valid ?? '').split(',').filter((name) => name !== '' && name !== config.data);
  const validation = await Promise.all(names.map((name) => readTable(name, config, readText)));
  const params: LightGbmParams = { ...config, ...(names.length > 0 ? { valid: names.join(',') } : {}) };
  return await Booster.train({ ...train, validation, params, onIteration, signal });
}
