import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holmAlphas, judgeGrowth, lowerEnvelope } from '../src/leak/rule.ts';

const rule = { budgetBytesPerIteration: 128 };
const every4 = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => (i + 1) * 4);
/** Memory by iteration, sampled every four iterations. */
const judged = (bytes: (iteration: number) => number, n = 150) => judgeGrowth(every4(n), every4(n).map(bytes), rule);

describe('judgeGrowth', () => {
  it('a straight line above the budget grows, with its own slope', () => {
    const { growth, bytesPerIteration, p } = judged((i) => 5e6 + 1040 * i);
    expect(growth).toBe('grows');
    expect(bytesPerIteration).toBeCloseTo(1040, 6);
    expect(p).toBeLessThan(0.001);
  });

  it('a line below the budget is steady, however sure its trend', () => {
    const { growth, p } = judged((i) => 5e6 + 60 * i);
    expect(p).toBeLessThan(0.001);
    expect(growth).toBe('steady');
  });

  it('a leak behind a sawtooth is found: the envelope is what counts', () => {
    expect(judged((i) => 5e6 + 1040 * i + 40_000 * ((i / 4) % 7)).growth).toBe('grows');
  });

  it('a sawtooth, a step and a cache that has filled do not grow', () => {
    expect(judged((i) => 5e6 + 40_000 * ((i / 4) % 7)).growth).not.toBe('grows');
    expect(judged((i) => (i < 300 ? 5e6 : 9e6)).growth).not.toBe('grows');
    expect(judged((i) => 5e6 + 4e6 * (1 - Math.exp(-i / 60))).growth).not.toBe('grows');
  });

  it('what grew in the first half and stood still in the second saturates, and has no growth left', () => {
    const { growth, recent } = judged((i) => 5e6 + 3000 * Math.min(i, 340));
    expect(growth).toBe('saturates');
    expect(recent.slope).toBe(0);
  });

  it('what happens in the warm-up does not count', () => {
    expect(judged((i) => 5e6 + (i < 120 ? i * 50_000 : 6e6)).growth).toBe('steady');
  });

  it('fewer than 100 samples after the warm-up are too few, whatever they show', () => {
    expect(judged((i) => i * 1e6, 129).growth).toBe('too-few');
    expect(judged((i) => i * 1e6, 130).growth).toBe('grows');
  });

  it('where noise hides whether there is growth, it says so', () => {
    const random = createRandom(7, 'noise');
    expect(judged(() => 5e6 + random.normal() * 3e5).growth).toBe('unclear');
  });

  it('neither a constant nor another unit of time changes the verdict', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4000, noNaN: true }), fc.integer({ min: 0, max: 1e9 }), (slope, base) => {
        const random = createRandom(3, 'property');
        const bytes = every4(150).map((i) => slope * i + random.normal() * 500);
        const plain = judgeGrowth(every4(150), bytes, rule);
        const moved = judgeGrowth(
          every4(150),
          bytes.map((b) => b + base),
          rule,
        );
        const coarser = judgeGrowth(
          every4(150).map((i) => i * 10),
          bytes.map((b) => b * 10),
          rule,
        );
        expect(moved.growth).toBe(plain.growth);
        expect(coarser.growth).toBe(plain.growth);
      }),
      { numRuns: 50 },
    );
  });

  it('in memory that wanders without end in view, it raises no alarm in 300 series', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = createRandom(seed, 'AR(1)');
      let level = 0;
      const { growth } = judged(() => {
        level = 0.9 * level + random.normal() * 8192;
        return 5e6 + level;
      });
      if (growth === 'grows') alarms++;
    }
    expect(alarms).toBe(0);
  });
});

it('the lower envelope keeps the lowest of each block, where it was', () => {
  const { x, y } = lowerEnvelope([1, 2, 3, 4, 5, 6, 7], [9, 3, 5, 2, 8, 7, 1], { from: 1, to: 7, size: 3 });
  expect([...x]).toEqual([4, 7]);
  expect([...y]).toEqual([2, 1]);
});

it('Holm gives the smallest p the strictest level, and the largest the whole', () => {
  expect(holmAlphas([0.04, 0.001, 0.5], 0.03)).toEqual([0.015, 0.01, 0.03]);
});
