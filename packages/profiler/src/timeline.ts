import { existsSync } from 'node:fs';
import type { Clock } from '@preopen/core';
import { lookColumns } from './look-log.ts';
import { type LookingThread, startLookingThread } from './looking.ts';
import { type MemoryPeak, peakOf } from './peak.ts';
import { watchProcessTable } from './process-table.ts';
import { emptyTreeState, lookAtTree, type TreeState } from './tree-look.ts';

/** Memory of a process tree over time. */
export interface MemoryTimeline {
  /** Columns, one entry a look; sums over the tree. */
  readonly atMs: readonly number[];
  readonly rssBytes: readonly number[];
  readonly virtualBytes: readonly number[];
  readonly swapBytes: readonly number[];
  readonly threads: readonly number[];
  readonly processes: readonly number[];
  /** What is dearer to read: about once a second. */
  readonly slow: SlowColumns;
  readonly peak: MemoryPeak | undefined;
}

/** Columns of what is read rarely; sums over the tree. */
export interface SlowColumns {
  readonly atMs: readonly number[];
  /** Proportional sizes: shared pages are counted once. `NaN` where they may not be read. */
  readonly pssBytes: readonly number[];
  /** CPU time used so far by the processes that are there and by those that were. */
  readonly cpuMs: readonly number[];
  readonly descriptors: readonly number[];
}

/** Watching that can be ended. */
export interface MemoryWatch {
  /** Looks at once; the highest sum of resident sizes since the last call, and the sum now. For peaks by stage. */
  mark(): { readonly peakBytes: number; readonly nowBytes: number };
  /** Resident at the last look. */
  nowBytes(): number;
  /** @param facts what else is known at the end: see `PeakObservations` */
  /** Ends the looking. @param facts peaks that the kernel told at the end, which a look may have missed */
  stop(facts?: { readonly exitPeakBytes?: number; readonly cgroupPeakBytes?: number }): MemoryTimeline;
}

/** What takes longer than this is looked at by a thread of its own: its start costs as much as some hundred looks. */
const threadFromMs = 500;

/**
 * Looks at the memory of a process tree again and again; faster while it climbs to a new peak. What takes longer than half a
 * second is looked at by a thread that sleeps in between. What the peak rests on is said in `peak.source`. Without `/proc`:
 * see `watchProcessTable`.
 */
export function watchMemory(options: {
  /** The tree's processes now, asked about once a second; what descends from them is found at once. */
  readonly pids: () => readonly number[];
  readonly clock: Clock;
  /** Pause between looks, 10 or more; while the size stands still, 20 or more. Default 20. */
  readonly intervalMs?: number;
}): MemoryWatch {
  if (!existsSync('/proc/self/status')) return watchProcessTable(options);
  const { pids, clock, intervalMs = 20 } = options;
  const state = emptyTreeState(clock.nowMs());
  const tree = lookAtTree(state, { pids, nowMs: clock.nowMs, intervalMs });
  let thread: LookingThread | undefined;
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(next, tree.look());
  };
  next();
  const threadTimer = setTimeout(() => {
    thread = startLookingThread({ pids, clock, intervalMs }, () => {
      clearTimeout(timer);
      tree.close();
      return state;
    });
  }, threadFromMs);

  const timelineOf = (
    { seen, ...found }: TreeState,
    singleWasAliveAtEnd: boolean,
    facts: Parameters<MemoryWatch['stop']>[0],
  ): MemoryTimeline => ({
    ...lookColumns(found.looks),
    slow: found.slow,
    peak: peakOf({
      processes: seen.size,
      mostAtOnce: found.mostAtOnce,
      highestSingleBytes: found.highestSingleBytes,
      singleWasAliveAtEnd,
      blindMs: (found.endedMs ?? found.lastMs) - found.lastMs,
      peakPssBytes: found.peakPssBytes,
      peakHighWaterSumBytes: found.peakHighWaterSumBytes,
      ...facts,
    }),
  });
  return {
    mark() {
      if (thread?.isLooking()) return thread.mark();
      tree.look(true);
      const peakBytes = state.sinceMarkBytes;
      state.sinceMarkBytes = state.nowBytes;
      return { peakBytes, nowBytes: state.nowBytes };
    },
    nowBytes: () => (thread?.isLooking() ? thread.nowBytes() : state.nowBytes),
    stop(facts) {
      clearTimeout(threadTimer);
      if (thread?.isLooking()) {
        const { state: found, hasHighest } = thread.stop();
        return timelineOf(found, hasHighest, facts);
      }
      thread?.close();
      clearTimeout(timer);
      tree.look(true);
      const hasHighest = tree.hasHighest();
      tree.close();
      return timelineOf(state, hasHighest, facts);
    },
  };
}

/** A timeline for a chart of at most `points` points; the highest of each stretch is kept. */
export function thinned(
  timeline: Pick<MemoryTimeline, 'atMs' | 'rssBytes' | 'processes'>,
  points: number,
): { atMs: number[]; rssBytes: number[]; processes: number[] } {
  const n = timeline.atMs.length;
  const stride = Math.max(1, Math.ceil(n / points));
  const kept = { atMs: [] as number[], rssBytes: [] as number[], processes: [] as number[] };
  for (let from = 0; from < n; from += stride) {
    let highest = from;
    for (let k = from; k < Math.min(n, from + stride); k++)
      if (timeline.rssBytes[k]! > timeline.rssBytes[highest]!) highest = k;
    kept.atMs.push(timeline.atMs[highest]!);
    kept.rssBytes.push(timeline.rssBytes[highest]!);
    kept.processes.push(timeline.processes[highest]!);
  }
  return kept;
}
