import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

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

/** What a look writes into. */
export type Memory = { -readonly [Name in keyof ProcessMemory]: ProcessMemory[Name] };

export const noMemory = (pid: number): Memory => ({
  pid,
  rssBytes: Number.NaN,
  peakRssBytes: Number.NaN,
  virtualBytes: Number.NaN,
  swapBytes: Number.NaN,
  threads: Number.NaN,
});

/** One buffer for all reads: looking at memory must not use any. */
const buffer = Buffer.alloc(16 * 1024);

/** Reads an open file from its start into the one buffer; -1 if its process has ended. */
function bytesAt(fd: number): number {
  try {
    return readSync(fd, buffer, 0, buffer.length, 0);
  } catch {
    // It ended while it was read.
    return -1;
  }
}

/** The text of a small file of the kernel; `undefined` where there is none, or its process has ended. */
export function readSmallFile(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const length = bytesAt(fd);
    return length < 0 ? undefined : buffer.toString('latin1', 0, length);
  } finally {
    closeSync(fd);
  }
}

function field(text: string, name: string): number {
  const at = text.indexOf(`\n${name}:`);
  return at < 0 ? Number.NaN : Number.parseInt(text.slice(at + name.length + 2, at + name.length + 24), 10);
}

// Codes in what the kernel writes.
const blank = 0x20;
const zero = 0x30;
const lineEnd = 0x0a;
const tab = 0x09;
const letterT = 0x54;
const letterV = 0x56;

// How names of lines begin, as far as it tells them apart.
const names = {
  virtual: bytesOf('VmSize:'),
  peak: bytesOf('VmHWM:'),
  resident: bytesOf('VmRSS:'),
  swap: bytesOf('VmSwap:'),
  threads: bytesOf('Threads:'),
};

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Whether a line begins with a name. */
function begins(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let k = 0; k < name.length; k++) if (bytes[at + k] !== name[k]) return false;
  return true;
}

/** The whole number after blanks; `NaN` where there is none. */
function numberAt(bytes: Uint8Array, from: number, length: number): number {
  let at = from;
  while (at < length && (bytes[at] === blank || bytes[at] === tab)) at++;
  let digit = at < length ? bytes[at]! - zero : -1;
  if (digit < 0 || digit > 9) return Number.NaN;
  let value = 0;
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit;
    at++;
    digit = at < length ? bytes[at]! - zero : -1;
  }
  return value;
}

/**
 * Reads `/proc/PID/status` without making strings of it: what a look reads again and again.
 * @returns `false` for a process that has ended (a zombie has no memory left either)
 */
function readStatus(bytes: Uint8Array, length: number, into: Memory): boolean {
  into.rssBytes = Number.NaN;
  into.peakRssBytes = Number.NaN;
  into.virtualBytes = Number.NaN;
  into.swapBytes = Number.NaN;
  into.threads = Number.NaN;
  let at = 0;
  while (at < length) {
    if (bytes[at] === letterV) {
      if (begins(bytes, at, names.virtual))
        into.virtualBytes = numberAt(bytes, at + names.virtual.length, length) * 1024;
      else if (begins(bytes, at, names.peak))
        into.peakRssBytes = numberAt(bytes, at + names.peak.length, length) * 1024;
      else if (begins(bytes, at, names.resident))
        into.rssBytes = numberAt(bytes, at + names.resident.length, length) * 1024;
      else if (begins(bytes, at, names.swap)) into.swapBytes = numberAt(bytes, at + names.swap.length, length) * 1024;
    } else if (bytes[at] === letterT && begins(bytes, at, names.threads)) {
      into.threads = numberAt(bytes, at + names.threads.length, length);
      break;
    }
    while (at < length && bytes[at] !== lineEnd) at++;
    at++;
  }
  return !Number.isNaN(into.rssBytes);
}

/** As `readStatus`, of a text. */
export function parseStatus(pid: number, text: string): ProcessMemory | undefined {
  const bytes = bytesOf(text);
  const memory = noMemory(pid);
  return readStatus(bytes, bytes.length, memory) ? memory : undefined;
}

/** Memory of a process now; `undefined` if it has ended or there is no `/proc`. */
export function readProcessMemory(pid: number): ProcessMemory | undefined {
  const text = readSmallFile(`/proc/${pid}/status`);
  return text === undefined ? undefined : parseStatus(pid, text);
}

/** A process whose files stay open: half the cost of a look, and a pid that was given away again is never read. */
export interface OpenProcess {
  /** All of it, from `/proc/PID/status`; `false` if it has ended. */
  read(into: Memory): boolean;
  /** Resident and virtual size alone, from `/proc/PID/statm`, without an allocation and for a fifth of the cost; `false` if it has ended. */
  readSizes(into: { rssBytes: number; virtualBytes: number }): boolean;
  close(): void;
}

