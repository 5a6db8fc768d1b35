import type { Clock } from '@preopen/core';
import type { LeakTarget } from './target.ts';

/** One iteration of the work that may leak. */
export type Workload = () => unknown;

/** Samples taken at boundaries of iterations. Everything is preallocated: a growing list would itself be a leak. */
export interface LeakRecorder {
  /** Takes samples, each after so many iterations; no more than the capacity holds. */
  take(samples: number): Promise<void>;
  /** Samples so far. */
  count(): number;
  /** Iterations done when each sample was taken. */
  iterations(): Float64Array;
  /** Bytes of a metric at each sample. */
  bytes(metric: number): Float64Array;
  /** Time that the workload took, without the readings. */
  workMs(): number;
}

/** @param capacity most samples that can be taken */
export function recordLeak(options: {
  readonly target: LeakTarget;
  readonly workload: Workload;
  readonly iterationsPerSample: number;
  readonly capacity: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly onSample: ((count: number) => void) | undefined;
}): LeakRecorder {
  const { target, workload, iterationsPerSample, capacity, clock, signal, onSample } = options;
  const iterations = new Float64Array(capacity);
  const columns = target.metrics.map(() => new Float64Array(capacity));
  const values = new Float64Array(target.metrics.length);
  const spent = new Float64Array(1);
  let count = 0;
  return {
    async take(samples) {
      for (const until = Math.min(capacity, count + samples); count < until; ) {
        const startMs = clock.nowMs();
        for (let i = 0; i < iterationsPerSample; i++) {
          signal?.throwIfAborted();
          const work = workload();
          if (work instanceof Promise) await work;
        }
        spent[0]! += clock.nowMs() - startMs;
        await target.read(values);
        iterations[count] = (count + 1) * iterationsPerSample;
        for (let m = 0; m < columns.length; m++) columns[m]![count] = values[m]!;
        count++;
        onSample?.(count);
      }
    },
    count: () => count,
    iterations: () => iterations.subarray(0, count),
    bytes: (metric) => columns[metric]!.subarray(0, count),
    workMs: () => spent[0]!,
  };
}
