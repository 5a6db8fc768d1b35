import { ParameterError } from '../errors.ts';
import { formatSignificant } from '../model/number-format.ts';
import { Lcg } from './lcg.ts';
import {
  ALIASES,
  OTHER_PARAMETERS,
  type ParameterSpec,
  SAVED_PARAMETERS,
  type SavedParameters,
} from './parameter-table.ts';
import { refuseWhatIsLeftOut } from './refusals.ts';

/** A value of a parameter; text as in LightGBM's configuration files is understood too (`'0.1'`, `'true'`, `'1,5,10'`). */
export type LightGbmParameterValue = string | number | boolean | readonly (string | number)[] | null | undefined;

/**
 * LightGBM's training parameters, by their names or aliases (`learning_rate` or `eta`, `num_iterations` or
 * `n_estimators` …). What is not listed here may be given all the same; see LightGBM's documentation.
 */
export interface LightGbmParams {
  readonly objective?: string | undefined;
  readonly metric?: string | readonly string[] | undefined;
  readonly num_iterations?: number | string | undefined;
  readonly learning_rate?: number | string | undefined;
  readonly num_leaves?: number | string | undefined;
  readonly max_depth?: number | string | undefined;
  readonly min_data_in_leaf?: number | string | undefined;
  readonly min_sum_hessian_in_leaf?: number | string | undefined;
  readonly max_bin?: number | string | undefined;
  readonly lambda_l1?: number | string | undefined;
  readonly lambda_l2?: number | string | undefined;
  readonly bagging_fraction?: number | string | undefined;
  readonly bagging_freq?: number | string | undefined;
  readonly feature_fraction?: number | string | undefined;
  readonly early_stopping_round?: number | string | undefined;
  /** Column indices, `'0,3'`, or `'name:industry,board'`. */
  readonly categorical_feature?: string | readonly (string | number)[] | undefined;
  readonly seed?: number | string | undefined;
  readonly num_threads?: number | string | undefined;
  readonly [name: string]: LightGbmParameterValue;
}

/** All parameters with their values, under LightGBM's first names. */
export interface Parameters extends SavedParameters {
  /** Whether metrics are computed on the training rows too. A model file does not list it. */
  readonly is_provide_training_metric: boolean;
}

const TRAINING_METRIC = 'is_provide_training_metric';

const KNOWN = new Set([...Object.keys(SAVED_PARAMETERS), ...OTHER_PARAMETERS, TRAINING_METRIC, 'input_model']);

const firstName = new Map<string, string>();
for (const [name, aliases] of Object.entries(ALIASES)) for (const alias of aliases) firstName.set(alias, name);

const OBJECTIVES = new Map([
  ['regression_l2', 'regression'],
  ['mean_squared_error', 'regression'],
  ['mse', 'regression'],
  ['l2', 'regression'],
  ['l2_root', 'regression'],
  ['root_mean_squared_error', 'regression'],
  ['rmse', 'regression'],
  ['mean_absolute_error', 'regression_l1'],
  ['l1', 'regression_l1'],
  ['mae', 'regression_l1'],
  ['softmax', 'multiclass'],
  ['multiclass_ova', 'multiclassova'],
  ['ova', 'multiclassova'],
  ['ovr', 'multiclassova'],
  ['mean_absolute_percentage_error', 'mape'],
  ['xendcg', 'rank_xendcg'],
  ['xe_ndcg', 'rank_xendcg'],
  ['xe_ndcg_mart', 'rank_xendcg'],
  ['xendcg_mart', 'rank_xendcg'],
]);

const METRICS = new Map([
  ['regression', 'l2'],
  ['regression_l2', 'l2'],
  ['mean_squared_error', 'l2'],
  ['mse', 'l2'],
  ['l2_root', 'rmse'],
  ['root_mean_squared_error', 'rmse'],
  ['regression_l1', 'l1'],
  ['mean_absolute_error', 'l1'],
  ['mae', 'l1'],
  ['mean_absolute_percentage_error', 'mape'],
  ['binary', 'binary_logloss'],
  ['lambdarank', 'ndcg'],
  ['rank_xendcg', 'ndcg'],
  ['xendcg', 'ndcg'],
  ['xe_ndcg', 'ndcg'],
  ['xe_ndcg_mart', 'ndcg'],
  ['xendcg_mart', 'ndcg'],
  ['multiclass', 'multi_logloss'],
  ['softmax', 'multi_logloss'],
  ['multiclassova', 'multi_logloss'],
  ['multiclass_ova', 'multi_logloss'],
  ['ova', 'multi_logloss'],
  ['ovr', 'multi_logloss'],
]);

const NO_METRIC = new Set(['none', 'null', 'custom', 'na', '']);

function asNumber(name: string, type: 'int' | 'double', value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number) || (type === 'int' && !Number.isInteger(number))) {
    throw new ParameterError(
      `${name} is ${JSON.stringify(value)}; it must be ${type === 'int' ? 'a whole number' : 'a number'}.`,
    );
  }
  return number;
}

function asBoolean(name: string, value: unknown): boolean {
  if (value === true || value === 1 || value === 'true' || value === '1' || value === '+') return true;
  if (value === false || value === 0 || value === 'false' || value === '0' || value === '-') return false;
  throw new ParameterError(`${name} is ${JSON.stringify(value)}; it must be true or false.`);
}

