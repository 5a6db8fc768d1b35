import { describe, expect, it } from 'vitest';
import { Booster, type Columns, DataError, Dataset, type LightGbmParams, ParameterError } from '../src/index.ts';
import { parametersText, resolveParameters } from '../src/training/parameters.ts';

const data: Columns = { rowCount: 60, columns: [Float64Array.from({ length: 60 }, (_, i) => i % 13)] };
const label = Float64Array.from({ length: 60 }, (_, i) => i % 13);
const train = (params: LightGbmParams): Promise<Booster> => Booster.train({ data, label, params });

describe('parameters', () => {
  it('have LightGBM aliases and take the text of its configuration files', () => {
    const byName = resolveParameters({ num_iterations: 7, learning_rate: 0.3, lambda_l1: 1, metric: ['l2', 'l1'] });
    const byAlias = resolveParameters({ n_estimators: '7', eta: '0.3', reg_alpha: '1', metric: 'mse,mae' });
    expect(byAlias).toEqual(byName);
    expect(resolveParameters({ objective: 'MAE' }).objective).toBe('regression_l1');
    expect(resolveParameters({ header: 'true', boost_from_average: '0' })).toMatchObject({
      header: true,
      boost_from_average: false,
    });
  });

  // Upstream writes these for seed 7 into every model file of the fixtures.
  it('derive the seeds that LightGBM derives, unless they are given', () => {
    const derived = { data_random_seed: 61, bagging_seed: 17422, drop_seed: 15215, feature_fraction_seed: 7040 };
    expect(resolveParameters({ seed: 7 })).toMatchObject({ ...derived, objective_seed: 15521, extra_seed: 6516 });
    expect(resolveParameters({ seed: 7, bagging_seed: 1 })).toMatchObject({ ...derived, bagging_seed: 1 });
  });

  it('bound each other as in LightGBM', () => {
    expect(resolveParameters({ max_depth: 3, num_leaves: 31 }).num_leaves).toBe(8);
    expect(resolveParameters({ path_smooth: 1, min_data_in_leaf: 0 }).min_data_in_leaf).toBe(2);
    expect(resolveParameters({ min_data_in_leaf: 0, min_sum_hessian_in_leaf: 0 }).min_data_in_leaf).toBe(1);
    expect(parametersText(resolveParameters({ learning_rate: 1e-5, label_gain: [0, 1.5] }))).toMatch(
      /\[learning_rate: 1e-05\][\s\S]*\[label_gain: 0,1\.5\]/,
    );
  });

  it.each<[LightGbmParams, RegExp]>([
    [{ num_leafs: 3 }, /num_leafs is not a parameter/],
    [{ eta: 0.1, learning_rate: 0.1 }, /eta and learning_rate are the same/],
    [{ num_leaves: 1 }, /num_leaves is 1; more than 1/],
    [{ num_leaves: 2.5 }, /num_leaves is 2.5; it must be a whole number/],
    [{ learning_rate: 'fast' }, /learning_rate is "fast"/],
    [{ learning_rate: 0 }, /learning_rate is 0; more than 0/],
    [{ bagging_fraction: 1.5 }, /bagging_fraction is 1.5; at most 1/],
    [{ deterministic: 'perhaps' }, /deterministic is "perhaps"; it must be true or false/],
    [{ objective: 'binary', is_unbalance: true, scale_pos_weight: 2 }, /exclude each other/],
    [{ objective: 'multiclass' }, /num_class is 1/],
    [{ num_class: 3 }, /num_class is 3; regression has 1/],
    [{ objective: 'multiclass', num_class: 3, metric: 'l2' }, /metric l2 does not fit/],
    [{ early_stopping_round: 5 }, /Pass validation and a metric/],
    [{ categorical_feature: '4' }, /categorical_feature names "4"/],
    [{ max_bin_by_feature: [3, 4] }, /max_bin_by_feature has 2 numbers/],
    [{ monotone_constraints: [1, 0] }, /monotone_constraints has 2 signs/],
    [{ data_sample_strategy: 'goss', bagging_freq: 1, bagging_fraction: 0.5 }, /goss samples rows itself/],
  ])('%j is refused with a word why', async (params, message) => {
    const failure = await train(params).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ParameterError);
    expect((failure as Error).message).toMatch(message);
  });

  it.each<LightGbmParams>([
    { boosting: 'dart' },
    { boosting: 'rf' },
    { tree_learner: 'data' },
    { device_type: 'gpu' },
    { linear_tree: true },
    { extra_trees: true },
    { use_quantized_grad: true },
    { forcedsplits_filename: 'splits.json' },
    { forcedbins_filename: 'bins.json' },
    { interaction_constraints: '[0,1]' },
    { cegb_penalty_split: 1 },
    { feature_contri: [1] },
    { monotone_constraints: [1], monotone_constraints_method: 'advanced' },
    { monotone_constraints: [1], monotone_penalty: 2 },
    { input_model: 'model.txt' },
    { objective: 'tweedie' },
    { metric: 'map' },
    { histogram_pool_size: 16 },
  ])('%j is left out, and said so by name', async (params) => {
    const name = Object.keys(params).at(-1)!;
    const value = String(Object.values(params).at(-1));
    const failure = await train(params).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ParameterError);
    expect((failure as Error).message).toMatch(new RegExp(`${name.split('_')[0]}|${value}|cegb`));
    expect((failure as Error).message).toMatch(/not part of this engine/);
  });
});

