import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRanker } from '../src/operators/midranks.ts';

/** By counting: values below, and half of the others that are equal. */
function byCounting(values: readonly number[]): number[] {
  return values.map((own) =>
    Number.isNaN(own)
      ? Number.NaN
      : values.filter((v) => v < own).length + (values.filter((v) => v === own).length - 1) / 2,
  );
}

it('ranks are those that counting gives, for any doubles, ties and missing values', () => {
  const ranker = createRanker(60);
  const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 1 + 2 ** -50, Number.NaN, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), (values) => {
      const ranks = new Float64Array(values.length);
      const count = ranker.rank(Float64Array.from(values), 0, values.length, ranks, 0);
      expect(count).toBe(values.filter((v) => !Number.isNaN(v)).length);
      expect([...ranks]).toEqual(byCounting(values));
    }),
  );
});
