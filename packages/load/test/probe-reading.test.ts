import { LatencyRecorder } from '@preopen/latency';
import { describe, expect, it } from 'vitest';
import { mostWaiting, type Probed, readProbe } from '../src/probe-reading.ts';

interface Sent {
  lagMs?: number;
  tookMs: number;
  outcome?: 'ok' | 'connect' | 'aborted';
}

/** A probe at 100 requests a second, ten seconds long unless it ended sooner. */
function aProbe(requests: readonly Sent[], change: Partial<Probed> = {}): Probed {
  const recorder = new LatencyRecorder();
  requests.forEach(({ lagMs = 0, tookMs, outcome = 'ok' }, i) => {
    const dueMs = i * 10;
    const slot = recorder.schedule(dueMs, dueMs + lagMs);
    recorder.sent(slot, dueMs + lagMs);
    recorder.done(slot, dueMs + lagMs + tookMs, outcome);
  });
  return { recorder, problems: [], stopped: false, spanMs: 10_000, ...change };
}
const all = (count: number, sent: (i: number) => Sent) => Array.from({ length: count }, (_, i) => sent(i));
const read = (probed: Probed) => readProbe(probed, 100, { p95Ms: 50 });

describe('a probe', () => {
  it('of fast answers refutes nothing', () => {
    const reading = read(aProbe(all(1000, () => ({ tookMs: 5 }))));
    expect(reading).toMatchObject({ p95Ms: 5, shareAbove: 0, errorShare: 0, achievedPerSecond: 100 });
    expect(reading).not.toHaveProperty('overloaded');
    expect(reading).not.toHaveProperty('spoiled');
  });

  it('that was given up with too many requests waiting refutes its rate, though its answers until then were fast', () => {
    const cutOff = aProbe(
      all(300, (i) => ({ tookMs: i < 200 ? 5 : 40, outcome: i < 280 ? 'ok' : 'aborted' })),
      { stopped: true, spanMs: 3000 },
    );
    expect(read(cutOff).overloaded).toBe('more than 200 ms of requests were waiting');
  });

  it('that was given up while the generator was late by as much says nothing', () => {
    const cutOff = aProbe(
      all(300, (i) => ({ lagMs: i > 250 ? 120 : 0, tookMs: 5, outcome: i < 280 ? 'ok' : 'aborted' })),
      { stopped: true, late: 'more than 1 % of the requests went out late' },
    );
    const reading = read(cutOff);
    expect(reading).not.toHaveProperty('overloaded');
    expect(reading.spoiled).toBe('generator-limited: more than 1 % of the requests went out late');
  });

  it('refutes its rate where too many fail, and says why', () => {
    const failing = aProbe(
      all(1000, (i) => ({ tookMs: 5, outcome: i % 20 === 0 ? 'connect' : 'ok' })),
      { problems: [['connect: ECONNREFUSED', 50]] },
    );
    expect(read(failing).overloaded).toBe('5.0 % of the requests failed (connect: ECONNREFUSED)');
  });

  it('says nothing where the failures were for want of sockets on this side', () => {
    const short = aProbe(
      all(1000, (i) => ({ tookMs: 5, outcome: i % 20 === 0 ? 'connect' : 'ok' })),
      { problems: [['connect: connect EMFILE 127.0.0.1:8080', 50]] },
    );
    expect(read(short)).not.toHaveProperty('overloaded');
    expect(read(short).spoiled).toContain('no socket for 50 of its requests');
  });

  it('refutes its rate where answers take ever longer', () => {
    expect(read(aProbe(all(1000, (i) => ({ tookMs: 1 + i / 10 })))).overloaded).toContain('grew');
  });

  it('that nobody answered is beyond every limit', () => {
    expect(read(aProbe([]))).toMatchObject({ shareAbove: 1, errorShare: 1, p95Ms: Number.POSITIVE_INFINITY });
  });
});

it('waiting requests are a backlog from four latency limits on, and a handful is none', () => {
  expect(mostWaiting(1500, 100)).toBe(600);
  expect(mostWaiting(2, 100)).toBe(20);
});
