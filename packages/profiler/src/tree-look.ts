import { emptyLookLog, type LookLog, logLook } from './look-log.ts';
import {
  countDescriptors,
  type Memory,
  noMemory,
  type OpenProcess,
  openProcess,
  openYoungestPid,
  parentOf,
  readCpuMs,
  readProcessTree,
  readPssBytes,
} from './proc-memory.ts';

/** Columns of what is read rarely; sums over the tree. */
export interface SlowColumns {
  readonly atMs: number[];
  /** Proportional sizes: shared pages are counted once. `NaN` where they may not be read. */
  readonly pssBytes: number[];
  /** CPU time used so far by the processes that are there and by those that were. */
  readonly cpuMs: number[];
  readonly descriptors: number[];
}

/** All that is known of a tree so far. Plain data: another thread can go on from it. */
export interface TreeState {
  readonly looks: LookLog;
  readonly slow: SlowColumns;
  readonly seen: Set<number>;
  readonly cpuMsOf: Map<number, number>;
  peakBytes: number;
  sinceMarkBytes: number;
  nowBytes: number;
  mostAtOnce: number;
  peakHighWaterSumBytes: number;
  highestSingleBytes: number;
  highestPid: number;
  /** When high-water marks were read for the last time. */
  lastMs: number;
  /** Of the first look that found none, after the last that found one. */
  endedMs: number | undefined;
  peakPssBytes: number;
}

/** Nothing has been seen yet. */
export function emptyTreeState(nowMs: number): TreeState {
  return {
    looks: emptyLookLog(),
    slow: { atMs: [], pssBytes: [], cpuMs: [], descriptors: [] },
    seen: new Set(),
    cpuMsOf: new Map(),
    peakBytes: 0,
    sinceMarkBytes: 0,
    nowBytes: 0,
    mostAtOnce: 0,
    peakHighWaterSumBytes: 0,
    highestSingleBytes: 0,
    highestPid: 0,
    lastMs: nowMs,
    endedMs: undefined,
    peakPssBytes: 0,
  };
}

/** Looks at a tree of processes whose files are held open. */
export interface TreeLook {
  /**
   * @param isThorough high-water marks are read, whenever they were read before
   * @returns milliseconds until the next look is due
   */
  look(isThorough?: boolean): number;
  /** Whether the process with the highest high-water mark was there at the last look. */
  hasHighest(): boolean;
  close(): void;
}

interface FollowedProcess {
  readonly pid: number;
  readonly process: OpenProcess;
  /** Sizes of the last look, all else of the last full one. */
  readonly memory: Memory;
}

/** While the tree climbs beyond its peak, looks come this often: the next one may be its last. */
const climbingMs = 2;
/** While its size stands still, looks come no more often than this, whatever was asked for: there is nothing new to see. */
const stillMs = 20;
/** It stands still when its size has not moved for so long. */
const stillAfterMs = 1000;

/** About once a second; in the first seconds after every tenth of the time, so that short runs have a curve, too. */
const slowEveryMs = { least: 100, most: 1000, share: 0.1 };
/**
 * High-water marks, swap and threads are read this often, in between sizes alone: at every look of a tree that climbs; else
 * seldom as long as its size stays where it was, within a share, for the mark itself forgets nothing.
 */
const fullEveryMs = { moving: 30, steady: 50 };
const steadyShare = 0.002;
/** New processes are looked for this often, or at every look of a tree that climbs. */
const newcomersEveryMs = 15;
/** The tree is walked again this often even if no process was started: one may have been adopted. */
const walkEveryMs = 1000;
/** More than these are not asked for their parents. */
const fewStarted = 8;
/** Proportional sizes of trees are read anew at a new high, but never take more than a tenth of the time, and that only while a tree climbs. */
const pssAtMostEveryMs = 50;
const pssShareAtHigh = 10;
/** Once it climbs no more and is higher than at any reading, one reading more is due sooner: it may be the peak. */
const pssShareAtTop = 2;
/** In the long run they take a five-hundredth of it, for the kernel holds up the process meanwhile. */
const pssShare = 500;
/** That of a process alone is taken for the same as long as its resident size is, within a hundredth, but no longer than this. */
const pssOfOneEveryMs = 10_000;

/** Whose processes are looked at. */
export interface TreeToFollow {
  /** The tree's processes now, with or without their descendants; asked when a process was started or ended somewhere, and once a second. */
  readonly pids: () => readonly number[];
  readonly nowMs: () => number;
  /** Pause between looks as it is asked for. */
  readonly intervalMs: number;
  /** Processes just started are asked for their parents instead, where they are few: a fifth of the cost. */
  readonly asksParents?: boolean;
}

