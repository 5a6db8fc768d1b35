import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../src/statistics/rank-correlation.ts';

describe('rankCorrelation', () => {
  it('is 1 − 6 Σd² / n(n² − 1) without ties (by hand)', () => {
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: Σd² = 4, so 1 − 24/120.
    expect(rankCorrelation([10, 20, 30, 40, 50], [7, 3, 9, 8, 11])).toBeCloseTo(0.8, 12);
  });
  it('gives ties their mean rank (by hand)', () => {
    // Ranks 1.5 1.5 3 against 1 2 3: covariance 1.5, squares 1.5 and 2.
    expect(rankCorrelation([5, 5, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
  });
  it('leaves out pairs with a number that is not finite, and asks for as many as it is told', () => {
    const [a, b] = [
      [1, Number.NaN, 2, 3, Number.POSITIVE_INFINITY],
      [3, 9, 2, 1, 0],
    ];
    expect(rankCorrelation(a, b)).toBeCloseTo(-1, 12);
    expect(rankCorrelation(a, b, 3)).toBeCloseTo(-1, 12);
    expect(rankCorrelation(a, b, 4)).toBeNaN();
    expect(rankCorrelation([1, 2], [5, 6])).toBe(1);
  });
  it('is NaN where there is nothing to rank', () => {
    expect(rankCorrelation([], [])).toBeNaN();
    expect(rankCorrelation([1], [1])).toBeNaN();
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
  it('sees ranks alone: any rising function of either side changes nothing (property)', () => {
    const finite = fc.double({ noNaN: true, min: -50, max: 50 });
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, finite), { minLength: 3, maxLength: 40 }), (pairs) => {
        const whole = pairs.map(([x, y]) => [Math.round(x), Math.round(y)] as const);
        const a = whole.map(([x]) => x);
        const b = whole.map(([, y]) => y);
        expect(
          rankCorrelation(
            a.map((x) => x ** 3),
            b.map((y) => Math.exp(y)),
          ),
        ).toBe(rankCorrelation(a, b));
        expect(rankCorrelation(b, a)).toBe(rankCorrelation(a, b));
      }),
    );
  });
});
