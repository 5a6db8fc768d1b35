import { describe, expect, it } from 'vitest';
import { failoverRequirements } from '../src/checks.ts';
import { defineExperiment } from '../src/experiment.ts';
import { requirementsOf } from '../src/limits.ts';
import { pauseProcess } from '../src/process-faults.ts';

describe('defineExperiment', () => {
  it('needs nothing but a fault', () => {
    expect(defineExperiment({ fault: pauseProcess(500) })).toMatchObject({
      durationMs: 500,
      workload: { ratePerSecond: 200 },
      steadyState: { tolerance: { holdMs: 3000 } },
    });
  });
  it('refuses a bad one whole, with all that is wrong with it', () => {
    const define = () =>
      defineExperiment({
        fault: pauseProcess(500),
        durationMs: -1,
        workload: { ratePerSecond: 10, rows: 0 },
        steadyState: { baselineMs: 1000, tolerance: { p50Ratio: 0.5 } },
        limits: { outageMs: Number.NaN },
      });
    expect(define).toThrow(/experiment “pause”/);
    for (const field of ['durationMs', 'rows', 'baselineMs', 'p50Ratio', 'limits.outageMs']) {
      expect(define).toThrow(field);
    }
  });
});

describe('requirements', () => {
  it('are the limits of the specification, unless an experiment has its own', () => {
    const expressions = (limits: object) =>
      requirementsOf(defineExperiment({ fault: pauseProcess(500), limits })).map(({ expression }) => expression);
    expect(expressions({})).toEqual(['recovery.pause.timeToSteadyState <= 30 s', 'recovery.pause.findings <= 0']);
    expect(expressions({ timeToSteadyStateMs: 2000, outageMs: 1500, failedRequests: 0 })).toEqual([
      'recovery.pause.findings <= 0',
      'recovery.pause.timeToSteadyState <= 2 s',
      'recovery.pause.outage <= 1500 ms',
      'recovery.pause.failedRequests <= 0',
    ]);
  });
  it('stand for the scenarios of the specification', () => {
    const steady = failoverRequirements().filter(({ metric }) => metric.endsWith('.timeToSteadyState'));
    const limits = new Map(steady.map(({ metric, limit }) => [metric.split('.')[1], limit]));
    expect(limits.get('memory')).toBe(30);
    expect(limits.get('cpu')).toBe(15);
    expect(limits.get('writes')).toBe(10);
    expect(limits.get('exceptions')).toBe(20);
  });
});
