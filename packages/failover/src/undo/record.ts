import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lives, type ProcessIdentity, send } from '../processes.ts';

/** Files that faults make begin with this; nothing else is ever removed. */
export const faultFilePrefix = 'preopen-fault-';

/** A resource by the name that `prlimit` has for it: descriptors, size of files, address space. */
export type LimitedResource = 'nofile' | 'fsize' | 'as';

/** How one thing is undone, as plain data: it is done by whoever is left. Doing it twice is as good as once. */
export type UndoRecord =
  /** A stopped process is to go on. */
  | ({ readonly kind: 'continue' } & ProcessIdentity)
  /** A helper of ours is to end. */
  | ({ readonly kind: 'end' } & ProcessIdentity)
  /** A resource limit of a process is to be as it was; sizes as `prlimit` writes them. */
  | ({
      readonly kind: 'limit';
      readonly resource: LimitedResource;
      readonly soft: string;
      readonly hard: string;
    } & ProcessIdentity)
  /** A file or folder that a fault made, named `preopen-fault-…`, is to go. */
  | { readonly kind: 'remove'; readonly path: string }
  /** Permissions of a file or folder are to be as they were. */
  | { readonly kind: 'mode'; readonly path: string; readonly mode: number }
  /** The copy `preopen-fault-…` beside a file is to take its place again. */
  | { readonly kind: 'restore'; readonly path: string; readonly copy: string }
  /** A mount on a folder is to be taken off. */
  | { readonly kind: 'unmount'; readonly path: string }
  /** A control group is to give its processes back to the one above and to go. */
  | { readonly kind: 'cgroup'; readonly path: string };

const isText = (value: unknown): value is string => typeof value === 'string';
const isPath = (value: unknown): value is string => isText(value) && isAbsolute(value) && normalize(value) === value;
const isPid = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 1;
const isOurs = (path: string): boolean => basename(path).startsWith(faultFilePrefix);
const isLimit = (value: unknown): boolean => isText(value) && /^(\d+|unlimited)$/.test(value);

/** Reads a record from a file; what is not exactly one is refused, whoever wrote it. */
export function parseUndoRecord(value: unknown): UndoRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const hasProcess = isPid(given.pid) && isText(given.startTicks) && /^\d+$/.test(given.startTicks);
  const holds: Readonly<Record<string, () => boolean>> = {
    continue: () => hasProcess,
    end: () => hasProcess,
    limit: () =>
      hasProcess &&
      ['nofile', 'fsize', 'as'].includes(String(given.resource)) &&
      isLimit(given.soft) &&
      isLimit(given.hard),
    remove: () => isPath(given.path) && isOurs(given.path),
    mode: () => isPath(given.path) && Number.isSafeInteger(given.mode) && Number(given.mode) >>> 12 === 0,
    restore: () => isPath(given.path) && isPath(given.copy) && isOurs(given.copy) && !isOurs(given.path),
    unmount: () => isPath(given.path),
    cgroup: () => isPath(given.path) && given.path.startsWith('/sys/fs/cgroup/') && isOurs(given.path),
  };
  return Object.hasOwn(holds, String(given.kind)) && holds[String(given.kind)]!() ? (value as UndoRecord) : undefined;
}

/** Whether a record speaks of a process, whose number means nothing after the machine was started again. */
export const isOfProcess = ({ kind }: UndoRecord): boolean => ['continue', 'end', 'limit', 'cgroup'].includes(kind);

/** What a record undoes, for people. */
export function describeUndo(record: UndoRecord): string {
  switch (record.kind) {
    case 'continue':
      return `let process ${record.pid} go on`;
    case 'end':
      return `end the helper process ${record.pid}`;
    case 'limit':
      return `set the ${record.resource} limit of process ${record.pid} back to ${record.soft}`;
    case 'remove':
      return `remove ${record.path}`;
    case 'mode':
      return `set the permissions of ${record.path} back to ${record.mode.toString(8)}`;
    case 'restore':
      return `put ${record.path} back as it was`;
    case 'unmount':
      return `unmount ${record.path}`;
    case 'cgroup':
      return `dissolve the control group ${record.path}`;
  }
}

/** What has gone already needs no undoing; everything else that goes wrong is told. */
function unlessGone(act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (!['ENOENT', 'ESRCH'].includes(String((cause as NodeJS.ErrnoException).code))) throw cause;
  }
}

/** @throws Error with the program's own words */
export function runTool(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 5000 });
  if (error) throw new Error(`${program}: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim() || `code ${status}`}`);
  return stdout;
}

/** Whether something is mounted on a folder. The table writes blanks and the like as octal escapes. */
export function isMountPoint(path: string): boolean {
  const escaped = path.replace(/[\s\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
  try {
    return readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .some((line) => line.split(' ')[1] === escaped);
  } catch {
    return false;
  }
}

/** A group can go only once it is empty, and processes that were killed take a moment to leave it. */
async function dissolve(path: string): Promise<void> {
  const above = join(dirname(path), 'cgroup.procs');
  for (let tries = 0; ; tries++) {
    try {
      const members = readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
      for (const pid of members) unlessGone(() => writeFileSync(above, pid));
      rmdirSync(path);
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
      if (tries >= 100) throw cause;
    }
    await wait(20);
  }
}

/** A file system is busy until the processes that use it have gone, which those that were killed take a moment to. */
async function unmount(path: string): Promise<void> {
  for (let tries = 0; isMountPoint(path); tries++) {
    try {
      runTool('umount', [path]);
    } catch (cause) {
      if (tries >= 100) throw cause;
      await wait(20);
    }
  }
}

/**
 * Undoes what a record says; nothing where it is undone already.
 * @throws Error in words if that is not possible
 */
export async function applyUndo(record: UndoRecord): Promise<void> {
  switch (record.kind) {
    case 'continue':
      send(record, 'SIGCONT');
      return;
    case 'end':
      send(record, 'SIGKILL');
      return;
    case 'limit':
      if (!lives(record)) return;
      runTool('prlimit', ['--pid', String(record.pid), `--${record.resource}=${record.soft}:${record.hard}`]);
      return;
    case 'remove':
      rmSync(record.path, { recursive: true, force: true });
      return;
    case 'mode':
      unlessGone(() => chmodSync(record.path, record.mode));
      return;
    case 'restore':
      unlessGone(() => renameSync(record.copy, record.path));
      return;
    case 'unmount':
      await unmount(record.path);
      return;
    case 'cgroup':
      await dissolve(record.path);
      return;
  }
}
