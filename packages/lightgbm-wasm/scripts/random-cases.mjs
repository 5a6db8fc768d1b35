// Random trainings, each from a number: tables of every awkward kind and parameters of all that can be trained.

/** Uniform in [0, 1) from a seed (mulberry32). */
export function uniformStream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

function helpers(seed) {
  const next = uniformStream(seed);
  const int = (n) => Math.floor(next() * n);
  const pick = (list) => list[int(list.length)];
  const chance = (share) => next() < share;
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const round = (value, digits) => Number(value.toFixed(digits));
  return { next, int, pick, chance, normal, round };
}

/** How a column's values are drawn, by kind. */
const COLUMNS = {
  normal: (r) => () => r.round(r.normal(), 4),
  full: (r) => () => r.normal(),
  uniform: (r) => () => r.round(r.next() * 10, 3),
  heavy: (r) => () => {
    const z = r.normal();
    return r.round(Math.sign(z) * Math.exp(Math.abs(z) * 2), 3);
  },
  few: (r) => {
    const levels = 2 + r.int(9);
    const from = r.int(7) - 4;
    return () => r.int(levels) + from;
  },
  binary: (r) => () => r.int(2),
  positive: (r) => () => r.round(Math.exp(r.normal()), 4),
  negative: (r) => () => -r.round(Math.exp(r.normal()), 4),
  sparse: (r) => {
    const density = r.pick([0.02, 0.1, 0.3, 0.6]);
    return () => (r.chance(density) ? r.round(r.normal() * 2, 3) : 0);
  },
  rare: (r) => {
    const density = r.pick([0.001, 0.005, 0.02]);
    return () => (r.chance(density) ? r.round(r.normal() * 2, 3) : 0);
  },
  mostlyOne: (r) => {
    const value = r.pick([3, -2, 0.5]);
    return () => (r.chance(0.8) ? value : r.round(r.normal() * 3, 2));
  },
  constant: (r) => {
    const value = r.pick([0, 1, -7.5]);
    return () => value;
  },
  missing: () => () => Number.NaN,
  huge: (r) => () => r.normal() * r.pick([1e15, 1e20, 1e30]),
  tiny: (r) => () => r.normal() * r.pick([1e-7, 1e-20, 1e-34, 1e-36]),
  mixed: (r) => () => r.normal() * 10 ** (r.int(40) - 20),
  close: (r) => () => 1 + r.int(6) * 2 ** -52,
  integer: (r) => () => r.int(1000) - 300,
  sorted: (r) => {
    let at = r.normal();
    return () => {
      at += r.next() * 0.01;
      return r.round(at, 5);
    };
  },
};

const CATEGORIES = {
  few: (r) => {
    const levels = 2 + r.int(6);
    return () => r.int(levels);
  },
  many: (r) => {
    const levels = 10 + r.int(200);
    return () => Math.floor(r.next() ** 2 * levels);
  },
  gaps: (r) => {
    const levels = 3 + r.int(20);
    const step = 2 + r.int(90);
    return () => r.int(levels) * step;
  },
  negative: (r) => {
    const levels = 3 + r.int(20);
    return () => r.int(levels) - 1;
  },
  skewed: (r) => () => Math.floor(Math.exp(Math.abs(r.normal()) * 1.5)),
  constant: () => () => 3,
};

function drawColumns(r, width, isCategorical, isSparse) {
  const numericKinds = isSparse ? ['rare', 'rare', 'sparse', 'mostlyOne', 'normal'] : Object.keys(COLUMNS);
  return Array.from({ length: width }, (_, index) => {
    const kinds = isCategorical(index) ? CATEGORIES : COLUMNS;
    // The awkward kinds are each as likely as a plain column; half of the columns are plain.
    const kind = isCategorical(index)
      ? r.pick(Object.keys(CATEGORIES))
      : !isSparse && r.chance(0.4)
        ? r.pick(['normal', 'full', 'uniform'])
        : r.pick(numericKinds);
    const draw = kinds[kind](r);
    const missing = r.chance(0.35) ? r.pick([0.01, 0.1, 0.5]) : 0;
    return () => (missing > 0 && r.chance(missing) ? Number.NaN : draw());
  });
}

const OBJECTIVES = [
  'regression',
  'regression',
  'regression',
  'regression_l1',
  'huber',
  'fair',
  'poisson',
  'quantile',
  'binary',
  'binary',
  'multiclass',
  'multiclassova',
  'lambdarank',
  'rank_xendcg',
];

