import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of the whole machine in clock ticks (10 ms) since it started, all cores together. */
export interface MachineTicks {
  /** Work of processes, in user and in kernel mode. */
  readonly processes: number;
  /** Interrupts and what follows from them; belongs to no process. */
  readonly interrupts: number;
  /** Wanted, but given to other virtual machines by the hypervisor. */
  readonly steal: number;
  /** All of the above and idle time. */
  readonly total: number;
}

/** Reads `/proc/stat`; `undefined` if it is not that. Source: proc(5). */
export function parseMachineTicks(text: string): MachineTicks | undefined {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/).map(Number);
  if (!fields || fields.length < 8 || fields.some((field) => !Number.isFinite(field))) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  // Two more fields, guest time, are part of user time already.
  const processes = user + nice + system;
  const interrupts = irq + softirq;
  return { processes, interrupts, steal, total: processes + interrupts + steal + idle + iowait };
}

/** CPU time of a process, in clock ticks, with its place in the tree of processes. */
export interface ProcessTicks {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** User and system time of the process itself, all threads. */
  readonly own: number;
  /** The same of its children, and theirs, that have ended and were waited for. */
  readonly children: number;
  /** With the pid it tells a process from a later one of the same number. */
  readonly startedAt: string;
}

/** Reads `/proc/PID/stat`; `undefined` if it is not that. Source: proc(5). */
export function parseProcessTicks(text: string): ProcessTicks | undefined {
  // The name stands in brackets and may hold blanks and brackets itself.
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2).split(' ');
  const ticks = (index: number): number => Number(fields[index]);
  return {
    pid: Number(text.slice(0, open)),
    parent: ticks(1),
    name: text.slice(open + 1, close),
    own: ticks(11) + ticks(12),
    children: ticks(13) + ticks(14),
    startedAt: fields[19] ?? '',
  };
}

/** Reads the total of “some” in `/proc/pressure/cpu`: microseconds in which a task waited for a CPU. */
export function parsePressureUs(text: string): number | undefined {
  const total = /^some .*total=(\d+)/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total);
}

/** What is read from the machine; passed in for tests. */
export interface CpuTimesSource {
  /** `undefined` where it cannot be read. */
  machine(): MachineTicks | undefined;
  processes(): readonly ProcessTicks[];
  /** `undefined` where the kernel does not tell. */
  pressureUs(): number | undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function runningPids(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** The running machine, from `/proc`; everywhere else it reads nothing. */
export const procCpuTimes: CpuTimesSource = {
  machine: () => parseMachineTicks(readText('/proc/stat')),
  processes: () => runningPids().flatMap((pid) => parseProcessTicks(readText(`/proc/${pid}/stat`)) ?? []),
  pressureUs: () => parsePressureUs(readText('/proc/pressure/cpu')),
};
