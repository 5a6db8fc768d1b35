import type { Profiler } from 'node:inspector';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notSampled, timelineOf, timesBetween } from '../src/profile/functions.ts';
import { functionBreakdown, tailSentence } from '../src/profile/tail.ts';
import { LatencyRecorder } from '../src/recorder.ts';

const node = (id: number, functionName: string, url: string, children: number[] = []): Profiler.ProfileNode => ({
  id,
  callFrame: { functionName, url, scriptId: '0', lineNumber: 9, columnNumber: 0 },
  children,
});
const nodes = [
  node(1, '(root)', '', [2, 3, 6, 7]),
  node(2, '(idle)', ''),
  node(3, 'predict', 'file:///a/model.mjs', [4, 5]),
  node(4, 'sqrt', ''),
  node(5, 'slow', 'file:///a/model.mjs', [8]),
  node(6, '(garbage collector)', ''),
  node(7, 'emit', 'node:events'),
  node(8, 'readFileSync', 'node:fs'),
];
/** A sample each millisecond from 1000 ms on. */
const profileOf = (
  samples: number[],
  timeDeltas: number[] = samples.map((_, i) => (i === 0 ? 0 : 1000)),
): Profiler.Profile => ({
  nodes,
  startTime: 1_000_000,
  endTime: 2_000_000,
  samples,
  timeDeltas,
});

describe('timelineOf', () => {
  it('gives what Node and V8 do to the function on whose behalf they do it', () => {
    const times = timesBetween(timelineOf(profileOf([2, 3, 4, 5, 8, 6, 7]), 5), 1000, 1007);
    expect(Object.fromEntries(times)).toEqual({
      '(idle)': 1,
      'predict (model.mjs:10)': 2,
      'slow (model.mjs:10)': 2,
      '(garbage collector)': 1,
      '(Node itself)': 1,
    });
  });

  it('puts samples that were told late where they belong', () => {
    const times = timesBetween(timelineOf(profileOf([2, 3, 2], [0, 4000, -2000]), 5), 1000, 1005);
    expect(Object.fromEntries(times)).toEqual({ '(idle)': 4, 'predict (model.mjs:10)': 1 });
  });
});

describe('timesBetween', () => {
  it('names nobody for time of which there is no sample', () => {
    const times = timesBetween(timelineOf(profileOf([3, 3], [0, 20_000]), 5), 990, 1030);
    expect(Object.fromEntries(times)).toEqual({ 'predict (model.mjs:10)': 10, [notSampled]: 30 });
  });

  it('adds up to the time between the two moments', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: -500, max: 20_000 })), { maxLength: 60 }),
        fc.double({ min: 900, max: 1200, noNaN: true }),
        fc.double({ min: 0, max: 300, noNaN: true }),
        (samples, fromMs, lengthMs) => {
          const ids = samples.map(([id]) => id);
          const deltas = samples.map(([, delta]) => delta);
          const times = timesBetween(timelineOf(profileOf(ids, deltas), 5), fromMs, fromMs + lengthMs);
          const sum = [...times.values()].reduce((total, ms) => total + ms, 0);
          expect(sum).toBeCloseTo(lengthMs, 6);
          for (const ms of times.values()) expect(ms).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('functionBreakdown', () => {
  /** 200 requests, 20 ms apart; every 20th takes 12 ms, 10 of them in “slow”, the others 2 ms in “predict”. */
  const recorder = new LatencyRecorder();
  const samples: number[] = [];
  for (let i = 0; i < 200; i++) {
    const isSlow = i % 20 === 19;
    const sentMs = 20 * i;
    const slot = recorder.schedule(sentMs);
    recorder.sent(slot, sentMs);
    recorder.firstByte(slot, sentMs + (isSlow ? 12 : 2));
    recorder.done(slot, sentMs + (isSlow ? 12 : 2), 'ok');
    for (let ms = 0; ms < 20; ms++) samples.push(ms < 2 ? 3 : isSlow && ms < 12 ? 5 : 2);
  }
  const timeline = timelineOf(profileOf(samples), 5);

  it('names the function that the slowest requests wait for', () => {
    const found = functionBreakdown(recorder, timeline, 1000, [1000, 5000])!;
    expect(found).toMatchObject({ requests: 200, tailRequests: 5, medianMs: 2, tailMs: 12 });
    expect(found.functions[0]).toEqual({
      name: 'slow (model.mjs:10)',
      medianMs: 0,
      tailMs: 10,
      tailShare: 1,
      totalMs: 100,
    });
    expect(tailSentence(found)).toContain(
      '12.0 ms against 2.0 ms in the middle: “slow (model.mjs:10)” makes 100 % of the difference (10.0 against 0.0 ms)',
    );
  });

  it('says so where the event loop had nothing to do', () => {
    const found = functionBreakdown(
      recorder,
      timelineOf(profileOf([2]), Number.POSITIVE_INFINITY),
      1000,
      [1000, 5000],
    )!;
    expect(tailSentence(found)).toContain('“(idle)” makes 100 % of the difference');
    expect(tailSentence(found)).toContain('outside this process');
  });

  it('says nothing of fewer than 50 requests', () => {
    expect(functionBreakdown(new LatencyRecorder(), timeline, 1000, [1000, 5000])).toBeUndefined();
  });
});
