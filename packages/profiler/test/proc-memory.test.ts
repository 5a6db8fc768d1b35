import { existsSync, readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { openProcess, parentOf, parseStatus, readProcessMemory } from '../src/proc-memory.ts';
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

describe.skipIf(!existsSync('/proc/self/status'))('on Linux', () => {
  it('sizes alone are those of the status, in bytes', () => {
    const own = openProcess(process.pid)!;
    const sizes = { rssBytes: 0, virtualBytes: 0 };
    expect(own.readSizes(sizes)).toBe(true);
    const status = readProcessMemory(process.pid)!;
    expect(Math.abs(sizes.rssBytes / status.rssBytes - 1)).toBeLessThan(0.05);
    expect(Math.abs(sizes.virtualBytes / status.virtualBytes - 1)).toBeLessThan(0.05);
    own.close();
  });

  it('a process has a parent, a thread and what is not there have none', async () => {
    expect(parentOf(process.pid)).toBe(process.ppid);
    expect(parentOf(2 ** 22 + 1)).toBeUndefined();
    const before = new Set(readdirSync('/proc/self/task'));
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await new Promise((resolve) => worker.once('online', resolve));
    const thread = readdirSync('/proc/self/task').find((one) => !before.has(one))!;
    expect(parentOf(Number(thread))).toBeUndefined();
    await worker.terminate();
  });
});
