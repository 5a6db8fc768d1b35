import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSmallFile } from './proc-memory.ts';

/** Where the memory of a process is accounted: version 2 (one tree for all), or version 1 (a tree for memory). */
export interface MemoryCgroup {
  readonly version: 1 | 2;
  readonly path: string;
}

/** Names of the same figures in both versions. Source: cgroups(7), the kernel's cgroup-v2.rst and memory.rst */
const files = {
  1: { peak: 'memory.max_usage_in_bytes', limit: 'memory.limit_in_bytes', kills: 'memory.oom_control' },
  2: { peak: 'memory.peak', limit: 'memory.max', kills: 'memory.events' },
} as const;

/**
 * The memory control group of a process.
 * @param cgroupText text of `/proc/PID/cgroup`
 * @param mountsText text of `/proc/mounts`
 * @returns `undefined` where memory is not accounted
 */
export function memoryCgroupOf(cgroupText: string, mountsText: string): MemoryCgroup | undefined {
  const mounts = mountsText.split('\n').map((line) => line.split(' '));
  for (const line of cgroupText.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (!controllers?.split(',').includes('memory') || path === undefined) continue;
    const mount = mounts.find(([, , type, options]) => type === 'cgroup' && options?.split(',').includes('memory'));
    if (mount?.[1]) return { version: 1, path: join(mount[1], path) };
  }
  const path = /^0::(.*)$/m.exec(cgroupText)?.[1];
  const mount = mounts.find(([, , type]) => type === 'cgroup2');
  return path === undefined || !mount?.[1] ? undefined : { version: 2, path: join(mount[1], path) };
}

/** Highest usage of a group so far, file pages included; `undefined` where the kernel does not keep it. */
function readCgroupPeakBytes({ version, path }: MemoryCgroup): number | undefined {
  const bytes = Number.parseInt(readSmallFile(join(path, files[version].peak)) ?? '', 10);
  return Number.isNaN(bytes) ? undefined : bytes;
}

/** A group of our own, for one tree. */
export interface OwnCgroup extends MemoryCgroup {
  /** Whoever writes its pid there belongs to the group, and all that it starts. */
  readonly procsPath: string;
  peakBytes(): number | undefined;
  /** Processes of the group that the kernel ended for want of memory. */
  kills(): number;
  /** Takes the group away, once nothing is left in it. */
  remove(): void;
}

/**
 * Makes a memory control group below our own.
 * @param name unique among the groups of this process
 * @returns `undefined` without the rights for it, which is the usual case for ordinary users
 */
export function createCgroup(name: string, limitBytes?: number): OwnCgroup | undefined {
  const own = readSmallFile('/proc/self/cgroup');
  let mounts: string;
  try {
    mounts = readFileSync('/proc/mounts', 'latin1');
  } catch {
    return undefined;
  }
  const parent = own === undefined ? undefined : memoryCgroupOf(own, mounts);
  if (!parent) return undefined;
  const group: MemoryCgroup = { version: parent.version, path: join(parent.path, `preopen-${process.pid}-${name}`) };
  const remove = (): void => {
    try {
      rmdirSync(group.path);
    } catch {
      // Something is left in it, or it is gone: either way there is nothing more that we may do.
    }
  };
  try {
    mkdirSync(group.path);
    if (limitBytes !== undefined) writeFileSync(join(group.path, files[group.version].limit), String(limitBytes));
    // Version 2 may refuse the memory controller to a group below one that holds processes.
    if (readCgroupPeakBytes(group) === undefined) throw new Error('no memory controller');
  } catch {
    remove();
    return undefined;
  }
  return {
    ...group,
    procsPath: join(group.path, 'cgroup.procs'),
    peakBytes: () => readCgroupPeakBytes(group),
    kills: () =>
      Number(/^oom_kill (\d+)$/m.exec(readSmallFile(join(group.path, files[group.version].kills)) ?? '')?.[1] ?? 0),
    remove,
  };
}
