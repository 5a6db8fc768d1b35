import { describe, expect, it } from 'vitest';
import { Booster, ModelFormatError } from '../src/index.ts';
import { Lcg } from '../src/training/lcg.ts';
import { fixtureText, hasFixtures } from './support/fixtures.ts';
import { aModelText } from './support/model-text.ts';

/** Two stumps on two columns, written by hand. */
const HEADER = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=regression
feature_names=a b
feature_infos=[0:1] [0:1]
`;
const STUMP = (index: number): string => `Tree=${index}
num_leaves=3
num_cat=0
split_feature=0 1
split_gain=4 2
threshold=0.5 inf
decision_type=2 8
left_child=1 -1
right_child=-2 -3
leaf_value=1 2 3
leaf_weight=1 1 1
leaf_count=1 1 1
internal_value=0 0
internal_weight=0 2
internal_count=3 2
is_linear=0
shrinkage=1


`;
const MODEL = `${HEADER}\n${STUMP(0)}${STUMP(1)}end of trees\n`;

function problem(text: string): { line: number; field: string } {
  try {
    Booster.load(text);
  } catch (error) {
    if (error instanceof ModelFormatError) return { line: error.line, field: error.field };
    throw error;
  }
  throw new Error('The text was read without complaint.');
}

function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

describe('a model text', () => {
  it('is read without tree_sizes and without anything after "end of trees"', () => {
    const booster = Booster.load(MODEL);
    const rows = Float64Array.of(0, 7, 0, Number.NaN, 1, 0);
    expect(booster.predictRows(rows, 3)).toEqual(Float64Array.of(2, 6, 4));
    expect(booster.bestIteration).toBe(2);
    expect(booster.featureNames).toEqual(['a', 'b']);
  });

  it('is read with unknown keys, with version 3 and with Windows line ends', () => {
    const expected = Booster.load(MODEL).toModelText();
    for (const text of [
      MODEL.replace('label_index', 'something_new=1\nlabel_index').replace('num_cat', 'colour=blue\nnum_cat'),
      MODEL.replace('version=v4', 'version=v3'),
      MODEL.replaceAll('\n', '\r\n'),
    ]) {
      expect(Booster.load(text).toModelText()).toBe(expected);
    }
  });

  it('keeps what follows the parameters', () => {
    const text = `${Booster.load(MODEL).toModelText()}\nparameters:\n[a: 1]\n\nend of parameters\n\npandas_categorical:[["x"]]\n`;
    expect(Booster.load(text).toModelText()).toBe(text);
  });

  it.each<[string, (text: string) => string, string, string]>([
    ['cut off', (t) => t.replace('end of trees\n', ''), 'Tree', ''],
    ['empty', () => '', 'header', ''],
    ['without version', (t) => t.replace('version=v4\n', ''), 'version', ''],
    ['of version 5', (t) => t.replace('version=v4', 'version=v5'), 'version', 'version=v5'],
    ['without max_feature_idx', (t) => t.replace('max_feature_idx=1\n', ''), 'max_feature_idx', ''],
    ['with a header key twice', (t) => t.replace('label_index=0', 'num_class=1'), 'num_class', 'num_class=1\nmax'],
    [
      'with too few names',
      (t) => t.replace('feature_names=a b', 'feature_names=a'),
      'feature_names',
      'feature_names=a',
    ],
    [
      'of an unknown objective',
      (t) => t.replace('objective=regression', 'objective=magic'),
      'objective',
      'objective=magic',
    ],
    ['without num_leaves', (t) => t.replace('num_leaves=3\n', ''), 'num_leaves', 'Tree=0'],
    ['without leaf values', (t) => t.replace('leaf_value=1 2 3\n', ''), 'leaf_value', 'Tree=0'],
    ['without thresholds', (t) => t.replace('threshold=0.5 inf\n', ''), 'threshold', 'Tree=0'],
    [
      'with a leaf value too many',
      (t) => t.replace('leaf_value=1 2 3', 'leaf_value=1 2 3 4'),
      'leaf_value',
      'leaf_value=1 2 3 4',
    ],
    [
      'with a word for a number',
      (t) => t.replace('leaf_value=1 2 3', 'leaf_value=1 x 3'),
      'leaf_value',
      'leaf_value=1 x',
    ],
    [
      'with a hexadecimal number',
      (t) => t.replace('leaf_value=1 2 3', 'leaf_value=1 0x2 3'),
      'leaf_value',
      'leaf_value=1 0',
    ],
    [
      'with a leaf value of nan',
      (t) => t.replace('leaf_value=1 2 3', 'leaf_value=1 nan 3'),
      'leaf_value',
      'leaf_value=1 n',
    ],
    [
      'with a child out of range',
      (t) => t.replace('right_child=-2 -3', 'right_child=-2 -4'),
      'right_child',
      'right_child=-2 -4',
    ],
    [
      'with a child of two parents',
      (t) => t.replace('right_child=-2 -3', 'right_child=-2 -2'),
      'right_child',
      'right_child=-2 -2',
    ],
    ['with the root as a child', (t) => t.replace('left_child=1 -1', 'left_child=0 -1'), 'left_child', 'left_child=0'],
    ['with a cycle', (t) => t.replace('left_child=1 -1', 'left_child=-1 1'), 'left_child', 'left_child=-1 1'],
    [
      'with a column that is not there',
      (t) => t.replace('split_feature=0 1', 'split_feature=0 2'),
      'split_feature',
      'split_feature=0 2',
    ],
    [
      'with a decision that means nothing',
      (t) => t.replace('decision_type=2 8', 'decision_type=2 64'),
      'decision_type',
      'decision_type=2 64',
    ],
    [
      'with a category set that is not there',
      (t) => t.replace('decision_type=2 8', 'decision_type=1 8'),
      'threshold',
      'threshold=0.5',
    ],
    ['with trees out of order', (t) => t.replace('Tree=1', 'Tree=2'), 'Tree', 'Tree=2'],
    ['with tree sizes that do not fit', (t) => t.replace('\nTree=0', 'tree_sizes=10 10\n\nTree=0'), 'tree_sizes', ''],
    [
      'with more tree sizes than trees',
      (t) => t.replace('\nTree=0', `tree_sizes=${STUMP(0).length} ${STUMP(0).length} 9\n\nTree=0`),
      'tree_sizes',
      'tree_sizes',
    ],
    [
      'with a number of leaves that no text holds',
      (t) => t.replace('num_leaves=3', 'num_leaves=99999999'),
      'leaf_value',
      'leaf_value=1',
    ],
  ])('%s is refused with line and field', (_, damage, field, part) => {
    const text = damage(MODEL);
    expect(text).not.toBe(MODEL);
    const found = problem(text);
    expect(found.field).toBe(field);
    if (part !== '') expect(found.line).toBe(lineOf(text, part));
  });
});

/** Damages a text as disks, editors and networks do: bytes changed, cut out, doubled, swapped, the end lost. */
function damaged(text: string, random: Lcg): string {
  const at = random.int() % text.length;
  const length = 1 + (random.int() % (random.int() % 4 === 0 ? 200 : 4));
  const part = text.slice(at, at + length);
  switch (random.int() % 6) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(32 + (random.int() % 95)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + part + text.slice(at);
    case 3:
      return text.slice(0, at);
    case 4: {
      const other = random.int() % text.length;
      return text.slice(0, at) + text.slice(other, other + length) + text.slice(at + length);
    }
    default: {
      const digits = '0123456789-. e=\n'.split('');
      return text.slice(0, at) + digits[random.int() % digits.length] + text.slice(at + 1);
    }
  }
}

describe('a damaged model text', () => {
  // 100,000 where asked for; some thousands on every run.
  const runs = Number(process.env.PREOPEN_FUZZ_RUNS ?? 4000);
  const originals = [
    MODEL,
    Booster.load(MODEL).toModelText(),
    aModelText({ seed: 1, trees: 3, leaves: 6, features: 3 }),
    aModelText({ seed: 2, trees: 2, leaves: 9, features: 2 }),
    ...(hasFixtures ? ['linear-tree', 'categorical', 'multiclass'].map((name) => fixtureText(name, 'model.txt')) : []),
  ];

  it(`gives a model or a ModelFormatError, never anything else (${runs} texts)`, { timeout: 600_000 }, () => {
    const random = new Lcg(20_240_601);
    let refused = 0;
    for (let run = 0; run < runs; run++) {
      // Large models are as interesting, and a hundred times slower.
      const index = run % 20 === 0 ? random.int() % originals.length : random.int() % 4;
      let text = damaged(originals[index]!, random);
      if (random.int() % 3 === 0) text = damaged(text === '' ? MODEL : text, random);
      let booster: Booster;
      try {
        booster = Booster.load(text);
      } catch (error) {
        if (!(error instanceof ModelFormatError)) throw new Error(`run ${run}: ${String(error)}`, { cause: error });
        refused++;
        continue;
      }
      // What was taken for a model can be walked and written, and what was written reads the same.
      const width = booster.featureNames.length;
      const row = Float64Array.from({ length: width }, () => random.uniform() * 4 - 2);
      expect(booster.predictRows(row, 1, { kind: 'raw' })).toHaveLength(booster.outputCount);
      const written = booster.toModelText();
      expect(Booster.load(written).toModelText()).toBe(written);
    }
    expect(refused).toBeGreaterThan(runs / 4);
  });
});
