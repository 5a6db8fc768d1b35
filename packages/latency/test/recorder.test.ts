import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyRecorder } from '../src/recorder.ts';

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
  it('charges the wait before the sending to the response, not to the service', () => {
    const recorder = aRecorder([{ due: 100, sent: 150, done: 160 }]);
    expect([...recorder.durationsMs('response', { failedMs })]).toEqual([60]);
    expect([...recorder.durationsMs('service', { failedMs })]).toEqual([10]);
    expect([...recorder.durationsMs('lag', { failedMs })]).toEqual([50]);
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
