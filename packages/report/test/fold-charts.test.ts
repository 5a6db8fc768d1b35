import type { Series } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { chartOf } from '../src/charts/from-series.ts';
import { chinese } from '../src/language/chinese.ts';
import { english } from '../src/language/english.ts';
import { aCheck } from './support/runs.ts';

const folds = (training: number[], test: number[], leftOut = training.map(() => 2)): Series => ({
  id: 'walkForward.folds',
  title: 'Walk-forward: sessions of each fold',
  columns: [
    { name: 'tested', values: training.map((_, k) => `fold ${k}`) },
    { name: 'not used', unit: 'count', values: training.map(() => 20) },
    { name: 'training', unit: 'count', values: training },
    { name: 'left out', unit: 'count', values: leftOut },
    { name: 'test', unit: 'count', values: test },
  ],
});
const caption = (series: Series, words = english): string | undefined =>
  chartOf(series, { words, check: aCheck({ series: [series] }), requirements: [] })?.caption;

describe('the sentence below the folds', () => {
  it('says the least and the most that they have', () => {
    expect(caption(folds([14, 120], [6, 10]))).toBe(
      '2 folds, each trained on 14 to 120 sessions and tested on the next 6 to 10 sessions, with 2 sessions left out between the two.',
    );
  });
  it('says one number where all have the same, and one session as one', () => {
    expect(caption(folds([60], [21], [1]))).toBe(
      '1 fold trained on 60 sessions and tested on the next 21 sessions, with 1 session left out between the two.',
    );
  });
  it('says it in Chinese', () => {
    expect(caption(folds([14, 120], [6, 6]), chinese)).toBe(
      '共 2 摺：每摺以 14 至 120 個交易日訓練，其後略過 2 個交易日，再以接續的 6 個交易日測試。',
    );
  });
});
