import { describe, expect, it } from 'vitest';
import type { Measurement } from '../src/measurement.ts';
import { parseRequirement } from '../src/requirement-parser.ts';
import { declaresMetric, judgeMeasurement, judgeRequirements, overallVerdict } from '../src/verdict.ts';
import { aCheckResult, aNoiseReading } from './support/results-builders.ts';

const p95 = parseRequirement('latency.inference.p95 < 100 ms');
const measured = (value: number, change: Partial<Measurement> = {}): Measurement => ({
  metric: 'latency.inference.p95',
  value,
  unit: 'ms',
  samples: 1234,
  ...change,
});
const between = (low: number, high: number) => ({ interval: { low, high, confidence: 0.95, method: 'test' } });

describe('judgeMeasurement, in words', () => {
  it('says value, interval and limit', () => {
    expect(judgeMeasurement(p95, measured(61, between(59, 64)))).toEqual({
      ...p95,
      verdict: 'pass',
      measured: measured(61, between(59, 64)),
      reason: '61 ms (59 ms to 64 ms, 95 %) against < 100 ms',
    });
    expect(judgeMeasurement(p95, measured(120))).toEqual({
      ...p95,
      verdict: 'fail',
      measured: measured(120),
      reason: '120 ms against < 100 ms',
    });
    expect(judgeMeasurement(p95, measured(99, between(90, 110)))).toEqual({
      ...p95,
      verdict: 'inconclusive',
      measured: measured(99, between(90, 110)),
      reason: '99 ms (90 ms to 110 ms, 95 %) lies across the limit < 100 ms after 1,234 samples',
    });
    const odd = { interval: { low: 59, high: 64, confidence: 0.9975, method: 'test' } };
    expect(judgeMeasurement(p95, measured(61, odd))).toMatchObject({
      reason: '61 ms (59 ms to 64 ms, 99.8 %) against < 100 ms',
    });
  });
  it('says where a value is only known to be at least or at most so large', () => {
    expect(judgeMeasurement(p95, measured(150, { bound: 'at-least' }))).toMatchObject({
      reason: 'at least 150 ms against < 100 ms',
    });
    expect(judgeMeasurement(p95, measured(50, { bound: 'at-most' }))).toMatchObject({
      reason: 'at most 50 ms against < 100 ms',
    });
  });
  it('says what it cannot compare', () => {
    expect(judgeMeasurement(p95, measured(Number.POSITIVE_INFINITY))).toEqual({
      ...p95,
      verdict: 'not-measured',
      reason: 'the value came out as ∞',
    });
    expect(judgeMeasurement(p95, measured(5, { unit: 'bytes' }))).toEqual({
      ...p95,
      verdict: 'not-measured',
      reason: 'measured in bytes, but the requirement is in ms: write it in a unit of size',
    });
  });
  it.each([
    ['<', 99, 100, 101],
    ['<=', 100, 100.5, 101],
    ['>', 101, 100, 99],
    ['>=', 100, 99.5, 99],
  ])('%s holds at %d and not at %d, and an interval across is undecided', (comparison, right, wrong, far) => {
    const requirement = parseRequirement(`latency.inference.p95 ${comparison} 100 ms`);
    expect(judgeMeasurement(requirement, measured(right)).verdict).toBe('pass');
    expect(judgeMeasurement(requirement, measured(wrong)).verdict).toBe('fail');
    const across = between(Math.min(right, far), Math.max(right, far));
    expect(judgeMeasurement(requirement, measured(100, across)).verdict).toBe('inconclusive');
  });
  it('opens an interval on the side that a bound leaves open, and on that side alone', () => {
    const over = measured(150, { bound: 'at-most', ...between(140, 160) });
    expect(judgeMeasurement(p95, over).verdict).toBe('inconclusive');
    const under = measured(50, { bound: 'at-least', ...between(40, 60) });
    expect(judgeMeasurement(p95, under).verdict).toBe('inconclusive');
    expect(judgeMeasurement(p95, { ...over, bound: 'at-least' }).verdict).toBe('fail');
    expect(judgeMeasurement(p95, { ...under, bound: 'at-most' }).verdict).toBe('pass');
  });
  it('says by what share of the tail it passes', () => {
    const bounds = [
      { from: 80, atMost: 0.021 },
      { from: 100, atMost: 0.011 },
      { from: 150, atMost: 0.001 },
    ];
    const tail = { quantile: 0.95, confidence: 0.9975, method: 'test', bounds };
    const open = measured(50, { tail, ...between(40, Number.POSITIVE_INFINITY) });
    // A round value that is the limit counts.
    expect(judgeMeasurement(p95, open)).toEqual({
      ...p95,
      verdict: 'pass',
      measured: open,
      reason:
        '50 ms (40 ms to ∞, 95 %) against < 100 ms: at most 1.10 % are at 100 ms or above (99.75 %), and 5.00 % may be',
    });
    const orEqual = parseRequirement('latency.inference.p95 <= 100 ms');
    expect(judgeMeasurement(orEqual, open).verdict).toBe('pass');
    expect(judgeMeasurement(p95, { ...open, tail: { ...tail, bounds: [] } }).verdict).toBe('inconclusive');
    const atLimit = { ...tail, bounds: [{ from: 80, atMost: 1 - 0.95 }] };
    expect(judgeMeasurement(p95, { ...open, tail: atLimit }).verdict).toBe('inconclusive');
  });
});

