import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@preopen/core';

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

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** What is wrong with a summary, in words. */
function summaryProblem(given: unknown): string | undefined {
  if (!isFields(given)) return 'it is no object';
  const { pid, node, durationMs, collections, refused } = given;
  // The names of the other files are made of it.
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return 'its pid is none';
  if (typeof node !== 'string' || !isAmount(durationMs)) return 'it does not say which Node it was, and for how long';
  if (refused !== undefined && typeof refused !== 'string') return 'the reason for no heap snapshot is no text';
  if (collections === undefined) return undefined;
  const hasCounts =
    isFields(collections) &&
    isAmount(collections.count) &&
    isAmount(collections.major) &&
    isAmount(collections.totalPauseMs);
  return hasCounts ? undefined : 'its collections are no numbers';
}

async function readSummary(path: string): Promise<RecordingSummary> {
  const refuse = (problem: string, cause?: unknown): InputError =>
    new InputError(
      `${path} does not say what a Node process recorded: ${problem}. Was it written by another program?`,
      {
        at: path,
        cause,
      },
    );
  let summary: unknown;
  try {
    summary = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  const problem = summaryProblem(summary);
  if (problem !== undefined) throw refuse(problem);
  return summary as RecordingSummary;
}

/**
 * Recordings in a folder, the longest first. A process that was killed left none.
 * @throws InputError with the name of a summary that says something else
 */
export async function readRecordings(folder: string): Promise<NodeRecording[]> {
  const summaries = (await readdir(folder)).filter((name) => name.endsWith(recordingSuffixes.summary));
  const recordings = await Promise.all(
    summaries.map(async (name): Promise<NodeRecording> => {
      const summary = await readSummary(join(folder, name));
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
