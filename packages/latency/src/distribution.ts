import type { Series } from '@preopen/core';

/** Bins in each power of ten: neighbours differ by a fifth, which is less than runs differ. */
const binsPerDecade = 12;
/** Below it clocks cannot tell durations apart. */
const leastMs = 0.001;

/**
 * How often each duration occurred, in bins that are equally wide on a logarithmic scale; every bin from the first to the
 * last that holds one, empty ones included.
 */
export function durationHistogram(id: string, title: string, durationsMs: Float64Array): Series {
  const binOf = (ms: number): number => Math.floor(Math.log10(Math.max(leastMs, ms)) * binsPerDecade);
  const edge = (bin: number): number => 10 ** (bin / binsPerDecade);
  const counts = new Map<number, number>();
  for (const ms of durationsMs) counts.set(binOf(ms), (counts.get(binOf(ms)) ?? 0) + 1);
  const first = Math.min(...counts.keys());
  const last = Math.max(...counts.keys());
  // Of no duration the length is −Infinity, which is no bin.
  const bins = Array.from({ length: last - first + 1 }, (_, k) => first + k);
  return {
    id,
    title,
    columns: [
      { name: 'from', unit: 'ms', values: bins.map(edge) },
      { name: 'to', unit: 'ms', values: bins.map((bin) => edge(bin + 1)) },
      { name: 'requests', unit: 'count', values: bins.map((bin) => counts.get(bin) ?? 0) },
    ],
  };
}
