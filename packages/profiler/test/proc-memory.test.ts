import { expect, it } from 'vitest';
import { parseStatus } from '../src/proc-memory.ts';
import { thinned } from '../src/timeline.ts';

it('reads a process’s status in bytes', () => {
  const text =
    'Name:\tpython3\nVmPeak:\t  300 kB\nVmSize:\t  200 kB\nVmHWM:\t  150 kB\nVmRSS:\t  100 kB\nVmSwap:\t    4 kB\nThreads:\t3\n';
  expect(parseStatus(7, text)).toEqual({
    pid: 7,
    rssBytes: 102_400,
    peakRssBytes: 153_600,
    virtualBytes: 204_800,
    swapBytes: 4096,
    threads: 3,
  });
});

it('a process that has ended has no memory', () => {
  expect(parseStatus(7, 'Name:\tpython3\nState:\tZ (zombie)\n')).toBeUndefined();
});

it('a chart keeps the highest of each stretch', () => {
  const timeline = { atMs: [0, 1, 2, 3, 4], rssBytes: [1, 9, 2, 3, 4], processes: [1, 1, 1, 1, 2], peak: undefined };
  expect(thinned(timeline, 2)).toEqual({ atMs: [1, 4], rssBytes: [9, 4], processes: [1, 2] });
});
