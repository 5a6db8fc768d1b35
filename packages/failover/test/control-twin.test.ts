import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excusedBy, readTwin } from '../src/control-twin.ts';
import type { ProbeLog } from '../src/probe-log.ts';
import { baselineOf, defaultTolerance, limitsOf, type Recovery, recoveryOf } from '../src/recovery.ts';
import { merged, type Standstill, stoodStillMs, withoutStandstills } from '../src/standstill.ts';
import { drawnPauses, paused, slowed } from './support/paused-logs.ts';
import { aLog } from './support/probe-logs.ts';

const faultMs = 10_000;
const undoMs = 12_000;
const endMs = 40_000;
const tolerance = defaultTolerance;

type After = (sinceUndoMs: number) => { factor?: number; failing?: boolean; tail?: number };

const logOf = (seed: number, ratePerSecond: number, purpose: string, after: After, isBroken: boolean): ProbeLog =>
  aLog({
    random: createRandom(seed, purpose),
    ratePerSecond,
    endMs,
    at: (due) => (due < faultMs ? {} : due < undoMs ? { failing: isBroken } : after(due - undoMs)),
  });

/** A target at 200 and its twin at 100 requests a second, on a machine that pauses; found with and without the twin. */
function recover({
  seed,
  after = () => ({}),
  isBroken = true,
  ofTarget = [],
  ofTwin = [],
  slow = [],
  slowTwinShare = 1,
}: {
  seed: number;
  after?: After;
  isBroken?: boolean;
  ofTarget?: readonly Standstill[];
  ofTwin?: readonly Standstill[];
  /** Times in which requests take longer, those of the target by half, those of the twin by a share of that. */
  slow?: readonly Standstill[];
  slowTwinShare?: number;
}): { with: Recovery; without: Recovery; isControl: boolean } {
  const log = slowed(paused(logOf(seed, 200, 'target', after, isBroken), ofTarget), slow, 1.5);
  const twin = slowed(
    paused(
      logOf(seed, 100, 'twin', () => ({}), false),
      ofTwin,
    ),
    slow,
    1 + 0.5 * slowTwinShare,
  );
  const before = { fromMs: 2000, toMs: faultMs };
  const normal = baselineOf(twin, before.fromMs, before.toMs);
  const limitMs = limitsOf(baselineOf(log, before.fromMs, before.toMs), tolerance).p95Ms;
  const steady = withoutStandstills(log, excusedBy(readTwin(twin, normal, before, tolerance)).standstills, limitMs);
  const reading = readTwin(twin, normal, { fromMs: faultMs, toMs: endMs }, tolerance);
  const times = { faultMs, undoMs, endMs };
  return {
    with: recoveryOf(log, baselineOf(steady, before.fromMs, before.toMs), {
      ...times,
      excuse: excusedBy(reading),
    }),
    without: recoveryOf(log, baselineOf(log, before.fromMs, before.toMs), times),
    isControl: reading.isControl,
  };
}

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const manySeeds = Array.from({ length: 100 }, (_, i) => i + 1);
/** Such as tear a hole of more than a twentieth into half a second. */
const someMs = { leastMs: 40, mostMs: 150 };
const pausesOf = (seed: number, size = someMs): readonly Standstill[] =>
  drawnPauses(createRandom(seed, 'pauses'), { everyMs: 3000, fromMs: 2000, toMs: endMs, ...size });

/** The same pauses, each with its own depth: cores do not all stand still alike. */
const unlike = (pauses: readonly Standstill[], seed: number): readonly Standstill[] => {
  const random = createRandom(seed, 'depth');
  return pauses.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs - random.uniform() * 0.05 * (toMs - fromMs) }));
};

