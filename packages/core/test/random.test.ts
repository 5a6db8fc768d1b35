import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/random.ts';

const draws = (seed: number, purpose: string, count = 8): number[] => {
  const random = createRandom(seed, purpose);
  return Array.from({ length: count }, () => random.uniform());
};

describe('createRandom', () => {
  it('gives the same numbers for the same seed and purpose, and others for others', () => {
    expect(draws(42, 'a')).toEqual(draws(42, 'a'));
    expect(draws(42, 'a')).not.toEqual(draws(42, 'b'));
    expect(draws(42, 'a')).not.toEqual(draws(43, 'a'));
    expect(draws(2 ** 40, 'a')).not.toEqual(draws(0, 'a'));
  });
  it('keeps its numbers from release to release: results are reproducible by their seed', () => {
    expect(draws(42, 'market', 3)).toMatchInlineSnapshot(`
      [
        0.5662143991794437,
        0.8881812214385718,
        0.5505683291703463,
      ]
    `);
  });
  it('draws uniform, normal and exponential numbers with their moments', () => {
    const random = createRandom(1, 'moments');
    const n = 200_000;
    let uniform = 0;
    let normal = 0;
    let square = 0;
    let exponential = 0;
    for (let i = 0; i < n; i++) {
      uniform += random.uniform();
      const z = random.normal();
      normal += z;
      square += z * z;
      exponential += random.exponential();
    }
    // Four standard errors of each mean.
    expect(uniform / n).toBeCloseTo(0.5, 2);
    expect(Math.abs(normal / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(square / n - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(n));
    expect(Math.abs(exponential / n - 1)).toBeLessThan(4 / Math.sqrt(n));
  });
  it('draws each integer below its bound about equally often', () => {
    const random = createRandom(3, 'integers');
    const counts = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1;
    // Chi-square with 6 degrees of freedom: 22.5 is exceeded once in a thousand.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5);
  });
  it('shuffles without losing or doubling anything (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 0 }), (values, seed) => {
        expect(
          createRandom(seed)
            .shuffle([...values])
            .toSorted(),
        ).toEqual(values.toSorted());
      }),
    );
  });
});
