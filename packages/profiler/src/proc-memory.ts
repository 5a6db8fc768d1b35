import { closeSync, openSync, readSync } from 'node:fs';

/** Memory of one process, in bytes; `NaN` where the kernel does not tell. */
export interface ProcessMemory {
  readonly pid: number;
  readonly rssBytes: number;
  /** Highest resident size since the process began, kept by the kernel: no spike between two looks is missed. */
  readonly peakRssBytes: number;
  readonly virtualBytes: number;
  readonly swapBytes: number;
  readonly threads: number;
}

/** One buffer for all reads: looking at memory must not use any. */
const buffer = Buffer.alloc(16 * 1024);

function readSmallFile(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    // It ended while it was read.
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function field(text: string, name: string): number {
  const at = text.indexOf(`\n${name}:`);
  return at < 0 ? Number.NaN : Number.parseInt(text.slice(at + name.length + 2), 10);
}

/** Reads `/proc/PID/status`; `undefined` for a process that has ended (a zombie has no memory left either). */
export function parseStatus(pid: number, text: string): ProcessMemory | undefined {
  const rssKiB = field(text, 'VmRSS');
  if (Number.isNaN(rssKiB)) return undefined;
  return {
    pid,
    rssBytes: rssKiB * 1024,
    peakRssBytes: field(text, 'VmHWM') * 1024,
    virtualBytes: field(text, 'VmSize') * 1024,
    swapBytes: field(text, 'VmSwap') * 1024,
    threads: field(text, 'Threads'),
  };
}

/** Memory of a process now; `undefined` if it has ended or there is no `/proc`. */
export function readProcessMemory(pid: number): ProcessMemory | undefined {
  const text = readSmallFile(`/proc/${pid}/status`);
  return text === undefined ? undefined : parseStatus(pid, text);
}

/**
 * Proportional set size: shared pages are counted by share, so that sums over processes are true. Dear to read (the kernel
 * walks the page tables): about a millisecond per gigabyte.
 */
export function readPssBytes(pid: number): number | undefined {
  const text = readSmallFile(`/proc/${pid}/smaps_rollup`);
  const kiB = text === undefined ? Number.NaN : field(text, 'Pss');
  return Number.isNaN(kiB) ? undefined : kiB * 1024;
}
