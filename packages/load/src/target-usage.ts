import { readFileSync } from 'node:fs';
import type { Clock, RunningService } from '@preopen/core';

/** What the target's processes used while something ran. */
export interface TargetUsage {
  /** Cores in use on average. */
  readonly cores: number;
  readonly rssBytes: number;
}

/** Clock ticks of Linux are 10 ms on every machine that Node runs on; pages are asked for once. */
const msPerTick = 10;

function ticksOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function rssBytesOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024;
}

function sumOver(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum + of(pid);
    } catch {
      return sum; // It has ended meanwhile.
    }
  }, 0);
}

/**
 * Starts reading what a service's processes use.
 * @returns a function that gives it for the time since; `undefined` where the processes are unknown or have no `/proc`
 */
export function watchTarget(service: RunningService, clock: Clock): () => TargetUsage | undefined {
  const pids = (): readonly number[] => service.process?.pids() ?? [];
  const startMs = clock.nowMs();
  const startTicks = sumOver(pids(), ticksOf);
  return () => {
    const now = pids();
    const ticks = sumOver(now, ticksOf);
    if (now.length === 0 || ticks === 0) return undefined;
    const elapsedMs = clock.nowMs() - startMs;
    return {
      cores: Math.max(0, (ticks - startTicks) * msPerTick) / elapsedMs,
      rssBytes: sumOver(now, rssBytesOf),
    };
  };
}
