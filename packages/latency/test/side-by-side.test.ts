import { describe, expect, it } from 'vitest';
import { predictionAgreement } from '../src/agreement.ts';

const f = (...values: number[]): Float64Array => Float64Array.from(values);

describe('agreement of predictions', () => {
  it('is Spearman’s correlation within each request, by hand', () => {
    // Ranks 1 2 3 4 5 against 1 2 3 5 4: 1 − 6 · 2 / (5 · 24) = 0.9; and an exact reversal: −1.
    const found = predictionAgreement([
      { a: f(10, 20, 30, 40, 50), b: f(1, 2, 3, 5, 4) },
      { a: f(1, 2, 3), b: f(3, 2, 1) },
    ]);
    expect(found.rankCorrelation?.mean).toBeCloseTo((0.9 - 1) / 2, 12);
    expect(found.rankCorrelation?.worst).toBeCloseTo(-1, 12);
  });
  it('names the largest differences with request and row, and counts what is identical', () => {
    const found = predictionAgreement([{ a: f(1, 2, 3, 4), b: f(1, 2, 3.5, 40) }]);
    expect(found.identicalShare).toBe(0.5);
    expect(found.largest).toEqual([
      { request: 0, row: 3, a: 4, b: 40 },
      { request: 0, row: 2, a: 3, b: 3.5 },
    ]);
  });
  it('has no correlation where everything is tied or nothing was answered', () => {
    expect(predictionAgreement([{ a: f(1, 1), b: f(1, 2) }]).rankCorrelation).toBeUndefined();
    expect(predictionAgreement([])).toMatchObject({ requests: 0, identicalShare: 0, largest: [] });
  });
});