describe('judgeMeasurement, disturbed', () => {
  const why = 'foreign CPU 38 %';
  it.each([
    ['a.time < 10 s', 's', 5, 'pass'],
    ['a.time <= 10 s', 's', 10, 'pass'],
    ['a.time > 10 s', 's', 50, 'inconclusive'],
    ['a.time < 10 s', 's', 50, 'inconclusive'],
    ['a.rate > 10 /s', '1/s', 50, 'pass'],
    ['a.rate >= 10 /s', '1/s', 10, 'pass'],
    ['a.rate < 10 /s', '1/s', 5, 'inconclusive'],
    ['a.rate > 10 /s', '1/s', 5, 'inconclusive'],
    ['a.size < 10 B', 'bytes', 50, 'fail'],
    ['a.size > 10 B', 'bytes', 50, 'pass'],
    ['a.share < 10', 'ratio', 50, 'fail'],
  ] as const)('%s with %s %d: %s %s', (expression, unit, value, verdict) => {
    const requirement = parseRequirement(expression);
    const one = { metric: requirement.metric, value, unit, samples: 1 };
    const judged = judgeMeasurement(requirement, one, why);
    expect(judged.verdict).toBe(verdict);
    if (verdict === 'inconclusive') expect(judged).toEqual({ ...requirement, verdict, measured: one, reason: why });
  });
  it('judges what cannot be compared as such, disturbed or not', () => {
    expect(judgeMeasurement(p95, measured(5, { unit: 'bytes' }), why).verdict).toBe('not-measured');
  });
});

describe('declaresMetric', () => {
  it('takes a star at the end for any rest, and a name for itself', () => {
    expect(declaresMetric(['a.b'], 'a.b')).toBe(true);
    expect(declaresMetric(['a.b'], 'a.b.c')).toBe(false);
    expect(declaresMetric(['a.*'], 'a.b.c')).toBe(true);
    expect(declaresMetric(['a.*'], 'ab.c')).toBe(false);
    expect(declaresMetric(['a.*'], 'a')).toBe(false);
    expect(declaresMetric(['x', 'a.b'], 'a.b')).toBe(true);
    expect(declaresMetric([], 'a.b')).toBe(false);
  });
});

