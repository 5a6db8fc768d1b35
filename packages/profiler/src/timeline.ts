import type { Clock, Interval } from '@preopen/core';
import { readProcessMemory, readPssBytes } from './proc-memory.ts';

/** The most that a tree of processes used. */
export interface MemoryPeak {
  readonly bytes: number;
  /** Where the truth lies if processes shared memory or came and went; absent for a single process. */
  readonly interval?: Interval;
  /** How it was got, for people. */
  readonly source: string;
  readonly processes: number;
}

/** Memory of a process tree over time. */
export interface MemoryTimeline {
  /** Columns, one entry a look. */
  readonly atMs: readonly number[];
  readonly rssBytes: readonly number[];
  readonly processes: readonly number[];
  readonly peak: MemoryPeak | undefined;
}

/** Watching that can be ended. */
export interface MemoryWatch {
  /** Highest sum of resident sizes since the last call of `mark`, for peaks by stage. */
  mark(): number;
  stop(): MemoryTimeline;
}

/** Proportional sizes are read so often only, for they are dear. */
const pssEveryMs = 250;

/**
 * Looks at the memory of a process tree again and again.
 *
 * The peak of a single process is the kernel's own high-water mark, read at each look: exact but for what it grew by in
 * the last interval before its end. Of several processes it lies between the highest sum of proportional sizes (which a
 * spike between two looks escapes) and the highest sum of high-water marks (which need not have been at one time).
 * @param pids the tree's processes now, asked at each look
 */
export function watchMemory(options: {
  readonly pids: () => readonly number[];
  readonly clock: Clock;
  readonly intervalMs?: number;
}): MemoryWatch {
  const { pids, clock, intervalMs = 20 } = options;
  const atMs: number[] = [];
  const rssBytes: number[] = [];
  const processes: number[] = [];
  const highWater = new Map<number, number>();
  let mostProcesses = 0;
  let peakOfSums = 0;
  let peakOfHighWater = 0;
  let peakPss = 0;
  let sinceMark = 0;
  let lastPssMs = Number.NEGATIVE_INFINITY;
  let everSeen = 0;

  const look = (): void => {
    const alive = pids();
    const nowMs = clock.nowMs();
    let sum = 0;
    let sumHighWater = 0;
    let count = 0;
    for (const pid of alive) {
      const memory = readProcessMemory(pid);
      if (!memory) continue;
      count++;
      sum += memory.rssBytes;
      sumHighWater += memory.peakRssBytes;
      if (!highWater.has(pid)) everSeen++;
      highWater.set(pid, memory.peakRssBytes);
    }
    if (count === 0) return;
    if (count > 1 && nowMs - lastPssMs >= pssEveryMs) {
      lastPssMs = nowMs;
      let pss = 0;
      for (const pid of alive) pss += readPssBytes(pid) ?? 0;
      peakPss = Math.max(peakPss, pss);
    }
    atMs.push(nowMs);
    rssBytes.push(sum);
    processes.push(count);
    mostProcesses = Math.max(mostProcesses, count);
    peakOfSums = Math.max(peakOfSums, sum);
    peakOfHighWater = Math.max(peakOfHighWater, sumHighWater);
    sinceMark = Math.max(sinceMark, sum);
  };
  look();
  const timer = setInterval(look, intervalMs);
  return {
    mark() {
      look();
      const peak = sinceMark;
      sinceMark = 0;
      return peak;
    },
    stop() {
      clearInterval(timer);
      look();
      return { atMs, rssBytes, processes, peak: peakNow() };
    },
  };

  function peakNow(): MemoryPeak | undefined {
    if (everSeen === 0) return undefined;
    if (mostProcesses === 1) {
      return {
        bytes: Math.max(...highWater.values()),
        source: `high-water mark of the kernel, read every ${intervalMs} ms; growth in the last ${intervalMs} ms before the end is missed`,
        processes: everSeen,
      };
    }
    const low = Math.max(peakPss, ...highWater.values());
    return {
      bytes: Math.max(low, Math.min(peakOfSums, peakOfHighWater)),
      interval: {
        low,
        high: Math.max(peakOfHighWater, peakOfSums),
        confidence: 0.99,
        method: 'between PSS and high-water marks',
      },
      source: `${everSeen} processes, at most ${mostProcesses} at a time: sum of resident sizes; the interval reaches from the sum of proportional sizes to the sum of high-water marks`,
      processes: everSeen,
    };
  }
}

/** Every how manieth look is kept for a chart of at most `points` points; the highest of each stretch is kept. */
export function thinned(
  timeline: MemoryTimeline,
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
