import { createRandom, type Print } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printTaiwanFaults } from '../../src/taiwan/print-faults.ts';
import { ages, latePrints } from '../../src/taiwan/print-invariants.ts';
import { asOfMoments, maxAgeMs, readLive } from '../../src/taiwan/prints.ts';

const morning = (seed: number): Print[] => {
  const random = createRandom(seed, 'prints');
  // A tenth of them in the first two minutes: there is something to be silent about.
  const times = Array.from({ length: 200 }, (_, i) => 32_400_000 + random.integer(i < 20 ? 120_000 : 15_000_000));
  times.sort((a, b) => a - b);
  return times.map((timeMs, i) => ({
    receivedMs: timeMs,
    timeMs,
    sequence: i + 1,
    stock: String(1101 + random.integer(5)),
    session: 'regular',
    priceTwd: 10 + random.integer(100),
    volume: 1000 * (1 + random.integer(9)),
    kind: 'trade',
  }));
};

describe.each(printTaiwanFaults.map((fault) => [fault.id, fault] as const))('%s in prints', (_id, fault) => {
  it('changes nothing at intensity 0, and the same at 1 with the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const damage = (intensity: number) =>
          fault.damage(morning(seed), intensity, createRandom(seed, fault.id)).faulty;
        expect(damage(0)).toEqual(morning(seed));
        expect(damage(1)).not.toEqual(morning(seed));
        expect(damage(1)).toEqual(damage(1));
      }),
      { numRuns: 10 },
    );
  });
});

describe('ages of prices', () => {
  it('count from the exchange’s time of what was received', () => {
    const [first] = asOfMoments;
    const print = { ...morning(1)[0]!, stock: '1101', receivedMs: first!, timeMs: first! - maxAgeMs };
    expect(ages([print], ['1101']).fresh).toEqual([`${first},1101`]);
    expect(ages([{ ...print, timeMs: print.timeMs - 1 }], ['1101']).fresh).toEqual([]);
    expect(ages([{ ...print, receivedMs: first! + 1 }], ['1101']).stale).toContain(`${first},1101`);
    expect(ages([{ ...print, session: 'odd-lot' }], ['1101']).fresh).toEqual([]);
  });
});

describe('late prints', () => {
  const at = (receivedMs: number, timeMs: number, sequence: number): Print => ({
    ...morning(1)[0]!,
    stock: '1101',
    receivedMs,
    timeMs,
    sequence,
  });
  const open = 32_400_000;
  it('are those that come after one of their stock that happened later, each number once', () => {
    const prints = [
      at(open + 10, open, 1),
      at(open + 20, open + 15, 3),
      at(open + 30, open + 5, 2),
      at(open + 40, open + 5, 2),
      { ...at(open + 50, open + 6, 4), stock: '1102' },
    ];
    const counted = latePrints(prints);
    expect(counted.get(`${asOfMoments[0]},1101`)).toBe(1);
    expect(counted.get(`${asOfMoments[0]},1102`)).toBe(0);
  });
  it('count from the moment at which they are received', () => {
    const [first, second] = asOfMoments;
    const counted = latePrints([at(open, open, 1), at(open + 1, open + 1, 3), at(first! + 1, open, 2)]);
    expect(counted.get(`${first},1101`)).toBe(0);
    expect(counted.get(`${second},1101`)).toBe(1);
  });
});

it('a live answer is read with its flags; what is none is none', () => {
  const answer = readLive('asOfMs,stock,prediction,flag\n1,1101,0.5,\n1,1102,0.1,stale\n1,1101,0.5,\n2,1101,,\n');
  expect([...answer!.predictions]).toEqual([
    ['1,1101', 0.5],
    ['1,1102', 0.1],
  ]);
  expect([...answer!.flagged]).toEqual(['1,1102']);
  expect(answer!.duplicates).toBe(1);
  expect(answer!.moments).toEqual([1, 1, 1, 2]);
  expect(answer!.stated).toEqual({ volatility: undefined, late: undefined });
  expect(readLive('asOfMs,stock,prediction,flag,late\n1,1101,0.5,,3\n')!.stated.late).toEqual(new Map([['1,1101', 3]]));
  expect(readLive('date,stock\n')).toBeUndefined();
});
