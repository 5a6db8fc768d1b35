import { describe, expect, it } from 'vitest';
import { Booster } from '../src/index.ts';
import { caseNames, fixtureCase, fixtureText, hasFixtures, numbers, readTable } from './support/fixtures.ts';

/** Cases whose transform is arithmetic without exp(). */
const IS_EXACT = new Set(['reg-reg-sqrt', 'random-forest']);

function expectSameWithin(got: number, expected: number, relative: number): void {
  if (Math.abs(got - expected) > relative * Math.abs(expected)) expect(got).toBe(expected);
}

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
    const response = numbers(fixtureText(name, normal));
    // exp() of V8 and of the C library differ in the last bit here and there; sums of leaf values never do.
    if (!files.includes('pred.normal.tsv') || IS_EXACT.has(name)) expect(booster.predict(columns)).toEqual(response);
    else booster.predict(columns).forEach((value, i) => void expectSameWithin(value, response[i]!, 4e-16));
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
});
