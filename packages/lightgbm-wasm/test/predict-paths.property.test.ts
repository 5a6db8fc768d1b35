import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Booster, columnsFromFrame, columnsFromRows, columnsFromSparseRows } from '../src/index.ts';
import { aModelText } from './support/model-text.ts';

// Properties are tried a hundred times each; how long that takes is the machine's matter.
vi.setConfig({ testTimeout: 120_000 });

const cell = fc.oneof(
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.integer({ min: -2, max: 70 }),
  fc.constantFrom(Number.NaN, 0, -0, Infinity, -Infinity, 1e-36, 1e300, -1e300),
);

describe('batch, row-major, single-row and reference walks', () => {
  it('give the same bits, whatever the nodes ask and the values are', () => {
    const rowCounts = fc.constantFrom(1, 3, 4, 31, 32, 63, 64, 65, 150);
    const models = fc.record({ seed: fc.integer(), isNumeric: fc.boolean(), classes: fc.constantFrom(undefined, 3) });
    fc.assert(
      fc.property(models, rowCounts, fc.array(cell, { minLength: 3, maxLength: 90 }), (model, rowCount, cells) => {
        const { classes = 1 } = model;
        const booster = Booster.load(aModelText({ ...model, trees: 6, leaves: 9, features: 3 }));
        const matrix = Float64Array.from({ length: 3 * rowCount }, (_, i) => cells[(i * 7) % cells.length]!);
        const row = (i: number): Float64Array => matrix.slice(3 * i, 3 * i + 3);
        // The reference: each row as a batch of its own goes through the plain walk.
        const reference = (kind: 'raw' | 'response'): Float64Array =>
          Float64Array.from(
            Array.from({ length: rowCount }, (_, i) => Array.from(booster.predictRows(row(i), 1, { kind }))).flat(),
          );
        const columns = columnsFromRows(matrix, rowCount, 3);
        expect(booster.predict(columns, { kind: 'raw' })).toEqual(reference('raw'));
        expect(booster.predictRows(matrix, rowCount, { kind: 'raw' })).toEqual(reference('raw'));
        const responses = reference('response');
        // After some rows the model is laid out for the walk of all trees at once.
        for (let i = 0; i < Math.max(rowCount, 110); i++) {
          const at = i % rowCount;
          const got = booster.predictRow(row(at));
          expect(Float64Array.of(...(typeof got === 'number' ? [got] : got))).toEqual(
            responses.slice(at * classes, (at + 1) * classes),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('give the same bits where a column has more thresholds than a code can count', () => {
    const booster = Booster.load(aModelText({ seed: 3, trees: 90, leaves: 40, features: 2, isNumeric: true }));
    const matrix = Float64Array.from({ length: 2 * 3000 }, (_, i) => Math.sin(i * 12.9898) * 2.2);
    const expected = Float64Array.from({ length: 3000 }, (_, i) => {
      const [raw = Number.NaN] = booster.predictRows(matrix.subarray(2 * i, 2 * i + 2), 1);
      return raw;
    });
    expect(booster.predict(columnsFromRows(matrix, 3000, 2))).toEqual(expected);
    // The middle of the model alone, on rows that fill no tile.
    const range = { startIteration: 20, iterationCount: 30 };
    const part = booster.predictRows(matrix.subarray(0, 200), 100, range);
    for (let i = 0; i < 100; i++) {
      expect(part[i]).toBe(booster.predictRows(matrix.subarray(2 * i, 2 * i + 2), 1, range)[0]);
    }
  });

  it('take single precision, sparse rows and frames as the numbers they are', () => {
    const booster = Booster.load(aModelText({ seed: 9, trees: 6, leaves: 8, features: 3 }));
    const matrix = Float32Array.from({ length: 30 }, (_, i) => (i % 4 === 0 ? 0 : Math.sin(i) * 3));
    const expected = booster.predictRows(Float64Array.from(matrix), 10);
    expect(booster.predictRows(matrix, 10)).toEqual(expected);
    expect(booster.predict(columnsFromRows(matrix, 10, 3))).toEqual(expected);
    const entries = Array.from(matrix.entries()).filter(([, value]) => value !== 0);
    const sparse = columnsFromSparseRows({
      rowCount: 10,
      columnCount: 3,
      rowStart: Uint32Array.from({ length: 11 }, (_, row) => entries.filter(([at]) => at < row * 3).length),
      columnIndex: Uint32Array.from(entries, ([at]) => at % 3),
      values: Float32Array.from(entries, ([, value]) => value),
    });
    expect(booster.predict(sparse)).toEqual(expected);
    const frame = {
      columns: ['a', 'b', 'c'],
      shape: [10, 3],
      values: Array.from({ length: 10 }, (_, row) => Array.from(matrix.subarray(3 * row, 3 * row + 3))),
    };
    expect(booster.predict(columnsFromFrame(frame))).toEqual(expected);
    expect(columnsFromFrame({ columns: ['a'], shape: [3, 1], values: [[null], [true], ['x']] }).columns[0]).toEqual(
      Float64Array.of(Number.NaN, 1, Number.NaN),
    );
  });
});
