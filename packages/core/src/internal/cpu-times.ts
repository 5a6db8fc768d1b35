import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

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
  /** Whether it is a thread of the kernel, with no program of its own. */
  readonly isKernel: boolean;
}

/** The bit of the flags that marks a thread of the kernel. Source: `PF_KTHREAD` of Linux' `include/linux/sched.h`. */
const kernelFlag = 0x0020_0000;

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
    isKernel: (ticks(6) & kernelFlag) !== 0,
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
  /** All processes; threads of the kernel that are known already as they were when they were last read, unless `isWhole`. */
  processes(isWhole: boolean): readonly ProcessTicks[];
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

function runningPids(): readonly number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  } catch {
    return [];
  }
}

/** `/proc/PID/stat` is one line: 52 numbers, and a name of 15 letters, or of 63 for a thread of the kernel. */
const line = Buffer.alloc(4096);

/** Half of what `readFileSync` takes, which asks for the size first and makes room for each file anew. */
function readProcess(pid: number): ProcessTicks | undefined {
  let file: number | undefined;
  try {
    file = openSync(`/proc/${pid}/stat`, 'r');
    return parseProcessTicks(line.toString('latin1', 0, readSync(file, line, 0, line.length, 0)));
  } catch {
    // It has ended, or is not to be seen by us.
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Threads of the kernel, most of the process table, as they were when they were last read. */
let knownKernel: ReadonlyMap<number, ProcessTicks> = new Map();

/**
 * A look keeps a core from others: the fewer processes it reads the shorter. Who has got the number of a thread of the kernel that
 * ended is overlooked until the next whole look, and no time is lost by that: times add up from a process' beginning.
 */
function readProcesses(isWhole: boolean): readonly ProcessTicks[] {
  const processes = runningPids().flatMap(
    (pid) => (isWhole ? undefined : knownKernel.get(pid)) ?? readProcess(pid) ?? [],
  );
  if (isWhole)
    knownKernel = new Map(processes.flatMap((process) => (process.isKernel ? [[process.pid, process]] : [])));
  return processes;
}

/** The running machine, from `/proc`; everywhere else it reads nothing. */
export const procCpuTimes: CpuTimesSource = {
  machine: () => parseMachineTicks(readText('/proc/stat')),
  processes: readProcesses,
  pressureUs: () => parsePressureUs(readText('/proc/pressure/cpu')),
};