const METRICS = {
  regression: ['l2', 'rmse', 'l1', 'mape', 'huber', 'fair', 'quantile'],
  counts: ['poisson', 'l2', 'rmse', 'l1'],
  binary: ['binary_logloss', 'auc', 'binary_error', 'l2'],
  multi: ['multi_logloss', 'multi_error'],
  rank: ['ndcg'],
};

function familyOf(objective) {
  if (objective === 'poisson') return 'counts';
  if (objective === 'binary') return 'binary';
  if (objective.startsWith('multi')) return 'multi';
  return objective === 'lambdarank' || objective === 'rank_xendcg' ? 'rank' : 'regression';
}

function drawLabel(r, objective, classes) {
  const family = familyOf(objective);
  const signal = (row) => {
    const a = Number.isFinite(row[0]) ? Math.tanh(row[0]) : 0.7;
    const b = row.length > 1 && Number.isFinite(row[1]) ? Math.sin(row[1]) : -0.4;
    const c = row.length > 2 && Number.isFinite(row[2]) ? Math.sign(row[2]) : 0;
    return a + b * c + 0.5 * b + 0.3 * r.normal();
  };
  if (family === 'counts') {
    return (row) => Math.max(0, Math.round(Math.exp(0.6 * signal(row)) + r.normal() * 0.4));
  }
  if (family === 'binary') {
    const cut = r.pick([0, 0.5, 1.5, -1]);
    const negative = r.pick([0, 0, 0, -1]);
    return (row) => (signal(row) > cut ? 1 : negative);
  }
  if (family === 'multi') return (row) => Math.max(0, Math.min(classes - 1, Math.floor(signal(row) + classes / 2)));
  if (family === 'rank') return (row) => Math.max(0, Math.min(4, Math.round(signal(row) + 1.5)));
  const shape = r.pick(['plain', 'plain', 'plain', 'few', 'huge', 'tiny', 'outliers', 'constant', 'offset', 'ties']);
  return (row) => {
    const s = signal(row);
    if (shape === 'few') return Math.round(s);
    if (shape === 'huge') return r.round(s * 1e9, 2);
    if (shape === 'tiny') return s * 1e-8;
    if (shape === 'outliers') return r.round(s + (r.chance(0.03) ? 100 * r.normal() : 0), 4);
    if (shape === 'constant') return 2.5;
    if (shape === 'offset') return r.round(s * 0.01 + 1000, 5);
    if (shape === 'ties') return r.pick([0, 0, 0, 1, r.round(s, 2)]);
    return r.round(s, 5);
  };
}

