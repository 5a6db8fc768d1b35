import { simulateMarket } from '@preopen/market-tw';
import { expect, it } from 'vitest';
import { dataWarnings } from '../src/data-warnings.ts';

const { panel } = simulateMarket({ stocks: 5, days: 30, seed: 1 });

it('says nothing of data that are in order', () => {
  expect(dataWarnings(panel)).toEqual([]);
});

it('names the kind, the count and the first place of what is suspicious', () => {
  const volume = Float64Array.from(panel.fields.volume);
  const at = volume.findLastIndex((shares) => shares > 1e6);
  volume[at]! /= 1000;
  const [warning, ...others] = dataWarnings({ ...panel, fields: { ...panel.fields, volume } });
  expect(others).toEqual([]);
  expect(warning).toMatch(/^warning: unit-mismatch: 1 suspicious of turnover/);
  expect(warning).toContain(`the first is ${panel.stocks[at % 5]!.code} on ${panel.dates[Math.floor(at / 5)]}`);
});
