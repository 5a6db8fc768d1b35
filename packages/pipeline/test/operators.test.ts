import { readFileSync } from 'node:fs';
import { operators as op } from '@preopen/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Fixture {
  readonly days: number;
  readonly stocks: number;
  readonly window: number;
  readonly group: readonly number[];
  readonly a: string;
  readonly b: string;
  readonly operators: Readonly<Record<string, string>>;
}

const fixture = JSON.parse(readFileSync(new URL('fixtures/independent.json', import.meta.url), 'utf8')) as Fixture;
const column = (cells: string): Float64Array =>
  Float64Array.from(cells.split(' '), (cell) => (cell === '-' ? Number.NaN : Number(cell)));
const shape = { days: fixture.days, stocks: fixture.stocks };
const a = column(fixture.a);
const b = column(fixture.b);
const groups = Int32Array.from(fixture.group);

/** Largest difference, relative to the size of the values; infinite where one has a value and the other has none. */
function difference(got: Float64Array, expected: Float64Array): number {
  let worst = 0;
  for (let at = 0; at < expected.length; at++) {
    if (Number.isNaN(got[at]!) !== Number.isNaN(expected[at]!)) return Number.POSITIVE_INFINITY;
    if (!Number.isNaN(got[at]!))
      worst = Math.max(worst, Math.abs(got[at]! - expected[at]!) / Math.max(1, Math.abs(expected[at]!)));
  }
  return worst;
}

const results: Record<string, () => Float64Array> = {
  rollingMean: () => op.rollingMean(a, shape, fixture.window),
  rollingDeviation: () => op.rollingDeviation(a, shape, fixture.window),
  rollingHighest: () => op.rollingHighest(a, shape, fixture.window),
  rollingLowest: () => op.rollingLowest(a, shape, fixture.window),
  rollingRank: () => op.rollingRank(a, shape, fixture.window),
  rollingQuantile20: () => op.rollingQuantile(a, shape, fixture.window, 0.2),
  rollingCorrelation: () => op.rollingCorrelation(a, b, shape, fixture.window),
  trendSlope: () => op.rollingTrend(a, shape, fixture.window).slope,
  exponentialMean: () => op.exponentialMean(a, shape, 0.25),
  crossSectionalRank: () => op.crossSectionalRank(a, shape),
  crossSectionalScore: () => op.crossSectionalScore(a, shape),
  groupMean: () => op.groupMean(a, shape, groups),
  winsorise5: () => op.winsorise(a, shape, 0.05),
  neutralise: () => op.neutralise(a, shape, { groups, exposure: b }),
};

describe('operators', () => {
  it.each(Object.keys(results))('%s gives what pandas and statsmodels give', (name) => {
    expect(difference(results[name]!(), column(fixture.operators[name]!))).toBeLessThan(1e-10);
  });

  const cell = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
    fc.constant(Number.NaN),
  );
  const panels = fc.record({
    stocks: fc.integer({ min: 1, max: 4 }),
    window: fc.integer({ min: 2, max: 7 }),
    cut: fc.integer({ min: 1, max: 19 }),
    cells: fc.array(cell, { minLength: 80, maxLength: 80 }),
  });
  type Kernel = (x: Float64Array, s: op.Shape, w: number) => Float64Array;
  const kernels: Record<string, Kernel> = {
    rollingMean: op.rollingMean,
    rollingDeviation: op.rollingDeviation,
    rollingHighest: op.rollingHighest,
    'age of the lowest': (x, s, w) => op.rollingExtreme(x, s, w, 'lowest').age,
    rollingRank: op.rollingRank,
    rollingQuantile: (x, s, w) => op.rollingQuantile(x, s, w, 0.7),
    rollingCorrelation: (x, s, w) => op.rollingCorrelation(x, op.delay(x, s, 1), s, w),
    trend: (x, s, w) => op.rollingTrend(x, s, w).residual,
    exponentialMean: (x, s, w) => op.exponentialMean(x, s, 1 / w),
    fillForward: (x, s) => op.fillForward(x, s),
    streak: (x, s) => op.streak(x, s),
    crossSectionalRank: (x, s) => op.crossSectionalRank(x, s),
  };
  it.each(Object.keys(kernels))('%s of a day does not change when later days are added, bit for bit', (name) => {
    fc.assert(
      fc.property(panels, ({ stocks, window, cut, cells }) => {
        const x = Float64Array.from(cells.slice(0, 20 * stocks));
        const whole = kernels[name]!(x, { days: 20, stocks }, window);
        const early = kernels[name]!(x.slice(0, cut * stocks), { days: cut, stocks }, window);
        expect(early).toEqual(whole.slice(0, cut * stocks));
      }),
    );
  });

  it('a window’s figures are those of its values alone, whatever came before', () => {
    fc.assert(
      fc.property(panels, ({ window, cells }) => {
        const x = Float64Array.from(cells.slice(0, 20));
        const got = op.rollingDeviation(x, { days: 20, stocks: 1 }, window);
        for (let t = 0; t < 20; t++) {
          const values = [...x.slice(Math.max(0, t - window + 1), t + 1)].filter((v) => !Number.isNaN(v));
          const isOwed = !Number.isNaN(x[t]!) && values.length >= Math.max(2, Math.ceil(window / 2));
          expect(Number.isNaN(got[t]!)).toBe(!isOwed);
          if (!isOwed) continue;
          const mean = values.reduce((s, v) => s + v, 0) / values.length;
          const deviation = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1));
          expect(got[t]!).toBeCloseTo(deviation, 4);
        }
      }),
    );
  });

  it('a deviation keeps its digits on a high level', () => {
    const level = Float64Array.from({ length: 60 }, (_, t) => 1e9 + (t % 2));
    const low = Float64Array.from({ length: 60 }, (_, t) => t % 2);
    const one = { days: 60, stocks: 1 };
    expect(difference(op.rollingDeviation(level, one, 20), op.rollingDeviation(low, one, 20))).toBeLessThan(1e-12);
  });

  it('nor does a value cost digits that has left the window, however large it was', () => {
    const x = Float64Array.of(0, 0, 0, 1e6, 0, -1e-4, 0, 0);
    const one = { days: 8, stocks: 1 };
    expect(op.rollingDeviation(x, one, 4)[7]!).toBeCloseTo(5e-5, 15);
    const withGap = Float64Array.of(1e6, Number.NaN, Number.NaN, Number.NaN, 0, -1e-4, 0, 0);
    expect(op.rollingDeviation(withGap, one, 4)[7]!).toBeCloseTo(5e-5, 15);
    const y = x.map((value, t) => (t === 3 ? -1e6 : value));
    expect(op.rollingCorrelation(x, y, one, 4)[7]!).toBeCloseTo(1, 9);
  });

  it('neither is a look ahead expressible as a delay, nor a window as a point', () => {
    expect(() => op.delay(a, shape, -1)).toThrow('would look ahead');
    expect(() => op.rollingMean(a, shape, 1)).toThrow('at least 2');
  });

  it('a published figure counts from the session after its publication', () => {
    const market = { dates: ['2025-03-28', '2025-03-31', '2025-04-01'], stocks: [{ code: '1101' }, { code: '2330' }] };
    const known = op.asOf([{ stock: '2330', publishedDate: '2025-03-31', value: 9 }], market);
    expect([...known]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 9]);
  });
});
