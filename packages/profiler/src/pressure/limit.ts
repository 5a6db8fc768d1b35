import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import type { EnvironmentChange } from '@preopen/core';
import { createCgroup, type OwnCgroup } from '../cgroup.ts';

/**
 * What is limited. `heap`: V8's old space (`--max-old-space-size`), of each Node process. `address-space`: what a process
 * may map (`RLIMIT_AS`), so that an allocation fails in it. `control-group`: what all processes together keep resident;
 * the kernel ends one of them.
 */
export type LimitKind = 'heap' | 'address-space' | 'control-group';

/** All of them, the gentlest first. */
export const limitKinds: readonly LimitKind[] = ['heap', 'address-space', 'control-group'];

/** A limit as a setting. */
export interface MemoryLimit {
  readonly kind: LimitKind;
  readonly bytes: number;
}

/** V8 takes whole mebibytes. */
const mebibyte = 2 ** 20;

/** Why limits of this kind cannot be laid on processes here; `undefined` if they can. */
export function refuseLimitKind(kind: LimitKind): string | undefined {
  if (kind === 'heap') return undefined;
  if (process.platform !== 'linux') return `needs Linux, and this is ${process.platform}`;
  if (kind === 'address-space') {
    return spawnSync('prlimit', ['--version'], { stdio: 'ignore' }).status === 0
      ? undefined
      : 'needs prlimit, which is part of util-linux';
  }
  const group = createCgroup('probe', 1e9);
  group?.remove();
  return group
    ? undefined
    : 'needs the rights to make a memory control group: run it as root, or where your user has been given one';
}

/** Adds flags to `NODE_OPTIONS`; what is in it is kept, and the last of equal flags holds. */
export const withNodeFlags =
  (flags: readonly string[]): EnvironmentChange =>
  (before) =>
    flags.length === 0 ? {} : { NODE_OPTIONS: `${before.NODE_OPTIONS ?? ''} ${flags.join(' ')}`.trim() };

/** A limit in force, or ready to be. */
export interface LaidLimit {
  readonly environment: EnvironmentChange;
  /** Lays it on a process that has just been started, before it has done much. */
  apply(pid: number): void;
  /** Processes that the kernel ended for it so far. */
  kills(): number;
  remove(): void;
}

const nothing: LaidLimit = { environment: () => ({}), apply: () => {}, kills: () => 0, remove: () => {} };

/**
 * Makes a limit ready for one run.
 * @param name unique among the runs of this process
 * @throws Error if it cannot be set; ask `refuseLimitKind` first
 */
export function layLimit(limit: MemoryLimit | undefined, name: string): LaidLimit {
  if (!limit) return nothing;
  const { kind, bytes } = limit;
  if (kind === 'heap') {
    const flag = `--max-old-space-size=${Math.max(1, Math.round(bytes / mebibyte))}`;
    return { ...nothing, environment: withNodeFlags([flag]) };
  }
  if (kind === 'address-space') return { ...nothing, apply: (pid) => limitAddressSpace(pid, bytes) };
  const group = createCgroup(name, Math.round(bytes));
  if (!group) throw new Error(`no control group could be made with a limit of ${(bytes / 1e6).toFixed(0)} MB`);
  return ofGroup(group);
}

function limitAddressSpace(pid: number, bytes: number): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--as=${Math.round(bytes)}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`prlimit could not limit process ${pid}: ${stderr.trim()}`);
}

function ofGroup(group: OwnCgroup): LaidLimit {
  return {
    environment: () => ({}),
    apply: (pid) => appendFileSync(group.procsPath, String(pid)),
    kills: group.kills,
    remove: group.remove,
  };
}
