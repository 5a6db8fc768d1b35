import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../src/histogram.ts';
import { hgrm, percentileCurve, percentileMeasurement } from '../src/percentiles.ts';

const exponential = (n: number, seed = 1) => {
  const random = createRandom(seed, 'durations');
  return Float64Array.from({ length: n }, () => 10 * random.exponential());
};
const ask = (durationsMs: Float64Array, censoredAtMs = 5000) =>
  percentileMeasurement({
    metric: 'latency.inference.p95',
    q: 0.95,
    durationsMs,
    censoredAtMs,
    look: 1,
    maxLooks: 4,
    how: '',
  });

describe('percentileMeasurement', () => {
  it('finds the P95 of a known distribution inside its interval (exponential: 2.996 times the mean)', () => {
    const result = ask(exponential(4000));
    if (!('value' in result)) throw new Error(result.reason);
    expect(result.value).toBeGreaterThan(28.5);
    expect(result.value).toBeLessThan(31.5);
    expect(result.interval?.low).toBeLessThan(29.96);
    expect(result.interval?.high).toBeGreaterThan(29.96);
  });
  it('is a lower bound where it falls among failed requests', () => {
    const durations = exponential(1000).map((value, i) => (i % 10 === 0 ? 5000 : value));
    expect(ask(durations)).toMatchObject({ value: 5000, bound: 'at-least' });
  });
  it('is open above where its interval reaches failed requests', () => {
    const durations = exponential(1000).map((value, i) => (i % 22 === 0 ? 5000 : value));
    const result = ask(durations);
    expect(result).not.toHaveProperty('bound');
    expect(result).toMatchObject({ interval: { high: Number.POSITIVE_INFINITY } });
  });
  it('has a value and no opinion where all slow requests came in one stall', () => {
    const durations = exponential(2000).map((value, i) => (i >= 1000 && i < 1110 ? 600 : value));
    const result = ask(durations);
    expect(result).toMatchObject({ value: 600, interval: { low: 0, high: Number.POSITIVE_INFINITY } });
  });
  it('ends at a round value beyond which the share is known where clumps are too few for an end of their own', () => {
    // Four stalls of eight requests.
    const durations = exponential(800).map((value, i) => (i % 200 < 8 ? 60 - (i % 8) : Math.min(12, value)));
    const result = ask(durations);
    if (!('interval' in result)) throw new Error('expected a measurement');
    expect(result.interval?.method).toContain('clusters of exceedances');
    expect(result.interval?.high).toBe(result.tail?.bounds[0]?.from);
    expect(result.interval?.confidence).toBeLessThan(0.995);
  });
  it('gives no value of a sample that is too small', () => {
    expect(ask(exponential(50))).toMatchObject({ reason: expect.stringContaining('no interval') });
  });
});

describe('hgrm', () => {
  it('of a histogram is that of its values, to the width of its buckets', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => i + 1);
    const histogram = new LatencyHistogram();
    for (const value of values) histogram.add(value);
    const rows = (text: string) =>
      text.split('\n').flatMap((line) => (/^ +[\d.]+ 0/.test(line) ? [line.trim().split(/ +/).map(Number)] : []));
    const [exact, ours] = [rows(hgrm(values)), rows(hgrm(histogram))];
    expect(ours).toHaveLength(exact.length);
    expect(ours.length).toBeGreaterThan(20);
    ours.forEach(([value, ...rest], i) => {
      expect(Math.abs(value! / exact[i]![0]! - 1)).toBeLessThan(0.001);
      expect(rest).toEqual(exact[i]!.slice(1));
    });
    expect(hgrm(histogram)).toMatch(/Max {5}= {5}1000\.000, Total count {4}= {9}1000/);
  });
  it('is HdrHistogram’s text form: value, percentile, count and 1 / (1 − percentile), ending at the maximum', () => {
    const text = hgrm(Float64Array.from({ length: 1000 }, (_, i) => i + 1));
    const lines = text.split('\n');
    expect(lines[0]).toBe('       Value     Percentile TotalCount 1/(1-Percentile)');
    expect(text).toMatch(/ {5}500\.000 0\.500000000000 {8}500 {11}2\.00/);
    expect(text).toMatch(/1000\.000 1\.000000000000 {7}1000 {12}inf/);
    expect(text).toContain('#[Mean    =      500.500');
    expect(text).toContain('Total count    =         1000]');
    const values = lines.filter((line) => /^ +\d/.test(line)).map((line) => Number(line.trim().split(/ +/)[0]));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });
  it('of nothing holds nothing', () => {
    expect(hgrm(new Float64Array())).toContain('Total count    =            0]');
  });
});

describe('percentileCurve', () => {
  it('leaves out quantiles that the sample is too small for', () => {
    const { columns } = percentileCurve('id', 'title', { response: exponential(100) });
    const at = (q: number) => columns[1]?.values[columns[0]?.values.indexOf(q) ?? -1];
    expect(at(0.99)).not.toBeNull();
    expect(at(0.999)).toBeNull();
    expect(at(1)).not.toBeNull();
  });
});
