import { ParameterError } from '../errors.ts';
import type { Parameters } from './parameters.ts';

const TRAINED_OBJECTIVES = new Set([
  'regression',
  'regression_l1',
  'huber',
  'fair',
  'poisson',
  'quantile',
  'binary',
  'multiclass',
  'multiclassova',
  'lambdarank',
  'rank_xendcg',
]);

const MEASURED = new Set([
  'l2',
  'rmse',
  'l1',
  'quantile',
  'huber',
  'fair',
  'poisson',
  'mape',
  'binary_logloss',
  'binary_error',
  'auc',
  'multi_logloss',
  'multi_error',
  'ndcg',
]);

/** What this engine cannot train, by parameter. Nothing that changes a model is ignored in silence. */
const LEFT_OUT: readonly { isAsked: (p: Parameters) => boolean; what: (p: Parameters) => string }[] = [
  { isAsked: (p) => p.boosting !== 'gbdt', what: (p) => `boosting ${p.boosting} (models of it can be read)` },
  { isAsked: (p) => !TRAINED_OBJECTIVES.has(p.objective), what: (p) => `objective ${p.objective}` },
  { isAsked: (p) => p.tree_learner !== 'serial' || p.num_machines > 1, what: () => 'distributed tree_learner' },
  { isAsked: (p) => p.device_type !== 'cpu', what: (p) => `device_type ${p.device_type}` },
  { isAsked: (p) => p.linear_tree, what: () => 'linear_tree (models of it can be read)' },
  { isAsked: (p) => p.extra_trees, what: () => 'extra_trees' },
  { isAsked: (p) => p.use_quantized_grad, what: () => 'use_quantized_grad' },
  { isAsked: (p) => p.forcedsplits_filename !== '', what: () => 'forcedsplits_filename' },
  { isAsked: (p) => p.forcedbins_filename !== '', what: () => 'forcedbins_filename' },
  { isAsked: (p) => p.interaction_constraints !== '', what: () => 'interaction_constraints' },
  { isAsked: (p) => p.feature_contri.length > 0, what: () => 'feature_contri' },
  { isAsked: (p) => p.parser_config_file !== '', what: () => 'parser_config_file' },
  { isAsked: (p) => p.ignore_column !== '', what: () => 'ignore_column (leave the column out of the data)' },
  { isAsked: (p) => p.histogram_pool_size > 0, what: () => 'histogram_pool_size' },
  {
    isAsked: (p) =>
      p.cegb_tradeoff !== 1 ||
      p.cegb_penalty_split > 0 ||
      p.cegb_penalty_feature_lazy.length + p.cegb_penalty_feature_coupled.length > 0,
    what: () => 'cost-effective gradient boosting (cegb_*)',
  },
  {
    isAsked: (p) =>
      p.monotone_constraints.some((sign) => sign !== 0) &&
      (p.monotone_constraints_method !== 'basic' || p.monotone_penalty > 0),
    what: () => 'monotone_constraints_method other than basic, and monotone_penalty',
  },
];

function refuse(what: string): never {
  throw new ParameterError(`${what}: not part of this engine's training. Leave it out, or train with LightGBM itself.`);
}

/**
 * Refuses by name what this engine leaves out, and combinations that LightGBM refuses.
 * @throws ParameterError
 */
export function refuseWhatIsLeftOut(parameters: Parameters, given: ReadonlyMap<string, unknown>): void {
  const found = LEFT_OUT.find(({ isAsked }) => isAsked(parameters));
  if (found) refuse(found.what(parameters));
  if (String(given.get('input_model') ?? '') !== '') refuse('input_model (continued training)');
  const metric = parameters.metric.find((name) => !MEASURED.has(name));
  if (metric !== undefined) refuse(`metric ${metric}`);
  checkClasses(parameters);
  checkSampling(parameters);
  if (parameters.is_unbalance && Math.abs(parameters.scale_pos_weight - 1) > 1e-6) {
    throw new ParameterError('is_unbalance and scale_pos_weight exclude each other. Give one of them.');
  }
  if (parameters.objective === 'quantile' && parameters.alpha >= 1) {
    throw new ParameterError(`alpha is ${parameters.alpha}; a quantile lies between 0 and 1.`);
  }
  const renews = parameters.objective === 'regression_l1' || parameters.objective === 'quantile';
  if (renews && parameters.monotone_constraints.length > 0) {
    throw new ParameterError(`monotone_constraints cannot be kept under ${parameters.objective}, which renews leaves.`);
  }
}

function checkClasses(parameters: Parameters): void {
  const isMulticlass = parameters.objective.startsWith('multiclass');
  if (isMulticlass && parameters.num_class < 2) {
    throw new ParameterError(`num_class is ${parameters.num_class}; ${parameters.objective} needs at least 2.`);
  }
  if (!isMulticlass && parameters.num_class !== 1) {
    throw new ParameterError(`num_class is ${parameters.num_class}; ${parameters.objective} has 1.`);
  }
  const odd = parameters.metric.find((name) => name.startsWith('multi_') !== isMulticlass);
  if (odd !== undefined) throw new ParameterError(`metric ${odd} does not fit objective ${parameters.objective}.`);
}

function checkSampling(parameters: Parameters): void {
  const { data_sample_strategy: strategy, top_rate, other_rate, bagging_freq, bagging_fraction } = parameters;
  if (strategy !== 'bagging' && strategy !== 'goss') {
    throw new ParameterError(`data_sample_strategy is ${strategy}; bagging or goss.`);
  }
  if (strategy !== 'goss') return;
  if (!(top_rate > 0 && other_rate > 0 && top_rate + other_rate <= 1)) {
    throw new ParameterError(
      `top_rate ${top_rate} and other_rate ${other_rate} must be positive and at most 1 together.`,
    );
  }
  if (bagging_freq > 0 && bagging_fraction !== 1) {
    throw new ParameterError('bagging_fraction with goss: goss samples rows itself. Leave bagging out.');
  }
}
