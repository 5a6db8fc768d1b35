import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ages, asOfMoments, maxAgeMs, type Print, printTaiwanFaults, readLive } from '../../src/taiwan/prints.ts';

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

it('a live answer is read with its flags; what is none is none', () => {
  const answer = readLive('asOfMs,stock,prediction,flag\n1,1101,0.5,\n1,1102,0.1,stale\n1,1101,0.5,\n2,1101,,\n');
  expect([...answer!.predictions]).toEqual([
    ['1,1101', 0.5],
    ['1,1102', 0.1],
  ]);
  expect([...answer!.flagged]).toEqual(['1,1102']);
  expect(answer!.duplicates).toBe(1);
  expect(readLive('date,stock\n')).toBeUndefined();
});
