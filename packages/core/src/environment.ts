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

/** `quota period` in microseconds, as cores. */
function coresOf(quota: string | undefined, period: string | undefined): number | null {
  const quotaUs = limitOf(quota);
  const periodUs = limitOf(period);
  return quotaUs === null || periodUs === null ? null : quotaUs / periodUs;
}

/** Folder of this process in a cgroup hierarchy, from `/proc/self/cgroup`: `0::/path` or `4:memory:/path`. */
function cgroupPath(listing: string, controller: string): string | undefined {
  for (const line of listing.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    if (controllers?.split(',').includes(controller)) return path.join(':');
  }
  return undefined;
}

/** The folder and all that it lies in, up to the root: each of them may set a limit. */
function withParents(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_, i) => `/${parts.slice(0, parts.length - i).join('/')}`).concat('');
}

async function tightest(
  mount: string,
  path: string,
  limitIn: (folder: string) => Promise<number | null>,
): Promise<number | null> {
  const limits = await Promise.all(withParents(path).map((folder) => limitIn(`${mount}${folder}`)));
  const known = limits.filter((limit) => limit !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Inside a container the path may be one of the host, while its own folder is mounted as the root: both are read. */
async function readCgroup(read: FileReader): Promise<Environment['cgroup']> {
  const root = '/sys/fs/cgroup';
  const listing = (await read('/proc/self/cgroup')) ?? '';
  if ((await read(`${root}/cgroup.controllers`)) !== undefined) {
    const path = cgroupPath(listing, '') ?? '/';
    return {
      version: 2,
      memoryLimitBytes: await tightest(root, path, async (folder) => limitOf(await read(`${folder}/memory.max`))),
      cpuLimitCores: await tightest(root, path, async (folder) => {
        const [quota, period] = ((await read(`${folder}/cpu.max`)) ?? '').trim().split(' ');
        return coresOf(quota, period);
      }),
    };
  }
  const memoryPath = cgroupPath(listing, 'memory');
  const cpuPath = cgroupPath(listing, 'cpu');
  if (memoryPath === undefined && cpuPath === undefined)
    return { version: null, memoryLimitBytes: null, cpuLimitCores: null };
  return {
    version: 1,
    memoryLimitBytes: await tightest(`${root}/memory`, memoryPath ?? '/', async (folder) =>
      limitOf(await read(`${folder}/memory.limit_in_bytes`)),
    ),
    cpuLimitCores: await tightest(`${root}/cpu`, cpuPath ?? '/', async (folder) =>
      coresOf(await read(`${folder}/cpu.cfs_quota_us`), await read(`${folder}/cpu.cfs_period_us`)),
    ),
  };
}

async function detectContainer(read: FileReader): Promise<string | null> {
  const cgroups = `${(await read('/proc/1/cgroup')) ?? ''}${(await read('/proc/self/cgroup')) ?? ''}`;
  const hosts = (await read('/etc/hosts')) ?? '';
  // Before Docker's own signs: a pod may run on Docker.
  if (/kubepods/.test(cgroups) || /Kubernetes-managed hosts file/.test(hosts)) return 'kubernetes';
  if ((await read('/.dockerenv')) !== undefined) return 'docker';
  if ((await read('/run/.containerenv')) !== undefined) return 'podman';
  const named =
    (await read('/run/systemd/container'))?.trim() ||
    /(?:^|\0)container=([^\0]+)/.exec((await read('/proc/1/environ')) ?? '')?.[1];
  if (named) return named;
  return /docker/.test(cgroups) ? 'docker' : /lxc/.test(cgroups) ? 'lxc' : null;
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
