import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excusedBy, readTwin } from '../src/control-twin.ts';
import type { ProbeLog } from '../src/probe-log.ts';
import { baselineOf, defaultTolerance, type Recovery, recoveryOf } from '../src/recovery.ts';
import { merged, type Standstill } from '../src/standstill.ts';
import { drawnPauses, paused } from './support/paused-logs.ts';

// As the verification measures it: 500 requests a second of a millisecond each, a twin at 100, the fault from 3 s to 3.5 s.
const faultMs = 3000;
const undoMs = 3500;
const endMs = 8000;
const targetSpacingMs = 2;
const twinSpacingMs = 10;
const responseMs = 1;
const tolerance = { ...defaultTolerance, absoluteMs: 3 };
/** Two requests of the target, one of the twin's, the answer under way, and by how much one may be late unseen: nothing is finer. */
const resolutionMs = 2 * targetSpacingMs + twinSpacingMs + 2 * responseMs + tolerance.absoluteMs;
/** A twin is looked at from a little before the fault on. */
const seenFromMs = faultMs - tolerance.windowMs;

function even(spacingMs: number, offsetMs = 0): ProbeLog {
  const count = Math.floor(endMs / spacingMs);
  const dueMs = Float64Array.from({ length: count }, (_, i) => i * spacingMs + offsetMs);
  return { count, dueMs, doneMs: dueMs.map((due) => due + responseMs), good: new Uint8Array(count).fill(1) };
}

/** A target that is frozen at times, on a machine that stands still at others; its twin feels the machine alone. */
function measured({
  frozen = [],
  machine = [],
  offsetMs = 0,
}: {
  frozen?: readonly Standstill[];
  machine?: readonly Standstill[];
  offsetMs?: number;
}): Recovery {
  const log = paused(even(targetSpacingMs), merged([...frozen, ...machine]));
  const twin = paused(even(twinSpacingMs, offsetMs), merged(machine));
  const before = { fromMs: 500, toMs: 2500 };
  const normal = baselineOf(twin, before.fromMs, before.toMs);
  const excuse = excusedBy(readTwin(twin, normal, { fromMs: seenFromMs, toMs: endMs }, tolerance));
  const baseline = baselineOf(log, before.fromMs, before.toMs);
  return recoveryOf(log, baseline, { faultMs, undoMs, endMs, excuse }, tolerance);
}

const pause: Standstill = { fromMs: faultMs, toMs: undoMs };
const still = (fromMs: number, lengthMs: number): Standstill => ({ fromMs, toMs: fromMs + lengthMs });
const within = (outageMs: number, trueMs: number): void => {
  expect(outageMs).toBeGreaterThanOrEqual(trueMs - resolutionMs);
  expect(outageMs).toBeLessThanOrEqual(trueMs + resolutionMs);
};

describe('an outage beside a machine that stands still', () => {
  it('is as long as the freeze where the machine stood still within it: that lengthened nothing', () => {
    const { outageMs, slowestMs } = measured({ frozen: [pause], machine: [still(3200, 40), still(3350, 60)] });
    within(outageMs, 500);
    // Nor is the slowest request the quicker for it.
    within(slowestMs, 500);
  });

  it('is as long as the freeze where the machine stood still as it began: a tester writes its journal then', () => {
    within(measured({ frozen: [pause], machine: [still(3000, 45)] }).outageMs, 500);
    within(measured({ frozen: [pause], machine: [still(3007, 45)] }).outageMs, 500);
  });

  it('is without what the machine stood still for before the fault and after its undo', () => {
    within(measured({ frozen: [pause], machine: [still(2960, 60)] }).outageMs, 500);
    within(measured({ frozen: [pause], machine: [still(3480, 80)] }).outageMs, 500);
    within(measured({ frozen: [pause], machine: [still(3500, 80)] }).outageMs, 500);
  });

  it('is none where the machine alone stood still, however that falls on the fault', () => {
    for (const fromMs of [2960, 2990, 3000, 3100, 3460, 3500, 5000])
      expect(measured({ machine: [still(fromMs, 80)] }).outageMs, `${fromMs}`).toBeLessThanOrEqual(resolutionMs);
  });

  it('is that of the target alone where the machine stood still right before it, long after the fault', () => {
    within(measured({ frozen: [still(5060, 200)], machine: [still(5000, 60)] }).outageMs, 200);
  });

  it('counts what stood still between two times in which only the target was down', () => {
    within(measured({ frozen: [still(5000, 400)], machine: [still(5200, 60)] }).outageMs, 400);
  });

  const pauses = (seed: number): readonly Standstill[] =>
    drawnPauses(createRandom(seed, 'machine'), { everyMs: 800, fromMs: 2900, toMs: endMs, leastMs: 10, mostMs: 75 });

  it('is as long as the freeze, however long that is and wherever the machine stands still', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 250, max: 500 }),
        (seed, offsetMs, lengthMs) => {
          // It ends with the undo, as a freeze does.
          const frozen = [{ fromMs: faultMs, toMs: faultMs + lengthMs }];
          const machine = pauses(seed);
          const log = paused(even(targetSpacingMs), merged([...frozen, ...machine]));
          const twin = paused(even(twinSpacingMs, offsetMs), machine);
          const normal = baselineOf(twin, 500, 2500);
          const excuse = excusedBy(readTwin(twin, normal, { fromMs: seenFromMs, toMs: endMs }, tolerance));
          const times = { faultMs, undoMs: faultMs + lengthMs, endMs, excuse };
          within(recoveryOf(log, baselineOf(log, 500, 2500), times, tolerance).outageMs, lengthMs);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is none without a fault, wherever the machine stands still', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 9 }), (seed, offsetMs) => {
        expect(measured({ machine: pauses(seed), offsetMs }).outageMs).toBeLessThanOrEqual(resolutionMs);
      }),
      { numRuns: 300 },
    );
  });

  it('is never longer than the silence, nor shorter than what of it the twin was awake for', () => {
    const times = fc.array(fc.tuple(fc.integer({ min: 2900, max: 7500 }), fc.integer({ min: 1, max: 400 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(times, times, (downs, stops) => {
        const frozen = downs.map(([at, length]) => still(at, length));
        const machine = stops.map(([at, length]) => still(at, length / 6));
        const { outageMs } = measured({ frozen, machine });
        const silences = merged([...frozen, ...machine]);
        const raw = Math.max(...silences.map(({ fromMs, toMs }) => toMs - fromMs), 0);
        expect(outageMs).toBeLessThanOrEqual(raw + resolutionMs);
        const awakeMs = silences.map((one) => {
          const stood = merged(machine)
            .map(({ fromMs, toMs }) => Math.min(toMs, one.toMs) - Math.max(fromMs, one.fromMs))
            .reduce((sum, ms) => sum + Math.max(0, ms), 0);
          return one.toMs <= faultMs ? 0 : one.toMs - one.fromMs - stood;
        });
        expect(outageMs).toBeGreaterThanOrEqual(Math.max(...awakeMs, 0) - resolutionMs);
      }),
      { numRuns: 300 },
    );
  });
});
