import { LatencyRecorder } from '@preopen/latency';
import { describe, expect, it } from 'vitest';
import { type Generated, summarizeLoad } from '../src/load-result.ts';

/** Ten seconds at 100 a second with 5 ms each, but 50 ms in the second from 3 s on; all rows are 20 but of every tenth. */
function aRun(
  change: Partial<Generated> = {},
  outcome: (i: number) => 'ok' | 'timeout' = () => 'ok',
  maxExact = 1000,
): Generated {
  const recorder = new LatencyRecorder(16, { maxExact, failedMs: 5000 });
  const startMs = 1000;
  let inFlightMs = 0;
  for (let i = 0; i < 1000; i++) {
    const dueMs = startMs + i * 10;
    const tookMs = i >= 300 && i < 400 ? 50 : 5 + (i % 7) / 10;
    const slot = recorder.schedule(dueMs, dueMs, i % 10 === 0 ? 1 : 0);
    recorder.sent(slot, dueMs);
    recorder.done(slot, dueMs + tookMs, outcome(i));
    inFlightMs += tookMs;
  }
  return {
    recorder,
    rowsOfPayload: [20, 1],
    stages: undefined,
    problems: [],
    inFlightMs,
    pacer: 'sleep',
    gaveUp: false,
    utilisation: 0.1,
    aborted: undefined,
    lanes: 1,
    startMs,
    ...change,
  };
}
const scenario = {
  arrivals: { kind: 'constant', ratePerSecond: 100 },
  batch: 20,
  seed: 1,
  windows: [{ name: 'open', fromMs: 3000, toMs: 4000 }],
} as const;

describe('summarizeLoad', () => {
  it('counts requests and predictions apart', () => {
    const { requestsPerSecond, predictionsPerSecond, offeredPerSecond } = summarizeLoad(aRun(), scenario, undefined);
    expect(Math.abs(requestsPerSecond / 100 - 1)).toBeLessThan(0.02);
    expect(Math.abs(predictionsPerSecond / (100 * (0.9 * 20 + 0.1)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(offeredPerSecond / 100 - 1)).toBeLessThan(0.002);
  });
  it('gives a stretch of the run figures of its own, and when its last answer came', () => {
    const { measurements, notMeasured } = summarizeLoad(aRun(), scenario, undefined);
    const of = (metric: string) => measurements.find((measurement) => measurement.metric === metric);
    expect(of('latency.open.complete')).toMatchObject({ value: 1040, samples: 100 });
    expect(notMeasured.map(({ metric }) => metric)).toContain('latency.open.p95');
    const late = summarizeLoad(
      aRun({}, (i) => (i === 350 ? 'timeout' : 'ok')),
      scenario,
      undefined,
    );
    expect(late.measurements.find(({ metric }) => metric === 'latency.open.complete')?.bound).toBe('at-least');
  });
  it('measures nothing of a run that is partial, or whose books do not balance', () => {
    const partial = summarizeLoad(aRun({ missing: 'agent b was lost' }), scenario, undefined);
    expect(partial).toMatchObject({ state: 'partial', measurements: [] });
    expect(partial.notMeasured.find(({ metric }) => metric === 'latency.response.p95')?.reason).toContain('agent b');
    const off = summarizeLoad(aRun({ inFlightMs: 1 }), scenario, undefined);
    expect(off).toMatchObject({ state: 'inconsistent', measurements: [] });
  });
  it('says the same of a run of which it keeps one request in five one by one', () => {
    const whole = summarizeLoad(aRun(), scenario, undefined);
    const long = summarizeLoad(
      aRun({}, () => 'ok', 200),
      scenario,
      undefined,
    );
    expect(long.state).toBe('valid');
    expect(long.ledger).toEqual(whole.ledger);
    expect(long.littleResidual).toBeCloseTo(whole.littleResidual, 9);
    expect(Math.abs(long.requestsPerSecond / 100 - 1)).toBeLessThan(0.02);
    expect(Math.abs(long.predictionsPerSecond / (100 * (0.9 * 20 + 0.1)) - 1)).toBeLessThan(0.02);
    for (const metric of ['latency.response.p50', 'latency.response.p95', 'latency.service.p99']) {
      const of = ({ measurements, notMeasured }: typeof long) =>
        [...measurements, ...notMeasured].find((one) => one.metric === metric);
      const [exact, found] = [of(whole), of(long)];
      if (exact && 'value' in exact) {
        expect(found).toMatchObject({ samples: 1000 });
        expect(Math.abs((found as typeof exact).value / exact.value - 1)).toBeLessThan(0.001);
      }
    }
    expect(long.notes.join()).toContain('The first 200 requests are kept one by one');
  });
  it('sees a generator that was late only for requests that it does not keep', () => {
    const run = aRun({}, () => 'ok', 200);
    for (let i = 0; i < 100; i++) run.recorder.done(run.recorder.schedule(11_000 + i, 11_040 + i), 11_041 + i, 'ok');
    const { state } = summarizeLoad({ ...run, inFlightMs: run.inFlightMs + 100 }, scenario, undefined);
    expect(state).toBe('generator-limited');
  });
  it('keeps what a run showed that was given up, and says so', () => {
    const { state, reasons, measurements } = summarizeLoad(aRun({ aborted: 'too slow' }), scenario, undefined);
    expect(state).toBe('aborted');
    expect(reasons).toEqual(['given up: too slow']);
    expect(measurements.length).toBeGreaterThan(5);
  });
});
