import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { readProcessMemory } from '../src/proc-memory.ts';
import { systemProcessTable, watchProcessTable } from '../src/process-table.ts';

const holding = (megabytes: number): string =>
  `const kept = Buffer.alloc(${megabytes} * 2 ** 20, 1); console.log('ready'); setInterval(() => kept.length, 1000);`;
const parent = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', ${JSON.stringify(holding(120))}], { stdio: ['ignore', 'inherit', 'inherit'] });
process.on('SIGTERM', () => { child.kill(); process.exit(); });
${holding(60)}`;

describe('memory without /proc, by the package systeminformation', () => {
  it('is that of the process and of its child, as the kernel has it, with a peak that says what it leaves open', async () => {
    const started = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let said = '';
      started.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const watch = watchProcessTable({ pids: () => [started.pid!], clock: systemClock });
      // Both have their memory, and were looked at twice since.
      await expect.poll(() => said.match(/ready/g)?.length, { timeout: 30_000 }).toBe(2);
      await expect.poll(() => watch.nowBytes(), { timeout: 30_000 }).toBeGreaterThan(180 * 2 ** 20);
      const own = readProcessMemory(started.pid!);
      const { peak, processes } = watch.stop();
      expect(Math.max(...processes)).toBe(2);
      expect(peak!.exactness).toBe('over-count');
      expect(peak!.bytes).toBeGreaterThan(180 * 2 ** 20);
      expect(peak!.interval!.low).toBeLessThan(peak!.bytes);
      expect(peak!.interval!.high).toBeGreaterThan(peak!.bytes);
      expect(peak!.source).toContain('shared pages are counted in each process');
      const listed = (await (await systemProcessTable())!()).find(({ pid }) => pid === started.pid);
      // Linux itself can tell whether the library does; elsewhere nobody can.
      if (own) expect(listed!.rssBytes / own.rssBytes).toBeCloseTo(1, 1);
    } finally {
      started.kill();
      if (started.exitCode === null) await once(started, 'exit');
    }
  });

  it('is nothing at all without the package', async () => {
    const watch = watchProcessTable({
      pids: () => [process.pid],
      clock: systemClock,
      table: Promise.resolve(undefined),
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(watch.stop().peak).toBeUndefined();
  });

  it('survives looks that fail, and counts the time until the next as a gap', async () => {
    let looks = 0;
    const table = async () => {
      if (++looks === 1) throw new Error('no memory for ps');
      return [
        { pid: 1, parentPid: 0, rssBytes: 5e6, virtualBytes: 9e6 },
        { pid: 2, parentPid: 1, rssBytes: 3e6, virtualBytes: 9e6 },
        { pid: 3, parentPid: 0, rssBytes: 8e6, virtualBytes: 9e6 },
      ];
    };
    const watch = watchProcessTable({ pids: () => [1], clock: systemClock, table: Promise.resolve(table) });
    await expect.poll(() => watch.nowBytes(), { timeout: 10_000 }).toBe(8e6);
    const { peak, rssBytes } = watch.stop();
    expect(rssBytes.every((bytes) => bytes === 8e6)).toBe(true);
    expect(peak).toMatchObject({ bytes: 8e6, processes: 2, interval: { low: 5e6 } });
  });
});
