import type { Measurement } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { claimsOf } from '../src/claims.ts';
import { formatMeasurement } from '../src/format.ts';
import { english } from '../src/language/english.ts';
import { aCheck, aRun } from './support/runs.ts';

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
    expect(
      formatMeasurement({ ...ic, value: -0.0079, interval: { ...ic.interval!, low: -0.016, high: -0.0004 } }),
    ).toBe('−0.008 (−0.016 to −0.0004)');
  });
});

describe('the summary', () => {
  const uncovered = (run = aRun()): string[] =>
    claimsOf(run, english).flatMap(({ kind, text }) => (kind === 'uncovered' ? [text] : []));
  it('names what the suite leaves out altogether', () => {
    expect(uncovered()).toEqual([
      'Taiwan market stress: not part of the suite quick (0 checks), so nothing is claimed.',
    ]);
    expect(uncovered(aRun({ checks: [] }))).toEqual([
      'Taiwan market stress and recovery from failure: not part of the suite quick (0 checks), so nothing is claimed.',
    ]);
    const both = [aCheck({ id: 'taiwan/panel-crash' }), aCheck({ id: 'failover/kill' })];
    expect(uncovered(aRun({ checks: both }))).toEqual([]);
  });
});
