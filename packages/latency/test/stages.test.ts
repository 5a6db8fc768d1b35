import { createRandom } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { LatencyRecorder } from '../src/recorder.ts';
import { parseServerTiming, StageTimes, stageBreakdown } from '../src/stages.ts';

describe('parseServerTiming', () => {
  it('reads names and durations, with descriptions in any place', () => {
    const header = 'miss, db;dur=53.2, app;desc="a, b; c";dur=47, cache;desc=hit;dur="2.5", total; dur=1e2';
    expect([...parseServerTiming(header)]).toEqual([
      ['db', 53.2],
      ['app', 47],
      ['cache', 2.5],
      ['total', 100],
    ]);
  });
  it('reads nothing from nothing, and ignores what is no duration', () => {
    expect(parseServerTiming(undefined).size).toBe(0);
    expect(parseServerTiming('a;dur=fast, b;dur=-1, ;dur=3').size).toBe(0);
    expect([...parseServerTiming(['a;dur=1', 'b;dur=2']).keys()]).toEqual(['a', 'b']);
  });
});

/** 1000 requests: 1 ms to decode, a queue that now and then is long, 3 ms to compute, 0.5 ms on the way. */
function planted({ nested = false } = {}) {
  const random = createRandom(3, 'stages');
  const recorder = new LatencyRecorder();
  const times = new StageTimes();
  for (let i = 0; i < 1000; i++) {
    const dueMs = i * 10;
    const queueMs = i % 50 === 0 ? 40 + random.uniform() : 0.2 * random.uniform();
    const stages = { decode: 1, queue: queueMs, compute: 3 };
    const slot = recorder.schedule(dueMs, dueMs + 0.1);
    recorder.sent(slot, dueMs + 0.2);
    const firstByteMs = dueMs + 0.2 + 0.5 + stages.decode + queueMs + stages.compute;
    recorder.firstByte(slot, firstByteMs);
    recorder.done(slot, firstByteMs + 0.3, 'ok');
    const inner = new Map(Object.entries(stages));
    const whole = stages.decode + stages.queue + stages.compute;
    times.record(slot, nested ? new Map([['predict', whole], ...inner]) : inner);
  }
  return stageBreakdown(recorder, times);
}

describe('stageBreakdown', () => {
  it('names the stage that owns the tail, which is not the one that owns the middle', () => {
    const breakdown = planted();
    if (!breakdown) throw new Error('no breakdown');
    expect(breakdown.stages[0]).toMatchObject({ stage: 'queue', side: 'server' });
    expect(breakdown.stages[0]?.tailShare).toBeGreaterThan(0.99);
    expect(breakdown.bottleneck).toContain('“queue” makes 100 % of the difference');
    expect(breakdown.bottleneck).toContain('In the middle most goes to “compute”');
  });
  it('adds up to the response time, with the rest on the way', () => {
    const breakdown = planted();
    const sum = (of: 'medianMs' | 'tailMs') => breakdown?.stages.reduce((total, stage) => total + stage[of], 0);
    expect(sum('medianMs')).toBeCloseTo(breakdown?.medianMs ?? 0, 9);
    expect(sum('tailMs')).toBeCloseTo(breakdown?.tailMs ?? 0, 9);
    expect(breakdown?.stages.find(({ stage }) => stage === 'network and queueing')?.medianMs).toBeCloseTo(0.5, 6);
    expect(breakdown?.stages.find(({ stage }) => stage === 'generator lag')?.medianMs).toBeCloseTo(0.1, 6);
  });
  it('does not count stages twice that are parts of another', () => {
    const breakdown = planted({ nested: true });
    expect(breakdown?.stages.find(({ stage }) => stage === 'predict')?.medianMs).toBeCloseTo(0, 6);
    expect(breakdown?.stages.find(({ stage }) => stage === 'network and queueing')?.medianMs).toBeCloseTo(0.5, 6);
  });
  it('is not given for a handful of requests', () => {
    expect(stageBreakdown(new LatencyRecorder(), new StageTimes())).toBeUndefined();
  });
});