function drawParameters(r, objective, width, rows) {
  const params = { objective, num_iterations: 1 + r.int(25), num_leaves: r.pick([2, 3, 7, 15, 31, 63, 200]) };
  const maybe = (share, name, values) => {
    if (r.chance(share)) params[name] = r.pick(values);
  };
  maybe(0.7, 'learning_rate', [0.01, 0.05, 0.1, 0.3, 0.5, 1]);
  maybe(0.6, 'min_data_in_leaf', rows < 100 ? [0, 1, 2, 5] : [0, 1, 3, 5, 10, 20, 50]);
  maybe(0.3, 'min_sum_hessian_in_leaf', [0, 0.001, 0.1, 1, 5]);
  maybe(0.5, 'max_bin', [2, 3, 4, 7, 15, 16, 63, 254, 255, 256, 257, 500, 1023]);
  maybe(0.4, 'min_data_in_bin', [1, 2, 5, 20]);
  maybe(0.3, 'max_depth', [-1, 1, 2, 3, 5, 8]);
  maybe(0.25, 'lambda_l1', [0, 0.1, 1, 5]);
  maybe(0.3, 'lambda_l2', [0, 0.1, 1, 20]);
  maybe(0.2, 'min_gain_to_split', [0, 0.01, 0.5, 2]);
  maybe(0.2, 'max_delta_step', [0, 0.1, 0.7, 3]);
  maybe(0.2, 'path_smooth', [0, 0.1, 1, 10, 100]);
  maybe(0.25, 'feature_fraction', [0.1, 0.3, 0.5, 0.8, 0.99]);
  maybe(0.25, 'feature_fraction_bynode', [0.2, 0.5, 0.8]);
  maybe(0.15, 'use_missing', [false]);
  maybe(0.2, 'zero_as_missing', [true]);
  maybe(0.2, 'feature_pre_filter', [false]);
  maybe(0.2, 'boost_from_average', [false]);
  maybe(0.15, 'bin_construct_sample_cnt', [50, 200, 1000]);
  maybe(0.1, 'enable_bundle', [false]);
  maybe(0.1, 'is_enable_sparse', [false]);
  maybe(0.5, 'seed', [1, 7, 42, 12345, 0]);
  maybe(0.1, 'data_random_seed', [9]);
  maybe(0.1, 'feature_fraction_seed', [11]);
  maybe(0.1, 'bagging_seed', [13]);
  maybe(0.1, 'saved_feature_importance_type', [1]);
  if (r.chance(0.12)) {
    params.max_bin_by_feature = Array.from({ length: width }, () => r.pick([2, 3, 10, 255, 300]));
  }
  const strategy = r.next();
  if (strategy < 0.35) {
    params.bagging_freq = r.pick([1, 1, 2, 5]);
    params.bagging_fraction = r.pick([0.1, 0.4, 0.5, 0.7, 0.95, 1]);
    if (r.chance(0.2)) params.pos_bagging_fraction = r.pick([0.2, 0.7]);
    if (r.chance(0.2)) params.neg_bagging_fraction = r.pick([0.3, 0.8]);
  } else if (strategy < 0.5) {
    params[r.pick(['data_sample_strategy', 'boosting'])] = 'goss';
    params.top_rate = r.pick([0.05, 0.2, 0.5]);
    params.other_rate = r.pick([0.05, 0.1, 0.4]);
    params.learning_rate = r.pick([0.3, 0.5, 1]);
  }
  const renews = ['regression_l1', 'quantile'].includes(objective);
  if (!renews && r.chance(0.2)) params.monotone_constraints = Array.from({ length: width }, () => r.int(3) - 1);
  if (objective === 'multiclass' || objective === 'multiclassova') {
    params.num_class = 2 + r.int(4);
    params.num_iterations = Math.min(params.num_iterations, 8);
  }
  if (objective === 'binary' || objective === 'multiclassova') {
    const balance = r.next();
    if (balance < 0.2) params.is_unbalance = true;
    else if (balance < 0.4) params.scale_pos_weight = r.pick([0.5, 3]);
    maybe(0.3, 'sigmoid', [0.5, 1, 2]);
  }
  if (['huber', 'quantile'].includes(objective)) maybe(0.7, 'alpha', [0.1, 0.5, 0.73, 0.9]);
  if (objective === 'fair') maybe(0.5, 'fair_c', [0.3, 2]);
  if (objective === 'poisson') maybe(0.5, 'poisson_max_delta_step', [0.3, 1.5]);
  if (objective === 'lambdarank' || objective === 'rank_xendcg') {
    maybe(0.4, 'lambdarank_truncation_level', [1, 3, 10]);
    maybe(0.3, 'lambdarank_norm', [false]);
    maybe(0.3, 'label_gain', [
      [0, 1, 3, 7, 15],
      [0, 1, 1.5, 2, 10],
    ]);
    maybe(0.5, 'eval_at', [[1], [3, 1], [5, 10, 20]]);
    maybe(0.2, 'sigmoid', [0.5, 2]);
    maybe(0.2, 'objective_seed', [3]);
  }
  if (['regression', 'regression_l1', 'fair', 'quantile'].includes(objective)) maybe(0.12, 'reg_sqrt', [true]);
  return params;
}

/** What this engine reads and predicts, but does not train; the labels that each can have. */
const PREDICTED_ONLY = {
  linear_tree: { params: (r) => ({ objective: 'regression', linear_tree: true, linear_lambda: r.pick([0, 0.01, 1]) }) },
  dart: { params: (r) => ({ boosting: 'dart', drop_rate: r.pick([0.1, 0.5]) }) },
  rf: { params: (r) => ({ boosting: 'rf', bagging_freq: 1, bagging_fraction: r.pick([0.4, 0.8]) }) },
  mape: { params: () => ({ objective: 'mape' }) },
  gamma: { params: () => ({ objective: 'gamma' }), label: (y) => 0.1 + Math.abs(y) },
  tweedie: { params: () => ({ objective: 'tweedie' }), label: (y) => Math.max(0, y) },
  cross_entropy: { params: () => ({ objective: 'cross_entropy' }), label: (y) => 1 / (1 + Math.exp(-y)) },
  cross_entropy_lambda: { params: () => ({ objective: 'cross_entropy_lambda' }), label: (y) => 1 / (1 + Math.exp(-y)) },
};

