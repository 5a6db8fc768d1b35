import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { fitPowerLaw } from '../src/scale/power-law.ts';

describe('a power law', () => {
  it('without noise is found exactly', () => {
    const law = fitPowerLaw(
      [250, 500, 1000, 2000].map((x) => ({ x, y: 3 * x ** 1.2 })),
      0.95,
    )!;
    expect(law.exponent).toBeCloseTo(1.2, 12);
    expect(law.at(5000).value).toBeCloseTo(3 * 5000 ** 1.2, 6);
  });
  it('with noise lies in its interval in 95 of 100 cases', () => {
    const random = createRandom(5);
    let exponents = 0;
    let readings = 0;
    for (let k = 0; k < 1000; k++) {
      const reading = (x: number): number => x * Math.exp(0.1 * random.normal());
      const law = fitPowerLaw(
        [250, 500, 1000, 1500, 2000].map((x) => ({ x, y: reading(x) })),
        0.95,
      )!;
      if (law.exponentInterval.low <= 1 && law.exponentInterval.high >= 1) exponents++;
      const { interval } = law.at(5000);
      const further = reading(5000);
      if (interval.low <= further && further <= interval.high) readings++;
    }
    expect(Math.abs(exponents - 950)).toBeLessThan(25);
    expect(Math.abs(readings - 950)).toBeLessThan(25);
  });
  it('of two points is none', () => {
    expect(
      fitPowerLaw(
        [
          { x: 1, y: 1 },
          { x: 2, y: 2 },
        ],
        0.95,
      ),
    ).toBeUndefined();
    expect(
      fitPowerLaw(
        [1, 2, 3].map((y) => ({ x: 7, y })),
        0.95,
      ),
    ).toBeUndefined();
  });
});
