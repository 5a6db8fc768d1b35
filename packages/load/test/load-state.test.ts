import { parseRequirement } from '@preopen/core';
import { LatencyRecorder } from '@preopen/latency';
import { describe, expect, it } from 'vitest';
import { brokenRule, hopelessRules } from '../src/abort-rule.ts';
import { littleResidual, loadState } from '../src/load-state.ts';

/** 200 requests of 10 ms, each dispatched late by what is planted. */
const late = (lagMs: (i: number) => number) => {
  const recorder = new LatencyRecorder();
  for (let i = 0; i < 200; i++) {
    const slot = recorder.schedule(i * 5, i * 5 + lagMs(i));
    recorder.sent(slot, i * 5 + lagMs(i));
    recorder.done(slot, i * 5 + lagMs(i) + 10, 'ok');
  }
  return recorder;
};

describe('loadState', () => {
  it('is valid where the generator kept its schedule', () => {
    expect(loadState({ recorder: late(() => 0.1), limitMs: 100, inFlightMs: 2000 })).toEqual({ state: 'valid' });
  });
  it('is generator-limited where 1 % of the requests went out late', () => {
    const state = loadState({ recorder: late((i) => (i % 40 === 0 ? 40 : 0)), limitMs: 100 });
    expect(state).toMatchObject({ state: 'generator-limited', reason: expect.stringContaining('40.0 ms late') });
  });
  it('measures the lag by the limit', () => {
    expect(loadState({ recorder: late(() => 15), limitMs: 1000 }).state).toBe('valid');
    expect(loadState({ recorder: late(() => 15), limitMs: 100 }).state).toBe('generator-limited');
  });
  it('is generator-limited where the thread that sends had no rest', () => {
    expect(loadState({ recorder: late(() => 0), busyShare: 0.85 })).toEqual({ state: 'valid' });
    expect(loadState({ recorder: late(() => 0), busyShare: 0.97 })).toMatchObject({
      state: 'generator-limited',
      reason: expect.stringContaining('busy 97 %'),
    });
  });
  it('is generator-limited where no socket was left for its requests', () => {
    const problems = [['connect: connect EMFILE 127.0.0.1:8080 - Local (undefined:undefined)', 12]] as const;
    expect(loadState({ recorder: late(() => 0), problems })).toMatchObject({
      state: 'generator-limited',
      reason: expect.stringContaining('no socket for 12 of its requests'),
    });
    const refused = [['connect: connect ECONNREFUSED 127.0.0.1:8080', 12]] as const;
    expect(loadState({ recorder: late(() => 0), problems: refused })).toEqual({ state: 'valid' });
  });
  it('does not take waiting for a connection for the generator’s lag', () => {
    const recorder = new LatencyRecorder();
    for (let i = 0; i < 200; i++) {
      const slot = recorder.schedule(i * 5, i * 5);
      recorder.sent(slot, i * 5 + 500);
      recorder.done(slot, i * 5 + 510, 'ok');
    }
    expect(loadState({ recorder, limitMs: 100 })).toEqual({ state: 'valid' });
  });
  it('is inconsistent where Little’s law does not hold', () => {
    const recorder = late(() => 0);
    expect(littleResidual(recorder, 2000)).toBeCloseTo(0, 12);
    expect(loadState({ recorder, inFlightMs: 2100 })).toMatchObject({ state: 'inconsistent' });
  });
});

describe('brokenRule', () => {
  const windows = (p95: readonly number[]) =>
    p95.map((p95Ms, i) => ({ atMs: i * 500, p50Ms: 1, p95Ms, p99Ms: p95Ms, errorShare: 0 }));
  const rules = [{ metric: 'p95Ms', above: 100, forMs: 1000 }] as const;
  it('breaks after its time without a break, and not before', () => {
    expect(brokenRule(rules, windows([50, 200, 200]))).toBeUndefined();
    expect(brokenRule(rules, windows([50, 200, 200, 200]))).toContain('p95Ms stayed above 100');
    expect(brokenRule(rules, windows([200, 200, 50, 200, 200]))).toBeUndefined();
    expect(brokenRule(rules, [])).toBeUndefined();
  });
});

describe('hopelessRules', () => {
  const rules = (...expressions: string[]) =>
    hopelessRules(expressions.map((expression) => parseRequirement(expression, { source: 'test' })));
  it('give a run up at five times what is required, in milliseconds', () => {
    expect(rules('latency.response.p95 < 100 ms', 'latency.response.p99 <= 2 s', 'errors.rate < 1 %')).toEqual([
      { metric: 'p95Ms', above: 500 },
      { metric: 'p99Ms', above: 10_000 },
      { metric: 'errorShare', above: 0.05 },
    ]);
  });
  it('leave alone what a window of a run does not tell', () => {
    expect(rules('throughput.requests > 10 /s', 'latency.open.p95 < 100 ms', 'errors.rate < 50 %')).toEqual([]);
  });
});
