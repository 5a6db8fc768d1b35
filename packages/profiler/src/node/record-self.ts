import { renameSync, writeFileSync } from 'node:fs';
import { type HeapProfiler, type Profiler, Session } from 'node:inspector';
import { join } from 'node:path';
import { GCProfiler, getHeapSpaceStatistics, getHeapStatistics, writeHeapSnapshot } from 'node:v8';
import { refuseSnapshot, snapshotCost, usualAllowance } from '../snapshot/cost.ts';
import { type NodeRecordingRequest, type RecordingSummary, recordingSuffixes } from './recording.ts';

/**
 * Begins to record the process it runs in. All of it is synchronous: a script that never turns its event loop is recorded,
 * too, and the end of a process leaves no time for anything else.
 * @returns writes the files, once
 */
export function recordSelf(request: NodeRecordingRequest): () => void {
  const { folder, cpuIntervalMicroseconds, allocationIntervalBytes } = request;
  const session = new Session();
  session.connect();
  /** A session with its own thread answers before `post` returns. */
  const post = <T>(method: string, params?: object): T => {
    let answer: { problem: Error | null; result: unknown } | undefined;
    session.post(method, params, (problem, result) => {
      answer = { problem, result };
    });
    if (!answer) throw new Error(`${method} was not answered`);
    if (answer.problem) throw answer.problem;
    return answer.result as T;
  };
  const write = (suffix: string, content: object): void => {
    const path = join(folder, `${process.pid}${suffix}`);
    // Whoever finds the name finds all of it.
    writeFileSync(`${path}.part`, JSON.stringify(content));
    renameSync(`${path}.part`, path);
  };
  const startMs = performance.now();
  const collector = request.collections ? new GCProfiler() : undefined;
  collector?.start();
  if (allocationIntervalBytes !== undefined) {
    post('HeapProfiler.startSampling', { samplingInterval: allocationIntervalBytes });
  }
  if (cpuIntervalMicroseconds !== undefined) {
    post('Profiler.enable');
    post('Profiler.setSamplingInterval', { interval: cpuIntervalMicroseconds });
    post('Profiler.start');
  }
  let isFinished = false;
  return () => {
    if (isFinished) return;
    isFinished = true;
    const durationMs = performance.now() - startMs;
    if (cpuIntervalMicroseconds !== undefined) {
      write(recordingSuffixes.cpuProfile, post<{ profile: Profiler.Profile }>('Profiler.stop').profile);
    }
    if (allocationIntervalBytes !== undefined) {
      const { profile } = post<{ profile: HeapProfiler.SamplingHeapProfile }>('HeapProfiler.stopSampling');
      write(recordingSuffixes.heapProfile, profile);
    }
    const collections = collector && summaryOf(collector.stop().statistics);
    const refused = request.heapSnapshot ? snapshotUnlessRefused(folder) : undefined;
    write(recordingSuffixes.summary, {
      pid: process.pid,
      node: process.version,
      durationMs,
      ...(collections ? { collections } : {}),
      ...(refused === undefined ? {} : { refused }),
    } satisfies RecordingSummary);
  };
}

function summaryOf(
  statistics: readonly { readonly gcType: string; readonly cost: number }[],
): NonNullable<RecordingSummary['collections']> {
  return {
    count: statistics.length,
    major: statistics.filter(({ gcType }) => gcType === 'MarkSweepCompact').length,
    // V8 gives microseconds.
    totalPauseMs: statistics.reduce((sum, { cost }) => sum + cost, 0) / 1000,
  };
}

/** @returns why there is none */
function snapshotUnlessRefused(folder: string): string | undefined {
  const spaces = getHeapSpaceStatistics().map((space) => ({
    name: space.space_name,
    usedBytes: space.space_used_size,
    sizeBytes: space.space_size,
  }));
  const cost = snapshotCost({ usedBytes: getHeapStatistics().used_heap_size, spaces });
  const refused = refuseSnapshot(cost, usualAllowance());
  if (refused === undefined) {
    const path = join(folder, `${process.pid}${recordingSuffixes.heapSnapshot}`);
    writeHeapSnapshot(`${path}.part`);
    renameSync(`${path}.part`, path);
  }
  return refused;
}
