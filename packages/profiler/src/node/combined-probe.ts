import type { NodeProbe, SettledMemory } from './probe.ts';

/**
 * Several Node processes of one target as one: their settled memory is added up. Who allocated what is asked of the one
 * with the largest heap.
 */
export function combinedProbe(probes: readonly NodeProbe[]): NodeProbe {
  if (probes.length === 1) return probes[0]!;
  let largest = probes[0]!;
  let isSampling = false;
  return {
    async settle() {
      const all = await Promise.all(probes.map((probe) => probe.settle()));
      const heaps = all.map(({ heapBytes }) => heapBytes);
      if (!isSampling) largest = probes[heaps.indexOf(Math.max(...heaps))]!;
      const sum = (of: (one: SettledMemory) => number): number => all.reduce((total, one) => total + of(one), 0);
      return {
        heapBytes: sum(({ heapBytes }) => heapBytes),
        externalBytes: sum(({ externalBytes }) => externalBytes),
        residentBytes: sum(({ residentBytes }) => residentBytes),
      };
    },
    heap: () => largest.heap(),
    startGcEvents: () => largest.startGcEvents(),
    gcEvents: () => largest.gcEvents(),
    startAllocations(intervalBytes, keepsOptimized) {
      isSampling = true;
      return largest.startAllocations(intervalBytes, keepsOptimized);
    },
    allocations: () => largest.allocations(),
    stopAllocations() {
      isSampling = false;
      return largest.stopAllocations();
    },
    startCpuProfile: (intervalMicroseconds) => largest.startCpuProfile(intervalMicroseconds),
    stopCpuProfile: () => largest.stopCpuProfile(),
    writeSnapshot: (path) => largest.writeSnapshot(path),
  };
}
