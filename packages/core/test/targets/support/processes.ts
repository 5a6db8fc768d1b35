import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { isAlive, readProcStat } from '../../../src/targets/proc.ts';
import type { StartOptions } from '../../../src/targets/service.ts';

/** Folder of the scripts that play targets. */
export const supportDir: string = fileURLToPath(new URL('.', import.meta.url));

const made: string[] = [];
// Of the file that imports this: what its tests leave is gone when they have ended.
afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A folder of its own for one test. */
export const aWorkDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'preopen-targets-'));
  made.push(dir);
  return dir;
};

/** Options for starting a target, with the scripts' folder as the config's. */
export const startOptions = (changes: Partial<StartOptions> = {}): StartOptions => ({
  clock: systemClock,
  signal: new AbortController().signal,
  workDir: aWorkDir(),
  configDir: supportDir,
  ...changes,
});

export const isRunning = (pid: number): boolean => isAlive(readProcStat(pid));

/** Waits for a condition that other processes bring about; gives up with what it was. */
export async function eventually(what: string, holds: () => boolean, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(10);
  }
}

/** The pids that `process-tree.mjs` prints. */
export const printedPids = (lines: readonly string[]): readonly number[] =>
  (lines.find((line) => line.startsWith('pids')) ?? 'pids').split(' ').slice(1).map(Number);
