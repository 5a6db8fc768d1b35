import { existsSync } from 'node:fs';
import type { Clock } from '@preopen/core';
import { type MemoryPeak, peakOf } from './peak.ts';
import {
  countDescriptors,
  type OpenProcess,
  openProcess,
  openYoungestPid,
  readCpuMs,
  readPssBytes,
} from './proc-memory.ts';
import { watchProcessTable } from './process-table.ts';

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
  stop(facts?: { readonly exitPeakBytes?: number; readonly cgroupPeakBytes?: number }): MemoryTimeline;
}

/** About once a second; in the first seconds after every tenth of the time, so that short runs have a curve, too. */
const slowEveryMs = { least: 100, most: 1000, share: 0.1 };
/** The tree is walked again this often even if no process was started: one may have been adopted. */
const walkEveryMs = 1000;
/** Proportional sizes of trees are read anew at a new high, but never take more than a tenth of the time, and that only while a tree climbs. */
const pssAtMostEveryMs = 50;
const pssShareAtHigh = 10;
/** Once it climbs no more and is higher than at any reading, one reading more is due sooner: it may be the peak. */
const pssShareAtTop = 2;
/** In the long run they take a two-hundredth of it, for the kernel holds up the process meanwhile. */
const pssShare = 200;
/** While the tree climbs beyond its peak, looks come this often: the next one may be its last. */
const climbingMs = 2;

/**
 * Looks at the memory of a process tree again and again; faster while it climbs to a new peak.
 * What the peak rests on is said in `peak.source`. Without `/proc`: see `watchProcessTable`.
 * @param pids the tree's processes now; asked when a process was started or ended somewhere
 * @param intervalMs pause between looks, 10 or more
 */
export function watchMemory(options: {
  readonly pids: () => readonly number[];
  readonly clock: Clock;
  readonly intervalMs?: number;
}): MemoryWatch {
  if (!existsSync('/proc/self/status')) return watchProcessTable(options);
  const { clock, intervalMs = 20 } = options;
  const columns = { atMs: [], rssBytes: [], virtualBytes: [], swapBytes: [], threads: [], processes: [] } as Record<
    'atMs' | 'rssBytes' | 'virtualBytes' | 'swapBytes' | 'threads' | 'processes',
    number[]
  >;
  const tree = followTree(options.pids, clock);
  const slow = slowLook(clock);
  let peakBytes = 0;
  let sinceMarkBytes = 0;
  let nowBytes = 0;
  let mostAtOnce = 0;
  let peakHighWaterSumBytes = 0;
  let highestSingleBytes = 0;
  let highestPid = 0;
  let lastMs = clock.nowMs();
  let endedMs: number | undefined;

  /** @returns whether the tree is climbing beyond its peak */
  const look = (): boolean => {
    const atMs = clock.nowMs();
    let rss = 0;
    let virtual = 0;
    let swap = 0;
    let threads = 0;
    let highWater = 0;
    let count = 0;
    const open = tree.now();
    for (const [pid, process] of open) {
      const memory = process.read();
      if (!memory) {
        tree.gone(pid);
        continue;
      }
      count++;
      rss += memory.rssBytes;
      virtual += memory.virtualBytes;
      swap += memory.swapBytes;
      threads += memory.threads;
      highWater += memory.peakRssBytes;
      if (memory.peakRssBytes >= highestSingleBytes) {
        highestSingleBytes = memory.peakRssBytes;
        highestPid = pid;
      }
    }
    if (count === 0) {
      endedMs ??= atMs;
      return false;
    }
    endedMs = undefined;
    lastMs = atMs;
    nowBytes = rss;
    columns.atMs.push(atMs);
    columns.rssBytes.push(rss);
    columns.virtualBytes.push(virtual);
    columns.swapBytes.push(swap);
    columns.threads.push(threads);
    columns.processes.push(count);
    mostAtOnce = Math.max(mostAtOnce, count);
    sinceMarkBytes = Math.max(sinceMarkBytes, rss);
    peakHighWaterSumBytes = Math.max(peakHighWaterSumBytes, highWater);
    const isClimbing = rss > peakBytes * 1.005;
    slow.look(open.keys(), { atMs, rss, isShared: count > 1, isClimbing });
    peakBytes = Math.max(peakBytes, rss);
    return isClimbing;
  };

  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(next, look() ? climbingMs : intervalMs);
  };
  next();
  return {
    mark() {
      look();
      const peak = sinceMarkBytes;
      sinceMarkBytes = nowBytes;
      return { peakBytes: peak, nowBytes };
    },
    nowBytes: () => nowBytes,
    stop(facts = {}) {
      clearTimeout(timer);
      look();
      const singleWasAliveAtEnd = endedMs === undefined && tree.now().has(highestPid);
      tree.close();
      const peak = peakOf({
        processes: tree.everSeen(),
        mostAtOnce,
        highestSingleBytes,
        singleWasAliveAtEnd,
        blindMs: (endedMs ?? lastMs) - lastMs,
        peakPssBytes: slow.peakPssBytes(),
        peakHighWaterSumBytes,
        ...facts,
      });
      return { ...columns, slow: slow.columns, peak };
    },
  };
}

