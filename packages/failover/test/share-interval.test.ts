import { createRandom, proportionInterval } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { amplificationInterval, effectiveCount, requestShareInterval } from '../src/share-interval.ts';

/** A chain with two states: each request is like the one before with probability `stays`, else drawn afresh. */
function aChain(seed: number, n: number, share: number, stays: number): Uint8Array {
  const random = createRandom(seed, 'chain');
  const flags = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    flags[i] = i > 0 && random.uniform() < stays ? flags[i - 1]! : random.uniform() < share ? 1 : 0;
  }
  return flags;
}

/** Of many chains, how many intervals hold the true share. */
const coverage = (share: number, stays: number, intervalOf: (flags: Uint8Array) => { low: number; high: number }) => {
  let held = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const { low, high } = intervalOf(aChain(seed, 2000, share, stays));
    if (low <= share && share <= high) held++;
  }
  return held / 500;
};

describe('the interval of a share of requests', () => {
  it('is Wilson’s where requests do not depend on each other', () => {
    const flags = aChain(1, 1000, 0.2, 0);
    const ones = flags.reduce((sum, flag) => sum + flag, 0);
    const { low, high } = proportionInterval(ones, 1000);
    const found = requestShareInterval(flags);
    expect(found.low).toBeCloseTo(low, 2);
    expect(found.high).toBeCloseTo(high, 2);
  });
  it('holds the true share in 19 of 20 where they come in stretches, in which Wilson’s own does not', () => {
    for (const stays of [0, 0.5, 0.9, 0.97]) {
      expect(coverage(0.2, stays, requestShareInterval), `stays ${stays}`).toBeGreaterThan(0.92);
    }
    const plain = (flags: Uint8Array) =>
      proportionInterval(
        flags.reduce((sum, flag) => sum + flag, 0),
        flags.length,
      );
    expect(coverage(0.2, 0.9, plain)).toBeLessThan(0.6);
  });
  it('counts one outage as little more than one observation, and nothing that failed as many', () => {
    const outage = new Uint8Array(1000).fill(1, 300, 400);
    expect(effectiveCount(outage)).toBeLessThan(15);
    const { low, high } = requestShareInterval(outage);
    expect(low).toBeLessThan(0.03);
    expect(high).toBeGreaterThan(0.25);
    expect(requestShareInterval(new Uint8Array(1000)).high).toBeCloseTo(proportionInterval(0, 1000).high, 12);
  });
});

describe('the interval of an amplification', () => {
  it('holds the ratio, and narrows with the requests behind it', () => {
    const few = amplificationInterval({ arrived: 50, sent: 50 }, { arrived: 150, sent: 50 })!;
    const many = amplificationInterval({ arrived: 5000, sent: 5000 }, { arrived: 15_000, sent: 5000 })!;
    for (const { low, high } of [few, many]) {
      expect(low).toBeLessThan(3);
      expect(high).toBeGreaterThan(3);
    }
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 5);
  });
  it('is none where nothing arrived before', () => {
    expect(amplificationInterval({ arrived: 0, sent: 50 }, { arrived: 150, sent: 50 })).toBeUndefined();
  });
});
