import { freemem } from 'node:os';
import type { HeapReading } from '../node/probe.ts';

/** What a heap snapshot would take. */
export interface SnapshotCost {
  /** Added to the target's resident memory, and kept by it. */
  readonly memoryBytes: number;
  /** The target stands still for so long. */
  readonly pauseMs: number;
  readonly fileBytes: number;
}

/** What a snapshot may take. */
export interface SnapshotAllowance {
  readonly memoryBytes: number;
  readonly pauseMs: number;
}

/**
 * The most that a snapshot is going to cost: it follows the number of objects, which V8 does not tell. Taken for the worst
 * that was measured (45 MB of small objects: 748 MB, for V8's tables double as they grow; 461 MB: 6.0 GB, 38 s, a file of
 * 817 MB); objects in the large-object space are few and cost nearly nothing.
 */
export function snapshotCost(heap: Pick<HeapReading, 'usedBytes' | 'spaces'>): SnapshotCost {
  const largeBytes = heap.spaces
    .filter(({ name }) => name.includes('large_object'))
    .reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  const smallBytes = Math.max(0, heap.usedBytes - largeBytes);
  return {
    memoryBytes: smallBytes * 18 + largeBytes * 0.25,
    pauseMs: (smallBytes / 1e6) * 83 + (largeBytes / 1e6) * 2,
    fileBytes: smallBytes * 1.8 + largeBytes * 0.1,
  };
}

/** Half of what is free now, and a minute. */
export function usualAllowance(): SnapshotAllowance {
  return { memoryBytes: freemem() / 2, pauseMs: 60_000 };
}

/** Why a snapshot is not taken; `undefined` if it may be. */
export function refuseSnapshot(cost: SnapshotCost, allowance: SnapshotAllowance): string | undefined {
  const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  if (cost.memoryBytes > allowance.memoryBytes)
    return `a heap snapshot may take ${gb(cost.memoryBytes)} of memory, and ${gb(allowance.memoryBytes)} are allowed`;
  if (cost.pauseMs > allowance.pauseMs)
    return `a heap snapshot may stop the process for ${Math.round(cost.pauseMs / 1000)} s, and ${Math.round(allowance.pauseMs / 1000)} s are allowed`;
  return undefined;
}
