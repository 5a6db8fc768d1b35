import type { Interval } from '@preopen/core';

/** The most memory that a tree of processes used. */
export interface MemoryPeak {
  readonly bytes: number;
  /**
   * `exact`: the kernel's own figure, read when nothing could grow any more, or bounds within 1 %. `lower-bound`: what was seen; more may have
   * been used between two looks. `over-count`: no less than the truth, such as a control group's, which counts file pages.
   */
  readonly exactness: 'exact' | 'lower-bound' | 'over-count';
  /** Where the truth lies; absent where the peak is exact. */
  readonly interval?: Interval;
  /** How it was got, for people. */
  readonly source: string;
  /** Processes that were ever seen. */
  readonly processes: number;
}

/** What was seen of a tree, from which its peak follows. */
export interface PeakObservations {
  readonly processes: number;
  readonly mostAtOnce: number;
  /** Highest high-water mark of a single process. */
  readonly highestSingleBytes: number;
  /** Whether the process that holds it was still there at the last look. */
  readonly singleWasAliveAtEnd: boolean;
  /** Time between the last two looks, in which a process that ended may have grown unseen. */
  readonly blindMs: number;
  readonly peakPssBytes: number;
  /** Highest sum of high-water marks of processes alive at one time. */
  readonly peakHighWaterSumBytes: number;
  /** Highest usage of a control group that holds the tree and nothing else. */
  readonly cgroupPeakBytes?: number;
  /** Highest resident size of any single process of the tree, told by the kernel as it ended. */
  readonly exitPeakBytes?: number;
}

/**
 * No process makes pages resident faster than this: 4 KiB in about half a microsecond of page fault is 8 GB/s, and
 * that only with nothing else to do. It bounds what a look that came too late can have missed.
 */
export const fastestGrowthBytesPerMs = 8e6;

/** Bounds of a tree's peak that lie so near to each other leave nothing open. */
const closeEnough = 1.01;

/** The peak of a tree and how sure it is; `undefined` if nothing was ever seen or told. */
export function peakOf(seen: PeakObservations): MemoryPeak | undefined {
  const { processes, mostAtOnce } = seen;
  const told = seen.exitPeakBytes ?? 0;
  if (processes === 0 && told === 0) return undefined;
  if (mostAtOnce <= 1) {
    const bytes = Math.max(seen.highestSingleBytes, told);
    if (told > 0 || seen.singleWasAliveAtEnd) {
      const source =
        told > 0 ? 'highest resident size, told by the kernel at the end' : 'high-water mark of the kernel';
      return { bytes, exactness: 'exact', source, processes };
    }
    const high = bytes + seen.blindMs * fastestGrowthBytesPerMs;
    return {
      bytes,
      exactness: 'lower-bound',
      interval: {
        low: bytes,
        high,
        confidence: 0.99,
        method: 'high-water mark, and the most that the last gap can hide',
      },
      source: `high-water mark of the kernel, last read at most ${seen.blindMs.toFixed(0)} ms before the end`,
      processes,
    };
  }
  const low = Math.max(seen.peakPssBytes, seen.highestSingleBytes, told);
  const { cgroupPeakBytes = Number.POSITIVE_INFINITY } = seen;
  const high = Math.max(low, Math.min(seen.peakHighWaterSumBytes, cgroupPeakBytes));
  const ceiling =
    cgroupPeakBytes < seen.peakHighWaterSumBytes
      ? 'the peak of their control group, file pages included'
      : 'the sum of their high-water marks, shared pages counted again';
  return {
    bytes: low,
    exactness: high <= low * closeEnough ? 'exact' : 'lower-bound',
    interval: { low, high, confidence: 0.99, method: `from proportional sizes to ${ceiling}` },
    source: `${processes} processes, at most ${mostAtOnce} at a time: highest sum of proportional sizes; the truth is no more than ${ceiling}`,
    processes,
  };
}
