import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@preopen/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileMemory } from '../src/profile-memory.ts';

const hasProc = existsSync('/proc/self/status');
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim();

describe.skipIf(!hasProc || !python)('profileMemory (needs /proc and python3)', { timeout: 120_000 }, () => {
  let workDir: string;
  beforeAll(() => {
    workDir = mkdtempSync(join(tmpdir(), 'preopen-profile-test-'));
  });
  afterAll(() => rmSync(workDir, { recursive: true, force: true }));
  const { signal } = new AbortController();

  it('a spike just before the end is in the peak, to 1 % of what the process itself read', async () => {
    const script = `
import os
spike = bytearray(200_000_000)
for i in range(0, len(spike), 4096): spike[i] = 1
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], flush=True)
os._exit(3)`;
    const profile = await profileMemory({ kind: 'command', command: [python!, '-c', script] }, { workDir, signal });
    const truth = Number(profile.lastWords.at(-1)) * 1024;
    expect(truth).toBeGreaterThan(200_000_000);
    expect(Math.abs(profile.timeline.peak!.bytes / truth - 1)).toBeLessThan(0.01);
    expect(profile.timeline.peak!.exactness).toBe('exact');
    expect(profile.exit?.code).toBe(3);
  });

  it('a command that is not there is an error, not a short run', async () => {
    const command = ['no-such-program-here'] as const;
    await expect(profileMemory({ kind: 'command', command }, { workDir, signal })).rejects.toThrow(
      'the program “no-such-program-here” was not found',
    );
  });

  it('a command smaller than the program that waits for it is never said to be exactly as large', async () => {
    const { timeline, exit } = await profileMemory({ kind: 'command', command: ['true'] }, { workDir, signal });
    expect(exit?.code).toBe(0);
    // A look may come before the command has taken the place of the waiter's child.
    expect(timeline.peak?.exactness ?? 'lower-bound').toBe('lower-bound');
  });

  it('a Node command shows its heap spaces and collections, keeps its own NODE_OPTIONS, and sees nothing of us', async () => {
    const script = `
const kept = [];
const timer = setInterval(() => { for (let i = 0; i < 5000; i++) kept.push({ i }); }, 10);
setTimeout(() => { clearInterval(timer); console.log(typeof gc, process.title, process.execArgv.length, process.argv.length); }, 2500);`;
    const before = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = '--title=kept';
    try {
      const { node, lastWords } = await profileMemory(
        { kind: 'command', command: [process.execPath, '-e', script] },
        { workDir, signal },
      );
      expect(lastWords.at(-1)).toBe('undefined kept 2 1');
      expect(node!.gc.count).toBeGreaterThan(0);
      expect(node!.spaces.old_space).toBeGreaterThan(1e6);
      expect(Math.max(...node!.usedBytes)).toBeGreaterThan(2e6);
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    }
  });

  it('a command is ended when the time is over, and a process that runs is left alone', async () => {
    const asleep = ['-c', 'import time; time.sleep(60)'];
    const ended = await profileMemory(
      { kind: 'command', command: [python!, ...asleep] },
      { workDir, signal, durationMs: 800 },
    );
    expect(ended.exit).toBeUndefined();
    expect(ended.timeline.peak!.bytes).toBeGreaterThan(1e6);
    const child = spawn(python!, asleep, { stdio: 'ignore' });
    try {
      const watched = await profileMemory({ kind: 'pid', pid: child.pid! }, { workDir, signal, durationMs: 300 });
      expect(watched.timeline.peak).toMatchObject({ exactness: 'exact', processes: 1 });
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill();
    }
  });

  it('a process that is not there is refused', async () => {
    await expect(profileMemory({ kind: 'pid', pid: 2 ** 22 + 1 }, { workDir, signal })).rejects.toThrow(InputError);
  });
});
