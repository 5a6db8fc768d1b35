import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from './processes.ts';

/** Resident memory of processes, added up; pages that they share count for each. `undefined` where `/proc` does not tell. */
export function residentBytes(processes: readonly ProcessIdentity[]): number | undefined {
  let total = 0;
  for (const { pid } of processes) {
    try {
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
      total += Number(kilobytes ?? 0) * 1024;
    } catch {
      // It has ended since it was listed.
    }
  }
  return total > 0 ? total : undefined;
}
