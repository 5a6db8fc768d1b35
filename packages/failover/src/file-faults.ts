import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { type Availability, available, type Fault, type FaultSite, needs } from './fault.ts';
import { needsProcesses } from './process-faults.ts';
import { faultFilePrefix, isMountPoint, runTool } from './undo/record.ts';

/** A disk larger than this is somebody's, and takes long to fill. */
const largestDiskBytes = 2 ** 30;

/** Whether a folder holds another one, or is it. */
const holds = (folder: string, other: string): boolean => !relative(folder, resolve(other)).startsWith('..');

/** Why a folder is not one that a fault may touch: it must exist and hold neither our own files nor the user's home. */
function whyNotFolder(folder: string): string | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return `the folder ${folder}`;
  const isShared = [process.cwd(), homedir(), process.execPath, '/usr', '/etc', '/proc'].some((other) =>
    holds(folder, other),
  );
  return isShared ? `a folder of the service's own: ${folder} holds more than that` : undefined;
}

/** User that a process runs as. */
function userOf(pid: number): number {
  return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? Number.NaN);
}

/**
 * Fills the disk that a folder of the service lies on (ENOSPC). Only a small file system of the folder's own is filled, such as
 * `mount -t tmpfs -o size=64m`: nobody else may run out of space.
 */
export function fillDisk(durationMs: number, folder: string): Fault {
  const path = resolve(folder);
  return {
    id: 'disk-full',
    title: `${path} full for ${durationMs} ms`,
    touches: 'address',
    durationMs,
    async probe() {
      const why = whyNotFolder(path);
      if (why !== undefined) return needs(why);
      const { blocks, bsize } = statfsSync(path);
      const isOwn = statSync(path).dev !== statSync(dirname(path)).dev;
      if (!isOwn || blocks * bsize > largestDiskBytes) {
        return needs(
          `a file system of its own of at most 1 GiB at ${path}, as by mount -t tmpfs -o size=64m tmpfs ${path}`,
        );
      }
      try {
        accessSync(path, constants.W_OK);
        return available;
      } catch {
        return needs(`the right to write to ${path}`);
      }
    },
    async inject(site) {
      const fill = join(path, `${faultFilePrefix}fill-${process.pid}`);
      const undo = site.journal.before({ kind: 'remove', path: fill });
      const file = openSync(fill, 'wx', 0o600);
      try {
        // Down to single blocks: a file system that still takes a small file is not full.
        for (let chunk = Buffer.alloc(1 << 20); chunk.length >= 512; chunk = chunk.subarray(0, chunk.length / 2)) {
          while (takes(file, chunk)) {}
        }
      } finally {
        closeSync(file);
      }
      return undo;
    },
  };
}

/** Whether a file takes some bytes more. */
function takes(file: number, chunk: Buffer): boolean {
  try {
    return writeSync(file, chunk) === chunk.length;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw cause;
  }
}

/** Whether the permissions of a folder bind the service: those of root are not looked at. */
const isBoundByMode = (site: FaultSite): boolean => site.processes().every(({ pid }) => userOf(pid) !== 0);

/** Tries a read-only mount of a folder on itself and takes it off. */
function whyNotMountable(path: string): string | undefined {
  if (isMountPoint(path))
    return `a folder that is no mount: ${path} is one, and a second mount on it would hide which is whose`;
  return process.getuid?.() === 0 ? undefined : 'root, since the service runs as root, whom permissions do not bind';
}

/**
 * Makes a folder of the service read-only: by its permissions, or for a service that runs as root by a read-only mount of the
 * folder on itself (EROFS).
 */
export function makeReadOnly(durationMs: number, folder: string): Fault {
  const path = resolve(folder);
  return {
    id: 'read-only',
    title: `${path} read-only for ${durationMs} ms`,
    touches: 'processes',
    durationMs,
    async probe(site): Promise<Availability> {
      const reachable = needsProcesses(site);
      if (!reachable.isAvailable) return reachable;
      const why = whyNotFolder(path) ?? (isBoundByMode(site) ? undefined : whyNotMountable(path));
      return why === undefined ? available : needs(why);
    },
    async inject(site) {
      if (isBoundByMode(site)) {
        const mode = statSync(path).mode & 0o7777;
        const undo = site.journal.before({ kind: 'mode', path, mode });
        chmodSync(path, mode & ~0o222);
        return undo;
      }
      const undo = site.journal.before({ kind: 'unmount', path });
      runTool('mount', ['--bind', path, path]);
      runTool('mount', ['-o', 'remount,bind,ro', path]);
      verifyReadOnly(path);
      return undo;
    },
  };
}

/** @throws Error if a file can still be made there */
function verifyReadOnly(path: string): void {
  const trial = join(path, `${faultFilePrefix}trial`);
  try {
    closeSync(openSync(trial, 'wx'));
  } catch {
    return;
  }
  rmSync(trial);
  throw new Error(`${path} can still be written to`);
}
