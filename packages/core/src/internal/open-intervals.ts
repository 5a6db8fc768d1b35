import type { Results } from '../results.ts';

/** Open ends of intervals are `null` in the file and infinite in memory. Changes the freshly parsed document. */
export function reviveIntervals(results: Results): Results {
  const revive = (measurement: unknown): void => {
    const interval = (measurement as { interval?: { low: number | null; high: number | null } }).interval;
    if (interval?.low === null) interval.low = Number.NEGATIVE_INFINITY;
    if (interval?.high === null) interval.high = Number.POSITIVE_INFINITY;
  };
  for (const check of results.checks) check.measurements.forEach(revive);
  for (const requirement of results.requirements) if ('measured' in requirement) revive(requirement.measured);
  return results;
}
