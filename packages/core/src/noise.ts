import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import type { Clock } from './clock.ts';
import type { NoiseReading } from './results.ts';

/** Above these, figures of time are not to be trusted. Sources of the limits: load tests with and without neighbours. */
const limits = { foreignCpuShare: 0.1, stealShare: 0.01, calibrationRatio: 1.5 };

/** Clock ticks a second in `/proc` files; fixed at 100 by the kernel's interface to user space. */
const ticksPerSecond = 100;

/** CPU time of the whole machine, in ticks since it started. */
export interface MachineTicks {
  readonly busy: number;
  readonly steal: number;
  readonly total: number;
}

/** Reads the first line of `/proc/stat`; `undefined` if it is not one. */
export function parseMachineTicks(text: string): MachineTicks | undefined {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/).map(Number);
  if (!fields || fields.length < 8 || fields.some((field) => !Number.isFinite(field))) return undefined;
  // user nice system idle iowait irq softirq steal; guest time is within user time.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  const busy = user + nice + system + irq + softirq;
  return { busy, steal, total: busy + steal + idle + iowait };
}

/** Own and waited-for children's CPU time of a process, with its parent and start time. */
export interface ProcessTicks {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** User and system time of the process itself. */
  readonly own: number;
  /** The same of children that have ended and were waited for. */
  readonly children: number;
  /** With the pid it tells a process from a later one of the same number. */
  readonly startedAt: string;
}

/** Reads `/proc/PID/stat`; `undefined` if it is not one. */
export function parseProcessTicks(text: string): ProcessTicks | undefined {
  // The name stands in brackets and may hold blanks and brackets itself.
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < 0) return undefined;
  const fields = text.slice(close + 2).split(' ');
  const tick = (index: number): number => Number(fields[index]);
  return {
    pid: Number(text.slice(0, open)),
    parent: tick(1),
    name: text.slice(open + 1, close),
    own: tick(11) + tick(12),
    children: tick(13) + tick(14),
    startedAt: fields[19] ?? '',
  };
}

/** What is read from the machine; passed in for tests. */
export interface NoiseSources {
  /** `undefined` where there is no `/proc/stat`. */
  machine(): MachineTicks | undefined;
  processes(): readonly ProcessTicks[];
  /** Total microseconds in which some task waited for a CPU; `undefined` where the kernel does not tell. */
  cpuPressureUs(): number | undefined;
  cores: number;
}

const readOrUndefined = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** The running machine, from `/proc`. */
export const procSources: NoiseSources = {
  machine: () => parseMachineTicks(readOrUndefined('/proc/stat') ?? ''),
  processes() {
    let names: string[];
    try {
      names = readdirSync('/proc');
    } catch {
      return [];
    }
    return names.flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      const read = parseProcessTicks(readOrUndefined(`/proc/${name}/stat`) ?? '');
      return read ? [read] : [];
    });
  },
  cpuPressureUs: () => {
    const total = /^some .*total=(\d+)/m.exec(readOrUndefined('/proc/pressure/cpu') ?? '')?.[1];
    return total === undefined ? undefined : Number(total);
  },
  cores: os.cpus().length,
};

/** Time of a fixed piece of integer arithmetic, the best of a few tries: what one core gives right now. */
function calibrateMs(clock: Clock): number {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const startMs = clock.nowMs();
    let x = round | 1;
    for (let i = 0; i < 200_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 1;
    const tookMs = clock.nowMs() - startMs;
    // Reading x keeps the loop from being dropped as dead code.
    bestMs = Math.min(bestMs, x === 0.5 ? 0 : tookMs);
  }
  return bestMs;
}

/** The fastest calibration of this process so far: what the machine can give. */
let fastestCalibrationMs = Number.POSITIVE_INFINITY;

/** A process and all its descendants among those listed. */
function withDescendants(processes: readonly ProcessTicks[], roots: ReadonlySet<number>): Set<number> {
  const ours = new Set(roots);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of processes) {
      if (!ours.has(pid) && ours.has(parent)) {
        ours.add(pid);
        grew = true;
      }
    }
  }
  return ours;
}

