import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../src/histogram.ts';
import { hgrm, percentileCurve, percentileMeasurement } from '../src/percentiles.ts';

const exponential = (n: number, seed = 1) => {
  const random = createRandom(seed, 'durations');
  return Float64Array.from({ length: n }, () => 10 * random.exponential());
};
const ask = (durationsMs: Float64Array, censoredAtMs = 5000, isLight = false) =>
  percentileMeasurement({
    isLight,
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
    expect(result.interval?.method).toBe('batch-exceedance, look 1 of 4');
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
    expect(result).toHaveProperty('interval.method', expect.stringMatching(/^none: ./));
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
  it('takes both errors off its confidence where its upper end is that of clusters', () => {
    const durations = exponential(800).map((value, i) => (i % 200 < 8 ? 60 - (i % 8) : Math.min(12, value)));
    const result = ask(durations);
    if (!('interval' in result)) throw new Error('expected a measurement');
    // One hundredth over four looks, on each side of its own interval, and once more for the clusters.
    expect(result.interval?.confidence).toBeCloseTo(1 - 0.005 - 0.0025, 12);
    expect(result.tail).toMatchObject({ quantile: 0.95, confidence: 0.9975, method: 'clusters of exceedances' });
  });
  it('says nothing of a tail where no round value is surely beyond', () => {
    const durations = exponential(1000).map((value, i) => (i % 10 === 0 ? 5000 : value));
    expect(ask(durations)).not.toHaveProperty('tail');
  });
  it('is no lower bound where it ends a hair below the limit of what is known, and is one at it', () => {
    const [below, at] = [4999.999, 5000].map((slow) => exponential(1000).map((ms, i) => (i % 10 === 0 ? slow : ms)));
    expect(ask(below!)).not.toHaveProperty('bound');
    expect(ask(at!)).toHaveProperty('bound', 'at-least');
  });
  it('is at least what each part of the run reaches where batches depend on each other and the service had little to do', () => {
    // 150 ms each and 2 ms more in the first half: batches there are like one another, and all are above 100 ms.
    const halves = exponential(400).map((value, i) => (i < 200 ? 152 : 150) + value / 20);
    expect(ask(halves)).toMatchObject({ interval: { low: 0, method: expect.stringContaining('none') } });
    const result = ask(halves, 5000, true);
    if (!('interval' in result)) throw new Error('expected a measurement');
    expect(result.interval?.low).toBeGreaterThanOrEqual(150);
    expect(result.interval?.low).toBeLessThanOrEqual(result.value);
  });
  it('gives no value of a sample that is too small', () => {
    expect(ask(exponential(50))).toMatchObject({
      reason: expect.stringMatching(/^no interval for the 95th percentile: ./),
    });
  });
  it('has a value as soon as ten requests are beyond it', () => {
    const request = { metric: 'latency.inference.p50', q: 0.5, censoredAtMs: 5000, look: 1, maxLooks: 4, how: '' };
    expect(percentileMeasurement({ ...request, durationsMs: exponential(19) })).toHaveProperty('reason');
    expect(percentileMeasurement({ ...request, durationsMs: exponential(20) })).toHaveProperty('value');
  });
  it('speaks for all requests where its sample only stands for them', () => {
    const durationsMs = exponential(4000);
    const all = new LatencyHistogram();
    for (const value of exponential(50_000, 2)) all.add(value);
    const request = { metric: 'latency.inference.p95', q: 0.95, durationsMs, censoredAtMs: 5000, look: 1, maxLooks: 4 };
    const result = percentileMeasurement({ ...request, standFor: all, how: 'open-loop' });
    expect(result).toMatchObject({ value: all.quantileMs(0.95), samples: 50_000, unit: 'ms', how: 'open-loop' });
    // The sample's neighbours were not neighbours: nothing can be said of clusters.
    expect(result).not.toHaveProperty('tail');
  });
});

