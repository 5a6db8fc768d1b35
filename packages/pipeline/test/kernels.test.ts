import { operators as op } from '@preopen/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelsBase64 } from '../src/operators/kernels.wasm.ts';
import { plainMoments } from './support/plain-moments.ts';
import { plainExtreme, plainRank } from './support/plain-order.ts';
import { plainPair } from './support/plain-pair.ts';

interface Builder {
  compileKernels(): Promise<Uint8Array>;
}

it('the committed module is what the AssemblyScript source compiles to', { timeout: 60_000 }, async () => {
  const script = new URL('../scripts/build-kernels.mjs', import.meta.url).href;
  const { compileKernels } = (await import(script)) as Builder;
  expect(kernelsBase64).toBe(Buffer.from(await compileKernels()).toString('base64'));
});

describe('the kernels give what plain loops give, bit for bit', () => {
  const cell = fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
    { weight: 2, arbitrary: fc.integer({ min: -2, max: 2 }) },
    fc.constantFrom(-0, 1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    { weight: 2, arbitrary: fc.constant(Number.NaN) },
  );
  const panels = fc.record({
    stocks: fc.integer({ min: 1, max: 5 }),
    window: fc.integer({ min: 2, max: 9 }),
    cells: fc.array(cell, { minLength: 300, maxLength: 300 }),
  });
  const missing = (a: Float64Array): Float64Array => new Float64Array(a.length).fill(Number.NaN);
  const days = 30;

  type Both = (a: Float64Array, b: Float64Array, shape: op.Shape, window: number) => readonly [object, object];
  const kernels: Record<string, Both> = {
    rollingMoments: (a, _, shape, window) => {
      const [mean, deviation] = [missing(a), missing(a)];
      plainMoments(a, shape, window, mean, deviation);
      return [op.rollingMoments(a, shape, window), { mean, deviation }];
    },
    rollingMean: (a, _, shape, window) => {
      const mean = missing(a);
      plainMoments(a, shape, window, mean, undefined);
      return [op.rollingMean(a, shape, window), mean];
    },
    rollingDeviation: (a, _, shape, window) => {
      const deviation = missing(a);
      plainMoments(a, shape, window, undefined, deviation);
      return [op.rollingDeviation(a, shape, window), deviation];
    },
    rollingExtreme: (a, _, shape, window) => {
      const age = missing(a);
      const value = plainExtreme(a, shape, window, -1, age);
      return [op.rollingExtreme(a, shape, window, 'lowest'), { value, age }];
    },
    rollingHighest: (a, _, shape, window) => [
      op.rollingHighest(a, shape, window),
      plainExtreme(a, shape, window, 1, undefined),
    ],
    rollingRank: (a, _, shape, window) => [op.rollingRank(a, shape, window), plainRank(a, shape, window)],
    rollingPair: (a, b, shape, window) => {
      const pair = {
        ...{ meanA: missing(a), meanB: missing(a), varianceA: missing(a), varianceB: missing(a) },
        covariance: missing(a),
      };
      plainPair(a, b, shape, window, pair);
      return [op.rollingPair(a, b, shape, window), pair];
    },
    rollingCorrelation: (a, b, shape, window) => {
      const correlation = missing(a);
      plainPair(a, b, shape, window, correlation);
      return [op.rollingCorrelation(a, b, shape, window), correlation];
    },
  };
  it.each(Object.keys(kernels))('%s', (name) => {
    fc.assert(
      fc.property(panels, ({ stocks, window, cells }) => {
        const a = Float64Array.from(cells.slice(0, days * stocks));
        const b = Float64Array.from(cells.slice(-days * stocks));
        const [got, expected] = kernels[name]!(a, b, { days, stocks }, window);
        expect(got).toEqual(expected);
      }),
    );
  });

  it('of more stocks than are computed together, an odd number of them', () => {
    const [shape, window] = [{ days: 12, stocks: 511 }, 5];
    const a = Float64Array.from({ length: 12 * 511 }, (_, at) => (at % 7 === 3 ? Number.NaN : Math.sin(at * at)));
    const b = a.map((value, at) => value * Math.cos(at));
    for (const name of Object.keys(kernels)) {
      const [got, expected] = kernels[name]!(a, b, shape, window);
      expect(got, name).toEqual(expected);
    }
  });
});
