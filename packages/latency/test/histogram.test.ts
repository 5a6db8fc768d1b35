import { createRandom, quantile, sortedCopy } from '@preopen/core';
import fc from 'fast-check';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { hdrText } from '../src/hdr.ts';
import { LatencyHistogram } from '../src/histogram.ts';

const of = (values: Iterable<number>) => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
};

describe('LatencyHistogram', () => {
  it('is within 0.025 % of the exact quantiles', () => {
    const random = createRandom(1, 'histogram');
    const values = Float64Array.from({ length: 20_000 }, () => 10 * random.exponential());
    const exact = sortedCopy(values);
    const histogram = of(values);
    for (const q of [0.001, 0.5, 0.95, 0.99, 0.999, 1]) {
      expect(Math.abs(histogram.quantileMs(q) / quantile(exact, q) - 1)).toBeLessThan(0.00025);
    }
    expect(histogram.maxMs).toBe(exact.at(-1));
  });
  it('adds up exactly: the sum of parts is the whole (property)', () => {
    const duration = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.array(duration, { maxLength: 30 }), { maxLength: 5 }), (parts) => {
        const sum = new LatencyHistogram();
        for (const part of parts) sum.merge(of(part));
        expect([...sum.buckets()]).toEqual([...of(parts.flat()).buckets()]);
        expect(sum.count).toBe(parts.flat().length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('LatencyHistogram, by hand', () => {
  it('has the bucket’s middle for a value: 1 ms to 1 + 1/2048 ms, in steps that double at each power of two', () => {
    const middles = [...of([1, 1.2, 2, 1.2]).buckets()];
    // 1.2 is in bucket 409 of 2048 (1.19970 to 1.20019); the largest value bounds the last one.
    expect(middles).toEqual([
      { valueMs: 1 + 0.5 / 2048, count: 1 },
      { valueMs: 1 + 409.5 / 2048, count: 2 },
      { valueMs: 2, count: 1 },
    ]);
    expect(of([2, 3]).quantileMs(0.5)).toBe(2 * (1 + 0.5 / 2048));
  });
  it('counts what is shorter than its first bucket there, and what is longer than its last one in that', () => {
    const outside = of([0, 2 ** -20, 2 ** 25]);
    expect(outside.count).toBe(3);
    expect(outside.maxMs).toBe(2 ** 25);
    expect([...outside.buckets()]).toEqual([
      { valueMs: 2 ** -12 * (1 + 0.5 / 2048), count: 2 },
      { valueMs: 2 ** 23 * (1 + 2047.5 / 2048), count: 1 },
    ]);
    expect([...outside.columns().buckets]).toEqual([0, LatencyHistogram.bucketCount - 1]);
    expect(LatencyHistogram.bucketCount).toBe(36 * 2048);
  });
  it('takes the nearest rank: of four values the second at the half, the third just above it', () => {
    const four = of([1, 2, 4, 8]);
    const rough = (q: number) => Math.round(four.quantileMs(q));
    expect([0, 0.25, 0.251, 0.5, 0.51, 0.75, 1].map(rough)).toEqual([1, 1, 2, 2, 4, 4, 8]);
    // 0.07 × 100 is a little more than 7 in floating point.
    expect(Math.round(of(Array.from({ length: 100 }, (_, i) => i + 1)).quantileMs(0.07))).toBe(7);
  });
  it('has no quantile of nothing', () => {
    expect(() => new LatencyHistogram().quantileMs(0.5)).toThrow('histogram without values: record some first');
    expect([...new LatencyHistogram().buckets()]).toEqual([]);
    expect(new LatencyHistogram().maxMs).toBe(0);
  });
  it('goes through its columns without loss, and adds up the same bucket given twice', () => {
    const whole = of([0.3, 5, 5, 5, 700]);
    const columns = whole.columns();
    expect([...columns.counts]).toEqual([1, 3, 1]);
    expect(columns.maxMs).toBe(700);
    const copy = LatencyHistogram.fromColumns(columns);
    expect([copy.count, copy.maxMs, [...copy.buckets()]]).toEqual([5, 700, [...whole.buckets()]]);
    const twice = { buckets: Uint32Array.of(7, 7), counts: Float64Array.of(2, 3), maxMs: 1 };
    expect([...LatencyHistogram.fromColumns(twice).columns().counts]).toEqual([5]);
  });
  it('keeps the larger maximum of two', () => {
    const [small, large] = [of([1]), of([9])];
    small.merge(large);
    expect([small.maxMs, small.count]).toEqual([9, 2]);
    large.merge(of([2]));
    expect(large.maxMs).toBe(9);
  });
});

describe('hdrText', () => {
  it('is read by HdrHistogram, with its values in microseconds', async () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i + 1) / 10);
    const read = decodeFromCompressedBase64(await hdrText(values));
    expect(read.totalCount).toBe(1000);
    expect(Math.abs(read.getValueAtPercentile(95) / 95_000 - 1)).toBeLessThan(0.001);
    expect(await hdrText(of(values))).toBe(await hdrText(of(values)));
  });
});
