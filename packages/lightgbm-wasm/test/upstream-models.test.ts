import { describe, expect, it } from 'vitest';
import { Booster } from '../src/index.ts';
import { caseNames, fixtureCase, fixtureText, hasFixtures, numbers, readTable } from './support/fixtures.ts';

// The fixtures are LightGBM's own output; they lie beside the repository, not in it.
describe.skipIf(!hasFixtures)('models that LightGBM wrote (needs ../shared/fixtures/lightgbm)', () => {
  it.each(caseNames)('%s: read and written again, the text is the same byte for byte', (name) => {
    const text = fixtureText(name, 'model.txt');
    expect(Booster.load(text).toModelText()).toBe(text);
  });

  it.each(caseNames)('%s: leaves, raw scores and predictions have the same bits', (name) => {
    const booster = Booster.load(fixtureText(name, 'model.txt'));
    const { files, extraPredictions } = fixtureCase(name);
    const { columns } = readTable(name, 'test.csv');
    expect(booster.predict(columns, { kind: 'leaf' })).toEqual(numbers(fixtureText(name, 'pred.leaf.tsv')));
    expect(booster.predict(columns, { kind: 'raw' })).toEqual(numbers(fixtureText(name, 'pred.raw.tsv')));
    const normal = files.includes('pred.normal.tsv') ? 'pred.normal.tsv' : 'pred.raw.tsv';
    expect(booster.predict(columns)).toEqual(numbers(fixtureText(name, normal)));
    for (const [extra, settings] of Object.entries(extraPredictions)) {
      const options = {
        kind: 'raw' as const,
        startIteration: Number(settings.start_iteration_predict ?? 0),
        iterationCount: Number(settings.num_iteration_predict ?? -1),
      };
      expect(booster.predict(columns, options)).toEqual(numbers(fixtureText(name, `pred.${extra}.tsv`)));
    }
  });

  it.each(caseNames.filter((name) => fixtureCase(name).files.includes('pred.contrib.tsv')))(
    '%s: contributions have the same bits',
    (name) => {
      const booster = Booster.load(fixtureText(name, 'model.txt'));
      const got = booster.predict(readTable(name, 'test.csv').columns, { kind: 'contrib' });
      expect(got).toEqual(numbers(fixtureText(name, 'pred.contrib.tsv')));
    },
  );

  it.each(caseNames)('%s: importances are the same', (name) => {
    const booster = Booster.load(fixtureText(name, 'model.txt'));
    const expected = JSON.parse(fixtureText(name, 'importance.json')) as { split: number[]; gain: number[] };
    expect(Array.from(booster.featureImportance('split'))).toEqual(expected.split);
    expect(Array.from(booster.featureImportance('gain'))).toEqual(expected.gain);
  });

  it('of linear leaves have no contributions: LightGBM refuses them too', () => {
    const booster = Booster.load(fixtureText('linear-tree', 'model.txt'));
    const { columns } = readTable('linear-tree', 'test.csv');
    expect(() => booster.predict(columns, { kind: 'contrib' })).toThrow(/tree 0 has linear leaves/);
  });
});
