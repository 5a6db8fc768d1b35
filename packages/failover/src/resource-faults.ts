import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type FaultGroup, groupProcesses, whyNoGroup } from './cgroup.ts';
import { available, type Fault, needs } from './fault.ts';
import { type Helper, startHelper } from './helper.ts';
import { residentBytes } from './memory.ts';
import { needsProcesses } from './process-faults.ts';
import { lives, type ProcessIdentity, until } from './processes.ts';

/** Processor time that a process has used, in clock ticks. Source: proc(5), fields 14 and 15 */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/**
 * Keeps all processors busy beside the service: threads that count, one for each processor and as important as the service.
 * Needs no privileges. Whoever else works on the machine feels it too, the load generator included; to slow the service
 * alone, `throttleCpu`.
 */
export function contendCpu(durationMs: number, threads: number = availableParallelism()): Fault {
  return {
    id: 'cpu',
    title: `${threads} threads take processor time for ${durationMs} ms`,
    touches: 'address',
    reaches: 'machine',
    durationMs,
    probe: async () =>
      process.platform === 'linux' ? available : needs('/proc, to see that processor time is really taken'),
    async inject(site) {
      const helper = await startHelper(site, ['--threads', String(threads)]);
      const idle = cpuTicks(helper.pid);
      helper.begin();
      if (!(await until(() => cpuTicks(helper.pid) > idle + 2, 5000))) {
        throw new Error('the threads that are to take processor time got none within 5 s');
      }
      return () => helper.end();
    },
  };
}

/** Length of the quota's period. The kernel's default, in microseconds. */
const periodUs = 100_000;

/**
 * Gives the service a share of one processor and no more, by a control group of its own: nobody else feels it.
 * @param share of one processor, as 0.1
 */
export function throttleCpu(durationMs: number, share: number): Fault {
  return {
    id: 'cpu-quota',
    title: `${Math.round(share * 100)} % of one processor for ${durationMs} ms`,
    touches: 'processes',
    reaches: 'target',
    durationMs,
    async probe(site) {
      const reachable = needsProcesses(site);
      const why = reachable.isAvailable ? whyNoGroup(site, 'cpu') : undefined;
      return why === undefined ? reachable : needs(why);
    },
    async inject(site) {
      const quotaUs = Math.round(periodUs * share);
      const group = groupProcesses(site, 'cpu', ({ version, write, read }) => {
        if (version === 1) write('cpu.cfs_quota_us', String(quotaUs));
        else write('cpu.max', `${quotaUs} ${periodUs}`);
        const set = Number.parseInt(read(version === 1 ? 'cpu.cfs_quota_us' : 'cpu.max'), 10);
        if (set !== quotaUs) throw new Error(`the kernel set a quota of ${set} µs in place of ${quotaUs} µs`);
      });
      return group.dissolve;
    },
  };
}

/** Processes that the kernel has killed in a group for lack of memory. */
function oomKills({ version, read }: FaultGroup): number {
  const text = read(version === 1 ? 'memory.oom_control' : 'memory.events');
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Memory of the group in which the helper takes all. What the service holds already is accounted where it was taken. */
const groupBytes = 128 * 2 ** 20;
/**
 * Helpers that share it. Where none can be spared, the kernel kills whoever has most, and the process that is named counts as if it
 * had all of the group's memory besides its own: one helper that held nearly all of it would have more than a small service, by what
 * it had before it came into the group.
 */
const memoryHelpers = 4;
/** By then the helper has met the limit many times over. */
const killWithinMs = 20_000;

/** What a group uses of its memory. */
const usedBytes = ({ version, read }: FaultGroup): number =>
  Number(read(version === 1 ? 'memory.usage_in_bytes' : 'memory.current'));

/** Whether a process may be put before others in the kernel's choice of whom to kill, and back: tried on ourselves. */
function canSpare(): boolean {
  const path = '/proc/self/oom_score_adj';
  try {
    const own = readFileSync(path, 'utf8').trim();
    writeFileSync(path, '-1000');
    writeFileSync(path, own);
    return true;
  } catch {
    return false;
  }
}

/**
 * Sees to it that the kernel chooses the service and not a helper. Without the privilege to spare helpers
 * (CAP_SYS_RESOURCE) the largest process of the service is named as the first to go, which every owner may, and none
 * take back: it is the one that dies.
 */
function nameVictim(helpers: readonly Helper[], victims: readonly ProcessIdentity[]): void {
  if (canSpare()) {
    for (const { pid } of helpers) writeFileSync(`/proc/${pid}/oom_score_adj`, '-1000');
    return;
  }
  const bytesOf = (victim: ProcessIdentity): number => residentBytes([victim]) ?? 0;
  const [largest] = [...victims].sort((a, b) => bytesOf(b) - bytesOf(a));
  writeFileSync(`/proc/${largest!.pid}/oom_score_adj`, '1000');
}

/**
 * Takes all memory in a control group around the service until the kernel kills it for lack of memory. A helper of ours takes
 * it; nothing outside the group is short of anything. The service is started again, as by its supervisor.
 */
export function exhaustMemory(): Fault {
  return {
    id: 'memory',
    title: 'service killed by the kernel for lack of memory',
    touches: 'processes',
    reaches: 'target',
    durationMs: 0,
    async probe(site) {
      const reachable = needsProcesses(site);
      if (!reachable.isAvailable) return reachable;
      const why = whyNoGroup(site, 'memory');
      if (why !== undefined) return needs(why);
      return site.service.process || canSpare()
        ? available
        : needs('the right to have a helper spared by the OOM killer (CAP_SYS_RESOURCE)');
    },
    async inject(site) {
      const victims = site.processes();
      const helpers: Helper[] = [];
      const endAll = (): Promise<unknown> => Promise.all(helpers.map((helper) => helper.end()));
      try {
        for (let i = 1; i <= memoryHelpers; i++) {
          const bytes = i < memoryHelpers ? groupBytes / memoryHelpers : 2 * groupBytes;
          helpers.push(await startHelper(site, ['--bytes', String(bytes)]));
        }
        nameVictim(helpers, victims);
        const group = groupProcesses(site, 'memory', ({ version, write }) => {
          write(version === 1 ? 'memory.limit_in_bytes' : 'memory.max', String(groupBytes));
        });
        const endMs = performance.now() + killWithinMs;
        for (const [i, helper] of helpers.entries()) {
          group.take(helper.pid);
          // One after another, or a quick one takes the share of the others.
          const isNext = (): boolean => usedBytes(group) >= (i * groupBytes) / memoryHelpers || oomKills(group) > 0;
          await until(isNext, killWithinMs);
          helper.begin();
        }
        while (oomKills(group) === 0) {
          if (performance.now() > endMs) throw new Error(`the kernel killed nothing within ${killWithinMs / 1000} s`);
          await wait(1);
        }
        await endAll();
        if (!(await until(() => !victims.every(lives), 2000))) throw new Error('the kernel killed another process');
        return group.dissolve;
      } finally {
        await endAll();
      }
    },
  };
}