describe('a control twin', () => {
  it('takes pauses of the machine from the target where nothing is wrong with it; without it they look like a recovery', () => {
    let invented = 0;
    for (const seed of seeds) {
      const pauses = pausesOf(seed);
      const found = recover({ seed, isBroken: false, ofTarget: pauses, ofTwin: unlike(pauses, seed) });
      expect(found.with.timeToSteadyStateMs, `seed ${seed}`).toBe(0);
      expect(found.with.relapses, `seed ${seed}`).toBe(0);
      // Two requests of the target and one of the twin's, ten milliseconds apart, are the resolution.
      expect(found.with.outageMs, `seed ${seed}`).toBeLessThan(40);
      if (found.without.timeToSteadyStateMs !== 0) invented++;
    }
    // The test is about something: the same logs without the twin are not clean.
    expect(invented).toBeGreaterThan(10);
  });

  it('takes stretches in which the machine was slow, without standing still, from the target as well', () => {
    let invented = 0;
    let left = 0;
    for (const seed of manySeeds) {
      const slow = pausesOf(seed, { leastMs: 300, mostMs: 600 });
      const found = recover({ seed, isBroken: false, slow });
      expect(found.isControl, `seed ${seed}`).toBe(true);
      if (found.with.timeToSteadyStateMs !== 0) left++;
      if (found.without.timeToSteadyStateMs !== 0) invented++;
    }
    // Ten times in each of the hundred the machine is half as slow again.
    expect(invented).toBe(manySeeds.length);
    expect(left).toBeLessThan(3);
  });

  it('excuses no more slowness than it shows itself', () => {
    for (const seed of seeds) {
      const slow = [{ fromMs: 20_000, toMs: 21_000 }];
      const found = recover({ seed, isBroken: false, slow, slowTwinShare: 0.2 });
      expect(found.with.timeToSteadyStateMs, `seed ${seed}`).toBeGreaterThan(8000);
    }
  });

  it('changes nothing where it has seen nothing', () => {
    for (const seed of seeds) {
      const found = recover({ seed, after: (ms) => (ms < 5000 ? { factor: 2 } : {}) });
      expect(found.with, `seed ${seed}`).toEqual(found.without);
    }
  });

  it('does not excuse what only the target shows', () => {
    for (const seed of seeds) {
      const pauses = pausesOf(seed);
      const found = recover({ seed, isBroken: false, ofTarget: pauses });
      expect(found.with, `seed ${seed}`).toEqual(found.without);
      expect(found.with.outageMs, `seed ${seed}`).toBeGreaterThan(40);
    }
  });

  it('does not excuse what of the target goes beyond its own standstill', () => {
    const machine = { fromMs: 20_000, toMs: 20_040 };
    const found = recover({
      seed: 1,
      isBroken: false,
      ofTarget: [{ fromMs: 20_000, toMs: 20_400 }],
      ofTwin: [machine],
    });
    // 400 ms, of which the twin stood still for 40, seen from its first request in them on.
    expect(found.with.outageMs).toBeGreaterThan(350);
    expect(found.with.outageMs).toBeLessThan(400);
    expect(found.with.timeToSteadyStateMs).toBeGreaterThan(7000);
  });

  it('never excuses a request that failed', () => {
    const machine = { fromMs: 20_000, toMs: 20_600 };
    const found = recover({ seed: 1, after: (ms) => ({ failing: ms > 8000 && ms < 8600 }), ofTwin: [machine] });
    expect(found.with.failed).toBe(found.without.failed);
    expect(found.with.timeToSteadyStateMs).toBeGreaterThan(8000);
  });

  const shapes: Record<string, { trueMs: number | undefined; after: After }> = {
    step: { trueMs: 5000, after: (ms) => (ms < 5000 ? { factor: 2 } : {}) },
    flapping: { trueMs: 9000, after: (ms) => ({ failing: ms < 9000 && Math.floor(ms / 1000) % 2 === 0 }) },
    tail: { trueMs: 6000, after: (ms) => (ms < 6000 ? { tail: 0.2 } : {}) },
    residual: { trueMs: undefined, after: () => ({ factor: 1.4 }) },
  };
  it.each(Object.entries(shapes))(
    'finds a recovery (%s) as well on a machine that pauses',
    (_name, { trueMs, after }) => {
      const errorsMs = manySeeds.map((seed) => {
        const pauses = pausesOf(seed);
        const { timeToSteadyStateMs } = recover({ seed, after, ofTarget: pauses, ofTwin: unlike(pauses, seed) }).with;
        // “Never” is right for the residual alone.
        return (timeToSteadyStateMs ?? Number.POSITIVE_INFINITY) - (trueMs ?? Number.POSITIVE_INFINITY);
      });
      const isRight = (errorMs: number): boolean => Number.isNaN(errorMs) || Math.abs(errorMs) <= 500;
      // Where one stands still deeper than the other, the rest is the target's: in one or two of a hundred it shows.
      expect(errorsMs.filter(isRight).length).toBeGreaterThanOrEqual(95);
      expect(Math.min(...errorsMs.filter((errorMs) => !Number.isNaN(errorMs)), 0)).toBeGreaterThanOrEqual(-500);
    },
  );

  it('says nothing of the target when only the twin is disturbed', () => {
    for (const seed of manySeeds) {
      const found = recover({ seed, after: (ms) => (ms < 5000 ? { factor: 2 } : {}), ofTwin: pausesOf(seed) });
      expect(Math.abs(found.with.timeToSteadyStateMs! - 5000), `seed ${seed}`).toBeLessThanOrEqual(300);
      expect(found.with.failed, `seed ${seed}`).toBe(found.without.failed);
    }
  });

  it('leaves of any log no more than there was, every failure, and nothing earlier than it was due', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 80 }), fc.boolean()), {
          maxLength: 60,
        }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 200 })), { maxLength: 8 }),
        fc.integer({ min: 0, max: 50 }),
        (requests, stops, limitMs) => {
          const sorted = requests.toSorted(([a], [b]) => a - b);
          const log: ProbeLog = {
            count: sorted.length,
            dueMs: Float64Array.from(sorted, ([due]) => due),
            doneMs: Float64Array.from(sorted, ([due, took]) => due + took),
            good: Uint8Array.from(sorted, ([, , good]) => Number(good)),
          };
          const standstills = merged(stops.map(([at, length]) => ({ fromMs: at, toMs: at + length })));
          const own = withoutStandstills(log, standstills, limitMs);
          const failures = (of: ProbeLog): number => of.good.subarray(0, of.count).filter((good) => good === 0).length;
          expect(failures(own)).toBe(failures(log));
          expect(own.count).toBeLessThanOrEqual(log.count);
          for (let i = 0; i < own.count; i++) expect(own.doneMs[i]).toBeGreaterThanOrEqual(own.dueMs[i]!);
          // What was worse than the limit without a standstill is there, as it was.
          const outside = sorted.filter(([due, took]) => stoodStillMs(standstills, due, due + took) === 0);
          expect(own.count).toBeGreaterThanOrEqual(outside.length);
        },
      ),
    );
  });

  it('is no control where the fault reaches it, or the machine is never calm: nothing is excused then', () => {
    const shared = drawnPauses(createRandom(1, 'pauses'), {
      everyMs: 500,
      fromMs: faultMs,
      toMs: endMs,
      leastMs: 100,
      mostMs: 150,
    });
    const found = recover({ seed: 1, isBroken: false, ofTarget: shared, ofTwin: shared });
    expect(found.isControl).toBe(false);
    expect(found.with).toEqual(found.without);
  });

  it('is no control where its own requests fail', () => {
    const twin = logOf(1, 100, 'twin', () => ({}), true);
    const normal = baselineOf(twin, 2000, faultMs);
    const reading = readTwin(twin, normal, { fromMs: faultMs, toMs: endMs }, tolerance);
    expect(reading).toMatchObject({ isControl: false, reason: expect.stringContaining('200 of 3000 requests') });
  });

  it('is no control with too few requests to know what is normal for it', () => {
    const twin = aLog({ random: createRandom(1), ratePerSecond: 5, endMs, at: () => ({}) });
    const reading = readTwin(twin, baselineOf(twin, 2000, faultMs), { fromMs: faultMs, toMs: endMs }, tolerance);
    expect(reading).toMatchObject({ isControl: false, reason: expect.stringContaining('only 40 requests') });
  });
});
