/** What kind of value a parameter takes, where it begins, and what it must keep to. */
export interface ParameterSpec {
  readonly type: 'int' | 'double' | 'bool' | 'text' | 'ints' | 'doubles' | 'texts';
  readonly initial: number | boolean | string | readonly string[];
  readonly least?: number;
  readonly above?: number;
  readonly most?: number;
  readonly below?: number;
}

/** LightGBM 4.1's parameters that a model file lists. */
export interface SavedParameters {
  readonly boosting: string;
  readonly objective: string;
  readonly metric: readonly string[];
  readonly tree_learner: string;
  readonly device_type: string;
  readonly data_sample_strategy: string;
  readonly data: string;
  readonly valid: readonly string[];
  readonly num_iterations: number;
  readonly learning_rate: number;
  readonly num_leaves: number;
  readonly num_threads: number;
  readonly seed: number;
  readonly deterministic: boolean;
  readonly force_col_wise: boolean;
  readonly force_row_wise: boolean;
  readonly histogram_pool_size: number;
  readonly max_depth: number;
  readonly min_data_in_leaf: number;
  readonly min_sum_hessian_in_leaf: number;
  readonly bagging_fraction: number;
  readonly pos_bagging_fraction: number;
  readonly neg_bagging_fraction: number;
  readonly bagging_freq: number;
  readonly bagging_seed: number;
  readonly feature_fraction: number;
  readonly feature_fraction_bynode: number;
  readonly feature_fraction_seed: number;
  readonly extra_trees: boolean;
  readonly extra_seed: number;
  readonly early_stopping_round: number;
  readonly first_metric_only: boolean;
  readonly max_delta_step: number;
  readonly lambda_l1: number;
  readonly lambda_l2: number;
  readonly linear_lambda: number;
  readonly min_gain_to_split: number;
  readonly drop_rate: number;
  readonly max_drop: number;
  readonly skip_drop: number;
  readonly xgboost_dart_mode: boolean;
  readonly uniform_drop: boolean;
  readonly drop_seed: number;
  readonly top_rate: number;
  readonly other_rate: number;
  readonly min_data_per_group: number;
  readonly max_cat_threshold: number;
  readonly cat_l2: number;
  readonly cat_smooth: number;
  readonly max_cat_to_onehot: number;
  readonly top_k: number;
  readonly monotone_constraints: readonly number[];
  readonly monotone_constraints_method: string;
  readonly monotone_penalty: number;
  readonly feature_contri: readonly number[];
  readonly forcedsplits_filename: string;
  readonly refit_decay_rate: number;
  readonly cegb_tradeoff: number;
  readonly cegb_penalty_split: number;
  readonly cegb_penalty_feature_lazy: readonly number[];
  readonly cegb_penalty_feature_coupled: readonly number[];
  readonly path_smooth: number;
  readonly interaction_constraints: string;
  readonly verbosity: number;
  readonly saved_feature_importance_type: number;
  readonly use_quantized_grad: boolean;
  readonly num_grad_quant_bins: number;
  readonly quant_train_renew_leaf: boolean;
  readonly stochastic_rounding: boolean;
  readonly linear_tree: boolean;
  readonly max_bin: number;
  readonly max_bin_by_feature: readonly number[];
  readonly min_data_in_bin: number;
  readonly bin_construct_sample_cnt: number;
  readonly data_random_seed: number;
  readonly is_enable_sparse: boolean;
  readonly enable_bundle: boolean;
  readonly use_missing: boolean;
  readonly zero_as_missing: boolean;
  readonly feature_pre_filter: boolean;
  readonly pre_partition: boolean;
  readonly two_round: boolean;
  readonly header: boolean;
  readonly label_column: string;
  readonly weight_column: string;
  readonly group_column: string;
  readonly ignore_column: string;
  readonly categorical_feature: string;
  readonly forcedbins_filename: string;
  readonly precise_float_parser: boolean;
  readonly parser_config_file: string;
  readonly objective_seed: number;
  readonly num_class: number;
  readonly is_unbalance: boolean;
  readonly scale_pos_weight: number;
  readonly sigmoid: number;
  readonly boost_from_average: boolean;
  readonly reg_sqrt: boolean;
  readonly alpha: number;
  readonly fair_c: number;
  readonly poisson_max_delta_step: number;
  readonly tweedie_variance_power: number;
  readonly lambdarank_truncation_level: number;
  readonly lambdarank_norm: boolean;
  readonly label_gain: readonly number[];
  readonly lambdarank_position_bias_regularization: number;
  readonly eval_at: readonly number[];
  readonly multi_error_top_k: number;
  readonly auc_mu_weights: readonly number[];
  readonly num_machines: number;
  readonly local_listen_port: number;
  readonly time_out: number;
  readonly machine_list_filename: string;
  readonly machines: string;
  readonly gpu_platform_id: number;
  readonly gpu_device_id: number;
  readonly gpu_use_dp: boolean;
  readonly num_gpu: number;
}

