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
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 40 }), (seed, rows) => {
        const booster = Booster.load(aModelText({ seed, trees: 5, leaves: 9, features: 3 }));
        const matrix = Float64Array.from(rows.flat());
        const expected = new Float64Array(rows.length);
        // The reference: each row as a batch of its own goes through the plain walk.
        for (let i = 0; i < rows.length; i++) {
          expected[i] = booster.predictRows(matrix.subarray(3 * i, 3 * i + 3), 1, { kind: 'raw' })[0]!;
        }
        const columns = columnsFromRows(matrix, rows.length, 3);
        expect(booster.predict(columns, { kind: 'raw' })).toEqual(expected);
        expect(booster.predictRows(matrix, rows.length, { kind: 'raw' })).toEqual(expected);
        for (let i = 0; i < rows.length; i++) {
          expect(booster.predictRow(matrix.slice(3 * i, 3 * i + 3))).toBe(expected[i]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep the bits when a model turns into a module of its own', () => {
    const booster = Booster.load(aModelText({ seed: 5, trees: 8, leaves: 12, features: 3, isPlain: true }));
    const random = (i: number): number => ((i * 2654435761) % 1000) / 250 - 2;
    for (let i = 0; i < 2500; i++) {
      const row = Float64Array.of(i % 7 === 0 ? Number.NaN : random(i), random(i + 1), random(i + 2));
      expect(booster.predictRow(row)).toBe(booster.predictRows(row, 1)[0]);
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
