import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Booster, type LightGbmParams, parseTextTable, trainFromConfig } from '../src/index.ts';
import { legacyDecimal } from '../src/model/legacy-decimal.ts';
import { EarlyStopping } from '../src/training/early-stopping.ts';
import { rankDiscounts } from '../src/training/gains.ts';
import { nearestLog } from '../src/training/nearest-log.ts';
import { resolveParameters } from '../src/training/parameters.ts';
import { createRowSampler } from '../src/training/row-sampler.ts';
import { unorderedSort } from '../src/training/unordered-sort.ts';

// Each of these was found by scripts/compare-upstream.mjs; the expected values are upstream's or the C++ library's.

describe('the logarithm of the score that a training starts from', () => {
  // Computed with 60 decimal digits and rounded; Math.log of V8 is a unit in the last place beside all of them.
  it.each([
    [1.8078399346030394e-16, -36.249228761600016],
    [2.1296819499142416, 0.7559726492830104],
    [84471.79488895173, 11.344172969329124],
    [42.25978111457399, 3.7438358326802708],
    [2.4049360391376127e-8, -17.54315743570147],
    [0.0003026837033643115, -8.102822180966632],
    [0.07737891750041515, -2.5590409192052044],
  ])('of %d is the nearest double', (value, expected) => {
    expect(nearestLog(value)).toBe(expected);
  });

  it('is that of Math.log but for the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (value) => {
        const expected = Math.log(value);
        expect(Math.abs(nearestLog(value) - expected)).toBeLessThanOrEqual(2 ** -52 * Math.abs(expected));
      }),
    );
    expect([0, 1, Number.POSITIVE_INFINITY, -1].map(nearestLog)).toEqual([
      Number.NEGATIVE_INFINITY,
      0,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });
});

describe('discounts of ranks', () => {
  // Printed by a C program: 1 / log2(2 + rank). The last three are of ranks where glibc's log2 is not the nearest double.
  it.each([
    [0, 1],
    [1, 0.6309297535714575],
    [1373, 0.09592127484702921],
    [2748, 0.08752569828559818],
    [1619, 0.09378515440807397],
    [3391, 0.0852635166394942],
    [7955, 0.07717235024134242],
  ])('of rank %d is that of the C library', (rank, expected) => {
    expect(rankDiscounts(rank + 1)[rank]).toBe(expected);
  });
});

describe('decimals without precise_float_parser', () => {
  it.each([
    ['8.36761', 8.3676099999999991],
    ['6.65143', 6.6514299999999995],
    ['18.91568', 18.915680000000002],
    ['0.0089922233333333337', 0.008992223333333332],
    ['0.90761756666666671', 0.90761756666666693],
    ['3.3e300', 3.3000000000000023e300],
    ['5e-324', 4.9999999999999966e-308],
    ['1.7976931348623157e308', Number.POSITIVE_INFINITY],
    ['-7.41e-5', -7.41e-5],
    ['99999.99999', 99999.99999],
  ])('%s is read as LightGBM reads it', (text, expected) => {
    expect(legacyDecimal(text)).toBe(expected);
  });

  it('make a table where it is asked for, infinities as 1e308', () => {
    const cells = (precise: boolean): Float64Array[] =>
      parseTextTable('8.36761,inf\n1,-inf', { labelColumn: 'none', precise }).data.columns as Float64Array[];
    expect(cells(true)).toEqual([
      Float64Array.of(8.36761, 1),
      Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    ]);
    expect(cells(false)).toEqual([Float64Array.of(8.3676099999999991, 1), Float64Array.of(1e308, -1e308)]);
  });
});