/** LightGBM 4.1's parameters in the order in which a model file lists them, with its defaults and checks. */
export const SAVED_PARAMETERS: Readonly<Record<keyof SavedParameters, ParameterSpec>> = {
  boosting: { type: 'text', initial: 'gbdt' },
  objective: { type: 'text', initial: 'regression' },
  metric: { type: 'texts', initial: [] },
  tree_learner: { type: 'text', initial: 'serial' },
  device_type: { type: 'text', initial: 'cpu' },
  data_sample_strategy: { type: 'text', initial: 'bagging' },
  data: { type: 'text', initial: '' },
  valid: { type: 'texts', initial: [] },
  num_iterations: { type: 'int', initial: 100, least: 0 },
  learning_rate: { type: 'double', initial: 0.1, above: 0 },
  num_leaves: { type: 'int', initial: 31, above: 1, most: 131072 },
  num_threads: { type: 'int', initial: 0 },
  seed: { type: 'int', initial: 0 },
  deterministic: { type: 'bool', initial: false },
  force_col_wise: { type: 'bool', initial: false },
  force_row_wise: { type: 'bool', initial: false },
  histogram_pool_size: { type: 'double', initial: -1 },
  max_depth: { type: 'int', initial: -1 },
  min_data_in_leaf: { type: 'int', initial: 20, least: 0 },
  min_sum_hessian_in_leaf: { type: 'double', initial: 0.001, least: 0 },
  bagging_fraction: { type: 'double', initial: 1, above: 0, most: 1 },
  pos_bagging_fraction: { type: 'double', initial: 1, above: 0, most: 1 },
  neg_bagging_fraction: { type: 'double', initial: 1, above: 0, most: 1 },
  bagging_freq: { type: 'int', initial: 0 },
  bagging_seed: { type: 'int', initial: 3 },
  feature_fraction: { type: 'double', initial: 1, above: 0, most: 1 },
  feature_fraction_bynode: { type: 'double', initial: 1, above: 0, most: 1 },
  feature_fraction_seed: { type: 'int', initial: 2 },
  extra_trees: { type: 'bool', initial: false },
  extra_seed: { type: 'int', initial: 6 },
  early_stopping_round: { type: 'int', initial: 0 },
  first_metric_only: { type: 'bool', initial: false },
  max_delta_step: { type: 'double', initial: 0 },
  lambda_l1: { type: 'double', initial: 0, least: 0 },
  lambda_l2: { type: 'double', initial: 0, least: 0 },
  linear_lambda: { type: 'double', initial: 0, least: 0 },
  min_gain_to_split: { type: 'double', initial: 0, least: 0 },
  drop_rate: { type: 'double', initial: 0.1, least: 0, most: 1 },
  max_drop: { type: 'int', initial: 50 },
  skip_drop: { type: 'double', initial: 0.5, least: 0, most: 1 },
  xgboost_dart_mode: { type: 'bool', initial: false },
  uniform_drop: { type: 'bool', initial: false },
  drop_seed: { type: 'int', initial: 4 },
  top_rate: { type: 'double', initial: 0.2, least: 0, most: 1 },
  other_rate: { type: 'double', initial: 0.1, least: 0, most: 1 },
  min_data_per_group: { type: 'int', initial: 100, above: 0 },
  max_cat_threshold: { type: 'int', initial: 32, above: 0 },
  cat_l2: { type: 'double', initial: 10, least: 0 },
  cat_smooth: { type: 'double', initial: 10, least: 0 },
  max_cat_to_onehot: { type: 'int', initial: 4, above: 0 },
  top_k: { type: 'int', initial: 20, above: 0 },
  monotone_constraints: { type: 'ints', initial: [] },
  monotone_constraints_method: { type: 'text', initial: 'basic' },
  monotone_penalty: { type: 'double', initial: 0, least: 0 },
  feature_contri: { type: 'doubles', initial: [] },
  forcedsplits_filename: { type: 'text', initial: '' },
  refit_decay_rate: { type: 'double', initial: 0.9, least: 0, most: 1 },
  cegb_tradeoff: { type: 'double', initial: 1, least: 0 },
  cegb_penalty_split: { type: 'double', initial: 0, least: 0 },
  cegb_penalty_feature_lazy: { type: 'doubles', initial: [] },
  cegb_penalty_feature_coupled: { type: 'doubles', initial: [] },
  path_smooth: { type: 'double', initial: 0, least: 0 },
  interaction_constraints: { type: 'text', initial: '' },
  verbosity: { type: 'int', initial: 1 },
  saved_feature_importance_type: { type: 'int', initial: 0 },
  use_quantized_grad: { type: 'bool', initial: false },
  num_grad_quant_bins: { type: 'int', initial: 4 },
  quant_train_renew_leaf: { type: 'bool', initial: false },
  stochastic_rounding: { type: 'bool', initial: true },
  linear_tree: { type: 'bool', initial: false },
  max_bin: { type: 'int', initial: 255, above: 1 },
  max_bin_by_feature: { type: 'ints', initial: [] },
  min_data_in_bin: { type: 'int', initial: 3, above: 0 },
  bin_construct_sample_cnt: { type: 'int', initial: 200000, above: 0 },
  data_random_seed: { type: 'int', initial: 1 },
  is_enable_sparse: { type: 'bool', initial: true },
  enable_bundle: { type: 'bool', initial: true },
  use_missing: { type: 'bool', initial: true },
  zero_as_missing: { type: 'bool', initial: false },
  feature_pre_filter: { type: 'bool', initial: true },
  pre_partition: { type: 'bool', initial: false },
  two_round: { type: 'bool', initial: false },
  header: { type: 'bool', initial: false },
  label_column: { type: 'text', initial: '' },
  weight_column: { type: 'text', initial: '' },
  group_column: { type: 'text', initial: '' },
  ignore_column: { type: 'text', initial: '' },
  categorical_feature: { type: 'text', initial: '' },
  forcedbins_filename: { type: 'text', initial: '' },
  precise_float_parser: { type: 'bool', initial: false },
  parser_config_file: { type: 'text', initial: '' },
  objective_seed: { type: 'int', initial: 5 },
  num_class: { type: 'int', initial: 1, above: 0 },
  is_unbalance: { type: 'bool', initial: false },
  scale_pos_weight: { type: 'double', initial: 1, above: 0 },
  sigmoid: { type: 'double', initial: 1, above: 0 },
  boost_from_average: { type: 'bool', initial: true },
  reg_sqrt: { type: 'bool', initial: false },
  alpha: { type: 'double', initial: 0.9, above: 0 },
  fair_c: { type: 'double', initial: 1, above: 0 },
  poisson_max_delta_step: { type: 'double', initial: 0.7, above: 0 },
  tweedie_variance_power: { type: 'double', initial: 1.5, least: 1, below: 2 },
  lambdarank_truncation_level: { type: 'int', initial: 30, above: 0 },
  lambdarank_norm: { type: 'bool', initial: true },
  label_gain: { type: 'doubles', initial: [] },
  lambdarank_position_bias_regularization: { type: 'double', initial: 0, least: 0 },
  eval_at: { type: 'ints', initial: [] },
  multi_error_top_k: { type: 'int', initial: 1, above: 0 },
  auc_mu_weights: { type: 'doubles', initial: [] },
  num_machines: { type: 'int', initial: 1, above: 0 },
  local_listen_port: { type: 'int', initial: 12400, above: 0 },
  time_out: { type: 'int', initial: 120, above: 0 },
  machine_list_filename: { type: 'text', initial: '' },
  machines: { type: 'text', initial: '' },
  gpu_platform_id: { type: 'int', initial: -1 },
  gpu_device_id: { type: 'int', initial: -1 },
  gpu_use_dp: { type: 'bool', initial: false },
  num_gpu: { type: 'int', initial: 1, above: 0 },
};

