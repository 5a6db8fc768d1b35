import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@preopen/core';
import { allocationSites, siteText } from '../allocation-profile.ts';
import type { AllocationSite } from '../leak/report.ts';
import type { ProbedProcess, ProbeServer } from '../node/probe-server.ts';
import { sizeText } from '../size-text.ts';
import { compareKinds, countKinds, isOwnClass, type KindChange, type ObjectKind } from './compare.ts';
import { refuseSnapshot, snapshotCost, usualAllowance } from './cost.ts';
import { readHeapSnapshot } from './read-snapshot.ts';
import { highestId, retainerPath } from './retainers.ts';

/** A heap at a mark, its garbage collected. */
export interface HeapMark {
  /** Since the profile began. */
  readonly atMs: number;
  readonly heapBytes: number;
}

/** What a Node process holds more at a second mark than at a first. It goes on throughout. */
export type HeapComparison =
  | {
      readonly by: 'constructor';
      readonly pid: number;
      readonly marks: readonly [HeapMark, HeapMark];
      /** Kinds of objects that changed, the most bytes first. */
      readonly changes: readonly KindChange[];
      /** The class that grew most, and what holds on to one of its new objects, from the root. */
      readonly held?: { readonly name: string; readonly by: readonly string[] };
    }
  | {
      readonly by: 'place';
      readonly pid: number;
      readonly marks: readonly [HeapMark, HeapMark];
      /** Places that allocated between the marks what is still alive, by sampling, the most bytes first. */
      readonly sites: readonly AllocationSite[];
      /** Why there were no snapshots. */
      readonly reason: string;
    }
  | { readonly by: 'nothing'; readonly reason: string };

/** When marks are set, and where snapshots lie for a moment. */
export interface HeapMarksRequest {
  /** Since `startMs`, ascending. */
  readonly marksMs: readonly [number, number];
  readonly startMs: number;
  readonly clock: Clock;
  readonly folder: string;
  /** Ends the waiting for a mark, as when the processes have ended. */
  readonly signal: AbortSignal;
}

/** Distance of samples where snapshots cost too much: what a service allocates is seen, at a fifth to a third more CPU time. */
const intervalBytes = 32_768;
const shownKinds = 6;

/**
 * Compares the largest heap of Node processes between two marks: by snapshots, constructor by constructor, or, if their
 * predicted cost does not fit, by what was allocated between the marks and is still alive. The process stands still only while it
 * writes a snapshot.
 */
export async function compareHeapAtMarks(probes: ProbeServer, request: HeapMarksRequest): Promise<HeapComparison> {
  const { marksMs, startMs, clock, signal } = request;
  const until = (ms: number): Promise<void> =>
    sleep(Math.max(0, startMs + ms - clock.nowMs()), undefined, { signal, ref: false });
  try {
    await until(marksMs[0]);
    const node = await largestHeap(probes);
    if (!node) return { by: 'nothing', reason: 'no Node process answered at the first mark' };
    const refused = refuseSnapshot(snapshotCost(await node.heap()), usualAllowance());
    return refused === undefined
      ? await byConstructor(node, () => until(marksMs[1]), request)
      : await byPlace(node, () => until(marksMs[1]), { ...request, reason: refused });
  } catch (cause) {
    const reason = signal.aborted
      ? 'it ended before the second mark'
      : cause instanceof Error
        ? cause.message
        : String(cause);
    return { by: 'nothing', reason };
  }
}

async function largestHeap(probes: ProbeServer): Promise<ProbedProcess | undefined> {
  const processes = await Promise.all(
    probes.processes().map(async (node) => ({ node, bytes: (await node.heap()).usedBytes })),
  );
  return processes.sort((a, b) => b.bytes - a.bytes)[0]?.node;
}

async function byConstructor(
  node: ProbedProcess,
  untilSecond: () => Promise<void>,
  { clock, startMs, folder }: HeapMarksRequest,
): Promise<HeapComparison> {
  const path = join(folder, `mark-${node.pid}.heapsnapshot`);
  // One graph at a time: two would need twice the memory, and of the first the counts are enough.
  const mark = async () => {
    const atMs = clock.nowMs() - startMs;
    const { heapBytes } = await node.settle();
    try {
      await node.writeSnapshot(path);
      return { mark: { atMs, heapBytes }, graph: await readHeapSnapshot(path) };
    } finally {
      await rm(path, { force: true });
    }
  };
  const countFirst = async (): Promise<{
    mark: HeapMark;
    kinds: ReadonlyMap<string, ObjectKind>;
    newest: number;
  }> => {
    const { mark: first, graph } = await mark();
    return { mark: first, kinds: countKinds(graph), newest: highestId(graph) };
  };
  const first = await countFirst();
  await untilSecond();
  const second = await mark();
  const changes = compareKinds(first.kinds, countKinds(second.graph));
  const grown = changes.find((change) => isOwnClass(change) && change.countChange > 0);
  return {
    by: 'constructor',
    pid: node.pid,
    marks: [first.mark, second.mark],
    changes,
    ...(grown ? { held: { name: grown.name, by: retainerPath(second.graph, grown, first.newest) } } : {}),
  };
}

async function byPlace(
  node: ProbedProcess,
  untilSecond: () => Promise<void>,
  { clock, startMs, reason }: HeapMarksRequest & { readonly reason: string },
): Promise<HeapComparison> {
  const mark = async (): Promise<HeapMark> => ({
    atMs: clock.nowMs() - startMs,
    heapBytes: (await node.settle()).heapBytes,
  });
  const first = await mark();
  await node.startAllocations(intervalBytes, true);
  await untilSecond();
  const second = await mark();
  const sites = [...allocationSites(await node.allocations()).values()].sort((a, b) => b.bytes - a.bytes);
  await node.stopAllocations();
  return { by: 'place', pid: node.pid, marks: [first, second], sites, reason };
}

/** A comparison in sentences. */
export function heapMarkSentences(comparison: HeapComparison): string[] {
  if (comparison.by === 'nothing') return [`no heaps were compared: ${comparison.reason}`];
  const { pid, marks } = comparison;
  const [first, second] = marks;
  const seconds = ({ atMs }: HeapMark): string => `${(atMs / 1000).toFixed(1)} s`;
  const span = `between ${seconds(first)} and ${seconds(second)} the heap of process ${pid} went from ${sizeText(first.heapBytes)} to ${sizeText(second.heapBytes)}`;
  if (comparison.by === 'place') {
    const places = comparison.sites.slice(0, shownKinds).map(siteText);
    return [
      `${span}; allocated in between and still there: ${places.join(', ') || 'nothing that sampling saw'}`,
      `classes were not counted: ${comparison.reason}`,
    ];
  }
  const grown = comparison.changes
    .filter(({ type, bytesChange }) => (type === 'object' || type === 'closure') && bytesChange > 0)
    .slice(0, shownKinds)
    .map(
      ({ name, countChange, bytesChange }) =>
        `${name} ${countChange < 0 ? '−' : '+'}${Math.abs(countChange).toLocaleString('en-US')} (${sizeText(bytesChange)})`,
    );
  const { held } = comparison;
  return [
    `${span}; what became more: ${grown.join(', ') || 'no kind of object'}`,
    ...(held && held.by.length > 0 ? [`a new ${held.name} is held by ${held.by.slice(-6).join(' ')}`] : []),
  ];
}
