import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyRecorder, type LatencyView } from '../src/recorder.ts';

const failedMs = 5000;
const aRecorder = (
  requests: readonly {
    due: number;
    sent?: number;
    done?: number;
    outcome?: 'ok' | 'timeout' | 'connect' | 'aborted';
  }[],
) => {
  const recorder = new LatencyRecorder(2);
  for (const { due, sent = due, done, outcome = 'ok' } of requests) {
    const slot = recorder.schedule(due);
    recorder.sent(slot, sent);
    if (done !== undefined) recorder.done(slot, done, outcome);
  }
  return recorder;
};

describe('LatencyRecorder', () => {
  it('charges every wait before the sending to the response, and none to the service', () => {
    const recorder = new LatencyRecorder();
    const slot = recorder.schedule(100, 130);
    recorder.sent(slot, 150);
    recorder.firstByte(slot, 157);
    recorder.done(slot, 160, 'ok');
    const of = (view: LatencyView) => [...recorder.durationsMs(view, { failedMs })];
    expect(of('response')).toEqual([60]);
    expect(of('lag')).toEqual([30]);
    expect(of('connection')).toEqual([20]);
    expect(of('firstByte')).toEqual([7]);
    expect(of('service')).toEqual([10]);
  });

  it('counts as lag what the generator was late, for requests without an answer too', () => {
    const recorder = new LatencyRecorder();
    recorder.schedule(0, 7);
    expect([...recorder.durationsMs('lag', { failedMs })]).toEqual([7]);
    expect(recorder.durationsMs('response', { failedMs })).toHaveLength(0);
  });

  it('tells requests of different payloads apart', () => {
    const recorder = new LatencyRecorder();
    for (const payload of [0, 1, 0]) recorder.done(recorder.schedule(0, 0, payload), 1 + payload, 'ok');
    const ofOne = recorder.durationsMs('response', { failedMs, payload: (payload) => payload === 1 });
    expect([...ofOne]).toEqual([2]);
  });

  it('goes on in histograms beyond its limit, and loses no request', () => {
    const recorder = new LatencyRecorder(4, { maxExact: 100 });
    const open: number[] = [];
    for (let i = 0; i < 5000; i++) {
      open.push(recorder.schedule(i));
      // Up to 50 under way at a time, so that slots are used again out of order.
      if (open.length > 50) recorder.done(open.splice(i % open.length, 1)[0]!, i + 10, i % 10 === 0 ? 'status' : 'ok');
    }
    expect(recorder.ledger()).toMatchObject({ scheduled: 5000, pending: 50 });
    for (const slot of open) recorder.done(slot, 5000, 'ok');
    const { scheduled, pending, ok, status } = recorder.ledger();
    expect({ scheduled, pending, sum: ok + status }).toEqual({ scheduled: 5000, pending: 0, sum: 5000 });
    expect(recorder.count).toBe(100);
    expect(recorder.beyond?.response.count).toBe(4900);
    const merged = LatencyRecorder.merge([recorder, recorder]);
    expect(merged.ledger()).toMatchObject({ scheduled: 10_000, pending: 0 });
    expect(merged.beyond?.response.count).toBe(9800);
  });

  it('merges clocks that differ by their offsets, and leaves what is under way so', () => {
    const late = aRecorder([{ due: 10, done: 11 }, { due: 30 }]);
    const early = aRecorder([{ due: 1015, done: 1020 }]);
    const merged = LatencyRecorder.merge([late, early], [0, -1000]);
    expect([...merged.dueMs]).toEqual([10, 15, 30]);
    expect([...merged.doneMs]).toEqual([11, 20, 0]);
    expect(merged.ledger()).toMatchObject({ ok: 2, pending: 1 });
  });

  it('goes to another thread and back as plain columns', () => {
    const recorder = aRecorder([
      { due: 1, done: 5 },
      { due: 2, done: 9, outcome: 'timeout' },
    ]);
    const back = LatencyRecorder.fromColumns(structuredClone(recorder.columns()));
    expect(back.ledger()).toEqual(recorder.ledger());
    expect(back.durationsMs('response', { failedMs })).toEqual(recorder.durationsMs('response', { failedMs }));
  });

  it('never takes a failed request for a fast one', () => {
    const recorder = aRecorder([
      { due: 0, done: 1, outcome: 'connect' },
      { due: 0, done: 6000, outcome: 'timeout' },
    ]);
    expect([...recorder.durationsMs('response', { failedMs })]).toEqual([5000, 6000]);
  });

  it('keeps what is under way or was cut off by us out of the distribution, and in the ledger', () => {
    const recorder = aRecorder([{ due: 0 }, { due: 0, done: 3, outcome: 'aborted' }, { due: 0, done: 4 }]);
    expect(recorder.durationsMs('response', { failedMs })).toHaveLength(1);
    expect(recorder.ledger()).toMatchObject({ scheduled: 3, pending: 1, aborted: 1, ok: 1, timeout: 0 });
  });

  it('keeps the first end of a request', () => {
    const recorder = aRecorder([{ due: 0, done: 10 }]);
    recorder.done(0, 99, 'timeout');
    expect(recorder.outcomeOf(0)).toBe('ok');
    expect([...recorder.doneMs]).toEqual([10]);
  });

  it('merged recorders equal one that was fed everything (property)', () => {
    const request = fc.record({
      due: fc.integer({ min: 0, max: 1e6 }),
      took: fc.integer({ min: 0, max: 1e4 }),
      lane: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 200 }), (requests) => {
        const ordered = requests.toSorted((a, b) => a.due - b.due);
        const whole = aRecorder(ordered.map(({ due, took }) => ({ due, done: due + took })));
        const lanes = [0, 1, 2, 3].map((lane) =>
          aRecorder(ordered.filter((one) => one.lane === lane).map(({ due, took }) => ({ due, done: due + took }))),
        );
        const merged = LatencyRecorder.merge(lanes);
        expect(merged.ledger()).toEqual(whole.ledger());
        expect(merged.durationsMs('response', { failedMs }).toSorted()).toEqual(
          whole.durationsMs('response', { failedMs }).toSorted(),
        );
        expect(merged.dueMs).toEqual(whole.dueMs);
      }),
    );
  });
});
