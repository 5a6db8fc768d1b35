import { referenceFolds, walkForwardFolds } from '@preopen/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const requests = fc.record({
  days: fc.integer({ min: 80, max: 600 }),
  firstDay: fc.integer({ min: 0, max: 20 }),
  minTrainDays: fc.integer({ min: 5, max: 40 }),
  testDays: fc.integer({ min: 1, max: 80 }),
  horizonDays: fc.integer({ min: 1, max: 10 }),
  embargoDays: fc.integer({ min: 0, max: 5 }),
  growth: fc.constantFrom(0, 0.2, 1),
  maxTrainDays: fc.constantFrom(0, 30),
});

describe('walk-forward folds', () => {
  it('no training label reaches into the test days, and the embargo lies between', () => {
    fc.assert(
      fc.property(requests, (request) => {
        for (const fold of walkForwardFolds(request)) {
          const lastLabelDay = fold.trainTo - 1 + request.horizonDays;
          expect(fold.testFrom - lastLabelDay).toBeGreaterThan(request.embargoDays);
          expect(fold.trainTo).toBeGreaterThan(fold.trainFrom);
        }
      }),
    );
  });
  it('test days follow one another without gap or overlap, to the last day', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const folds = walkForwardFolds(request);
        folds.slice(1).forEach((fold, k) => {
          expect(fold.testFrom).toBe(folds[k]!.testTo);
        });
        expect(folds.at(-1)!.testTo).toBe(request.days);
      }),
    );
  });
  it('folds do not depend on days to come: only the last one’s end moves', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 100 }), (request, more) => {
        const now = walkForwardFolds(request);
        const later = walkForwardFolds({ ...request, days: request.days + more });
        now.forEach((fold, k) => {
          expect({ ...later[k]!, testTo: 0 }).toEqual({ ...fold, testTo: 0 });
        });
      }),
    );
  });
  it('says what is missing where there is no room', () => {
    expect(() => referenceFolds(30, 1)).toThrow('30 sessions are too few');
  });
});
