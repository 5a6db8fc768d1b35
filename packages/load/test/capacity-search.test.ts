import { exceedanceBound } from '@preopen/core';
import { describe, expect, it, vi } from 'vitest';
import {
  effectiveSamplesAbove,
  judgeRate,
  pooledVerdicts,
  type RateReading,
  searchCapacity,
} from '../src/capacity-search.ts';
import { exponentialMs, type Queue, responseTimesMs } from './support/queues.ts';

// Millions of simulated requests: seconds of work where others use the machine too.
vi.setConfig({ testTimeout: 60_000 });

/** What a probe of a queue in virtual time shows. */
function readingOf(ratePerSecond: number, limitMs: number, queue: Omit<Queue, 'arrivals'>): RateReading {
  const times = responseTimesMs({ ...queue, arrivals: { kind: 'poisson', ratePerSecond } });
  const shareAbove = times.filter((ms) => ms > limitMs).length / times.length;
  const effectiveSamples = effectiveSamplesAbove(times, limitMs);
  const first = times.slice(0, times.length >> 2);
  const last = times.slice(-(times.length >> 2));
  const middle = (values: Float64Array) => values.toSorted()[values.length >> 1]!;
  const isGrowing = middle(last) > 3 * middle(first) && middle(last) > limitMs;
  return {
    offeredPerSecond: ratePerSecond,
    shareAbove,
    effectiveSamples,
    exceedance: exceedanceBound(times, limitMs),
    requests: times.length,
    ...(isGrowing ? { overloaded: 'the backlog grew' } : {}),
  };
}

const findMM1 = (seed: number, limitMs: number, size = 20_000) => {
  let probes = 0;
  return searchCapacity({
    startPerSecond: 300,
    allowedShare: 0.05,
    precision: 0.01,
    probe: async (rate, effort) => {
      const requests = Math.round(size * effort);
      return readingOf(rate, limitMs, {
        serviceMs: exponentialMs(1000),
        requests,
        settling: 2000,
        seed: seed * 100 + probes++,
      });
    },
  });
};

describe('searchCapacity', () => {
  it.each([
    [10, 700.4],
    [30, 900.1],
  ])('finds the capacity of M/M/1 with μ = 1000/s under P95 < %i ms: %f /s', async (limitMs, truth) => {
    let covered = 0;
    const errors: number[] = [];
    const seeds = 8;
    for (let seed = 1; seed <= seeds; seed++) {
      const { estimate, rates } = await findMM1(seed, limitMs);
      expect(rates.length).toBeLessThanOrEqual(12);
      if (!estimate) throw new Error('nothing was found');
      errors.push(Math.abs(estimate.perSecond / truth - 1));
      if (estimate.low <= truth && truth <= estimate.high) covered++;
    }
    errors.sort((a, b) => a - b);
    expect(errors[seeds / 2]).toBeLessThan(0.01);
    expect(errors.at(-1)).toBeLessThan(0.05);
    expect(covered).toBeGreaterThanOrEqual(6);
  });
});

describe('judgeRate', () => {
  const reading = { offeredPerSecond: 1, shareAbove: 0, effectiveSamples: 1000, requests: 1000 };
  it('is sure, or says that it is not', () => {
    expect(judgeRate(reading, 0.05)).toBe('held');
    expect(judgeRate({ ...reading, effectiveSamples: 20 }, 0.05)).toBe('undecided');
    expect(judgeRate({ ...reading, shareAbove: 0.06, effectiveSamples: 100 }, 0.05)).toBe('undecided');
    expect(judgeRate({ ...reading, shareAbove: 0.08 }, 0.05)).toBe('refuted');
    expect(judgeRate({ ...reading, overloaded: 'requests failed' }, 0.05)).toBe('refuted');
  });
  it('takes nothing against a service from a late generator, and everything for it', () => {
    const late = 'the generator was late';
    expect(judgeRate({ ...reading, late }, 0.05)).toBe('held');
    expect(judgeRate({ ...reading, late, shareAbove: 0.5, shareBeyondLag: 0 }, 0.05)).toBe('spoiled');
    expect(judgeRate({ ...reading, late, shareAbove: 0.06, shareBeyondLag: 0, effectiveSamples: 100 }, 0.05)).toBe(
      'spoiled',
    );
  });
  it('goes on where a late generator decides nothing: few requests with none above the limit', () => {
    expect(judgeRate({ ...reading, late: 'late', effectiveSamples: 20 }, 0.05)).toBe('undecided');
  });
  it('refutes in spite of a lag what is above the limit by more than the lag', () => {
    expect(judgeRate({ ...reading, late: 'late', shareAbove: 0.6, shareBeyondLag: 0.4 }, 0.05)).toBe('refuted');
    expect(
      judgeRate({ ...reading, late: 'late', shareAbove: 1, shareBeyondLag: 0, overloaded: 'a backlog' }, 0.05),
    ).toBe('refuted');
  });
  it('holds by the bound where the effective samples are too few', () => {
    expect(judgeRate({ ...reading, effectiveSamples: 20, exceedance: { clusters: 0, worth: 200 } }, 0.05)).toBe('held');
  });
  it('believes nothing whose books do not balance', () => {
    expect(judgeRate({ ...reading, spoiled: 'Little’s law is off' }, 0.05)).toBe('spoiled');
  });
});