/** Now and then makes a regression one of what is only predicted. */
function makePredictedOnly(seed, params, tables) {
  const r = helpers(Math.imul(seed, 0x9e3779b1) ^ 0x1234567);
  if (params.objective !== 'regression' || !r.chance(0.4)) return;
  const { params: more, label } = PREDICTED_ONLY[r.pick(Object.keys(PREDICTED_ONLY))];
  for (const name of ['monotone_constraints', 'data_sample_strategy', 'boosting', 'reg_sqrt', 'metric'])
    delete params[name];
  delete params.early_stopping_round;
  params.num_iterations = Math.min(params.num_iterations, 15);
  Object.assign(params, more(r));
  if (label)
    for (const table of tables)
      table.labels = table.labels.map((y) => r.round(label(Math.max(-20, Math.min(20, y))), 5));
}

function drawTable(r, columns, rows, labelOf, { weighted, grouped, dirty }) {
  const features = [];
  const labels = [];
  for (let row = 0; row < rows; row++) {
    const values = columns.map((draw) => draw());
    labels.push(labelOf(values));
    // Values that training has not seen: missing, zero, far off.
    if (dirty) {
      values.forEach((_, k) => {
        if (r.chance(0.06)) values[k] = r.pick([Number.NaN, 0, 1e9, -1e9, -1, 0.5, 1e-36, -1e-35]);
      });
    }
    features.push(values);
  }
  const table = { features, labels };
  if (weighted) table.weights = labels.map(() => r.pick([1, r.round(0.1 + 2 * r.next(), 3), r.round(r.next(), 5)]));
  if (grouped) {
    table.queries = [];
    for (let left = rows; left > 0; ) {
      const size = Math.min(left, 1 + r.int(30));
      table.queries.push(size);
      left -= size;
    }
  }
  return table;
}

/**
 * A training drawn from a number.
 * @returns tables (`train`, `valid`s, `test`), parameters, and whether names head the columns
 */
export function drawCase(seed) {
  const r = helpers(Math.imul(seed, 2654435761) ^ 0x5bd1e995);
  const objective = r.pick(OBJECTIVES);
  // Beyond 10,000 rows columns are bundled although they conflict here and there.
  const rows = r.chance(0.05) ? r.pick([12_000, 25_000]) : r.pick([8, 30, 60, 200, 500, 1000, 1500, 3000]);
  const width = 1 + r.int(r.pick([3, 8, 20]));
  const isSparse = r.chance(0.15);
  const hasCategories = r.chance(0.35);
  const categorical = Array.from({ length: width }, () => hasCategories && r.chance(0.5));
  const columns = drawColumns(r, width, (index) => categorical[index], isSparse);
  const params = drawParameters(r, objective, width, rows);
  if (categorical.includes(true)) {
    params.categorical_feature = categorical.flatMap((is, index) => (is ? [index] : []));
    if (params.monotone_constraints) {
      params.monotone_constraints = params.monotone_constraints.map((sign, index) => (categorical[index] ? 0 : sign));
    }
    for (const [name, values] of [
      ['cat_smooth', [0, 1, 5, 30]],
      ['cat_l2', [0, 1, 30]],
      ['max_cat_to_onehot', [1, 2, 8, 50]],
      ['max_cat_threshold', [1, 4, 100]],
      ['min_data_per_group', [1, 5, 30]],
    ]) {
      if (r.chance(0.4)) params[name] = r.pick(values);
    }
  }
  const labelOf = drawLabel(r, objective, params.num_class ?? 1);
  const grouped = familyOf(objective) === 'rank';
  const weighted = r.chance(0.3);
  const table = (count, dirty) => drawTable(r, columns, count, labelOf, { weighted, grouped, dirty });
  const train = table(rows, false);
  const valid = Array.from({ length: r.pick([0, 0, 1, 1, 2]) }, () => table(20 + r.int(200), r.chance(0.3)));
  const metrics = METRICS[familyOf(objective)].filter(() => r.chance(0.4));
  if (metrics.length > 0) params.metric = metrics;
  if (valid.length > 0 && r.chance(0.5)) {
    params.early_stopping_round = 1 + r.int(5);
    params.num_iterations = 60;
    if (r.chance(0.3)) params.first_metric_only = true;
  }
  makePredictedOnly(seed, params, [train, ...valid]);
  const names = r.chance(0.2) ? columns.map((_, index) => `f_${index}`) : undefined;
  const precise = !r.chance(0.15);
  return { seed, params, train, valid, test: table(60, true), names, precise };
}
