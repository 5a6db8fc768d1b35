import { readFileSync } from 'node:fs';
import type { TargetProcess } from '@preopen/core';

const pollMs = 200;
/** `statm` counts pages; Linux on x86-64 and arm64 servers has pages of 4 KiB. */
const pageBytes = 4096;

function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes;
  } catch {
    // It ended between the listing and the look.
    return 0;
  }
}

/** Watches what a process and all that it started hold in memory. */
export interface MemoryWatch {
  /** Ends the watch. @returns the highest sum that was seen, in bytes; `undefined` where there is no `/proc` */
  stop(): number | undefined;
}

/** Looks every 200 ms: peaks shorter than that are missed. */
export function watchMemory(process: TargetProcess): MemoryWatch {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(
      peak,
      process.pids().reduce((sum, pid) => sum + residentBytes(pid), 0),
    );
  };
  look();
  const timer = setInterval(look, pollMs);
  return {
    stop() {
      clearInterval(timer);
      return peak > 0 ? peak : undefined;
    },
  };
}
