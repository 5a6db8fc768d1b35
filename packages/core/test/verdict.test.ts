import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../src/measurement.ts';
import { parseRequirement } from '../src/requirement-parser.ts';
import type { CheckResult } from '../src/results.ts';
import { judgeMeasurement, judgeRequirements, overallVerdict } from '../src/verdict.ts';
import { aCheckResult, aNoiseReading } from './support/results-builders.ts';

const p95 = parseRequirement('latency.inference.p95 < 100 ms');
const measured = (value: number, low?: number, high?: number): Measurement => ({
  metric: 'latency.inference.p95',
  value,
  unit: 'ms',
  samples: 1000,
  ...(low === undefined || high === undefined ? {} : { interval: { low, high, confidence: 0.95, method: 'test' } }),
});

describe('judgeMeasurement', () => {
  it('passes when the whole interval is on the right side', () => {
    expect(judgeMeasurement(p95, measured(61, 59, 64)).verdict).toBe('pass');
  });
  it('fails when the whole interval is on the wrong side', () => {
    expect(judgeMeasurement(p95, measured(120, 110, 130)).verdict).toBe('fail');
  });
  it('is inconclusive when the interval lies across the limit, whatever the value', () => {
    expect(judgeMeasurement(p95, measured(90, 80, 101)).verdict).toBe('inconclusive');
    expect(judgeMeasurement(p95, measured(105, 99, 111)).verdict).toBe('inconclusive');
  });
  it('treats the limit itself as wrong for < and right for <=', () => {
    expect(judgeMeasurement(p95, measured(100)).verdict).toBe('fail');
    expect(judgeMeasurement(parseRequirement('latency.inference.p95 <= 100 ms'), measured(100)).verdict).toBe('pass');
  });
  it('lets a value that is only known to be at least so large fail a limit and never pass it', () => {
    expect(judgeMeasurement(p95, { ...measured(50), bound: 'at-least' }).verdict).toBe('inconclusive');
    expect(judgeMeasurement(p95, { ...measured(150), bound: 'at-least' }).verdict).toBe('fail');
  });
  it('lets an over-count pass a limit and never fail it', () => {
    expect(judgeMeasurement(p95, { ...measured(50), bound: 'at-most' }).verdict).toBe('pass');
    expect(judgeMeasurement(p95, { ...measured(150), bound: 'at-most' }).verdict).toBe('inconclusive');
  });
  describe('with a tail', () => {
    const open = (bounds: { from: number; atMost: number }[]): Measurement => ({
      ...measured(3.6, 3.1, Number.POSITIVE_INFINITY),
      tail: { quantile: 0.95, confidence: 0.9975, method: 'test', bounds },
    });
    it('passes an open interval where surely fewer are above the limit than the quantile leaves', () => {
      const judged = judgeMeasurement(p95, open([{ from: 80, atMost: 0.021 }]));
      expect(judged.verdict).toBe('pass');
      expect(judged.reason).toContain('at most 2.10 % are at 80 ms or above (99.75 %), and 5.00 % may be');
    });
    it('asks the nearest round value below the limit, and none above it', () => {
      const bounds = [
        { from: 10, atMost: 0.049 },
        { from: 150, atMost: 0.001 },
      ];
      expect(judgeMeasurement(parseRequirement('latency.inference.p95 < 12 ms'), open(bounds)).verdict).toBe('pass');
      expect(judgeMeasurement(parseRequirement('latency.inference.p95 < 9 ms'), open(bounds)).verdict).toBe(
        'inconclusive',
      );
      expect(judgeMeasurement(parseRequirement('latency.inference.p95 < 0.012 s'), open(bounds)).verdict).toBe('pass');
    });
    it('never passes a lower limit, and never overrules an interval on the wrong side', () => {
      const above = { ...open([{ from: 80, atMost: 0.02 }]), ...measured(120, 110, 130) };
      expect(judgeMeasurement(p95, above).verdict).toBe('fail');
      const least = parseRequirement('latency.inference.p95 > 100 ms');
      expect(judgeMeasurement(least, open([{ from: 80, atMost: 0.02 }])).verdict).toBe('inconclusive');
    });
    it('passes nothing by a share that the quantile leaves anyway', () => {
      expect(judgeMeasurement(p95, open([{ from: 80, atMost: 0.05 }])).verdict).toBe('inconclusive');
    });
  });
  it('converts between units of one dimension and refuses others', () => {
    const seconds = parseRequirement('latency.inference.p95 < 0.1 s');
    expect(judgeMeasurement(seconds, measured(61)).verdict).toBe('pass');
    const size = parseRequirement('latency.inference.p95 < 16 GB');
    expect(judgeMeasurement(size, measured(61))).toMatchObject({ verdict: 'not-measured' });
  });
  it('does not measure with a value that is no number', () => {
    expect(judgeMeasurement(p95, measured(Number.NaN)).verdict).toBe('not-measured');
  });
  it('on a noisy machine lets a time or a rate pass, which noise can only spoil, and never fail', () => {
    const noise = 'foreign CPU 38 %';
    expect(judgeMeasurement(p95, measured(61), noise)).toMatchObject({
      verdict: 'pass',
      reason: '61 ms against < 100 ms, although foreign CPU 38 %',
    });
    for (const slow of [measured(120), measured(90, 80, 101)]) {
      expect(judgeMeasurement(p95, slow, noise)).toMatchObject({ verdict: 'inconclusive', reason: noise });
    }
    const throughput = parseRequirement('throughput.predictions > 1500 /s');
    const rate = (value: number): Measurement => ({ metric: throughput.metric, value, unit: '1/s', samples: 9 });
    expect(judgeMeasurement(throughput, rate(2000), noise).verdict).toBe('pass');
    expect(judgeMeasurement(throughput, rate(900), noise).verdict).toBe('inconclusive');
    // A lower limit on a time is met the easier for being disturbed.
    const least = parseRequirement('latency.inference.p95 > 10 ms');
    expect(judgeMeasurement(least, measured(61), noise).verdict).toBe('inconclusive');
  });
  it('keeps verdicts on sizes on a noisy machine', () => {
    const memory = parseRequirement('memory.pipeline.peakRss < 16 GB');
    const peak: Measurement = { metric: memory.metric, value: 1e9, unit: 'bytes', samples: 1 };
    expect(judgeMeasurement(memory, peak, 'foreign CPU 38 %').verdict).toBe('pass');
  });
  it('never passes and fails at once, and a mirrored requirement mirrors the verdict (property)', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 0, max: 1e3, noNaN: true }), number, (value, half, limit) => {
        const one = measured(value, value - half, value + half);
        const below = judgeMeasurement({ ...p95, limit }, one).verdict;
        const notBelow = judgeMeasurement({ ...p95, comparison: '>=', limit }, one).verdict;
        const mirror = {
          pass: 'fail',
          fail: 'pass',
          inconclusive: 'inconclusive',
          'not-measured': 'not-measured',
        } as const;
        expect(notBelow).toBe(mirror[below]);
      }),
    );
  });
});

