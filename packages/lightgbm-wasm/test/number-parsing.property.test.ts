import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSignificant } from '../src/model/number-format.ts';
import { numberList, wholeList } from '../src/model/number-parsing.ts';

const place = { line: 1, field: 'numbers' };
const word = fc.oneof(
  fc.double({ noNaN: true }).map((value) => formatSignificant(value, 17)),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => formatSignificant(value, 6)),
  fc.integer().map(String),
  fc.tuple(fc.nat(), fc.nat(1e9)).map(([whole, fraction]) => `${whole}.${fraction}`),
  fc.constantFrom('-0', '+3', '5.', '.5', '9007199254740993', '0.30000000000000004', '123456789012345678', '1e-05'),
);
const toNumber = (text: string): number => (text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text));

describe('numbers in a model text', () => {
  it('read to the double that the text is nearest to', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        expect(numberList(words.join(' '), place, words.length)).toEqual(Float64Array.from(words, toNumber));
      }),
      { numRuns: 500 },
    );
  });

  it('are whole, of 32 bits, where the field asks for that', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2147483647, max: 2147483647 })), (values) => {
        expect(wholeList(values.join(' '), place)).toEqual(Int32Array.from(values));
      }),
    );
    for (const text of ['1.0', '2147483648', '1e3', '+1', 'x', '1  2', '٣']) {
      expect(() => wholeList(text, place)).toThrow(/not a whole number/);
    }
  });

  // By hand: C rounds exact ties to the even digit, JavaScript up; exponents have two digits at least.
  it.each([
    [2.5, 1, '2'],
    [3.5, 1, '4'],
    [12345.25, 6, '12345.2'],
    [12345.75, 6, '12345.8'],
    [0.0001, 6, '0.0001'],
    [0.00001, 6, '1e-05'],
    [1e6, 6, '1e+06'],
    [123456, 6, '123456'],
    [-0, 17, '-0'],
    [0.1, 17, '0.10000000000000001'],
    [Number.POSITIVE_INFINITY, 17, 'inf'],
    [1e300, 17, '1.0000000000000001e+300'],
    [52.81849670410156, 17, '52.818496704101562'],
  ])('%d prints to %d digits as C prints it', (value, digits, text) => {
    expect(formatSignificant(value, digits)).toBe(text);
  });

  it('print to what they were read from', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const text = formatSignificant(value, 17);
        const expected = Number.isNaN(value) ? Number.NaN : value;
        expect(numberList(text, place, 1)[0]).toBe(expected);
      }),
    );
  });
});
