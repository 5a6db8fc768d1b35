import { readFile } from 'node:fs/promises';
import { type CheckContext, type Evidence, InputError } from '@preopen/core';
import { allocationSites, siteText } from '../allocation-profile.ts';
import { allocationFlames, cpuFlames } from '../cpu/flame-graph.ts';
import { flamePage } from '../cpu/flame-page.ts';
import { summarizeCpu } from '../cpu/hotspots.ts';
import { readAllocationProfile, readCpuProfile } from '../cpu/profile-file.ts';
import { cpuPprof, heapPprof } from '../export/pprof.ts';
import type { NodeRecording, NodeRecordingRequest } from '../node/recording.ts';

/** What a user wants recorded of Node processes. */
export interface RecordingWish {
  /** CPU profile and flame graph. */
  readonly cpu?: boolean;
  /** Live allocations by sampling, and their flame graph. */
  readonly allocations?: boolean;
  /** Heap snapshot at the end, if its predicted cost fits; the peak of such a run is not judged. */
  readonly heapSnapshot?: boolean;
  /** Both profiles also as pprof files; needs the package `pprof-format`. */
  readonly pprof?: boolean;
}

/**
 * Twice V8's own pace. A process is often woken by a sample, so that samples fall on the same places of all bursts of equal length: of
 * bursts of 8 ms what is told may be wrong by an interval each. At 250 µs it costs 13 % more CPU time, and here 8 %, and V8's samples
 * come late all the same where its thread has to wait for a core.
 */
const cpuIntervalMicroseconds = 500;
/** 1.2 to 3.8 % more CPU time of work that allocates much; V8's own distance, half of it, 2.7 to 5.6 %. */
const allocationIntervalBytes = 1_048_576;
/** Processes whose files are kept. */
const mostProcesses = 4;
const functionsShown = 5;

/** What Node processes are to be told. */
export function recordingRequest({
  cpu,
  allocations,
  heapSnapshot,
}: RecordingWish): Omit<NodeRecordingRequest, 'folder'> {
  return {
    ...(cpu ? { cpuIntervalMicroseconds } : {}),
    ...(allocations ? { allocationIntervalBytes } : {}),
    ...(heapSnapshot ? { heapSnapshot } : {}),
  };
}

/**
 * Keeps what Node processes recorded as evidence, with flame graphs, and says what it shows.
 * @throws InputError if something was wanted, and no Node process recorded anything
 */
export async function keepRecordings(
  context: CheckContext,
  recordings: readonly NodeRecording[],
  wish: RecordingWish,
): Promise<{ readonly evidence: readonly Evidence[]; readonly notes: readonly string[] }> {
  if (!wish.cpu && !wish.allocations && !wish.heapSnapshot) return { evidence: [], notes: [] };
  if (recordings.length === 0) {
    throw new InputError(
      'no Node process recorded anything: CPU and heap profiles are those of Node, and a process that is killed from outside leaves none. Profile a command that runs Node, and end it with --duration.',
    );
  }
  const evidence: Evidence[] = [];
  const notes: string[] = [];
  for (const recording of recordings.slice(0, mostProcesses)) {
    for (const kept of [await keepCpu(context, recording, wish), await keepHeap(context, recording, wish)]) {
      evidence.push(...kept.evidence);
      notes.push(...kept.notes);
    }
  }
  const more = recordings.length - mostProcesses;
  if (more > 0) notes.push(`${more} more Node processes recorded something, which is not kept`);
  return { evidence, notes };
}

interface Kept {
  readonly evidence: readonly Evidence[];
  readonly notes: readonly string[];
}

async function keepCpu(
  context: CheckContext,
  { pid, cpuProfilePath }: NodeRecording,
  { pprof }: RecordingWish,
): Promise<Kept> {
  if (cpuProfilePath === undefined) return { evidence: [], notes: [] };
  const { text, profile } = await readCpuProfile(cpuProfilePath);
  const { durationMs, idleMs, collectingMs, functions } = summarizeCpu(profile);
  const page = flamePage(cpuFlames(profile), {
    title: `CPU time of Node process ${pid}`,
    show: (ms) => `${ms.toFixed(1)} ms`,
  });
  const evidence = [
    await context.keep(`cpu-${pid}.html`, `Flame graph of process ${pid}`, 'text/html', page),
    await context.keep(
      `${pid}.cpuprofile`,
      `CPU profile of process ${pid}, for DevTools and speedscope`,
      'application/json',
      text,
    ),
    ...(pprof
      ? [
          await context.keep(
            `cpu-${pid}.pb.gz`,
            `CPU profile of process ${pid}, for pprof`,
            'application/gzip',
            await cpuPprof(profile),
          ),
        ]
      : []),
  ];
  const hottest = functions.slice(0, functionsShown).map(({ functionName, url, line, selfShare, selfMs }) => {
    const file = url === '' ? '' : ` ${url.split('/').at(-1)}:${line}`;
    return `${functionName}${file} ${(selfShare * 100).toFixed(0)} % (${selfMs.toFixed(0)} ms)`;
  });
  const spent = `${(durationMs / 1000).toFixed(1)} s, of which ${((100 * idleMs) / Math.max(1, durationMs)).toFixed(0)} % idle and ${((100 * collectingMs) / Math.max(1, durationMs)).toFixed(1)} % collecting garbage`;
  return { evidence, notes: [`process ${pid}: ${spent}; most of the work in ${hottest.join(', ')}`] };
}

async function keepHeap(
  context: CheckContext,
  { pid, heapProfilePath, heapSnapshotPath, refused }: NodeRecording,
  { pprof }: RecordingWish,
): Promise<Kept> {
  const evidence: Evidence[] = [];
  const notes: string[] = [];
  if (heapProfilePath !== undefined) {
    const { text, profile } = await readAllocationProfile(heapProfilePath);
    const page = flamePage(allocationFlames(profile), {
      title: `Memory of Node process ${pid} by who allocated it, alive at the end`,
      show: (bytes) => `${(bytes / 1e6).toFixed(2)} MB`,
    });
    evidence.push(
      await context.keep(`allocations-${pid}.html`, `Flame graph of live memory of process ${pid}`, 'text/html', page),
      await context.keep(
        `${pid}.heapprofile`,
        `Live allocations of process ${pid}, for DevTools`,
        'application/json',
        text,
      ),
    );
    if (pprof) {
      const file = await heapPprof(profile);
      evidence.push(
        await context.keep(
          `heap-${pid}.pb.gz`,
          `Live allocations of process ${pid}, for pprof`,
          'application/gzip',
          file,
        ),
      );
    }
    const sites = [...allocationSites(profile).values()].sort((a, b) => b.bytes - a.bytes).slice(0, functionsShown);
    if (sites.length > 0) {
      const shown = sites.map(siteText);
      notes.push(`process ${pid}: alive at the end and allocated by ${shown.join(', ')}`);
    }
  }
  if (heapSnapshotPath !== undefined) {
    const content = await readFile(heapSnapshotPath);
    evidence.push(
      await context.keep(
        `${pid}.heapsnapshot`,
        `Heap snapshot of process ${pid}, for DevTools`,
        'application/json',
        content,
      ),
    );
  }
  if (refused !== undefined) notes.push(`process ${pid}: no heap snapshot: ${refused}`);
  return { evidence, notes };
}
