import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationHistogram } from '../src/distribution.ts';

const columnsOf = (durations: readonly number[]) =>
  durationHistogram('id', 'title', Float64Array.from(durations)).columns.map(({ values }) => values as number[]);

describe('durationHistogram', () => {
  it('puts durations a factor of ten apart twelve bins apart, with the empty ones between', () => {
    const [from, to, counts] = columnsOf([1.01, 1.02, 10.1]);
    expect(counts).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(from![0]).toBe(1);
    expect(to![0]).toBeCloseTo(1.2115, 4); // 10^(1/12)
    expect(from![12]).toBeCloseTo(10, 9);
  });

  it('counts every duration once, in a bin that holds it, and its bins touch', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1e5, noNaN: true }), { minLength: 1 }), (durations) => {
        const [from, to, counts] = columnsOf(durations);
        expect(counts!.reduce((sum, count) => sum + count, 0)).toBe(durations.length);
        expect(from!.slice(1)).toEqual(to!.slice(0, -1));
        expect(from![0]).toBeLessThanOrEqual(Math.min(...durations) * (1 + 1e-9));
        expect(to!.at(-1)).toBeGreaterThanOrEqual(Math.max(...durations) * (1 - 1e-9));
      }),
    );
  });

  it('takes what clocks cannot tell apart for a microsecond', () => {
    const [from, , counts] = columnsOf([0, 0.0004, 0.001]);
    expect(counts).toEqual([3]);
    expect(from![0]).toBeCloseTo(0.001, 12);
  });

  it('says what its columns are', () => {
    const { id, title, columns } = durationHistogram('latency.histogram', 'Durations', Float64Array.of(1));
    expect({ id, title }).toEqual({ id: 'latency.histogram', title: 'Durations' });
    expect(columns.map(({ name, unit }) => [name, unit])).toEqual([
      ['from', 'ms'],
      ['to', 'ms'],
      ['requests', 'count'],
    ]);
  });

  it('has no bin for no duration', () => {
    expect(columnsOf([])).toEqual([[], [], []]);
  });
});
