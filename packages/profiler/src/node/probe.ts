import type { HeapProfiler, Profiler } from 'node:inspector';

/** Memory of a Node process after its garbage was collected, in bytes. */
export interface SettledMemory {
  /** Live objects of the JavaScript heap. */
  readonly heapBytes: number;
  /** Outside it and held by it: buffers, typed arrays. */
  readonly externalBytes: number;
  readonly residentBytes: number;
}

/** Size of one of V8's heap spaces, in bytes. */
export interface HeapSpace {
  readonly name: string;
  readonly usedBytes: number;
  readonly sizeBytes: number;
}

/** Memory of a Node process as it is, garbage included, in bytes. */
export interface HeapReading {
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly limitBytes: number;
  readonly externalBytes: number;
  readonly arrayBufferBytes: number;
  readonly spaces: readonly HeapSpace[];
}

/** Garbage collections since they were last asked for, as columns. */
export interface GcEvents {
  /** 1 scavenge, 4 mark-sweep-compact, 8 incremental marking, 16 weak callbacks. Source: perf_hooks, `NODE_PERFORMANCE_GC_*` */
  readonly kind: readonly number[];
  /** Milliseconds since 1970. */
  readonly atWallMs: readonly number[];
  readonly pauseMs: readonly number[];
  /** Collections that found no room in the record. */
  readonly dropped: number;
}

/** What can be asked of a Node process; all of it happens in that process. */
export interface NodeProbe {
  /** Collects garbage twice, with a turn of the event loop between, and reads. Keeps nothing in the heap. */
  settle(): Promise<SettledMemory>;
  /** Sizes of the heap now, without a collection. */
  heap(): Promise<HeapReading>;
  /** Begins to note each garbage collection. */
  startGcEvents(): Promise<void>;
  /** The collections since the last question. */
  gcEvents(): Promise<GcEvents>;
  /**
   * Begins to sample allocations.
   * @param intervalBytes mean distance between samples
   * @param keepsOptimized leaves optimized code as it is, which costs next to nothing but hides what such code places in the old
   *   space at once. Default false: nothing is hidden, and the process runs slower as long as it samples
   */
  startAllocations(intervalBytes: number, keepsOptimized?: boolean): Promise<void>;
  /** What was allocated since the start and is still alive. */
  allocations(): Promise<HeapProfiler.SamplingHeapProfile>;
  /** Ends the sampling of allocations. */
  stopAllocations(): Promise<void>;
  /** Begins to sample stacks. */
  startCpuProfile(intervalMicroseconds: number): Promise<void>;
  /** Ends the sampling of stacks, and gives what was seen. */
  stopCpuProfile(): Promise<Profiler.Profile>;
  /** Stops the process while it writes; look at `snapshotCost` first. */
  writeSnapshot(path: string): Promise<string>;
}