describe('judgeRequirements', () => {
  const metrics = new Map([['latency/inference', ['latency.inference.*']]]);
  const judge = (checks: CheckResult[]) => judgeRequirements([p95], checks, metrics)[0];

  it('takes the worst verdict where several checks measured the metric', () => {
    const good = aCheckResult({ id: 'a/b', measurements: [measured(61)] });
    const bad = aCheckResult({ id: 'c/d', measurements: [measured(161)] });
    expect(judge([good, bad])?.verdict).toBe('fail');
  });
  it('judges what was measured where nobody listened for other work', () => {
    expect(judge([aCheckResult({ noise: null, measurements: [measured(61)] })])?.verdict).toBe('pass');
  });
  it('says why a metric is missing: the check failed, was skipped, or never was', () => {
    expect(judge([aCheckResult({ status: 'failed', reason: 'the target died' })])?.reason).toContain('the target died');
    expect(judge([aCheckResult({ status: 'skipped', reason: 'no service' })])?.reason).toContain('no service');
    expect(judge([])).toMatchObject({ verdict: 'not-measured', reason: 'no check of this run measures it' });
  });
  it('passes on a reason that the check itself gave', () => {
    const check = aCheckResult({ notMeasured: [{ metric: p95.metric, reason: 'generator-limited' }] });
    expect(judge([check])).toMatchObject({ verdict: 'not-measured', reason: 'generator-limited' });
  });
  it('is inconclusive where other work on the machine disturbed the check', () => {
    const noise = aNoiseReading({ contaminated: true, reason: 'foreign CPU 38 %' });
    expect(judge([aCheckResult({ noise, measurements: [measured(161)] })])?.verdict).toBe('inconclusive');
  });
});

describe('overallVerdict', () => {
  const one = (verdict: 'pass' | 'fail' | 'inconclusive' | 'not-measured', required = true) =>
    ({ ...p95, required, verdict, reason: '', measured: measured(1) }) as never;
  it('is pass only if every required one passed', () => {
    expect(overallVerdict([one('pass'), one('pass')])).toBe('pass');
    expect(overallVerdict([one('pass'), one('not-measured')])).toBe('not-measured');
    expect(overallVerdict([one('pass'), one('inconclusive'), one('not-measured')])).toBe('inconclusive');
    expect(overallVerdict([one('inconclusive'), one('fail')])).toBe('fail');
  });
  it('leaves out what is not required, and is not-measured when nothing is', () => {
    expect(overallVerdict([one('pass'), one('fail', false)])).toBe('pass');
    expect(overallVerdict([])).toBe('not-measured');
  });
});