describe('data', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['a label too few', () => Booster.train({ data, label: label.subarray(1) }), /59 labels for 60 rows/],
    [
      'a label of NaN',
      () => Booster.train({ data, label: label.map((y, i) => (i === 3 ? Number.NaN : y)) }),
      /label 3 is NaN/,
    ],
    [
      'a negative weight',
      () => Booster.train({ data, label, weight: new Float64Array(60).fill(-1) }),
      /weight 0 is -1/,
    ],
    ['queries of other length', () => Booster.train({ data, label, query: Int32Array.of(59) }), /queries hold 59 rows/],
    ['ranking without queries', () => train({ objective: 'lambdarank' }), /Pass query/],
    [
      'a class out of range',
      () => train({ objective: 'multiclass', num_class: 3 }),
      /label 3 is 3; classes are 0 to 2/,
    ],
    [
      'a negative count',
      () => Booster.train({ data, label: label.map((y) => y - 5), params: { objective: 'poisson' } }),
      /label 0 is -5/,
    ],
    [
      'a short column',
      () => Booster.train({ data: { rowCount: 61, columns: data.columns }, label: new Float64Array(61) }),
      /column 0 has 60 values/,
    ],
    [
      'no rows',
      () => Booster.train({ data: { rowCount: 0, columns: [new Float64Array(0)] }, label: new Float64Array(0) }),
      /nothing to train on/,
    ],
    [
      'validation of other width',
      () =>
        Booster.train({ data, label, validation: [{ data: { rowCount: 1, columns: [] }, label: Float64Array.of(1) }] }),
      /0 columns; the training data has 1/,
    ],
  ])('%s is refused', async (_, run, message) => {
    const failure = await run().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DataError);
    expect((failure as Error).message).toMatch(message);
  });

  it('of a wrong width is refused by predict', async () => {
    const booster = await train({ num_iterations: 2, min_data_in_leaf: 2 });
    expect(() => booster.predict({ rowCount: 1, columns: [] })).toThrow(/0 columns; the model was trained on 1/);
    expect(() => booster.predictRows(new Float64Array(3), 2)).toThrow(/3 values are not 2 rows/);
    expect(() => booster.predictRow(new Float64Array(2))).toThrow(/2 columns/);
  });
});

describe('a training', () => {
  it('says after each iteration how it stands', async () => {
    const seen: [number, string[]][] = [];
    await Booster.train({
      data,
      label,
      validation: [
        { data, label },
        { data, label, name: 'later' },
      ],
      params: { num_iterations: 3, min_data_in_leaf: 2, metric: ['rmse', 'l1'] },
      onIteration: ({ iteration, metrics }) => void seen.push([iteration, Object.keys(metrics)]),
    });
    const names = ['valid_1 rmse', 'valid_1 l1', 'later rmse', 'later l1'];
    expect(seen).toEqual([1, 2, 3].map((iteration) => [iteration, names]));
  });

  it('stops when it is told to, and leaves its dataset usable', async () => {
    const dataset = new Dataset(data, { min_data_in_leaf: 2 });
    const controller = new AbortController();
    const params = { num_iterations: 50, min_data_in_leaf: 2 };
    const aborted = Booster.train({
      data: dataset,
      label,
      params,
      signal: controller.signal,
      onIteration: ({ iteration }) => {
        if (iteration === 3) controller.abort(new Error('enough'));
      },
    });
    await expect(aborted).rejects.toThrow('enough');
    await expect(Booster.train({ data: dataset, label, params, signal: AbortSignal.abort() })).rejects.toThrow();
    const booster = await Booster.train({ data: dataset, label, params: { ...params, num_iterations: 2 } });
    expect(booster.bestIteration).toBe(2);
  });

  it('gives the same bits from a dataset as from columns, at the same time and again', async () => {
    const params = { num_iterations: 5, min_data_in_leaf: 2, bagging_fraction: 0.5, bagging_freq: 1, seed: 3 };
    using dataset = new Dataset(data, params);
    const expected = (await train(params)).toModelText();
    const again = await Promise.all([1, 2, 3].map(() => Booster.train({ data: dataset, label, params })));
    for (const booster of again) expect(booster.toModelText()).toBe(expected);
    await expect(Booster.train({ data: dataset, label, params: { ...params, max_bin: 9 } })).rejects.toThrow(
      /other bins/,
    );
  });

  it('gives its memory back', async () => {
    const dataset = new Dataset(data, {});
    dataset.dispose();
    await expect(Booster.train({ data: dataset, label })).rejects.toThrow(/disposed/);
    const booster = await train({ num_iterations: 1 });
    booster.dispose();
    expect(() => booster.toModelText()).toThrow(/disposed/);
  });
});