/** Looks that add to what is known of a tree. */
export function lookAtTree(state: TreeState, follow: TreeToFollow): TreeLook {
  const { nowMs, intervalMs } = follow;
  const tree = followTree(state, follow);
  const slow = slowLook(state, nowMs);
  let isClimbing = false;
  let fullMs = Number.NEGATIVE_INFINITY;
  let rssAtFull = 0;
  let movedMs = 0;
  let rssAtMove = 0;
  let newcomersMs = Number.NEGATIVE_INFINITY;
  return {
    look(isThorough = false) {
      const atMs = nowMs();
      let rss = 0;
      let virtual = 0;
      let swap = 0;
      let threads = 0;
      let highWater = 0;
      let count = 0;
      const isMoving = Math.abs(state.nowBytes - rssAtFull) > rssAtFull * steadyShare;
      const isFull = isThorough || isClimbing || atMs - fullMs > (isMoving ? fullEveryMs.moving : fullEveryMs.steady);
      const asksForNewcomers = isFull || atMs - newcomersMs > newcomersEveryMs;
      if (asksForNewcomers) newcomersMs = atMs;
      const open = asksForNewcomers ? tree.now(atMs) : tree.asBefore();
      // Backwards, for whoever is gone leaves the list.
      for (let k = open.length - 1; k >= 0; k--) {
        const followed = open[k]!;
        const { memory, process } = followed;
        // Of a process just found all is read.
        const isThere = isFull || Number.isNaN(memory.rssBytes) ? process.read(memory) : process.readSizes(memory);
        if (!isThere) {
          tree.gone(followed);
          continue;
        }
        count++;
        rss += memory.rssBytes;
        virtual += memory.virtualBytes;
        swap += memory.swapBytes;
        threads += memory.threads;
        memory.peakRssBytes = Math.max(memory.peakRssBytes, memory.rssBytes);
        highWater += memory.peakRssBytes;
        if (memory.peakRssBytes >= state.highestSingleBytes) {
          state.highestSingleBytes = memory.peakRssBytes;
          state.highestPid = followed.pid;
        }
      }
      if (count === 0) {
        state.endedMs ??= atMs;
        return intervalMs;
      }
      state.endedMs = undefined;
      if (isFull) {
        fullMs = atMs;
        rssAtFull = rss;
        state.lastMs = atMs;
      }
      state.nowBytes = rss;
      logLook(state.looks, atMs, rss, virtual, swap, threads, count);
      state.mostAtOnce = Math.max(state.mostAtOnce, count);
      state.sinceMarkBytes = Math.max(state.sinceMarkBytes, rss);
      state.peakHighWaterSumBytes = Math.max(state.peakHighWaterSumBytes, highWater);
      isClimbing = rss > state.peakBytes * 1.005;
      const isShared = count > 1;
      if (isShared || atMs >= slow.dueMs()) slow.read(open, { atMs, rss, isShared, isClimbing });
      state.peakBytes = Math.max(state.peakBytes, rss);
      if (Math.abs(rss - rssAtMove) > rssAtMove * steadyShare) {
        rssAtMove = rss;
        movedMs = atMs;
      }
      if (isClimbing) return climbingMs;
      return atMs - movedMs > stillAfterMs ? Math.max(intervalMs, stillMs) : intervalMs;
    },
    hasHighest: () => state.endedMs === undefined && tree.has(state.highestPid),
    close: tree.close,
  };
}

