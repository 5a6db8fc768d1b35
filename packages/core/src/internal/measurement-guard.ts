import type { Measurement } from '../measurement.ts';

/**
 * What is wrong with a check's measurements that no results document may hold, in one sentence; `undefined` if nothing is.
 * Found here it is the check that fails, by name; found in the file, everything that was measured could not be read again.
 */
export function refuseMeasurements(measurements: readonly Measurement[]): string | undefined {
  for (const { metric, value, interval } of measurements) {
    if (!Number.isFinite(value))
      return `${metric} is ${value}: expected a finite number, or the metric under notMeasured`;
    if (!interval) continue;
    const { low, high, confidence } = interval;
    if (!(low <= high)) return `the interval of ${metric} is ${low} to ${high}: expected low to be at most high`;
    if (!(confidence > 0 && confidence < 1))
      return `the interval of ${metric} has a confidence of ${confidence}: expected one between 0 and 1, both excluded`;
  }
  return undefined;
}