/** Parameters of LightGBM's command line or of prediction: read and left alone, for they do not change a training. */
export const OTHER_PARAMETERS: readonly string[] = [
  'task',
  'config',
  'output_model',
  'snapshot_freq',
  'save_binary',
  'start_iteration_predict',
  'num_iteration_predict',
  'predict_raw_score',
  'predict_leaf_index',
  'predict_contrib',
  'predict_disable_shape_check',
  'pred_early_stop',
  'pred_early_stop_freq',
  'pred_early_stop_margin',
  'output_result',
  'convert_model_language',
  'convert_model',
  'metric_freq',
];

/** LightGBM's other names of its parameters. */
export const ALIASES: Readonly<Record<string, readonly string[]>> = {
  config: ['config_file'],
  task: ['task_type'],
  objective: ['objective_type', 'app', 'application', 'loss'],
  boosting: ['boosting_type', 'boost'],
  data: ['train', 'train_data', 'train_data_file', 'data_filename'],
  valid: ['test', 'valid_data', 'valid_data_file', 'test_data', 'test_data_file', 'valid_filenames'],
  num_iterations: [
    'num_iteration',
    'n_iter',
    'num_tree',
    'num_trees',
    'num_round',
    'num_rounds',
    'nrounds',
    'num_boost_round',
    'n_estimators',
    'max_iter',
  ],
  learning_rate: ['shrinkage_rate', 'eta'],
  num_leaves: ['num_leaf', 'max_leaves', 'max_leaf', 'max_leaf_nodes'],
  tree_learner: ['tree', 'tree_type', 'tree_learner_type'],
  num_threads: ['num_thread', 'nthread', 'nthreads', 'n_jobs'],
  device_type: ['device'],
  seed: ['random_seed', 'random_state'],
  histogram_pool_size: ['hist_pool_size'],
  min_data_in_leaf: ['min_data_per_leaf', 'min_data', 'min_child_samples', 'min_samples_leaf'],
  min_sum_hessian_in_leaf: ['min_sum_hessian_per_leaf', 'min_sum_hessian', 'min_hessian', 'min_child_weight'],
  bagging_fraction: ['sub_row', 'subsample', 'bagging'],
  pos_bagging_fraction: ['pos_sub_row', 'pos_subsample', 'pos_bagging'],
  neg_bagging_fraction: ['neg_sub_row', 'neg_subsample', 'neg_bagging'],
  bagging_freq: ['subsample_freq'],
  bagging_seed: ['bagging_fraction_seed'],
  feature_fraction: ['sub_feature', 'colsample_bytree'],
  feature_fraction_bynode: ['sub_feature_bynode', 'colsample_bynode'],
  extra_trees: ['extra_tree'],
  early_stopping_round: ['early_stopping_rounds', 'early_stopping', 'n_iter_no_change'],
  max_delta_step: ['max_tree_output', 'max_leaf_output'],
  lambda_l1: ['reg_alpha', 'l1_regularization'],
  lambda_l2: ['reg_lambda', 'lambda', 'l2_regularization'],
  min_gain_to_split: ['min_split_gain'],
  drop_rate: ['rate_drop'],
  top_k: ['topk'],
  monotone_constraints: ['mc', 'monotone_constraint', 'monotonic_cst'],
  monotone_constraints_method: ['monotone_constraining_method', 'mc_method'],
  monotone_penalty: ['monotone_splits_penalty', 'ms_penalty', 'mc_penalty'],
  feature_contri: ['feature_contrib', 'fc', 'fp', 'feature_penalty'],
  forcedsplits_filename: ['fs', 'forced_splits_filename', 'forced_splits_file', 'forced_splits'],
  verbosity: ['verbose'],
  input_model: ['model_input', 'model_in'],
  output_model: ['model_output', 'model_out'],
  snapshot_freq: ['save_period'],
  linear_tree: ['linear_trees'],
  max_bin: ['max_bins'],
  bin_construct_sample_cnt: ['subsample_for_bin'],
  data_random_seed: ['data_seed'],
  is_enable_sparse: ['is_sparse', 'enable_sparse', 'sparse'],
  enable_bundle: ['is_enable_bundle', 'bundle'],
  pre_partition: ['is_pre_partition'],
  two_round: ['two_round_loading', 'use_two_round_loading'],
  header: ['has_header'],
  label_column: ['label'],
  weight_column: ['weight'],
  group_column: ['group', 'group_id', 'query_column', 'query', 'query_id'],
  ignore_column: ['ignore_feature', 'blacklist'],
  categorical_feature: ['cat_feature', 'categorical_column', 'cat_column', 'categorical_features'],
  save_binary: ['is_save_binary', 'is_save_binary_file'],
  predict_raw_score: ['is_predict_raw_score', 'predict_rawscore', 'raw_score'],
  predict_leaf_index: ['is_predict_leaf_index', 'leaf_index'],
  predict_contrib: ['is_predict_contrib', 'contrib'],
  output_result: ['predict_result', 'prediction_result', 'predict_name', 'prediction_name', 'pred_name', 'name_pred'],
  convert_model: ['convert_model_file'],
  num_class: ['num_classes'],
  is_unbalance: ['unbalance', 'unbalanced_sets'],
  metric: ['metrics', 'metric_types'],
  metric_freq: ['output_freq'],
  is_provide_training_metric: ['training_metric', 'is_training_metric', 'train_metric'],
  eval_at: ['ndcg_eval_at', 'ndcg_at', 'map_eval_at', 'map_at'],
  num_machines: ['num_machine'],
  local_listen_port: ['local_port', 'port'],
  machine_list_filename: ['machine_list_file', 'machine_list', 'mlist'],
  machines: ['workers', 'nodes'],
};
