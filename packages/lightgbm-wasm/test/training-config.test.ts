import { describe, expect, it } from 'vitest';
import { Booster, parsePredictionTable, parseTextTable, parseTrainingConfig, trainFromConfig } from '../src/index.ts';
import { caseNames, fixtureCase, fixtureText, hasFixtures } from './support/fixtures.ts';

describe("LightGBM's configuration files", () => {
  it('are names and values, by first name; of two values the first counts', () => {
    const file = '# a comment\ntask = train\nnum_trees = 20 # inline\ncategorical_feature="0,1"\n\n';
    expect(parseTrainingConfig('eta=0.2\nnum_trees=3', file)).toEqual({
      learning_rate: '0.2',
      num_iterations: '3',
      task: 'train',
      categorical_feature: '0,1',
    });
    expect(() => parseTrainingConfig('what is this')).toThrow(/not name = value/);
  });

  const cases = caseNames.filter((name) => fixtureCase(name).scope === 'train-and-predict');

  it.skipIf(!hasFixtures).each(cases)('%s: train to the model that LightGBM wrote (needs ../shared)', async (name) => {
    const booster = await trainFromConfig(parseTrainingConfig(fixtureText(name, 'train.conf')), {
      readText: (file) => Promise.resolve(fixtureCase(name).files.includes(file) ? fixtureText(name, file) : undefined),
    });
    expect(booster.toModelText()).toBe(fixtureText(name, 'model.txt'));
  });

  it('say which file or setting is wrong', async () => {
    const readText = (): Promise<undefined> => Promise.resolve(undefined);
    await expect(trainFromConfig({ data: 'a.csv' }, { readText })).rejects.toThrow(/a\.csv is not there/);
    await expect(trainFromConfig({}, { readText })).rejects.toThrow(/data names no file/);
    await expect(trainFromConfig({ data: 'a', task: 'predict' }, { readText })).rejects.toThrow(/task is predict/);
    await expect(trainFromConfig({ data: 'a', weight_column: '3' }, { readText })).rejects.toThrow(/weight_column/);
  });
});

describe('tables of text', () => {
  it('have a label column by number or name, or none', () => {
    const text = 'a,b,y\n1,nan,3\n4,,6\n';
    const named = parseTextTable(text, { header: true, labelColumn: 'name:y' });
    expect(named.label).toEqual(Float64Array.of(3, 6));
    expect(named.data.names).toEqual(['a', 'b']);
    expect(named.data.columns).toEqual([Float64Array.of(1, 4), Float64Array.of(Number.NaN, Number.NaN)]);
    const [first] = parseTextTable('1\t2\n3\t-inf\n').data.columns;
    expect(first).toEqual(Float64Array.of(2, Number.NEGATIVE_INFINITY));
    expect(parseTextTable('1 2\n3 4', { labelColumn: 'none' }).data.columns).toHaveLength(2);
  });

  it('are refused where they are not tables of numbers', () => {
    expect(() => parseTextTable('')).toThrow(/empty/);
    expect(() => parseTextTable('1,2\n3')).toThrow(/line 2: 1 columns; the first line has 2/);
    expect(() => parseTextTable('1,2\n3,x')).toThrow(/line 2: "x" is not a number/);
    expect(() => parseTextTable('1 3:0.5 7:1\n')).toThrow(/LibSVM/);
    expect(() => parseTextTable('1,2', { labelColumn: 5 })).toThrow(/label column "5"/);
  });
});

describe('tables to be predicted', () => {
  const names = ['a', 'b_c'];

  it('have no label column if they are as wide as the model', () => {
    expect(parsePredictionTable('1,2\n3,4', names).columns).toEqual([Float64Array.of(1, 3), Float64Array.of(2, 4)]);
    expect(parsePredictionTable('9,1,2\n9,3,4', names).columns).toEqual([Float64Array.of(1, 3), Float64Array.of(2, 4)]);
  });

  it('are read by the names in their header, in the order of the model', () => {
    const table = 'b c,y,a,other\n1,2,3,4\n';
    expect(parsePredictionTable(table, names, { header: true }).columns).toEqual([
      Float64Array.of(3),
      Float64Array.of(1),
    ]);
    expect(() => parsePredictionTable('y,a\n1,2', names, { header: true })).toThrow(/no column is named b_c/);
    const unnamed = parsePredictionTable('y,u,v\n1,2,3', names, { header: true });
    expect(unnamed.columns).toEqual([Float64Array.of(2), Float64Array.of(3)]);
  });
});

it.skipIf(!hasFixtures)('a tree can be looked at node by node (needs ../shared)', () => {
  const booster = Booster.load(fixtureText('categorical', 'model.txt'));
  const seen: string[] = [];
  const rows = (node: ReturnType<Booster['tree']>): number => {
    if (node.kind === 'leaf') return node.rows;
    seen.push('categories' in node.test ? 'categories' : 'threshold');
    expect(rows(node.left) + rows(node.right)).toBe(node.rows);
    return node.rows;
  };
  expect(rows(booster.tree(0))).toBe(1600);
  expect(new Set(seen)).toEqual(new Set(['categories', 'threshold']));
  expect(booster.treeCount).toBe(25);
  expect(booster.objective).toBe('regression');
  expect(() => booster.tree(25)).toThrow(/trees 0 to 24/);
});
