import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { Environment } from './results.ts';

/** Gives a small text file's content, `undefined` where there is none; passed in for tests. */
export type FileReader = (path: string) => Promise<string | undefined>;

const readText: FileReader = (path) => readFile(path, 'utf8').catch(() => undefined);

/** Values beyond this are the kernel's way to say “no limit”. */
const noLimitBytes = 2 ** 60;

function limitOf(text: string | undefined): number | null {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isFinite(value) && value > 0 && value < noLimitBytes ? value : null;
}

/** Folder of this process in a cgroup hierarchy, from `/proc/self/cgroup`: `0::/path` or `4:memory:/path`. */
function cgroupPath(listing: string, controller: string): string | undefined {
  for (const line of listing.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    if (controllers === undefined) continue;
    if (controller === '' ? controllers === '' : controllers.split(',').includes(controller)) return path.join(':');
  }
  return undefined;
}

async function readCgroup(read: FileReader): Promise<Environment['cgroup']> {
  const root = '/sys/fs/cgroup';
  const listing = (await read('/proc/self/cgroup')) ?? '';
  if ((await read(`${root}/cgroup.controllers`)) !== undefined) {
    const path = cgroupPath(listing, '') ?? '/';
    // Inside a container its own cgroup is mounted as the root.
    const inOwn = async (file: string): Promise<string | undefined> =>
      (await read(`${root}${path === '/' ? '' : path}/${file}`)) ?? (await read(`${root}/${file}`));
    const [quota, period] = ((await inOwn('cpu.max')) ?? 'max').trim().split(' ');
    return {
      version: 2,
      memoryLimitBytes: limitOf(await inOwn('memory.max')),
      cpuLimitCores: quota === 'max' || !period ? null : Number(quota) / Number(period),
    };
  }
  const memory = cgroupPath(listing, 'memory');
  const cpu = cgroupPath(listing, 'cpu');
  if (memory === undefined && cpu === undefined) return { version: null, memoryLimitBytes: null, cpuLimitCores: null };
  const inV1 = async (controller: string, path: string, file: string): Promise<string | undefined> =>
    (await read(`${root}/${controller}${path === '/' ? '' : path}/${file}`)) ??
    (await read(`${root}/${controller}/${file}`));
  const quota = limitOf(await inV1('cpu', cpu ?? '/', 'cpu.cfs_quota_us'));
  const period = limitOf(await inV1('cpu', cpu ?? '/', 'cpu.cfs_period_us'));
  return {
    version: 1,
    memoryLimitBytes: limitOf(await inV1('memory', memory ?? '/', 'memory.limit_in_bytes')),
    cpuLimitCores: quota === null || period === null ? null : quota / period,
  };
}

async function detectContainer(read: FileReader): Promise<string | null> {
  if ((await read('/.dockerenv')) !== undefined) return 'docker';
  if ((await read('/run/.containerenv')) !== undefined) return 'podman';
  const named = /(?:^|\0)container=([^\0]+)/.exec((await read('/proc/1/environ')) ?? '')?.[1];
  if (named !== undefined) return named;
  const listing = `${(await read('/proc/1/cgroup')) ?? ''}${(await read('/proc/self/cgroup')) ?? ''}`;
  return /kubepods/.test(listing)
    ? 'kubernetes'
    : /docker/.test(listing)
      ? 'docker'
      : /lxc/.test(listing)
        ? 'lxc'
        : null;
}

/**
 * The machine and what of it this process may use. What cannot be read is `null`.
 * @param read reads small files of `/proc` and `/sys`
 */
export async function describeEnvironment(read: FileReader = readText): Promise<Omit<Environment, 'noise'>> {
  const governor = await read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
  return {
    cpu: os.cpus()[0]?.model.trim() || 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    container: await detectContainer(read),
    cgroup: await readCgroup(read),
    cpuGovernor: governor?.trim() || null,
  };
}
