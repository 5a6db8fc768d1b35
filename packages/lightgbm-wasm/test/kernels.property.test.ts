import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { writeCodeTable } from '../src/code-planes.ts';
import { Heap } from '../src/internal/heap.ts';
import { binOf, numericBins } from '../src/training/bin-mapper.ts';
import { binsOf, binTable } from '../src/training/binned-table.ts';
import { NO_LIMITS } from '../src/training/leaf-output.ts';
import { scanPlan, searchThreshold } from '../src/training/split-search.ts';
import {
  codesOf,
  fixedMostFrequent,
  histogramOf,
  pairsOfRows,
  partitioned,
  squaredErrorPairs,
  summedPairs,
} from './support/reference-kernels.ts';

// Properties are tried a hundred times each; how long that takes is the machine's matter.
vi.setConfig({ testTimeout: 120_000 });

const single = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) });
const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
/** Rows with a gradient pair and four bins each. */
const rowsOfQuads = fc.array(
  fc.record({
    g: single,
    h: fc.float({ noNaN: true, min: 0, max: 10 }),
    bins: fc.tuple(...new Array(4).fill(fc.nat(255))),
  }),
  { minLength: 1, maxLength: 60 },
);
type QuadRow = { g: number; h: number; bins: number[] };

function layQuads(heap: Heap, rows: QuadRow[]): { quad: number; pairs: number; values: Float32Array } {
  const quad = heap.reserve(rows.length * 4);
  const pairs = heap.reserve(rows.length * 8);
  heap.bytes(quad, rows.length * 4).set(rows.flatMap(({ bins }) => bins));
  const values = Float32Array.from(rows.flatMap(({ g, h }) => [g, h]));
  heap.floats(pairs, values.length).set(values);
  return { quad, pairs, values };
}

function fourHistograms(heap: Heap): [number, number, number, number] {
  const at = heap.reserve(4 * 4096);
  heap.bytes(at, 4 * 4096).fill(0);
  return [at, at + 4096, at + 8192, at + 12288];
}

/** Ascending row numbers below `count`, by a mask. */
function chosen(count: number, mask: readonly boolean[]): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => mask[i % mask.length]);
}