/** The processes of a tree, held open, walked anew only when something may have changed. */
function followTree(pids: () => readonly number[], clock: Clock) {
  const open = new Map<number, OpenProcess>();
  const seen = new Set<number>();
  const youngestPid = openYoungestPid();
  let youngest: string | undefined;
  let walkedMs = Number.NEGATIVE_INFINITY;
  let isStale = true;
  const gone = (pid: number): void => {
    open.get(pid)?.close();
    open.delete(pid);
    isStale = true;
  };
  return {
    everSeen: () => seen.size,
    gone,
    now(): ReadonlyMap<number, OpenProcess> {
      const youngestNow = youngestPid.read();
      if (!isStale && youngestNow === youngest && clock.nowMs() - walkedMs < walkEveryMs) return open;
      youngest = youngestNow;
      walkedMs = clock.nowMs();
      isStale = false;
      for (const pid of pids()) {
        if (open.has(pid)) continue;
        const process = openProcess(pid);
        if (!process) continue;
        open.set(pid, process);
        seen.add(pid);
      }
      return open;
    },
    close() {
      youngestPid.close();
      for (const process of open.values()) process.close();
    },
  };
}

/** What is read about once a second, and proportional sizes at new highs besides. */
function slowLook(clock: Clock) {
  const columns = {
    atMs: [] as number[],
    pssBytes: [] as number[],
    cpuMs: [] as number[],
    descriptors: [] as number[],
  };
  const cpuOf = new Map<number, number>();
  let firstMs: number | undefined;
  let slowMs = Number.NEGATIVE_INFINITY;
  let pssMs = Number.NEGATIVE_INFINITY;
  let pssCostMs = 0;
  let rssAtPss = 0;
  let highestRssAtPss = 0;
  let peakPss = 0;
  const readPss = (pids: readonly number[], atMs: number, rss: number): number => {
    pssMs = atMs;
    rssAtPss = rss;
    highestRssAtPss = Math.max(highestRssAtPss, rss);
    let sum = 0;
    for (const pid of pids) sum += readPssBytes(pid) ?? 0;
    pssCostMs = clock.nowMs() - atMs;
    peakPss = Math.max(peakPss, sum);
    return sum === 0 ? Number.NaN : sum;
  };
  return {
    columns,
    peakPssBytes: () => peakPss,
    look(
      alive: Iterable<number>,
      { atMs, rss, isShared, isClimbing }: { atMs: number; rss: number; isShared: boolean; isClimbing: boolean },
    ): void {
      firstMs ??= atMs;
      const pauseMs = Math.min(slowEveryMs.most, Math.max(slowEveryMs.least, (atMs - firstMs) * slowEveryMs.share));
      const isDue = atMs - slowMs >= Math.max(pauseMs, pssCostMs * pssShare);
      const isNewHigh =
        isShared && rss > rssAtPss * 1.01 && atMs - pssMs >= Math.max(pssAtMostEveryMs, pssCostMs * pssShareAtHigh);
      const isTop =
        isShared && !isClimbing && rss > highestRssAtPss * 1.01 && atMs - pssMs >= pssCostMs * pssShareAtTop;
      if (!isDue && !isNewHigh && !isTop) return;
      const pids = [...alive];
      const pssBytes = readPss(pids, atMs, rss);
      if (!isDue) return;
      slowMs = atMs;
      let descriptors = 0;
      for (const pid of pids) {
        cpuOf.set(pid, readCpuMs(pid) ?? cpuOf.get(pid) ?? 0);
        descriptors += countDescriptors(pid) ?? 0;
      }
      columns.atMs.push(atMs);
      columns.pssBytes.push(pssBytes);
      columns.cpuMs.push([...cpuOf.values()].reduce((sum, cpuMs) => sum + cpuMs, 0));
      columns.descriptors.push(descriptors);
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