describe('percentileMeasurement, in full', () => {
  it('of a light service whose requests take the same time, but for a slow wave, is at least what each fifth reaches', () => {
    const halves = Float64Array.from({ length: 400 }, (_, i) => (i < 200 ? 152 : 150) + (i % 10) / 100);
    const open = ask(halves, 160, true);
    if (!('value' in open)) throw new Error(open.reason);
    // The least of the lower medians of five fifths: 150.04. By Markov (2 × 0.05)⁵ of all samples say more than is true.
    expect(open.interval).toMatchObject({ low: 150.04, confidence: expect.closeTo(1 - 0.1 ** 5, 12) });
    expect(open.interval?.method).toMatch(/^at least, by five parts \(none by batches: .+\)$/);
    const busy = ask(halves, 160);
    if (!('value' in busy)) throw new Error(busy.reason);
    expect(busy.interval).toMatchObject({ low: 0, high: Number.POSITIVE_INFINITY, confidence: 0.95 });
    expect(busy.interval?.method).toMatch(/^none: .+/);
    // A service is busy unless it is said that it is not.
    const request = { metric: 'm', q: 0.95, censoredAtMs: 160, look: 1, maxLooks: 4, how: '' };
    expect(percentileMeasurement({ ...request, durationsMs: halves })).toHaveProperty('interval', busy.interval);
  });
  it('has an interval that ends below what is cut off as it is, and no end where it reaches that', () => {
    const durations = exponential(4000);
    const plain = ask(durations);
    if (!('value' in plain)) throw new Error(plain.reason);
    const { high } = plain.interval!;
    const at = (censoredAtMs: number) => {
      const result = ask(durations, censoredAtMs);
      if (!('value' in result)) throw new Error(result.reason);
      return result.interval!;
    };
    expect(at(high + 0.001)).toEqual(plain.interval);
    // Cut off at 32 or so: no round value beyond the percentile is below it.
    expect(at(high).high).toBe(Number.POSITIVE_INFINITY);
    expect(at(high).confidence).toBe(plain.interval!.confidence);
  });
  it('says what was measured: metric, unit, how many, and how', () => {
    expect(ask(exponential(4000))).toMatchObject({
      ...{ metric: 'latency.inference.p95', unit: 'ms', samples: 4000, how: '' },
    });
  });
  it('says of a high percentile in the same words what it is missing', () => {
    const request = { metric: 'latency.inference.p999', q: 0.999, censoredAtMs: 5000, look: 1, maxLooks: 4, how: '' };
    const result = percentileMeasurement({ ...request, durationsMs: exponential(9999) });
    expect(result).toMatchObject({ metric: 'latency.inference.p999', reason: expect.stringContaining('99.9th') });
    // Ten requests are beyond it, and though they came in one clump there is a value.
    const stall = exponential(10_000).map((value, i) => (i < 10 ? 900 : value));
    expect(percentileMeasurement({ ...request, durationsMs: stall })).toHaveProperty('value');
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
    expect(lines.slice(0, 2)).toEqual(['       Value     Percentile TotalCount 1/(1-Percentile)', '']);
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

describe('hgrm, of few values', () => {
  const [two, one] = [Float64Array.of(3, 7), Float64Array.of(3)];
  const percentilesOf = (text: string) =>
    text.split('\n').flatMap((line) => (/^ +\d/.test(line) ? [Number(line.trim().split(/ +/)[1])] : []));
  it('has five steps for each halving of the distance to 1, until less than one value is left, and the maximum', () => {
    expect(percentilesOf(hgrm(one))).toEqual([0, 0.1, 0.2, 0.3, 0.4, 1]);
    expect(percentilesOf(hgrm(two))).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 1]);
  });
  it('is, of two values, this text', () => {
    const row = (value: string, percentile: string, count: number, inverse: string) =>
      `       ${value} ${percentile}0000000000          ${count} ${inverse.padStart(14)}`;
    expect(hgrm(two)).toBe(
      [
        ...['       Value     Percentile TotalCount 1/(1-Percentile)', ''],
        row('3.000', '0.00', 1, '1.00'),
        row('3.000', '0.10', 1, '1.11'),
        row('3.000', '0.20', 1, '1.25'),
        row('3.000', '0.30', 1, '1.43'),
        row('3.000', '0.40', 1, '1.67'),
        row('3.000', '0.50', 1, '2.00'),
        row('7.000', '0.55', 2, '2.22'),
        row('7.000', '0.60', 2, '2.50'),
        row('7.000', '0.65', 2, '2.86'),
        row('7.000', '0.70', 2, '3.33'),
        row('7.000', '1.00', 2, 'inf'),
        '#[Mean    =        5.000, StdDeviation   =        2.000]',
        '#[Max     =        7.000, Total count    =            2]',
        '',
      ].join('\n'),
    );
  });
  it('is, of no value, its head and its foot', () => {
    const empty = [
      ...['       Value     Percentile TotalCount 1/(1-Percentile)', ''],
      '#[Mean    =        0.000, StdDeviation   =        0.000]',
      '#[Max     =        0.000, Total count    =            0]',
      '',
    ].join('\n');
    expect(hgrm(new Float64Array())).toBe(empty);
    expect(hgrm(new LatencyHistogram())).toBe(empty);
  });
  it('says mean and standard deviation: 5 and 2 of 2, 4, 4, 4, 5, 5, 7, 9', () => {
    const values = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9);
    const histogram = new LatencyHistogram();
    for (const value of values) histogram.add(value);
    expect(hgrm(values)).toContain('#[Mean    =        5.000, StdDeviation   =        2.000]');
    const [, mean, deviation] = /Mean +=( +[\d.]+), StdDeviation +=( +[\d.]+)/.exec(hgrm(histogram)) ?? [];
    expect(Number(mean)).toBeCloseTo(5, 2);
    expect(Number(deviation)).toBeCloseTo(2, 2);
  });
  it('ends with the exact maximum, of a histogram too', () => {
    const histogram = new LatencyHistogram();
    for (const value of [1, 1000.9]) histogram.add(value);
    expect(histogram.quantileMs(1)).not.toBe(1000.9);
    expect(hgrm(histogram)).toMatch(/ 1000\.900 1\.000000000000 {10}2 {12}inf/);
  });
});

describe('percentileCurve', () => {
  it('has a column of quantiles and one in milliseconds for each sample', () => {
    const { columns, ...rest } = percentileCurve('latency.curve', 'Percentiles', {
      sent: exponential(10),
      due: exponential(10, 2),
    });
    expect(rest).toEqual({ id: 'latency.curve', title: 'Percentiles' });
    expect(columns.map(({ name, unit }) => [name, unit])).toEqual([
      ['quantile', 'ratio'],
      ['sent', 'ms'],
      ['due', 'ms'],
    ]);
  });
  it('gives a quantile as soon as one value is beyond it, the maximum always, and of nothing nothing', () => {
    const { columns } = percentileCurve('id', 'title', { four: Float64Array.of(1, 2, 3, 4), none: new Float64Array() });
    const [quantiles, four, none] = columns.map(({ values }) => values);
    expect(four![quantiles!.indexOf(0.75)]).toBe(3);
    expect(four![quantiles!.indexOf(0.9)]).toBeNull();
    expect(four!.at(-1)).toBe(4);
    expect(none!.every((value) => value === null)).toBe(true);
  });
  it('is drawn at these quantiles', () => {
    const { columns } = percentileCurve('id', 'title', {});
    expect(columns).toEqual([
      {
        name: 'quantile',
        unit: 'ratio',
        values: [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1],
      },
    ]);
  });
  it('leaves out quantiles that the sample is too small for', () => {
    const { columns } = percentileCurve('id', 'title', { response: exponential(100) });
    const at = (q: number) => columns[1]?.values[columns[0]?.values.indexOf(q) ?? -1];
    expect(at(0.99)).not.toBeNull();
    expect(at(0.999)).toBeNull();
    expect(at(1)).not.toBeNull();
  });
});