describe('every kernel has the bits of its plain reference', () => {
  const mask = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 });

  it('sums histograms of consecutive and of listed rows', () => {
    fc.assert(
      fc.property(rowsOfQuads, mask, (given, kept) => {
        const rows = given as QuadRow[];
        const heap = new Heap();
        const { quad, pairs, values } = layQuads(heap, rows);
        const all = fourHistograms(heap);
        heap.kernels.addConsecutive(quad, pairs, rows.length, ...all);
        const listed = chosen(rows.length, kept);
        const list = heap.reserve(listed.length * 4);
        heap.words(list, listed.length).set(listed);
        const ordered = heap.reserve(listed.length * 8);
        heap.kernels.gatherPairs(pairs, list, listed.length, ordered);
        expect(heap.floats(ordered, 2 * listed.length)).toEqual(pairsOfRows(values, listed));
        const some = fourHistograms(heap);
        heap.kernels.addListed(quad, list, ordered, listed.length, ...some);
        for (let lane = 0; lane < 4; lane++) {
          const bins = rows.map((row) => row.bins[lane]!);
          expect(heap.doubles(all[lane]!, 512)).toEqual(histogramOf(bins, values, 256));
          const expected = histogramOf(
            listed.map((row) => bins[row]!),
            pairsOfRows(values, listed),
            256,
          );
          expect(heap.doubles(some[lane]!, 512)).toEqual(expected);
        }
        // Larger less smaller, cell by cell.
        const before = heap.doubles(all[0], 2048).slice();
        const smaller = heap.doubles(some[0], 2048).slice();
        heap.kernels.subtract(all[0], some[0], 4 * 4096);
        expect(heap.doubles(all[0], 2048)).toEqual(before.map((cell, i) => cell - smaller[i]!));
      }),
    );
  });

  it('sums histograms of wide columns', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(999), single), { minLength: 1, maxLength: 80 }), mask, (rows, kept) => {
        const heap = new Heap();
        const column = heap.reserve(rows.length * 2);
        heap.halves(column, rows.length).set(rows.map(([bin]) => bin));
        const listed = chosen(rows.length, kept);
        const list = heap.reserve(listed.length * 4);
        heap.words(list, listed.length).set(listed);
        const values = Float32Array.from(listed.flatMap((row) => [rows[row]![1], 1]));
        const pairs = heap.reserve(values.length * 4);
        heap.floats(pairs, values.length).set(values);
        const cells = heap.reserve(1000 * 16);
        heap.bytes(cells, 1000 * 16).fill(0);
        heap.kernels.addWide(column, list, pairs, listed.length, cells);
        const expected = histogramOf(
          listed.map((row) => rows[row]![0]),
          values,
          1000,
        );
        expect(heap.doubles(cells, 2000)).toEqual(expected);
      }),
    );
  });

  it('gathers quads out of the row-major copy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 700 }), mask, (quads, count, kept) => {
        const heap = new Heap();
        const rowBytes = Math.ceil(quads / 4) * 16;
        const store = heap.reserve(count * rowBytes);
        const words = heap.words(store, (count * rowBytes) / 4);
        for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 2654435761);
        const copy = words.slice();
        const listed = chosen(count, kept);
        if (listed.length === 0) return;
        const list = heap.reserve(listed.length * 4);
        heap.words(list, listed.length).set(listed);
        const capacity = listed.length + 7;
        const out = heap.reserve(capacity * 4 * Math.ceil(quads / 4) * 4);
        heap.kernels.gatherQuads(store, rowBytes, list, listed.length, 0, quads, capacity, out);
        for (let quad = 0; quad < quads; quad++) {
          const got = heap.words(out + quad * capacity * 4, listed.length);
          expect(got).toEqual(Uint32Array.from(listed, (row) => copy[(row * rowBytes) / 4 + quad]!));
        }
      }),
    );
  });

  it('rebuilds the cell of the most frequent bin', () => {
    const cells = fc.array(double, { minLength: 4, maxLength: 40 }).map((list) => list.slice(0, list.length & ~1));
    fc.assert(
      fc.property(cells, fc.nat(), double, double, (list, pick, gradient, hessian) => {
        const heap = new Heap();
        const given = Float64Array.from(list);
        const bin = pick % (given.length / 2);
        const at = heap.reserve(given.length * 8);
        heap.doubles(at, given.length).set(given);
        heap.kernels.fixMostFrequent(at, given.length / 2, bin, gradient, hessian);
        expect(heap.doubles(at, given.length)).toEqual(fixedMostFrequent(given, bin, gradient, hessian));
      }),
    );
  });

  it('finds the same best threshold', () => {
    const cell = fc.record({ g: double, rows: fc.nat(30) });
    const sample = fc.array(cell, { minLength: 2, maxLength: 40 });
    const plan = fc.record({
      missing: fc.constantFrom(0, 1, 2),
      frequent: fc.nat(),
      zero: fc.nat(),
      minRows: fc.nat(20),
    });
    fc.assert(
      fc.property(
        sample,
        plan,
        fc.double({ min: 0, max: 5, noNaN: true }),
        (cells, { missing, frequent, zero, minRows }, l2) => {
          const heap = new Heap();
          const binCount = cells.length;
          const values = Float64Array.from(cells.flatMap(({ g, rows }) => [g, rows]));
          const at = heap.reserve(values.length * 8);
          heap.doubles(at, values.length).set(values);
          const out = heap.reserve(64);
          const gradient = cells.reduce((sum, { g }) => sum + g, 0);
          const rows = cells.reduce((sum, each) => sum + each.rows, 0);
          const hessian = rows + 2 * Math.fround(1e-15);
          const shift = (gradient * gradient) / (hessian + l2);
          const mapper = {
            kind: 'numeric' as const,
            binCount,
            missing,
            bounds: new Float64Array(binCount),
            categories: new Int32Array(0),
            defaultBin: zero % binCount,
            mostFrequentBin: frequent % binCount,
            info: '',
          };
          const scan = scanPlan(mapper);
          const regularisation = { lambdaL1: 0, lambdaL2: l2, maxDeltaStep: 0, pathSmooth: 0, isMonotone: false };
          const expected = searchThreshold(
            values,
            binCount,
            scan,
            { gradient, hessian, rows, parentOutput: 0, limits: NO_LIMITS, shift },
            { minRows, minHessian: 1e-3, regularisation },
            0,
          );
          heap.kernels.searchSplit(
            at,
            binCount,
            scan.offset,
            scan.skipped,
            scan.nanBin,
            scan.hasForward ? 1 : 0,
            gradient,
            hessian,
            rows,
            shift,
            minRows,
            1e-3,
            l2,
            out,
          );
          const [gain, leftGradient, leftHessian] = heap.doubles(out, 3);
          const [threshold, backward, leftRows, admissible] = heap.words(out + 24, 4);
          expect({
            gain,
            leftGradient,
            leftHessian,
            threshold,
            leftRows,
            isBackward: backward === 1,
            isAdmissible: admissible === 1,
          }).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('partitions, sums and scores lists of rows', () => {
    const rows = fc.array(fc.tuple(fc.nat(9), single, double), { minLength: 1, maxLength: 70 });
    const sides = fc.array(fc.constantFrom(0, 1), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(rows, mask, sides, fc.boolean(), double, (table, kept, side, isWide, value) => {
        const heap = new Heap();
        const bins = table.map(([bin]) => bin);
        const column = heap.reserve(table.length * 4);
        if (isWide) heap.halves(column, table.length).set(bins);
        else {
          bins.forEach((bin, row) => {
            heap.bytes(column + 4 * row, 1)[0] = bin;
          });
        }
        const goesRight = Uint8Array.from(side);
        const sideAt = heap.reserve(10);
        heap.bytes(sideAt, 10).set(goesRight);
        const listed = chosen(table.length, kept);
        const list = heap.reserve(table.length * 4);
        heap.words(list, listed.length).set(listed);
        const spare = heap.reserve(table.length * 4);
        const pairs = Float32Array.from(table.flatMap(([, g]) => [g, 1]));
        const pairsAt = heap.reserve(pairs.length * 4);
        heap.floats(pairsAt, pairs.length).set(pairs);
        const sums = heap.reserve(16);
        heap.kernels.sumPairs(pairsAt, list, listed.length, sums);
        expect(Array.from(heap.doubles(sums, 2))).toEqual(summedPairs(pairs, listed));
        const left = heap.kernels.partition(column, isWide ? 1 : 0, list, listed.length, sideAt, spare);
        const [expectedLeft, expectedRight] = partitioned(bins, listed, goesRight);
        expect(Array.from(heap.words(list, listed.length))).toEqual([...expectedLeft, ...expectedRight]);
        expect(left).toBe(expectedLeft.length);
        const scores = Float64Array.from(table, ([, , score]) => score);
        const scoresAt = heap.reserve(scores.length * 8);
        heap.doubles(scoresAt, scores.length).set(scores);
        heap.kernels.addValue(scoresAt, list, left, value);
        const added = scores.map((score, row) => (expectedLeft.includes(row) ? score + value : score));
        expect(heap.doubles(scoresAt, scores.length)).toEqual(added);
        const labels = Float32Array.from(table, ([, label]) => label);
        const labelsAt = heap.reserve(labels.length * 4);
        heap.floats(labelsAt, labels.length).set(labels);
        heap.kernels.squaredErrorPairs(scoresAt, labelsAt, labels.length, pairsAt);
        expect(heap.floats(pairsAt, pairs.length)).toEqual(squaredErrorPairs(added, labels));
        heap.kernels.listAll(list, table.length);
        expect(Array.from(heap.words(list, table.length))).toEqual(bins.map((_, row) => row));
      }),
    );
  });

  it('sorts doubles', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double({ noNaN: true }), single), { maxLength: 200 }), (values) => {
        const heap = new Heap();
        const given = Float64Array.from(values);
        const at = heap.reserve(given.length * 8);
        heap.doubles(at, given.length).set(given);
        heap.kernels.sortDoubles(at, given.length, heap.reserve(given.length * 8), heap.reserve(6 * 2048 * 4));
        expect(heap.doubles(at, given.length)).toEqual(given.sort());
      }),
    );
  });

  it('bins values as the search by halves does', () => {
    const value = fc.oneof(double, fc.constant(Number.NaN), fc.constant(0), fc.integer({ min: -3, max: 3 }));
    const settings = fc.record({
      maxBins: fc.integer({ min: 2, max: 400 }),
      zeroAsMissing: fc.boolean(),
      useMissing: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 500 }),
        settings,
        (values, { maxBins, zeroAsMissing, useMissing }) => {
          const column = Float64Array.from(values);
          const mapper = numericBins(
            {
              sorted: column.filter((each) => Math.abs(each) > 1e-35).sort(),
              nanRows: column.filter((each) => Number.isNaN(each)).length,
              rows: column.length,
            },
            { maxBins, minDataInBin: 1, useMissing, zeroAsMissing, leastSplitRows: undefined },
          );
          if (!mapper) return;
          const heap = new Heap();
          const table = binTable(
            heap,
            { rowCount: column.length, columns: [column] },
            { used: [0], mappers: [mapper], bundles: [] },
            false,
          );
          expect(Array.from(binsOf(heap, table, 0))).toEqual(values.map((each) => binOf(mapper, each)));
        },
      ),
      { endOnFailure: true },
    );
  });

  it('fills planes with NaN replaced', () => {
    const value = fc.oneof(double, fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(0, -Infinity, Infinity, NaN),
        (values, nan) => {
          const heap = new Heap();
          const [source, plane] = [heap.reserve(256), heap.reserve(256)];
          heap.doubles(source, values.length).set(values);
          heap.kernels.fillPlane(source, plane, values.length, nan);
          const replaced = (list: number[]): Float64Array =>
            Float64Array.from(list, (each) => (Number.isNaN(each) ? nan : each));
          expect(heap.doubles(plane, values.length)).toEqual(replaced(values));
          heap.floats(source, values.length).set(values);
          heap.kernels.fillPlaneFromSingle(source, plane, values.length, nan);
          expect(heap.doubles(plane, values.length)).toEqual(replaced(values.map(Math.fround)));
        },
      ),
    );
  });

  it('marks missing values', () => {
    const value = fc.oneof(double, fc.constantFrom(Number.NaN, 0, -0, 1e-35, -1e-35, 1e-34));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), fc.boolean(), (values, isZeroMissing) => {
        const heap = new Heap();
        const [source, plane] = [heap.reserve(256), heap.reserve(256)];
        heap.doubles(source, values.length).set(values);
        const zero = Math.fround(1e-35);
        heap.kernels.fillPlaneOfMissing(source, plane, values.length, isZeroMissing ? zero : -1);
        const isMissing = (each: number): boolean => Number.isNaN(each) || (isZeroMissing && Math.abs(each) <= zero);
        expect(Array.from(heap.doubles(plane, values.length))).toEqual(values.map((each) => (isMissing(each) ? 1 : 0)));
      }),
    );
  });

  it('codes values by the thresholds below them', () => {
    const value = fc.oneof(
      fc.double(),
      double,
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(Number.NaN, -0, 1e-35, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(value, { maxLength: 255, size: 'max' }),
        fc.array(value, { minLength: 1, maxLength: 100 }),
        fc.constantFrom(Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY),
        fc.boolean(),
        (given, values, instead, isZeroMissing) => {
          const thresholds = Float64Array.from(new Set(given.map((each) => each + 0)))
            .filter((each) => !Number.isNaN(each))
            .sort();
          const heap = new Heap();
          const tried = [...values, ...thresholds];
          const [source, codes] = [heap.reserve(tried.length * 8), heap.reserve(tried.length)];
          heap.doubles(source, tried.length).set(tried);
          const kind = isZeroMissing ? ('nan-or-zero' as const) : ('nan' as const);
          heap.kernels.encodePlane(source, tried.length, writeCodeTable(heap, thresholds, { kind, instead }), codes);
          expect(Array.from(heap.bytes(codes, tried.length), (code) => code ^ 128)).toEqual(
            codesOf(tried, thresholds, instead, isZeroMissing),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