describe('pooledVerdicts', () => {
  const at = (offeredPerSecond: number, clusters: number, worth: number) =>
    ({
      verdict: 'undecided',
      reading: {
        offeredPerSecond,
        shareAbove: 0,
        effectiveSamples: 20,
        requests: 100,
        exceedance: { clusters, worth },
      },
    }) as const;
  const verdicts = (...rates: Parameters<typeof pooledVerdicts>[0]) =>
    pooledVerdicts(rates, 0.05).map(({ verdict }) => verdict);

  it('holds a rate by what higher ones showed, and not a high one by what low ones did', () => {
    expect(verdicts(at(100, 0, 60), at(200, 0, 60))).toEqual(['held', 'undecided']);
  });
  it('counts every undecided reading above, whatever it showed, and none from the refuted on', () => {
    expect(verdicts(at(100, 0, 60), at(150, 8, 40), at(200, 0, 60))).toEqual(['undecided', 'undecided', 'undecided']);
    const refuted = { ...at(150, 0, 600), verdict: 'refuted' } as const;
    expect(verdicts(at(100, 0, 60), refuted, at(200, 0, 600))).toEqual(['undecided', 'refuted', 'undecided']);
  });
  it('holds what is exactly at the limit, or above it, in no more than the stated share of short searches', () => {
    // M/M/1, 1000/s: 5 % are above 10 ms at 700.4/s. Four short readings at and beyond that rate.
    let wrong = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const rates = [700.4, 710, 720, 740].map((rate, k) => {
        const reading = readingOf(rate, 10, {
          serviceMs: exponentialMs(1000),
          requests: 400,
          settling: 1000,
          seed: run * 10 + k,
        });
        return { reading, verdict: 'undecided' } as const;
      });
      if (pooledVerdicts(rates, 0.05).some(({ verdict }) => verdict === 'held')) wrong++;
    }
    expect(wrong / runs).toBeLessThanOrEqual(0.02);
  });
});