/** CPU time by process, ours and others', kept up from sample to sample so that the ended ones still count. */
function createAccount(): {
  update(processes: readonly ProcessTicks[], ours: ReadonlySet<number>): void;
  readonly ownTicks: number;
  biggestForeign(): string[];
} {
  const last = new Map<string, { own: number; children: number }>();
  const foreign = new Map<string, number>();
  const oursBefore = new Set<string>();
  let ownTicks = 0;
  let first = true;
  return {
    update(processes, ours) {
      const seen = new Set<string>();
      let reaped = 0;
      for (const process of processes) {
        const key = `${process.pid}@${process.startedAt}`;
        seen.add(key);
        const before = last.get(key);
        // A process that is new since the last look did all of its work in between.
        const grownOwn = process.own - (before?.own ?? (first ? process.own : 0));
        const grownChildren = process.children - (before?.children ?? (first ? process.children : 0));
        if (ours.has(process.pid)) {
          ownTicks += grownOwn;
          reaped += grownChildren;
          oursBefore.add(key);
        } else if (grownOwn > 0) {
          foreign.set(process.name, (foreign.get(process.name) ?? 0) + grownOwn);
        }
        last.set(key, { own: process.own, children: process.children });
      }
      // Children of ours that ended and were waited for bring their whole life's time to their parent; what was seen of
      // it while they lived is counted already.
      let alreadyCounted = 0;
      for (const [key, ticks] of last) {
        if (seen.has(key)) continue;
        if (oursBefore.has(key)) alreadyCounted += ticks.own + ticks.children;
        last.delete(key);
        oursBefore.delete(key);
      }
      ownTicks += Math.max(0, reaped - alreadyCounted);
      first = false;
    },
    get ownTicks() {
      return ownTicks;
    },
    biggestForeign: () =>
      [...foreign]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 3)
        .map(([name]) => name),
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/**
 * Starts reading how much of the machine others use: everything busy, less the processes under measurement and their
 * descendants. Looks once a second; a foreign process that starts and ends between two looks is counted in the share but
 * not named. Costs some milliseconds of CPU a second on a machine with hundreds of processes.
 * @param options.ownPids processes that count as ours, asked at each look
 */
export function startNoiseProbe(options: {
  readonly clock: Clock;
  readonly ownPids: () => readonly number[];
  readonly intervalMs?: number;
  readonly sources?: NoiseSources;
}): { stop(): Promise<NoiseReading> } {
  const { clock, ownPids, intervalMs = 1000, sources = procSources } = options;
  const before = calibrateMs(clock);
  const account = createAccount();
  const roots = new Set<number>();
  const look = (): void => {
    for (const pid of ownPids()) roots.add(pid);
    const processes = sources.processes();
    account.update(processes, withDescendants(processes, roots));
  };
  const startTicks = sources.machine();
  const startPressureUs = sources.cpuPressureUs();
  const startMs = clock.nowMs();
  look();
  const timer = setInterval(look, intervalMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      look();
      const elapsedMs = clock.nowMs() - startMs;
      const endTicks = sources.machine();
      const endPressureUs = sources.cpuPressureUs();
      const after = calibrateMs(clock);
      fastestCalibrationMs = Math.min(fastestCalibrationMs, before, after);
      const calibrationRatio = fastestCalibrationMs > 0 ? Math.max(before, after) / fastestCalibrationMs : null;
      const cpuPressureShare =
        startPressureUs === undefined || endPressureUs === undefined || elapsedMs <= 0
          ? null
          : Math.min(1, Math.max(0, (endPressureUs - startPressureUs) / 1000 / elapsedMs));
      const readable = startTicks !== undefined && endTicks !== undefined && endTicks.total > startTicks.total;
      // Total ticks can fall short where idle cores are not accounted; the cores' own time is then the better whole.
      const total = readable
        ? Math.max(endTicks.total - startTicks.total, (elapsedMs / 1000) * ticksPerSecond * 0.5)
        : 0;
      const share = (ticks: number): number => Math.min(1, Math.max(0, ticks / total));
      const foreignCpuShare = readable ? share(endTicks.busy - startTicks.busy - account.ownTicks) : null;
      const stealShare = readable ? share(endTicks.steal - startTicks.steal) : null;
      const reasons: string[] = [];
      if (foreignCpuShare !== null && foreignCpuShare > limits.foreignCpuShare) {
        const names = account.biggestForeign();
        reasons.push(
          `other processes took ${percent(foreignCpuShare)} of the machine${names.length > 0 ? ` (${names.join(', ')})` : ''}`,
        );
      }
      if (stealShare !== null && stealShare > limits.stealShare)
        reasons.push(`the hypervisor gave ${percent(stealShare)} of it to others`);
      if (calibrationRatio !== null && calibrationRatio > limits.calibrationRatio) {
        reasons.push(`a fixed piece of arithmetic took ${calibrationRatio.toFixed(1)} times as long as it can`);
      }
      return {
        foreignCpuShare,
        stealShare,
        cpuPressureShare,
        calibrationRatio,
        contaminated: reasons.length > 0,
        reason:
          reasons.length > 0
            ? reasons.join('; ')
            : readable
              ? ''
              : 'how much of the machine others used cannot be read here',
      };
    },
  };
}
