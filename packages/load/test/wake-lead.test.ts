import { createRandom } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WakeLead } from '../src/wake-lead.ts';

/** Share of wake-ups that came after the lead, of those after it had settled, with waits that never bind it. */
function lateAfterSettling(lateMs: () => number): number {
  const lead = new WakeLead();
  const [settling, judged] = [2000, 20_000];
  let late = 0;
  for (let turn = 0; turn < settling + judged; turn++) {
    const ms = lateMs();
    if (lead.take(1000) < ms && turn >= settling) late++;
    lead.learn(ms);
  }
  return late / judged;
}

describe('the lead of a wake-up', () => {
  it('leaves one wake-up in a hundred late, whatever their lateness is like', () => {
    const random = createRandom(1, 'wake-lead');
    // Exponential with a mean of 0.1 ms, and one where every twentieth takes up to a millisecond longer.
    expect(lateAfterSettling(() => 0.1 * random.exponential())).toBeCloseTo(0.01, 2);
    const mixed = () => 0.1 * random.uniform() + (random.uniform() < 0.05 ? random.uniform() : 0);
    expect(lateAfterSettling(mixed)).toBeCloseTo(0.01, 2);
  });
  it('is never more than the wait, two milliseconds, and all leads together a tenth of all waits', () => {
    const wait = fc.double({ min: -10, max: 1000, noNaN: true });
    const late = fc.double({ min: -1, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(wait, late), { maxLength: 300 }), (waits) => {
        const lead = new WakeLead();
        let [allMs, leadsMs] = [0, 0];
        for (const [waitMs, lateMs] of waits) {
          const leadMs = lead.take(waitMs);
          expect(leadMs).toBeGreaterThanOrEqual(0);
          expect(leadMs).toBeLessThanOrEqual(Math.max(0, Math.min(2, waitMs)));
          allMs += Math.max(0, waitMs);
          leadsMs += leadMs;
          lead.learn(lateMs);
        }
        expect(leadsMs).toBeLessThanOrEqual(allMs / 10 + 1e-9);
      }),
    );
  });
  it('covers a short wait whole where longer ones came before it', () => {
    const lead = new WakeLead();
    for (let turn = 0; turn < 100; turn++) {
      lead.take(20);
      lead.learn(1);
    }
    expect(lead.take(0.6)).toBe(0.6);
  });
  it('does not forget what it learned when the machine stands still for once', () => {
    const lead = new WakeLead();
    for (let turn = 0; turn < 1000; turn++) lead.learn(0.2);
    const before = lead.take(1000);
    lead.learn(50);
    expect(lead.take(1000) - before).toBeLessThan(0.051);
  });
});
