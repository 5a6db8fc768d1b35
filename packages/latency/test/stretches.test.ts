import { batchQuantileInterval, createRandom, quantile, sortedCopy } from '@preopen/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../src/histogram.ts';
import { LatencyRecorder } from '../src/recorder.ts';
import { Stretches } from '../src/stretches.ts';

const failedMs = 5000;

/** Response times of a single server under Poisson arrivals with exponential service: neighbours depend on each other. */
function queueMs(seed: number, load: number, requests: number): Float64Array {
  const random = createRandom(seed, 'queue');
  let waitMs = 0;
  return Float64Array.from({ length: requests }, () => {
    const serviceMs = random.exponential();
    const responseMs = waitMs + serviceMs;
    waitMs = Math.max(0, responseMs - random.exponential() / load);
    return responseMs;
  });
}

/** A recorder that keeps so many of these, given one after the other. */
function recorded(responsesMs: Float64Array, maxExact: number): LatencyRecorder {
  const recorder = new LatencyRecorder(16, { maxExact, failedMs });
  responsesMs.forEach((ms, i) => {
    const slot = recorder.schedule(i);
    recorder.sent(slot, i);
    recorder.done(slot, i + ms, 'ok');
  });
  return recorder;
}

describe('a recorder that cannot keep all requests', () => {
  it('has the percentiles of all of them, and values that stand for them', () => {
    const responsesMs = queueMs(1, 0.7, 300_000);
    const { durationsMs, standFor } = recorded(responsesMs, 20_000).spreadMs('response', { failedMs });
    expect(standFor?.count).toBe(300_000);
    const [spread, exact] = [sortedCopy(durationsMs), sortedCopy(responsesMs)];
    for (const q of [0.5, 0.95, 0.99, 0.999]) {
      // To the width of its buckets.
      expect(Math.abs(standFor!.quantileMs(q) / quantile(exact, q) - 1)).toBeLessThan(0.0005);
      expect(Math.abs(quantile(spread, q) / quantile(exact, q) - 1)).toBeLessThan(0.005);
    }
  });

  it('has intervals that hold the truth as often as those of all requests do', () => {
    // The closed form of M/M/1 at 70 % load, in units of the service time: P95 = ln 20 / (1 − 0.7).
    const trueP95 = Math.log(20) / 0.3;
    let held = 0;
    const runs = 40;
    for (let seed = 0; seed < runs; seed++) {
      const { durationsMs } = recorded(queueMs(seed, 0.7, 60_000), 4000).spreadMs('response', { failedMs });
      const found = batchQuantileInterval(durationsMs, 0.95);
      if ('interval' in found && found.interval.low <= trueP95 && trueP95 <= found.interval.high) held++;
    }
    // 95 % are meant; of 40 fewer than 34 would hold once in a thousand times.
    expect(held).toBeGreaterThanOrEqual(34);
  }, 60_000);

  it('loses nothing on the way to another thread, and several merged hold all (property)', () => {
    const request = fc.record({ took: fc.integer({ min: 0, max: 1e4 }), isOk: fc.boolean(), payload: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(fc.array(request, { maxLength: 120 }), { minLength: 1, maxLength: 4 }),
        fc.nat(20),
        (lanes, maxExact) => {
          const recorders = lanes.map((requests) => {
            const recorder = new LatencyRecorder(1, { maxExact, failedMs });
            requests.forEach(({ took, isOk, payload }, i) => {
              recorder.done(recorder.schedule(i, i, payload), i + took, isOk ? 'ok' : 'status');
            });
            return recorder;
          });
          const merged = LatencyRecorder.merge(recorders.map((recorder) => structuredClone(recorder.columns())));
          const all = lanes.flat();
          const ok = all.filter(({ isOk }) => isOk);
          expect(merged.ledger()).toMatchObject({
            scheduled: all.length,
            ok: ok.length,
            status: all.length - ok.length,
            pending: 0,
          });
          const okOf = (payload: number): number => {
            let count = merged.beyond?.okOfPayload[payload] ?? 0;
            for (let slot = 0; slot < merged.count; slot++)
              if (merged.outcomeOf(slot) === 'ok' && merged.payload[slot] === payload) count++;
            return count;
          };
          for (const payload of [0, 1, 2, 3])
            expect(okOf(payload)).toBe(ok.filter((one) => one.payload === payload).length);
          // Little's law needs the time of all that have ended.
          let underWayMs = merged.beyond?.underWayMs ?? 0;
          for (let slot = 0; slot < merged.count; slot++)
            underWayMs += merged.doneMs[slot]! - merged.dispatchedMs[slot]!;
          expect(underWayMs).toBe(all.reduce((sum, { took }) => sum + took, 0));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes a failed request that it does not keep for no fast one', () => {
    const recorder = new LatencyRecorder(1, { maxExact: 0, failedMs });
    for (let i = 0; i < 100; i++) recorder.done(recorder.schedule(i), i + 1, 'connect');
    expect(recorder.beyond!.response.whole().quantileMs(0.01) / failedMs).toBeCloseTo(1, 3);
  });

  it('counts clocks that differ off the last times too', () => {
    const recorder = new LatencyRecorder(1, { maxExact: 0 });
    recorder.done(recorder.schedule(1000), 1010, 'ok');
    const { beyond } = LatencyRecorder.merge([recorder], [-250]);
    expect([beyond!.lastDueMs, beyond!.lastDoneMs]).toEqual([750, 760]);
  });
});

describe('stretches', () => {
  it('stay few however many values come, and hold them all', () => {
    const stretches = new Stretches(10);
    for (let i = 1; i <= 25_000; i++) stretches.add(i % 100);
    const { stretches: kept, length } = stretches.columns();
    expect(kept.length).toBeLessThanOrEqual(40);
    expect(kept.length).toBeGreaterThanOrEqual(20);
    expect(stretches.count).toBe(25_000);
    const sizes = kept.map((one) => LatencyHistogram.fromColumns(one).count);
    expect(sizes.slice(0, -1).every((size) => size === length)).toBe(true);
  });

  it('of two lanes are put together over the same time', () => {
    const [one, other] = [new Stretches(10), new Stretches(10)];
    for (let i = 0; i < 300; i++) {
      one.add(i < 150 ? 1 : 100);
      other.add(i < 150 ? 1 : 100);
    }
    one.merge(other);
    const values = one.spreadAfter(new Float64Array(0));
    expect(one.length).toBe(20);
    // The first half holds the fast ones of both.
    expect(values.slice(0, values.length / 2).every((ms) => ms < 2)).toBe(true);
    expect(values.slice(values.length / 2).every((ms) => ms > 99)).toBe(true);
  });
});