function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return String(value) === '' ? [] : String(value).split(',');
}

function checkLimits(name: string, spec: ParameterSpec, value: number): void {
  const { least, above, most, below } = spec;
  if (least !== undefined && !(value >= least)) throw new ParameterError(`${name} is ${value}; at least ${least}.`);
  if (above !== undefined && !(value > above)) throw new ParameterError(`${name} is ${value}; more than ${above}.`);
  if (most !== undefined && !(value <= most)) throw new ParameterError(`${name} is ${value}; at most ${most}.`);
  if (below !== undefined && !(value < below)) throw new ParameterError(`${name} is ${value}; less than ${below}.`);
}

function parse(name: string, spec: ParameterSpec, value: unknown): unknown {
  switch (spec.type) {
    case 'int':
    case 'double': {
      const number = asNumber(name, spec.type, value);
      checkLimits(name, spec, number);
      return number;
    }
    case 'bool':
      return asBoolean(name, value);
    case 'text':
      return Array.isArray(value) ? value.join(',') : String(value);
    case 'texts':
      return asList(value).map((word) => String(word).trim());
    case 'ints':
    case 'doubles': {
      const type = spec.type === 'ints' ? 'int' : 'double';
      return asList(value).map((word) => asNumber(name, type, word));
    }
  }
}

/** LightGBM's first name of a parameter that may be given by an alias. */
export function firstNameOf(name: string): string {
  return firstName.get(name) ?? name;
}

/** The parameters that were given, under their first names. */
function named(params: LightGbmParams): Map<string, unknown> {
  const given = new Map<string, { as: string; value: unknown }>();
  for (const [as, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue;
    const name = firstNameOf(as);
    const before = given.get(name);
    if (before) throw new ParameterError(`${before.as} and ${as} are the same parameter. Give one of them.`);
    if (!KNOWN.has(name)) {
      throw new ParameterError(`${as} is not a parameter of LightGBM. See its parameter list for the spelling.`);
    }
    given.set(name, { as, value });
  }
  return new Map([...given].map(([name, { value }]) => [name, value]));
}

function metricsOf(given: readonly string[] | undefined, objective: string): string[] {
  const asked = given && given.length > 0 ? given : [objective];
  const names = asked.map((name) => name.toLowerCase()).map((name) => METRICS.get(name) ?? name);
  return [...new Set(names.filter((name) => !NO_METRIC.has(name)))];
}

function derivedSeeds(seed: number): Record<string, number> {
  const random = new Lcg(seed);
  const names = [
    'data_random_seed',
    'bagging_seed',
    'drop_seed',
    'feature_fraction_seed',
    'objective_seed',
    'extra_seed',
  ];
  return Object.fromEntries(names.map((name) => [name, random.short() % 32767]));
}

/**
 * Reads parameters as LightGBM does: aliases, defaults, seeds derived from `seed`, and the few that bound each other.
 * @throws ParameterError for an unknown name, a value of a wrong kind or range, and what this engine leaves out
 */
export function resolveParameters(params: LightGbmParams): Parameters {
  const given = named(params);
  const values: Record<string, unknown> = {};
  const seeds = given.has('seed') ? derivedSeeds(asNumber('seed', 'int', given.get('seed'))) : {};
  for (const [name, spec] of Object.entries<ParameterSpec>(SAVED_PARAMETERS)) {
    values[name] = given.has(name) ? parse(name, spec, given.get(name)) : (seeds[name] ?? spec.initial);
  }
  values[TRAINING_METRIC] = given.has(TRAINING_METRIC) && asBoolean(TRAINING_METRIC, given.get(TRAINING_METRIC));
  const objective = String(values.objective).toLowerCase();
  values.objective = OBJECTIVES.get(objective) ?? objective;
  values.metric = metricsOf(values.metric as string[], values.objective as string);
  values.boosting = values.boosting === 'gbrt' ? 'gbdt' : values.boosting;
  if (values.boosting === 'goss') {
    values.boosting = 'gbdt';
    values.data_sample_strategy = 'goss';
  }
  values.eval_at = [...(values.eval_at as number[])].sort((a, b) => a - b);
  const resolved = values as unknown as { -readonly [Name in keyof Parameters]: Parameters[Name] };
  if (resolved.max_depth > 0) resolved.num_leaves = Math.min(resolved.num_leaves, 2 ** resolved.max_depth);
  if (resolved.path_smooth > 1e-15) resolved.min_data_in_leaf = Math.max(resolved.min_data_in_leaf, 2);
  if (resolved.min_data_in_leaf <= 0 && resolved.min_sum_hessian_in_leaf <= 1e-15) resolved.min_data_in_leaf = 1;
  refuseWhatIsLeftOut(resolved, given);
  return resolved;
}

function printed(spec: ParameterSpec, value: unknown): string {
  if (spec.type === 'bool') return value ? '1' : '0';
  if (spec.type === 'double') return formatSignificant(value as number, 6);
  if (spec.type === 'doubles') return (value as number[]).map((number) => formatSignificant(number, 17)).join(',');
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** The `parameters:` section of a model file. */
export function parametersText(parameters: Parameters): string {
  return Object.entries<ParameterSpec>(SAVED_PARAMETERS)
    .map(([name, spec]) => `[${name}: ${printed(spec, parameters[name as keyof Parameters])}]\n`)
    .join('');
}