describe('judgeRequirements, in words', () => {
  const metrics = new Map([['latency/inference', ['latency.inference.*']]]);
  const judge = (checks: Parameters<typeof judgeRequirements>[1]) => judgeRequirements([p95], checks, metrics)[0]!;
  const p50 = measured(1, { metric: 'latency.inference.p50' });
  it('says how the responsible check ended', () => {
    expect(judge([aCheckResult({ status: 'completed', measurements: [p50] })])).toEqual({
      ...p95,
      verdict: 'not-measured',
      reason: 'latency/inference ended without measuring it',
    });
    expect(judge([aCheckResult({ status: 'failed' })])).toMatchObject({
      reason: 'latency/inference failed: no reason given',
    });
    expect(judge([aCheckResult({ status: 'failed', reason: 'it died' })])).toMatchObject({
      reason: 'latency/inference failed: it died',
    });
    expect(judge([aCheckResult({ id: 'other/check' })])).toMatchObject({ reason: 'no check of this run measures it' });
    expect(judgeRequirements([p95], [aCheckResult()])[0]).toMatchObject({ reason: 'no check of this run measures it' });
    const missing = (metric: string) => `ask for ${metric}`;
    expect(judgeRequirements([p95], [], metrics, missing)[0]).toMatchObject({
      reason: 'ask for latency.inference.p95',
    });
  });
  it('takes a refusal for the worst of a pass and itself, and a failure for worse', () => {
    const refused = { notMeasured: [{ metric: p95.metric, reason: 'too few' }] };
    const good = aCheckResult({ measurements: [p50, measured(61)] });
    expect(judge([good])).toMatchObject({ verdict: 'pass' });
    expect(judge([good, aCheckResult(refused)])).toMatchObject({ verdict: 'not-measured', reason: 'too few' });
    expect(judge([aCheckResult(refused), aCheckResult({ measurements: [measured(161)] })]).verdict).toBe('fail');
    const other = { notMeasured: [{ metric: 'latency.inference.p50', reason: 'too few' }] };
    expect(judge([aCheckResult({ ...other, measurements: [measured(61)] })]).verdict).toBe('pass');
  });
  it('takes the first of equally bad verdicts, and inconclusive for worse than not measured', () => {
    const [first, second] = [measured(161), measured(171)];
    expect(judge([aCheckResult({ measurements: [first, second] })])).toMatchObject({ measured: first });
    const unsure = aCheckResult({ measurements: [measured(90, between(80, 120))] });
    const refused = aCheckResult({ notMeasured: [{ metric: p95.metric, reason: 'too few' }] });
    expect(judge([refused, unsure]).verdict).toBe('inconclusive');
    expect(judge([unsure, refused]).verdict).toBe('inconclusive');
  });
  it('is disturbed by what disturbed its own check, not by another’s noise', () => {
    const noise = aNoiseReading({ contaminated: true, reason: 'foreign CPU 38 %' });
    const quiet = aCheckResult({ measurements: [measured(161)] });
    expect(judge([quiet, aCheckResult({ id: 'other/check', noise })]).verdict).toBe('fail');
    expect(judge([aCheckResult({ noise, measurements: [measured(161)] })])).toMatchObject({
      reason: 'foreign CPU 38 %',
    });
    expect(
      judge([aCheckResult({ noise: aNoiseReading({ reason: 'a little' }), measurements: [measured(161)] })]),
    ).toMatchObject({
      ...{ verdict: 'fail' },
    });
  });
});

describe('overallVerdict, at its edges', () => {
  const one = (verdict: 'pass' | 'fail' | 'inconclusive' | 'not-measured', required = true) => ({ verdict, required });
  it('ranks fail, inconclusive, not measured, pass, in any order', () => {
    expect(overallVerdict([one('not-measured'), one('pass')])).toBe('not-measured');
    expect(overallVerdict([one('not-measured'), one('inconclusive'), one('pass')])).toBe('inconclusive');
    expect(overallVerdict([one('fail'), one('inconclusive')])).toBe('fail');
    expect(overallVerdict([one('fail', false)])).toBe('not-measured');
  });
});
