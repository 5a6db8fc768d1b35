import { describe, expect, it } from 'vitest';
import { fuzz, mutatedTexts } from '../../core/test/support/mutations.ts';
import { Booster, DataError, ModelFormatError, ParameterError } from '../src/index.ts';
import { parsePredictionTable } from '../src/prediction-table.ts';
import { parseTextTable } from '../src/text-table.ts';
import { parseTrainingConfig } from '../src/training-config.ts';
import { aModelText } from './support/model-text.ts';

describe('whatever stands in a model file', () => {
  it('gives a model whose predictions are numbers, or an error with line and field', async () => {
    const texts = [1, 2, 3].map((seed) =>
      aModelText({ seed, trees: 2, leaves: 5, features: 3, classes: seed === 3 ? 2 : undefined }),
    );
    await fuzz(
      mutatedTexts(...texts),
      (text) => Booster.load(text),
      [ModelFormatError],
      (booster) => {
        const rows = 3;
        const width = booster.featureNames.length;
        if (width > 1000) return;
        const values = Float64Array.from({ length: rows * width }, (_, k) => [0, -1.5, Number.NaN, 1e300][k % 4]!);
        const predictions = booster.predictRows(values, rows);
        expect(predictions.length % rows).toBe(0);
        expect(predictions.length).toBeGreaterThan(0);
        booster.dispose();
      },
    );
  });
});

describe('whatever stands in a table', () => {
  it('gives as many numbers as rows and columns, or an error with its line', async () => {
    await fuzz(
      mutatedTexts('1,2,3\n4,nan,6\n7,8,inf\n', 'a\tb\ty\n1\t2\t3\n', '1 2 3\n4 5 6'),
      (text) => parseTextTable(text),
      [DataError],
      ({ data, label }) => {
        expect(label?.length).toBe(data.rowCount);
        for (const column of data.columns) expect(column.length).toBe(data.rowCount);
      },
    );
    const names = ['a', 'b'];
    await fuzz(mutatedTexts('a,b,c\n1,2,3\n'), (text) => parsePredictionTable(text, names, { header: true }), [
      DataError,
    ]);
  });
});

describe('whatever stands in a configuration', () => {
  it('gives names and values as they stand there, or an error with the line', async () => {
    await fuzz(
      mutatedTexts('task = train\nobjective=regression # why\nnum_leaves = 31\ndata = "a b.csv"\n'),
      (text) => parseTrainingConfig(text),
      [ParameterError],
      (config) => {
        for (const value of Object.values(config)) expect(typeof value).toBe('string');
      },
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'keeps %s as a name like any other, which training then refuses',
    (name) => {
      expect(Object.entries(parseTrainingConfig(`${name} = 1\n`))).toEqual([[name, '1']]);
    },
  );
});