describe('sorting by what is not always a number', () => {
  const values = [3, Number.NaN, 1, 2, Number.NaN, 0, 5, 4, Number.NaN, -1, 7, 6, 2.5, Number.NaN, 9, 8, -3];
  const longer = [...values, Number.NaN, 0.5, 1.5, 10];
  const sorted = (list: readonly number[]): number[] =>
    unorderedSort(
      list.map((_, i) => i),
      (a, b) => list[a]! < list[b]!,
    );

  it('gives what std::stable_sort of GCC gives', () => {
    expect(sorted(longer)).toEqual([9, 5, 2, 0, 1, 3, 4, 7, 6, 8, 16, 18, 19, 12, 11, 10, 13, 15, 14, 17, 20]);
    expect(sorted(longer.slice(0, 20))).toEqual([16, 9, 5, 2, 12, 0, 1, 3, 4, 7, 6, 8, 11, 10, 13, 15, 14, 17, 18, 19]);
  });

  it('is a stable sort where all are numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 120 }), (list) => {
        expect(sorted(list)).toEqual(list.map((_, i) => i).sort((a, b) => list[a]! - list[b]! || a - b));
      }),
    );
  });
});

describe('a training', () => {
  it('of two equal columns splits on the monotone one: its gains are a last place larger', async () => {
    const x = Float64Array.from({ length: 100 }, (_, i) => i % 10);
    const trained = (constraints: number[]): Promise<Booster> =>
      Booster.train({
        data: { rowCount: 100, columns: [x, x] },
        label: x,
        params: { num_iterations: 1, num_leaves: 2, monotone_constraints: constraints },
      });
    expect((await trained([0, 1])).toModelText()).toContain('\nsplit_feature=1\n');
    expect((await trained([0, 0])).toModelText()).toContain('\nsplit_feature=0\n');
  });

  it('draws no more bags after one that held every row', () => {
    const parameters = resolveParameters({ bagging_fraction: 0.95, bagging_freq: 1, bagging_seed: 5 });
    const rows = new Uint32Array(8);
    const counts: (number | undefined)[] = [];
    const sampler = createRowSampler(parameters, new Float32Array(8), 1, 0)!;
    for (let iteration = 0; iteration < 60; iteration++) {
      counts.push(sampler.draw(iteration, new Float32Array(16), rows));
    }
    const full = counts.indexOf(8);
    expect(full).toBeGreaterThanOrEqual(0);
    expect(counts.slice(full + 1).every((count) => count === undefined)).toBe(true);
  });

  it('is not stopped by a metric that never was a number', () => {
    const stopping = new EarlyStopping(resolveParameters({ early_stopping_round: 2 }));
    const metric = { names: ['l2'], isBiggerBetter: false, evaluate: () => [] };
    const isOver = (iteration: number): boolean =>
      stopping.isOver(iteration, [{ table: { name: 'valid_1' }, metric, values: [Number.NaN] }]);
    expect([1, 2, 3, 4, 5].some(isOver)).toBe(false);
  });

  it('refuses side files that would change the model', async () => {
    const files = new Map([
      ['t.csv', '1,2\n2,3\n'],
      ['t.csv.init', '0.5\n0.5\n'],
    ]);
    const readText = (name: string): Promise<string | undefined> => Promise.resolve(files.get(name));
    await expect(trainFromConfig({ data: 't.csv' }, { readText })).rejects.toThrow(/t\.csv\.init holds scores/);
    files.delete('t.csv.init');
    files.set('t.csv.weight', '1\nmuch\n');
    await expect(trainFromConfig({ data: 't.csv' }, { readText })).rejects.toThrow(/number 2: "much"/);
  });
});

describe('importances by gain', () => {
  const x = Float64Array.from({ length: 200 }, (_, i) => i);
  const train = (label: Float64Array, params: LightGbmParams): Promise<Booster> =>
    Booster.train({
      data: { rowCount: 200, columns: [x] },
      label,
      params: { num_iterations: 1, num_leaves: 2, saved_feature_importance_type: 1, ...params },
    });

  it('are written with all digits of a 64-bit count, and kept when the text is read', async () => {
    const text = (
      await train(
        x.map((value) => value * 3e6),
        {},
      )
    ).toModelText();
    const [, count = ''] = /Column_0=(\d+)/.exec(text) ?? [];
    expect(count).toHaveLength(19);
    expect(BigInt(count)).toBe(BigInt(Number(count)));
    expect(Booster.load(text).toModelText()).toBe(text);
  });
});
