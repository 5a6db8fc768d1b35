import type { Clock } from '@preopen/core';
import { highest } from '../highest.ts';
import type { ProbedProcess, ProbeServer } from './probe-server.ts';

/** What the Node processes of a target did with their heaps, and how long they stood still for it. */
export interface NodeMemory {
  /** Pid and version of the process with the largest heap, which the columns are of. */
  readonly pid: number;
  readonly version: string;
  readonly processes: number;
  readonly atMs: readonly number[];
  readonly usedBytes: readonly number[];
  readonly totalBytes: readonly number[];
  /** Outside the heap and held by it; of these, array buffers. */
  readonly externalBytes: readonly number[];
  readonly arrayBufferBytes: readonly number[];
  /** Longest garbage collection since the look before; 0 where there was none. */
  readonly longestPauseMs: readonly number[];
  readonly limitBytes: number;
  /** Largest size of each heap space. */
  readonly spaces: Readonly<Record<string, number>>;
  readonly gc: GcSummary;
  /** Pauses of all the processes in the order of time; the longest where there are many. */
  readonly pauses: readonly GcPause[];
}

/** One garbage collection. */
export interface GcPause {
  /** On the clock of the run. */
  readonly atMs: number;
  readonly pauseMs: number;
  /** Whether it went through the old space. */
  readonly major: boolean;
}

/** Garbage collections of all Node processes of a target. */
export interface GcSummary {
  readonly count: number;
  readonly major: number;
  readonly totalPauseMs: number;
  readonly longestPauseMs: number;
}

const usualEveryMs = 500;
/** A process that allocates much collects a thousand times a minute; a chart shows the longest. */
const mostPauses = 1000;
/** V8's kinds of collection that go through the old space. Source: perf_hooks, `NODE_PERFORMANCE_GC_MAJOR` */
const majorKind = 4;

/** Asks the Node processes of a target for their heaps, about twice a second unless said otherwise. */
export function watchNode(
  server: ProbeServer,
  clock: Clock,
  { everyMs = usualEveryMs }: { readonly everyMs?: number } = {},
): { stop(): Promise<NodeMemory | undefined> } {
  const series = new Map<
    number,
    {
      version: string;
      atMs: number[];
      used: number[];
      total: number[];
      external: number[];
      arrayBuffers: number[];
      pauses: number[];
      limit: number;
    }
  >();
  const spaces: Record<string, number> = {};
  const gc = { count: 0, major: 0, totalPauseMs: 0, longestPauseMs: 0 };
  const collections: GcPause[] = [];
  const sinceRunMs = clock.nowMs() - clock.wallMs();
  const started = new Set<number>();
  const look = async (process: ProbedProcess): Promise<void> => {
    const { pid } = process;
    if (!started.has(pid)) {
      started.add(pid);
      await process.startGcEvents();
    }
    const heap = await process.heap();
    const events = await process.gcEvents();
    const own = series.get(pid) ?? {
      version: process.node,
      atMs: [],
      used: [],
      total: [],
      external: [],
      arrayBuffers: [],
      pauses: [],
      limit: 0,
    };
    series.set(pid, own);
    own.atMs.push(clock.nowMs());
    own.used.push(heap.usedBytes);
    own.total.push(heap.totalBytes);
    own.external.push(heap.externalBytes);
    own.arrayBuffers.push(heap.arrayBufferBytes);
    own.pauses.push(highest(events.pauseMs));
    own.limit = heap.limitBytes;
    for (const { name, usedBytes } of heap.spaces) spaces[name] = Math.max(spaces[name] ?? 0, usedBytes);
    events.pauseMs.forEach((pauseMs, i) => {
      gc.count++;
      const major = events.kind[i] === majorKind;
      collections.push({ atMs: events.atWallMs[i]! + sinceRunMs, pauseMs, major });
      if (major) gc.major++;
      gc.totalPauseMs += pauseMs;
      gc.longestPauseMs = Math.max(gc.longestPauseMs, pauseMs);
    });
  };
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  const next = (): void => {
    // A process that has just ended answers no more; the others still do.
    looking = Promise.allSettled(server.processes().map(look)).then(() => {
      if (!isStopped) timer = setTimeout(next, everyMs);
    });
  };
  next();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await Promise.race([looking, new Promise((resolve) => setTimeout(resolve, everyMs))]);
      const [largest] = [...series].sort(([, a], [, b]) => highest(b.used) - highest(a.used));
      if (!largest) return undefined;
      const [pid, { version, atMs, used, total, external, arrayBuffers, pauses, limit }] = largest;
      const longest = collections.toSorted((a, b) => b.pauseMs - a.pauseMs).slice(0, mostPauses);
      const shown = longest.toSorted((a, b) => a.atMs - b.atMs);
      return {
        pid,
        version,
        processes: series.size,
        atMs,
        usedBytes: used,
        totalBytes: total,
        externalBytes: external,
        arrayBufferBytes: arrayBuffers,
        longestPauseMs: pauses,
        limitBytes: limit,
        spaces,
        gc,
        pauses: shown,
      };
    },
  };
}
