import type { Series } from '@preopen/core';
import type { LatencyRecorder } from './recorder.ts';

/** Median, P95 and slowest response of up to 60 stretches of the run, each at least a quarter of a second long. */
export function latencyOverTime(recorder: LatencyRecorder, failedMs: number): Series {
  const dueMs = recorder.dueMs;
  const beganMs = dueMs[0] ?? 0;
  const spanMs = (dueMs.at(-1) ?? beganMs) - beganMs;
  const stepMs = Math.max(250, spanMs / 60);
  const windows = Math.max(1, Math.ceil(spanMs / stepMs));
  const starts: number[] = [];
  const counts: number[] = [];
  const columns: Record<'median' | 'P95' | 'slowest', (number | null)[]> = { median: [], P95: [], slowest: [] };
  let from = 0;
  for (let window = 0; window < windows; window++) {
    let to = from;
    // The last window takes what rounding leaves.
    while (to < dueMs.length && (window === windows - 1 || dueMs[to]! < beganMs + (window + 1) * stepMs)) to++;
    const ascending = recorder.durationsMs('response', { failedMs, from, to }).toSorted();
    starts.push((window * stepMs) / 1000);
    counts.push(to - from);
    columns.median.push(ascending[ascending.length >> 1] ?? null);
    columns.P95.push(ascending[Math.max(0, Math.ceil(ascending.length * 0.95) - 1)] ?? null);
    columns.slowest.push(ascending.at(-1) ?? null);
    from = to;
  }
  return {
    id: 'latency.overTime',
    title: 'Response time over the run',
    columns: [
      { name: 'since start', unit: 's', values: starts },
      { name: 'requests', unit: 'count', values: counts },
      { name: 'median', unit: 'ms', values: columns.median },
      { name: 'P95', unit: 'ms', values: columns.P95 },
      { name: 'slowest', unit: 'ms', values: columns.slowest },
    ],
  };
}
