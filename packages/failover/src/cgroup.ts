import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultSite } from './fault.ts';
import type { ProcessIdentity } from './processes.ts';
import { faultFilePrefix } from './undo/record.ts';

export type Controller = 'cpu' | 'memory';

/** Where a controller accounts for a process: version 1 (a tree for each), or version 2 (one tree for all). */
export interface ControlGroup {
  readonly version: 1 | 2;
  readonly path: string;
}

/**
 * The control group of a process under a controller; `undefined` where there is none, or none below `/sys/fs/cgroup`.
 * Source: cgroups(7)
 */
function groupOf({ pid }: ProcessIdentity, controller: Controller): ControlGroup | undefined {
  let groups: string;
  let mounts: string[][];
  try {
    groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '));
  } catch {
    return undefined;
  }
  const listed = groups.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line) ?? []);
  const own = listed.find(([, names]) => names?.split(',').includes(controller));
  const mount = own
    ? mounts.find(([, , type, options]) => type === 'cgroup' && options?.split(',').includes(controller))
    : mounts.find(([, , type]) => type === 'cgroup2');
  const path = own?.[2] ?? listed.find(([, names]) => names === '')?.[2];
  if (!mount?.[1]?.startsWith('/sys/fs/cgroup') || path === undefined) return undefined;
  return { version: own ? 1 : 2, path: join(mount[1], path) };
}

/** A file that a group has if the controller works in it. */
const mark: Readonly<Record<Controller, Readonly<Record<1 | 2, string>>>> = {
  cpu: { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' },
  memory: { 1: 'memory.limit_in_bytes', 2: 'memory.max' },
};

const whyNone = (controller: Controller, why: string): string =>
  `the right to make a control group for ${controller} (root, or a delegated group): ${why}`;

/** Whether a group of its own can be made for the processes of the site; tries it, empty, and takes it away. */
export function whyNoGroup(site: FaultSite, controller: Controller): string | undefined {
  const [process] = site.processes();
  const above = process && groupOf(process, controller);
  if (!above) return whyNone(controller, 'there is no such controller here');
  const path = join(above.path, `${faultFilePrefix}probe-${process.pid}`);
  try {
    mkdirSync(path);
    try {
      if (existsSync(join(path, mark[controller][above.version]))) return undefined;
      return whyNone(controller, `${above.path} does not pass the controller on`);
    } finally {
      rmdirSync(path);
    }
  } catch (cause) {
    return whyNone(controller, (cause as Error).message);
  }
}

/** A group with the processes of the site in it. */
export interface FaultGroup extends ControlGroup {
  /** Takes a process in, one of ours. */
  take(pid: number): void;
  write(file: string, text: string): void;
  read(file: string): string;
  /** Gives the processes back and goes. */
  dissolve(): Promise<void>;
}

/**
 * Puts the processes of the site into a group of their own, below the one that they are in.
 * @param prepare sets the group up before a process is in it
 */
export function groupProcesses(
  site: FaultSite,
  controller: Controller,
  prepare: (group: FaultGroup) => void,
): FaultGroup {
  const processes = site.processes();
  const above = processes[0] && groupOf(processes[0], controller);
  if (!above) throw new Error(`the service is in no control group for ${controller}`);
  const path = join(above.path, `${faultFilePrefix}${controller}-${processes[0]!.pid}`);
  const dissolve = site.journal.before({ kind: 'cgroup', path });
  mkdirSync(path);
  const write = (file: string, text: string): void => writeFileSync(join(path, file), text);
  const group: FaultGroup = {
    version: above.version,
    path,
    take: (pid) => write('cgroup.procs', String(pid)),
    write,
    read: (file) => readFileSync(join(path, file), 'utf8'),
    dissolve,
  };
  prepare(group);
  for (const { pid } of processes) group.take(pid);
  return group;
}
