import { quantile, sortedCopy } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';

/** Whether a stretch of open-loop load says something of the service, or only of the generator. */
export type LoadState =
  | { readonly state: 'valid' }
  | { readonly state: 'generator-limited' | 'inconsistent'; readonly reason: string };

/**
 * Judges a stretch of load by the generator's own lag: how late requests were handed to a socket, other than by waiting
 * for one of the service's busy connections.
 * @param limitMs latency that is to be judged; a lag beyond a tenth of it would decide in its place
 */
export function loadState(
  recorder: LatencyRecorder,
  limits: { readonly limitMs: number; readonly connections: number },
): LoadState {
  const { scheduled, pending, ...ends } = recorder.ledger();
  const counted = Object.values(ends).reduce((sum, count) => sum + count, 0) + pending;
  if (counted !== scheduled)
    return { state: 'inconsistent', reason: `${scheduled} requests were scheduled and ${counted} accounted for` };
  const lag = sortedCopy(recorder.durationsMs('lag', { failedMs: 0 }));
  if (lag.length === 0) return { state: 'valid' };
  const p95 = quantile(lag, 0.95);
  const service = sortedCopy(recorder.durationsMs('service', { failedMs: 0 }));
  // With all connections busy the service holds requests back, not the generator.
  const busy = (recorder.count / Math.max(1, recorder.dueMs.at(-1)! - recorder.dueMs[0]!)) * quantile(service, 0.5);
  if (p95 > limits.limitMs * 0.1 && busy < limits.connections * 0.9) {
    return {
      state: 'generator-limited',
      reason: `the generator sent 5 % of its requests more than ${p95.toFixed(1)} ms late`,
    };
  }
  return { state: 'valid' };
}
