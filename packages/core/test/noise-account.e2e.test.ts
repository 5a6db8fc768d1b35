import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createCpuAccount } from '../src/internal/cpu-account.ts';
import { procCpuTimes } from '../src/internal/cpu-times.ts';

/** Starts a process that works for this much CPU time, however busy the machine is, and ends. */
async function work(cpuMs: number): Promise<void> {
  const code = `const since = process.cpuUsage(); let used = 0;
    while (used < ${cpuMs * 1000}) { const { user, system } = process.cpuUsage(since); used = user + system; }`;
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
  await once(child, 'exit');
}

describe.skipIf(process.platform !== 'linux')(
  'an account of running processes (needs /proc)',
  { timeout: 60_000 },
  () => {
    it('counts the CPU time of children that come and go between its looks', async () => {
      const account = createCpuAccount();
      const look = (): void => account.look(procCpuTimes.processes(false), [process.pid]);
      look();
      const since = process.cpuUsage();
      const cpuMs = [150, 250, 350];
      for (const each of cpuMs) await work(each);
      look();
      const { user, system } = process.cpuUsage(since);
      const ownMs = (user + system) / 1000;
      const childrenMs = cpuMs.reduce((sum, each) => sum + each, 0);
      // Ticks are 10 ms; each child needs some CPU time to start and to end.
      expect(account.ownTicks * 10).toBeGreaterThan(ownMs + childrenMs - 40);
      expect(account.ownTicks * 10).toBeLessThan(ownMs + childrenMs + cpuMs.length * 150);
    });

    it('counts somebody whom nobody of ours started as foreign', async () => {
      const account = createCpuAccount();
      // This process is taken for a stranger's: only a process that does not exist is ours.
      const look = (): void => account.look(procCpuTimes.processes(true), [2 ** 30]);
      look();
      await work(200);
      look();
      expect(account.ownTicks).toBe(0);
      expect(account.foreignTicks().reduce((sum, { ticks }) => sum + ticks, 0)).toBeGreaterThan(18);
    });
  },
);
