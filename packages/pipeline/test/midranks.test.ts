import fc from 'fast-check';
import { expect, it } from 'vitest';
import { midranks } from '../src/operators/midranks.ts';

/** By counting: values below, and half of the others that are equal. */
function byCounting(values: readonly number[]): number[] {
  return values.map((own) =>
    Number.isNaN(own)
      ? Number.NaN
      : values.filter((v) => v < own).length + (values.filter((v) => v === own).length - 1) / 2,
  );
}

function expectCounted(values: readonly number[]): void {
  const ranks = new Float64Array(values.length);
  const count = midranks(Float64Array.from(values), ranks);
  expect(count).toBe(values.filter((v) => !Number.isNaN(v)).length);
  expect([...ranks]).toEqual(byCounting(values));
}

const special = [0, -0, 1, 1 + 2 ** -52, -1, 5e-324, -5e-324, Number.NaN, Number.POSITIVE_INFINITY, -1e308];

it('ranks are those that counting gives, for any doubles, ties and missing values', () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(...special));
  fc.assert(fc.property(fc.array(value, { maxLength: 60 }), expectCounted));
});

it('values that differ in their last bits alone are told apart, beside far outliers too', () => {
  // Neighbouring doubles, in any order: their first bits, by which a row is sorted first, are all the same.
  const near = fc.integer({ min: 0, max: 200 }).map((steps) => 100 + steps * 2 ** -46);
  const far = fc.constantFrom(...special, 1e300, -1e300, 100.5);
  for (const value of [near, fc.oneof({ weight: 9, arbitrary: near }, far)])
    fc.assert(fc.property(fc.array(value, { minLength: 40, maxLength: 300 }), expectCounted), { numRuns: 50 });
});

it('a row of any length is ranked in its own place, whatever was ranked before', () => {
  for (const length of [0, 1, 2, 2047, 2048, 2049, 40_000, 3]) {
    // All different: 40009 is prime.
    const row = Float64Array.from({ length }, (_, i) => (i * 7919) % 40_009);
    const rankOf = new Map([...row].sort((a, b) => a - b).map((value, rank) => [value, rank]));
    const expected = [...row].map((value) => rankOf.get(value));
    expect(midranks(row, row)).toBe(length);
    expect([...row]).toEqual(expected);
  }
});
