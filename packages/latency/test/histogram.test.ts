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

describe('hdrText', () => {
  it('is read by HdrHistogram, with its values in microseconds', async () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i + 1) / 10);
    const read = decodeFromCompressedBase64(await hdrText(values));
    expect(read.totalCount).toBe(1000);
    expect(Math.abs(read.getValueAtPercentile(95) / 95_000 - 1)).toBeLessThan(0.001);
    expect(await hdrText(of(values))).toBe(await hdrText(of(values)));
  });
});