/** Opens a process for many looks; `undefined` if it has ended or there is no `/proc`. */
export function openProcess(pid: number): OpenProcess | undefined {
  let status: number;
  let sizes: number;
  try {
    status = openSync(`/proc/${pid}/status`, 'r');
  } catch {
    return undefined;
  }
  try {
    sizes = openSync(`/proc/${pid}/statm`, 'r');
  } catch {
    closeSync(status);
    return undefined;
  }
  return {
    read(into) {
      const length = bytesAt(status);
      return length > 0 && readStatus(buffer, length, into);
    },
    readSizes(into) {
      const length = bytesAt(sizes);
      const page = pageBytes();
      let at = 0;
      let pages = 0;
      for (; at < length && buffer[at] !== blank; at++) pages = pages * 10 + buffer[at]! - zero;
      into.virtualBytes = pages * page;
      pages = 0;
      for (at++; at < length && buffer[at] !== blank; at++) pages = pages * 10 + buffer[at]! - zero;
      into.rssBytes = pages * page;
      // A zombie, and a kernel thread, have nothing.
      return length > 0 && into.virtualBytes > 0;
    },
    close() {
      closeSync(status);
      closeSync(sizes);
    },
  };
}

let knownPageBytes = 0;

/** Size of a page of memory, which Node does not tell: our own size in bytes over that in pages, a power of two. */
function pageBytes(): number {
  if (knownPageBytes > 0) return knownPageBytes;
  const pages = Number.parseInt(readFileSync('/proc/self/statm', 'latin1'), 10);
  const bytes = parseStatus(process.pid, readFileSync('/proc/self/status', 'latin1'))!.virtualBytes;
  knownPageBytes = 2 ** Math.round(Math.log2(bytes / pages));
  return knownPageBytes;
}

/**
 * Proportional set size: shared pages are counted by share, so that sums over processes are true. Dear to read (the kernel
 * walks the page tables, and holds up the process while it does): 5 to 10 ms at 175 MB.
 */
export function readPssBytes(pid: number): number | undefined {
  const text = readSmallFile(`/proc/${pid}/smaps_rollup`);
  const kiB = text === undefined ? Number.NaN : field(text, 'Pss');
  return Number.isNaN(kiB) ? undefined : kiB * 1024;
}

/** The kernel counts CPU time in hundredths of a second for user programs, on every architecture. Source: time(7) */
const msPerTick = 10;

/** CPU time of a process so far, all threads, from the text of `/proc/PID/stat`. */
export function parseCpuMs(text: string): number | undefined {
  // Fields 14 and 15 of proc(5); the command's name in brackets may itself hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isNaN(ticks) ? undefined : ticks * msPerTick;
}

/** CPU time of a process so far; `undefined` if it has ended. */
export function readCpuMs(pid: number): number | undefined {
  const text = readSmallFile(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseCpuMs(text);
}

/** Open descriptors of a process; `undefined` if it has ended or is another user's. */
export function countDescriptors(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

/** The process that started another, or adopted it; `undefined` for a thread, and for what has ended. */
export function parentOf(pid: number): number | undefined {
  const path = `/proc/${pid}/status`;
  // Of what others start most has ended by now. Opening what is not there makes an error with its stack: 20 µs, the question 3.
  const text = existsSync(path) ? readSmallFile(path) : undefined;
  return text === undefined || field(text, 'Tgid') !== pid ? undefined : field(text, 'PPid');
}

/**
 * The pid that was given to the youngest process or thread of the machine: as long as it stays, nothing was started, and a
 * process tree need not be walked again. Its file stays open for many looks. `NaN` where it is hidden, as in some containers.
 */
export function openYoungestPid(): { read(): number; close(): void } {
  let fd: number;
  try {
    fd = openSync('/proc/loadavg', 'r');
  } catch {
    return { read: () => Number.NaN, close: () => {} };
  }
  return {
    read() {
      let at = bytesAt(fd) - 1;
      // "0.20 0.18 0.12 1/80 11206\n", from its end
      let pid = 0;
      if (buffer[at] === lineEnd) at--;
      for (let unit = 1; at >= 0 && buffer[at] !== blank; at--, unit *= 10) pid += (buffer[at]! - zero) * unit;
      return pid > 0 ? pid : Number.NaN;
    },
    close: () => closeSync(fd),
  };
}

/** CPU time of the calling thread so far, in ms; `NaN` where the kernel does not tell. Source: the kernel's sched-stats.rst */
export function openThreadCpu(): { readMs(): number; close(): void } {
  let fd: number;
  try {
    fd = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return { readMs: () => Number.NaN, close: () => {} };
  }
  return {
    readMs: () => numberAt(buffer, 0, bytesAt(fd)) / 1e6,
    close: () => closeSync(fd),
  };
}

/** A process and its living descendants, walked down from it. Those that another parent has adopted are not found. */
export function readProcessTree(pid: number): readonly number[] {
  const found = [pid];
  for (let at = 0; at < found.length; at++) {
    let threads: string[];
    try {
      threads = readdirSync(`/proc/${found[at]}/task`);
    } catch {
      continue;
    }
    for (const thread of threads) {
      const children = readSmallFile(`/proc/${found[at]}/task/${thread}/children`) ?? '';
      for (const child of children.split(' ')) if (child.trim() !== '') found.push(Number(child));
    }
  }
  return found;
}
