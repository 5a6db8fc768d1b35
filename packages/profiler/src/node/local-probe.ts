import { type HeapProfiler, type Profiler, Session } from 'node:inspector';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { GcEvents, NodeProbe } from './probe.ts';

/** Collections between two askings that are kept; the record lies outside the heap that is judged. */
const gcCapacity = 16_384;

/** V8's own collector, without a flag on the command line and without a global that anybody would see. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return collect;
}

/** Probes the process it runs in. Nothing is switched on before it is asked for. */
export function localProbe(): NodeProbe {
  let collect: (() => void) | undefined;
  let session: Session | undefined;
  let gcRecord: ReturnType<typeof recordGc> | undefined;
  const post = <T>(method: string, params?: object): Promise<T> => {
    session ??= new Session();
    try {
      session.connect();
    } catch {
      // It is connected already.
    }
    return new Promise((resolve, reject) => {
      session!.post(method, params, (problem, result) => (problem ? reject(problem) : resolve(result as T)));
    });
  };
  return {
    async settle() {
      collect ??= collector();
      collect();
      // Finalizers run in a turn of their own; what they let go of is garbage only then.
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      const heap = getHeapStatistics();
      return {
        heapBytes: heap.used_heap_size,
        externalBytes: heap.external_memory,
        residentBytes: process.memoryUsage.rss(),
      };
    },
    async heap() {
      const heap = getHeapStatistics();
      return {
        usedBytes: heap.used_heap_size,
        totalBytes: heap.total_heap_size,
        limitBytes: heap.heap_size_limit,
        externalBytes: heap.external_memory,
        arrayBufferBytes: process.memoryUsage().arrayBuffers,
        spaces: getHeapSpaceStatistics().map((space) => ({
          name: space.space_name,
          usedBytes: space.space_used_size,
          sizeBytes: space.space_size,
        })),
      };
    },
    async startGcEvents() {
      gcRecord ??= recordGc();
    },
    async gcEvents() {
      if (!gcRecord) throw new Error('gcEvents: not started');
      return gcRecord.take();
    },
    async startAllocations(intervalBytes, keepsOptimized = false) {
      if (keepsOptimized) {
        await post('HeapProfiler.startSampling', { samplingInterval: intervalBytes });
        return;
      }
      // Optimized code that places objects in the old space at once is invisible to V8's sampling (measured: a planted leak
      // vanished from the profile after 900 calls). Counting coverage makes V8 drop all optimized code, and none is made
      // anew until the sampling ends: without that the leak vanished again on a fast machine.
      setFlagsFromString('--no-allocation-site-pretenuring');
      setFlagsFromString('--no-opt');
      await post('Profiler.enable');
      await post('Profiler.startPreciseCoverage', { callCount: true });
      await post('Profiler.stopPreciseCoverage');
      await post('HeapProfiler.startSampling', { samplingInterval: intervalBytes });
    },
    allocations: async () =>
      (await post<{ profile: HeapProfiler.SamplingHeapProfile }>('HeapProfiler.getSamplingProfile')).profile,
    stopAllocations: async () => {
      await post('HeapProfiler.stopSampling');
      setFlagsFromString('--allocation-site-pretenuring');
      setFlagsFromString('--opt');
    },
    async startCpuProfile(intervalMicroseconds) {
      await post('Profiler.enable');
      await post('Profiler.setSamplingInterval', { interval: intervalMicroseconds });
      await post('Profiler.start');
    },
    async stopCpuProfile() {
      const { profile } = await post<{ profile: Profiler.Profile }>('Profiler.stop');
      await post('Profiler.disable');
      return profile;
    },
    writeSnapshot: async (path) => writeHeapSnapshot(path),
  };
}

function recordGc(): { take(): GcEvents } {
  const kind = new Uint8Array(gcCapacity);
  const startMs = new Float64Array(gcCapacity);
  const pauseMs = new Float64Array(gcCapacity);
  let count = 0;
  let dropped = 0;
  const keep = (entries: readonly { startTime: number; duration: number; detail?: unknown }[]): void => {
    for (const entry of entries) {
      if (count === gcCapacity) {
        dropped++;
        continue;
      }
      kind[count] = (entry.detail as { kind?: number } | undefined)?.kind ?? 0;
      startMs[count] = entry.startTime;
      pauseMs[count++] = entry.duration;
    }
  };
  const observer = new PerformanceObserver((list) => keep(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    take() {
      keep(observer.takeRecords());
      const events = {
        kind: Array.from(kind.subarray(0, count)),
        atWallMs: Array.from(startMs.subarray(0, count), (ms) => performance.timeOrigin + ms),
        pauseMs: Array.from(pauseMs.subarray(0, count)),
        dropped,
      };
      count = 0;
      dropped = 0;
      return events;
    },
  };
}
