import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Variable of the environment that says what a Node process is to record of itself from its first line on. */
export const recordVariable = 'PREOPEN_PROFILER_RECORD';

/** What Node processes record of themselves, from before their own code until they end or are asked to finish. */
export interface NodeRecordingRequest {
  /** A folder that is there. */
  readonly folder: string;
  /** CPU profile. */
  readonly cpuIntervalMicroseconds?: number;
  /** Live allocations, sampled at this mean distance. */
  readonly allocationIntervalBytes?: number;
  /** Heap snapshot at the end, if its predicted cost fits. */
  readonly heapSnapshot?: boolean;
  /** Garbage collections, to the last one. */
  readonly collections?: boolean;
}

/** What a process says of its recording, in `PID.json`. */
export interface RecordingSummary {
  readonly pid: number;
  readonly node: string;
  readonly durationMs: number;
  readonly collections?: { readonly count: number; readonly major: number; readonly totalPauseMs: number };
  /** Why no heap snapshot was taken. */
  readonly refused?: string;
}

/** What one Node process recorded; paths of files. */
export interface NodeRecording extends RecordingSummary {
  readonly cpuProfilePath?: string;
  readonly heapProfilePath?: string;
  readonly heapSnapshotPath?: string;
}

/** Ends of the names of the files, after the pid. */
export const recordingSuffixes = {
  summary: '.json',
  cpuProfile: '.cpuprofile',
  heapProfile: '.heapprofile',
  heapSnapshot: '.heapsnapshot',
} as const;

/** Recordings in a folder, the longest first. A process that was killed left none. */
export async function readRecordings(folder: string): Promise<NodeRecording[]> {
  const summaries = (await readdir(folder)).filter((name) => name.endsWith(recordingSuffixes.summary));
  const recordings = await Promise.all(
    summaries.map(async (name): Promise<NodeRecording> => {
      const summary = JSON.parse(await readFile(join(folder, name), 'utf8')) as RecordingSummary;
      const pathOf = (suffix: string): string | undefined => {
        const path = join(folder, `${summary.pid}${suffix}`);
        return existsSync(path) ? path : undefined;
      };
      const cpuProfilePath = pathOf(recordingSuffixes.cpuProfile);
      const heapProfilePath = pathOf(recordingSuffixes.heapProfile);
      const heapSnapshotPath = pathOf(recordingSuffixes.heapSnapshot);
      return {
        ...summary,
        ...(cpuProfilePath ? { cpuProfilePath } : {}),
        ...(heapProfilePath ? { heapProfilePath } : {}),
        ...(heapSnapshotPath ? { heapSnapshotPath } : {}),
      };
    }),
  );
  return recordings.sort((a, b) => b.durationMs - a.durationMs);
}
