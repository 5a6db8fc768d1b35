import { judgeMeasurement, type Measurement, parseRequirement, type Verdict } from '@preopen/core';
import { detectLeak, type LeakOptions, ownHeap } from '@preopen/profiler';
import { expect } from 'vitest';

interface PreopenMatchers {
  /** Runs the function again and again and judges what stays in memory. Only `no-leak` and `saturating` pass. */
  toHaveNoLeak(options?: LeakOptions): Promise<void>;
  /** Holds measurements against a requirement such as `latency.response.p95 < 100 ms`. What is undecided does not pass. */
  toMeet(requirement: string): void;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the parameter of the interface that is extended
  interface Assertion<T = any> extends PreopenMatchers {}
}

/**
 * The verdict of a requirement such as `latency.response.p95 < 100 ms`, and why it is so.
 * @param measurements of a run; a metric that is not among them is `not-measured`
 */
export function verdictOf(measurements: readonly Measurement[], text: string): { verdict: Verdict; reason: string } {
  const requirement = parseRequirement(text);
  const measured = measurements.find(({ metric }) => metric === requirement.metric);
  return measured
    ? judgeMeasurement(requirement, measured)
    : { verdict: 'not-measured', reason: 'no measurement has this name' };
}

expect.extend({
  async toHaveNoLeak(workload: () => unknown, options?: LeakOptions) {
    // Snapshots would also name the class that grows; they write the whole heap to disk.
    const report = await detectLeak(ownHeap(), async () => void (await workload()), { snapshots: false, ...options });
    const [site] = report.culprit?.allocatedBy ?? [];
    const culprit = site === undefined ? '' : `\nallocated by ${site.functionName} (${site.url}:${site.line})`;
    return {
      pass: report.verdict === 'no-leak' || report.verdict === 'saturating',
      message: () => `${report.verdict}: ${report.reasons.join('\n')}${culprit}`,
    };
  },

  toMeet(measurements: readonly Measurement[], text: string) {
    const { verdict, reason } = verdictOf(measurements, text);
    return { pass: verdict === 'pass', message: () => `${text}: ${verdict}, ${reason}` };
  },
});