describe('a cliff', () => {
  const search = (limit: number, lateAbove = Number.POSITIVE_INFINITY) =>
    searchCapacity({
      startPerSecond: 100,
      allowedShare: 0.05,
      probe: async (rate) => ({
        offeredPerSecond: rate,
        shareAbove: rate > limit ? 1 : 0,
        effectiveSamples: 1000,
        requests: 1000,
        ...(rate > lateAbove ? { late: 'late', shareAbove: 1, shareBeyondLag: 0 } : {}),
      }),
    });
  it('is found between the rates on both sides of it', async () => {
    const { estimate, rates } = await search(1234);
    expect(estimate?.low).toBeLessThanOrEqual(1234);
    expect(estimate?.high).toBeGreaterThan(1234);
    expect(estimate!.high / estimate!.low).toBeLessThan(1.1);
    expect(rates.length).toBeLessThanOrEqual(12);
  });
  it('gives a lower bound where the generator gives out first', async () => {
    const { estimate, heldPerSecond, limitedBy } = await search(5000, 1000);
    expect(estimate).toBeUndefined();
    expect(heldPerSecond).toBe(800);
    expect(limitedBy).toBe('generator-limited: late');
  });
  it('tries the rate that looked held for longer, before it goes below', async () => {
    const { heldPerSecond, limitedBy } = await searchCapacity({
      startPerSecond: 100,
      allowedShare: 0.05,
      probe: async (rate, effort) => ({
        offeredPerSecond: rate,
        shareAbove: rate > 100 ? 1 : 0,
        shareBeyondLag: 0,
        effectiveSamples: effort > 1 ? 1000 : 20,
        requests: 1000,
        late: 'late',
      }),
    });
    expect(heldPerSecond).toBe(100);
    expect(limitedBy).toBe('generator-limited: late');
  });
  it('keeps the rest of its time for a rate that is surely held, the highest that a longer try can make sure', async () => {
    // As a service of 4 ms shows itself in a few seconds: two hundred requests tell of the rates near its limit little.
    let probes = 0;
    const { rates, heldPerSecond, estimate } = await searchCapacity({
      startPerSecond: 140,
      allowedShare: 0.05,
      mayGoOn: () => probes < 6,
      mayCloseIn: () => probes < 3,
      mayLookLower: () => probes < 6,
      probe: async (rate, effort) => {
        probes++;
        const shareAbove = rate > 250 ? 0.5 : 0;
        return {
          offeredPerSecond: rate,
          shareAbove,
          effectiveSamples: (rate < 150 ? 100 : 20) * effort,
          requests: 200,
        };
      },
    });
    expect(rates.map(({ verdict }) => verdict).slice(0, 4)).toEqual(['undecided', 'refuted', 'undecided', 'held']);
    expect(heldPerSecond).toBe(140);
    expect(estimate?.low).toBeLessThanOrEqual(250);
    // The edge again, with what is left.
    expect(rates).toHaveLength(6);
    expect(rates.slice(4).every(({ reading }) => reading.offeredPerSecond > 140)).toBe(true);
  });
  it('looks far below for a rate that is surely held, where all that looked held was undecided', async () => {
    // Near its capacity a service's answers come in clumps, of which a short try sees few: each tells little.
    const { heldPerSecond, refutedPerSecond, estimate } = await searchCapacity({
      startPerSecond: 70,
      allowedShare: 0.05,
      probe: async (rate) => ({
        offeredPerSecond: rate,
        shareAbove: rate > 135 ? 1 : 0,
        effectiveSamples: rate < 20 ? 300 : 60,
        requests: 300,
      }),
    });
    // Two steps, to a sixteenth of the highest rate that looked held.
    expect(heldPerSecond! * 16).toBeGreaterThan(130);
    expect(heldPerSecond! * 16).toBeLessThanOrEqual(135);
    expect(refutedPerSecond).toBeGreaterThan(135);
    expect(estimate?.low).toBeLessThanOrEqual(135);
  });
  it('keeps to its number of probes, and some of them for a rate that is surely held', async () => {
    // Short probes near the limit decide nothing; one far below does.
    const { rates, heldPerSecond } = await searchCapacity({
      startPerSecond: 100,
      allowedShare: 0.05,
      precision: 0.0001,
      maxProbes: 9,
      probe: async (rate) => ({
        offeredPerSecond: rate,
        shareAbove: rate < 30 ? 0 : 0.05 + (rate - 120) / 4000,
        effectiveSamples: rate < 30 ? 1000 : 100,
        requests: 1000,
      }),
    });
    expect(rates.length).toBeLessThanOrEqual(9);
    expect(heldPerSecond).toBeGreaterThan(0);
    expect(heldPerSecond).toBeLessThan(30);
  });
  it('finds short of probes, each short as well, what M/M/1 sustains', async () => {
    let covered = 0;
    const searches = 20;
    for (let seed = 1; seed <= searches; seed++) {
      const { estimate, rates } = await findMM1(seed, 10, 4000);
      expect(rates.length).toBeLessThanOrEqual(12);
      if (estimate && estimate.low <= 700.4 && 700.4 <= estimate.high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(16);
  });
  it('ends where its time is up, and looks no lower', async () => {
    let probes = 0;
    const { rates, heldPerSecond, estimate } = await searchCapacity({
      startPerSecond: 16,
      allowedShare: 0.05,
      mayGoOn: () => probes < 2,
      mayLookLower: () => probes < 3,
      probe: async (rate) => {
        probes++;
        return { offeredPerSecond: rate, shareAbove: 0.06, effectiveSamples: 60, requests: 200 };
      },
    });
    expect(rates.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided', 'undecided']);
    expect(heldPerSecond).toBeUndefined();
    expect(estimate).toBeUndefined();
  });
  it('asks for no rate where it was told to end before the first one said anything', async () => {
    const asked: number[] = [];
    const { limitedBy } = await searchCapacity({
      startPerSecond: 100,
      allowedShare: 0.05,
      probe: async (rate) => {
        asked.push(rate);
        return undefined;
      },
    });
    expect(asked).toEqual([100]);
    expect(limitedBy).toBe('it was told to end');
  });
  it('goes down as far as it must', async () => {
    const { estimate } = await search(3);
    expect(estimate?.low).toBeLessThanOrEqual(3);
    expect(estimate?.high).toBeGreaterThan(3);
  });
});
