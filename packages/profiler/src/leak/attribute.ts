import { mkdtemp, rm } from 'node:fs/promises';
import type { HeapProfiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growingSites } from '../allocation-profile.ts';
import type { NodeProbe } from '../node/probe.ts';
import { countKinds, growingKinds } from '../snapshot/compare.ts';
import { refuseSnapshot, snapshotCost, usualAllowance } from '../snapshot/cost.ts';
import type { HeapGraph } from '../snapshot/heap-graph.ts';
import { readHeapSnapshot } from '../snapshot/read-snapshot.ts';
import { highestId, retainerPath } from '../snapshot/retainers.ts';
import type { Workload } from './recorder.ts';
import type { AllocationSite, LeakCulprit } from './report.ts';

/** A prime number of iterations: kinds that grow by a multiple of it grow with the workload and with nothing else. */
const primeIterations = 97;
/** Samples that the growth should give: enough that a place with a tenth of it stands out. */
const wantedSamples = 400;
const sitesShown = 5;

/** What is to be attributed, and what it may take. */
export interface AttributionRequest {
  readonly node: NodeProbe;
  readonly workload: Workload;
  /** Iterations to sample over. */
  readonly iterations: number;
  /** Growth that was found. */
  readonly bytesPerIteration: number;
  readonly allowSnapshots: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Names who allocates what stays. It runs the workload on: in the run that was judged nothing was switched on. First
 * allocations are sampled, and what is alive at half time compared with the end, so that a cache that has filled cancels
 * out; then classes are counted in three heap snapshots, if these may be taken.
 */
export async function attributeLeak(request: AttributionRequest): Promise<LeakCulprit> {
  const { node, iterations, bytesPerIteration, allowSnapshots } = request;
  const expectedBytes = bytesPerIteration * iterations;
  await node.startAllocations(Math.round(Math.min(65_536, Math.max(512, expectedBytes / wantedSamples))));
  let half: HeapProfiler.SamplingHeapProfile;
  let profile: HeapProfiler.SamplingHeapProfile;
  try {
    const profileAfterWork = async (): Promise<HeapProfiler.SamplingHeapProfile> => {
      await work(request, Math.ceil(iterations / 2));
      await node.settle();
      return node.allocations();
    };
    half = await profileAfterWork();
    profile = await profileAfterWork();
  } finally {
    // A process that has ended samples no longer.
    await node.stopAllocations().catch(() => undefined);
  }
  const allocatedBy: readonly AllocationSite[] = growingSites(half, profile).slice(0, sitesShown);
  const refused = allowSnapshots
    ? refuseSnapshot(snapshotCost(await node.heap()), usualAllowance())
    : 'heap snapshots were not asked for';
  if (refused !== undefined) return { allocatedBy, profile, reasons: [`the class is not named: ${refused}`] };
  const named = await namedBySnapshots(request);
  return named
    ? { allocatedBy, profile, ...named, reasons: [] }
    : { allocatedBy, profile, reasons: ['no kind of object grew in both intervals between three heap snapshots'] };
}

async function work({ workload, signal }: AttributionRequest, iterations: number): Promise<void> {
  for (let i = 0; i < iterations; i++) {
    signal?.throwIfAborted();
    await workload();
  }
}

async function namedBySnapshots(
  request: AttributionRequest,
): Promise<Pick<LeakCulprit, 'constructorName' | 'objectsPerIteration' | 'retainedBy'> | undefined> {
  const { node } = request;
  const folder = await mkdtemp(join(tmpdir(), 'preopen-heap-'));
  const snapshot = async (): Promise<HeapGraph> => {
    await node.settle();
    const path = await node.writeSnapshot(join(folder, 'now.heapsnapshot'));
    const graph = await readHeapSnapshot(path);
    await rm(path);
    return graph;
  };
  try {
    const first = await snapshot();
    const newerThanId = highestId(first);
    await work(request, primeIterations);
    const second = countKinds(await snapshot());
    await work(request, primeIterations);
    const third = await snapshot();
    const [kind] = growingKinds([countKinds(first), second, countKinds(third)], primeIterations);
    if (!kind) return undefined;
    return {
      constructorName: kind.name,
      objectsPerIteration: kind.countChange / (2 * primeIterations),
      retainedBy: retainerPath(third, kind, newerThanId),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
