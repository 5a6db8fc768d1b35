import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type PeakObservations, peakOf } from '../src/peak.ts';

const seen = (change: Partial<PeakObservations>): PeakObservations => ({
  processes: 1,
  mostAtOnce: 1,
  highestSingleBytes: 100e6,
  singleWasAliveAtEnd: true,
  blindMs: 20,
  peakPssBytes: 90e6,
  peakHighWaterSumBytes: 100e6,
  ...change,
});

it('the high-water mark of a single process that is still there is exact', () => {
  expect(peakOf(seen({}))).toMatchObject({ bytes: 100e6, exactness: 'exact' });
});

it('of a process that ended unseen it is a lower bound, with what the gap can hide on top', () => {
  const peak = peakOf(seen({ singleWasAliveAtEnd: false }))!;
  expect(peak).toMatchObject({ bytes: 100e6, exactness: 'lower-bound' });
  expect(peak.interval!.high).toBe(100e6 + 20 * 8e6);
});

it('what the kernel told at the end outweighs what was seen before', () => {
  expect(peakOf(seen({ singleWasAliveAtEnd: false, exitPeakBytes: 140e6 }))).toMatchObject({
    bytes: 140e6,
    exactness: 'exact',
  });
});

it('the sum of resident sizes is never the peak of a tree', () => {
  const tree = seen({ processes: 5, mostAtOnce: 5, peakPssBytes: 518e6, peakHighWaterSumBytes: 1760e6 });
  expect(peakOf(tree)).toMatchObject({ bytes: 518e6, interval: { low: 518e6, high: 1760e6 } });
  expect(peakOf({ ...tree, cgroupPeakBytes: 520e6 })).toMatchObject({ interval: { low: 518e6, high: 520e6 } });
});

it('where nothing was seen there is no peak', () => {
  expect(peakOf(seen({ processes: 0, mostAtOnce: 0, highestSingleBytes: 0 }))).toBeUndefined();
});

it('the interval holds the stated bytes, whatever was seen', () => {
  const bytes = fc.integer({ min: 0, max: 2e10 });
  fc.assert(
    fc.property(bytes, bytes, bytes, bytes, fc.integer({ min: 1, max: 9 }), (single, pss, sum, group, processes) => {
      const { bytes: value, interval } = peakOf(
        seen({
          processes,
          mostAtOnce: processes,
          highestSingleBytes: single,
          peakPssBytes: pss,
          peakHighWaterSumBytes: sum,
          cgroupPeakBytes: group,
        }),
      )!;
      expect(value).toBeGreaterThanOrEqual(interval?.low ?? value);
      expect(value).toBeLessThanOrEqual(interval?.high ?? value);
    }),
  );
});

it('what ended before it was seen has the peak that the kernel told', () => {
  expect(peakOf(seen({ processes: 0, mostAtOnce: 0, highestSingleBytes: 0, exitPeakBytes: 9e6 }))).toMatchObject({
    bytes: 9e6,
    exactness: 'exact',
  });
});
