import type { Measurement } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { claimsOf } from '../src/claims.ts';
import { endsOf, formatInterval, formatMeasurement } from '../src/format.ts';
import { english } from '../src/language/english.ts';
import { aCheck, aRun } from './support/runs.ts';

/** A P95 whose slowest values came in clumps: the interval is open above, and the tail is known. */
const clumped: Measurement = {
  metric: 'latency.inference.p95',
  value: 28.3,
  unit: 'ms',
  samples: 800,
  interval: { low: 24.3, high: Number.POSITIVE_INFINITY, confidence: 0.995, method: 'batch-exceedance' },
  tail: {
    quantile: 0.95,
    confidence: 0.9975,
    method: 'clusters of exceedances',
    bounds: [
      { from: 40, atMost: 0.05 },
      { from: 50, atMost: 0.047 },
      { from: 80, atMost: 0.028 },
    ],
  },
};

describe('an interval that is open above', () => {
  it('ends where surely fewer lie than the quantile leaves', () => {
    // At 40 ms up to 5 % may lie, which is as many as a P95 allows; at 50 ms fewer do.
    expect(endsOf(clumped)).toEqual({ low: 24.3, high: 50 });
    expect(formatInterval(clumped)).toBe('24.3 ms to 50 ms');
  });
  it('stays open where nothing is known of the tail', () => {
    const { tail: _, ...bare } = clumped;
    expect(formatInterval(bare)).toBe('24.3 ms to ∞');
    expect(formatInterval({ ...clumped, tail: { ...clumped.tail!, bounds: [] } })).toBe('24.3 ms to ∞');
  });
  it('is never made wider by the tail', () => {
    const closed = { ...clumped, interval: { ...clumped.interval!, high: 33 } };
    expect(endsOf(closed)).toEqual({ low: 24.3, high: 33 });
  });
});

describe('figures', () => {
  it('of the information coefficient have three decimals', () => {
    const ic: Measurement = {
      metric: 'ic.mean',
      value: 0.15712,
      unit: 'ratio',
      samples: 215,
      interval: { low: 0.15012, high: 0.16391, confidence: 0.95, method: 'stationary-bootstrap' },
    };
    expect(formatMeasurement(ic)).toBe('0.157 (0.150 to 0.164)');
    expect(formatMeasurement({ ...ic, value: -0.0079, interval: { ...ic.interval!, low: -0.016, high: -0.0004 } })).toBe(
      '−0.008 (−0.016 to −0.0004)',
    );
  });
});

describe('the summary', () => {
  const uncovered = (run = aRun()): string[] =>
    claimsOf(run, english).flatMap(({ kind, text }) => (kind === 'uncovered' ? [text] : []));
  it('names what the suite leaves out altogether', () => {
    expect(uncovered()).toEqual([
      'Taiwan market stress: the suite quick has 0 checks of it, so nothing is claimed.',
    ]);
    expect(uncovered(aRun({ checks: [] }))).toEqual([
      'Taiwan market stress and recovery from failure: the suite quick has 0 checks of them, so nothing is claimed.',
    ]);
    const both = [aCheck({ id: 'taiwan/panel-crash' }), aCheck({ id: 'failover/kill' })];
    expect(uncovered(aRun({ checks: both }))).toEqual([]);
  });
});
