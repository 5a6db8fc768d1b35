import type { Clock } from '@preopen/core';
import { highest } from './highest.ts';
import { fastestGrowthBytesPerMs, type MemoryPeak } from './peak.ts';
import type { MemoryTimeline, MemoryWatch } from './timeline.ts';

/** One process, as the system's own tools list it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly rssBytes: number;
  readonly virtualBytes: number;
}

/** Lists all processes of the machine; each call starts a program of the system, and takes tens of milliseconds or more. */
export type ProcessTable = () => Promise<readonly ListedProcess[]>;

/** Where there is no `/proc`: the list of the optional package systeminformation; `undefined` where that is not installed. */
export async function systemProcessTable(): Promise<ProcessTable | undefined> {
  let library: typeof import('systeminformation');
  try {
    library = await import('systeminformation');
  } catch {
    return undefined;
  }
  return async () =>
    (await library.processes()).list.map(({ pid, parentPid, memRss, memVsz }) => ({
      pid,
      parentPid,
      // In KiB on every system.
      rssBytes: memRss * 1024,
      virtualBytes: memVsz * 1024,
    }));
}

/** The processes with these pids, and all that descend from them. */
export function descendantsOf(table: readonly ListedProcess[], roots: readonly number[]): ListedProcess[] {
  const wanted = new Set(roots);
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    for (const { pid, parentPid } of table) if (wanted.has(parentPid)) wanted.add(pid);
  }
  return table.filter(({ pid }) => wanted.has(pid));
}

/** Between two looks, at least; a look itself takes about as long. */
const leastPauseMs = 200;

/**
 * Looks at a process tree through the system's list of processes, at lower fidelity than `/proc` gives: some looks a second,
 * no high-water marks, shared pages counted in each process, no swap, threads or descriptors. The peak's interval says what
 * that leaves open.
 * @param options.table asked once; where it comes to `undefined` nothing is ever seen
 */
export function watchProcessTable(options: {
  readonly pids: () => readonly number[];
  readonly clock: Clock;
  readonly intervalMs?: number;
  readonly table?: Promise<ProcessTable | undefined>;
}): MemoryWatch {
  const { pids, clock, intervalMs = 20, table = systemProcessTable() } = options;
  const columns = { atMs: [], rssBytes: [], virtualBytes: [], swapBytes: [], threads: [], processes: [] } as Record<
    'atMs' | 'rssBytes' | 'virtualBytes' | 'swapBytes' | 'threads' | 'processes',
    number[]
  >;
  const seen = new Set<number>();
  const startMs = clock.nowMs();
  let single = 0;
  let sinceMarkBytes = 0;
  let longestGapMs = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (list: ProcessTable): Promise<void> => {
    const found = descendantsOf(await list(), pids());
    if (isStopped || found.length === 0) return;
    const atMs = clock.nowMs();
    longestGapMs = Math.max(longestGapMs, atMs - (columns.atMs.at(-1) ?? startMs));
    const sum = (of: (one: ListedProcess) => number): number => found.reduce((total, one) => total + of(one), 0);
    const rss = sum(({ rssBytes }) => rssBytes);
    columns.atMs.push(atMs);
    columns.rssBytes.push(rss);
    columns.virtualBytes.push(sum(({ virtualBytes }) => virtualBytes));
    columns.swapBytes.push(Number.NaN);
    columns.threads.push(Number.NaN);
    columns.processes.push(found.length);
    for (const { pid, rssBytes } of found) {
      seen.add(pid);
      single = Math.max(single, rssBytes);
    }
    sinceMarkBytes = Math.max(sinceMarkBytes, rss);
  };
  const next = async (list: ProcessTable): Promise<void> => {
    // A look that fails, as when the system's tool is short of memory itself, is a gap.
    await look(list).catch(() => undefined);
    if (!isStopped) timer = setTimeout(() => void next(list), Math.max(leastPauseMs, intervalMs));
  };
  void table.then((list) => {
    if (list && !isStopped) void next(list);
  });

  const nowBytes = (): number => columns.rssBytes.at(-1) ?? 0;
  const peakAtEnd = (): MemoryPeak | undefined => {
    if (columns.atMs.length === 0) return undefined;
    const bytes = highest(columns.rssBytes);
    const gapMs = Math.max(longestGapMs, clock.nowMs() - columns.atMs.at(-1)!);
    const most = highest(columns.processes);
    return {
      bytes,
      exactness: most === 1 ? 'lower-bound' : 'over-count',
      interval: {
        low: single,
        high: bytes + most * gapMs * fastestGrowthBytesPerMs,
        confidence: 0.99,
        method: 'largest process, and the highest sum with the most that the longest gap can hide',
      },
      source: `highest sum of resident sizes in the system’s list of processes, at most ${gapMs.toFixed(0)} ms between two looks${most === 1 ? '' : '; shared pages are counted in each process'}`,
      processes: seen.size,
    };
  };
  return {
    mark() {
      const peakBytes = sinceMarkBytes;
      sinceMarkBytes = nowBytes();
      return { peakBytes, nowBytes: nowBytes() };
    },
    nowBytes,
    stop(): MemoryTimeline {
      isStopped = true;
      clearTimeout(timer);
      return { ...columns, slow: { atMs: [], pssBytes: [], cpuMs: [], descriptors: [] }, peak: peakAtEnd() };
    },
  };
}
