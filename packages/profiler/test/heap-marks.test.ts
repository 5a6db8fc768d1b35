import type { HeapProfiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { systemClock } from '@preopen/core';
import { expect, it } from 'vitest';
import type { ProbedProcess, ProbeServer } from '../src/node/probe-server.ts';
import { compareHeapAtMarks, heapMarkSentences } from '../src/snapshot/heap-marks.ts';

/** A process with so many bytes of small objects, of which `fill` allocated 5 MB since sampling began. */
function probesOf(smallBytes: number): { probes: ProbeServer; calls: string[] } {
  const calls: string[] = [];
  const frame = (functionName: string, lineNumber: number): HeapProfiler.SamplingHeapProfileNode['callFrame'] => ({
    functionName,
    scriptId: '1',
    url: 'file:///serve.js',
    lineNumber,
    columnNumber: 0,
  });
  const node = {
    pid: 7,
    heap: async () => ({
      usedBytes: smallBytes,
      spaces: [{ name: 'old_space', usedBytes: smallBytes, sizeBytes: smallBytes }],
    }),
    settle: async () => {
      calls.push('settle');
      return { heapBytes: smallBytes, externalBytes: 0, residentBytes: 0 };
    },
    startAllocations: async () => void calls.push('start'),
    stopAllocations: async () => void calls.push('stop'),
    writeSnapshot: async () => {
      throw new Error('a snapshot of this was refused');
    },
    allocations: async (): Promise<HeapProfiler.SamplingHeapProfile> => ({
      head: {
        callFrame: frame('(root)', 0),
        selfSize: 0,
        children: [{ callFrame: frame('fill', 11), selfSize: 5e6, children: [] }],
      },
    }),
  } as unknown as ProbedProcess;
  const probes: ProbeServer = { environment: () => ({}), processes: () => [node], close: async () => undefined };
  return { probes, calls };
}
const request = (signal = new AbortController().signal) => ({
  marksMs: [0, 1] as const,
  startMs: systemClock.nowMs(),
  clock: systemClock,
  folder: tmpdir(),
  signal,
});

it('a heap whose snapshot would cost too much is compared by what was allocated between the marks, and says why', async () => {
  const { probes, calls } = probesOf(1e13);
  const comparison = await compareHeapAtMarks(probes, request());
  expect(comparison).toMatchObject({ by: 'place', pid: 7 });
  expect(calls).toEqual(['settle', 'start', 'settle', 'stop']);
  const [found, why] = heapMarkSentences(comparison);
  expect(found).toContain('fill serve.js:12 5.0 MB');
  expect(why).toContain('a heap snapshot may take');
});

it('what ends before its second mark, and what has no Node, is told rather than compared', async () => {
  const { probes } = probesOf(1e13);
  const ended = new AbortController();
  const comparing = compareHeapAtMarks(probes, { ...request(ended.signal), marksMs: [0, 60_000] });
  setTimeout(() => ended.abort(), 20);
  expect(await comparing).toEqual({ by: 'nothing', reason: 'it ended before the second mark' });
  const none = await compareHeapAtMarks({ ...probes, processes: () => [] }, request());
  expect(heapMarkSentences(none)).toEqual(['no heaps were compared: no Node process answered at the first mark']);
});