/** The processes of a tree, held open, walked anew only when something may have changed. */
function followTree({ seen }: TreeState, { pids, nowMs, asksParents = false }: TreeToFollow) {
  const open: FollowedProcess[] = [];
  const pidsOpen = new Set<number>();
  const youngestPid = openYoungestPid();
  let youngest = Number.NaN;
  let walkedMs = Number.NEGATIVE_INFINITY;
  let isStale = true;
  const add = (pid: number): void => {
    if (pidsOpen.has(pid)) return;
    const process = openProcess(pid);
    if (!process) return;
    open.push({ pid, process, memory: noMemory(pid) });
    pidsOpen.add(pid);
    seen.add(pid);
  };
  return {
    has: (pid: number) => pidsOpen.has(pid),
    asBefore: (): readonly FollowedProcess[] => open,
    gone(followed: FollowedProcess): void {
      followed.process.close();
      open.splice(open.indexOf(followed), 1);
      pidsOpen.delete(followed.pid);
      isStale = true;
    },
    now(atMs: number): readonly FollowedProcess[] {
      const before = youngest;
      youngest = youngestPid.read();
      // The same, or hidden both times: nothing, as far as anyone can tell.
      const started = Object.is(youngest, before) ? 0 : youngest - before;
      const most = asksParents && open.length > 0 ? fewStarted : 0;
      if (!isStale && atMs - walkedMs < walkEveryMs && started >= 0 && started <= most) {
        // In order: a child that has started another one is known by then.
        for (let pid = before + 1; pid <= youngest; pid++) if (pidsOpen.has(parentOf(pid) ?? -1)) add(pid);
        return open;
      }
      walkedMs = nowMs();
      isStale = false;
      const walked = new Set<number>();
      for (const root of pids()) {
        if (walked.has(root)) continue;
        for (const pid of readProcessTree(root)) {
          walked.add(pid);
          add(pid);
        }
      }
      return open;
    },
    close() {
      youngestPid.close();
      for (const { process } of open) process.close();
    },
  };
}

/** What is read about once a second, and proportional sizes at new highs besides. */
function slowLook(state: TreeState, nowMs: () => number) {
  const { slow: columns, cpuMsOf } = state;
  const firstMs = columns.atMs[0] ?? nowMs();
  let pssMs = Number.NEGATIVE_INFINITY;
  let pssCostMs = 0;
  /** Of the process that was alone at the last reading. */
  let alone: { readonly pid: number; readonly pssBytes: number } | undefined;
  let rssAtPss = 0;
  let highestRssAtPss = 0;
  const dueAfter = (atMs: number): number =>
    atMs +
    Math.max(
      Math.min(slowEveryMs.most, Math.max(slowEveryMs.least, (atMs - firstMs) * slowEveryMs.share)),
      pssCostMs * pssShare,
    );
  const lastMs = columns.atMs.at(-1);
  let dueMs = lastMs === undefined ? Number.NEGATIVE_INFINITY : dueAfter(lastMs);
  const readPss = (alive: readonly FollowedProcess[], atMs: number, rss: number): number => {
    pssMs = atMs;
    rssAtPss = rss;
    highestRssAtPss = Math.max(highestRssAtPss, rss);
    let sum = 0;
    const beganMs = nowMs();
    for (const { pid } of alive) sum += readPssBytes(pid) ?? 0;
    pssCostMs = nowMs() - beganMs;
    state.peakPssBytes = Math.max(state.peakPssBytes, sum);
    return sum === 0 ? Number.NaN : sum;
  };
  return {
    /** When it is due for a process alone; proportional sizes of several may be due at any look. */
    dueMs: () => dueMs,
    read(
      alive: readonly FollowedProcess[],
      { atMs, rss, isShared, isClimbing }: { atMs: number; rss: number; isShared: boolean; isClimbing: boolean },
    ): void {
      const isDue = atMs >= dueMs;
      const isNewHigh =
        isShared && rss > rssAtPss * 1.01 && atMs - pssMs >= Math.max(pssAtMostEveryMs, pssCostMs * pssShareAtHigh);
      const isTop =
        isShared && !isClimbing && rss > highestRssAtPss * 1.01 && atMs - pssMs >= pssCostMs * pssShareAtTop;
      if (!isDue && !isNewHigh && !isTop) return;
      const isAsBefore =
        !isShared &&
        alone !== undefined &&
        alive.some(({ pid }) => pid === alone!.pid) &&
        Math.abs(rss - rssAtPss) <= rssAtPss * 0.01 &&
        atMs - pssMs < pssOfOneEveryMs;
      const pssBytes = isAsBefore ? alone!.pssBytes : readPss(alive, atMs, rss);
      alone = isShared ? undefined : { pid: alive[0]!.pid, pssBytes };
      if (!isDue) return;
      dueMs = dueAfter(atMs);
      let descriptors = 0;
      for (const { pid } of alive) {
        cpuMsOf.set(pid, readCpuMs(pid) ?? cpuMsOf.get(pid) ?? 0);
        descriptors += countDescriptors(pid) ?? 0;
      }
      columns.atMs.push(atMs);
      columns.pssBytes.push(pssBytes);
      columns.cpuMs.push([...cpuMsOf.values()].reduce((sum, cpuMs) => sum + cpuMs, 0));
      columns.descriptors.push(descriptors);
    },
  };
}
