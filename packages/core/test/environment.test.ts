import { describe, expect, it } from 'vitest';
import { describeEnvironment } from '../src/environment.ts';

const reader = (files: Record<string, string>) => async (path: string) => files[path];

describe('describeEnvironment', () => {
  it('reads the limits of cgroup v2, also where the own folder is mounted as the root', async () => {
    const files = {
      '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
      '/proc/self/cgroup': '0::/app\n',
      '/sys/fs/cgroup/memory.max': '8589934592\n',
      '/sys/fs/cgroup/app/cpu.max': '150000 100000\n',
    };
    expect((await describeEnvironment(reader(files))).cgroup).toEqual({
      version: 2,
      memoryLimitBytes: 8589934592,
      cpuLimitCores: 1.5,
    });
  });
  it('reads the limits of cgroup v1, where a huge number means none', async () => {
    const files = {
      '/proc/self/cgroup': '4:memory:/box\n3:cpu,cpuacct:/box\n',
      '/sys/fs/cgroup/memory/box/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us': '200000\n',
      '/sys/fs/cgroup/cpu/box/cpu.cfs_period_us': '100000\n',
    };
    expect((await describeEnvironment(reader(files))).cgroup).toEqual({
      version: 1,
      memoryLimitBytes: null,
      cpuLimitCores: 2,
    });
  });
  it('takes the tightest of the limits on the way up to the root', async () => {
    const files = {
      '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
      '/proc/self/cgroup': '0::/system.slice/app.service\n',
      '/sys/fs/cgroup/system.slice/app.service/memory.max': 'max\n',
      '/sys/fs/cgroup/system.slice/memory.max': '4294967296\n',
      '/sys/fs/cgroup/system.slice/app.service/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/system.slice/cpu.max': '200000 100000\n',
    };
    expect((await describeEnvironment(reader(files))).cgroup).toEqual({
      version: 2,
      memoryLimitBytes: 4294967296,
      cpuLimitCores: 2,
    });
  });
  it('takes no quota for no limit in cgroup v1', async () => {
    const files = {
      '/proc/self/cgroup': '3:cpu,cpuacct:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect((await describeEnvironment(reader(files))).cgroup).toMatchObject({ version: 1, cpuLimitCores: null });
  });
  it('reads the governor', async () => {
    const files = { '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'powersave\n' };
    expect((await describeEnvironment(reader(files))).cpuGovernor).toBe('powersave');
  });
  it('says null where nothing tells', async () => {
    const environment = await describeEnvironment(reader({}));
    expect(environment).toMatchObject({
      container: null,
      cpuGovernor: null,
      cgroup: { version: null, memoryLimitBytes: null, cpuLimitCores: null },
    });
    expect(environment.cores).toBeGreaterThan(0);
  });
  it.each([
    [{ '/.dockerenv': '' }, 'docker'],
    [{ '/proc/1/environ': 'PATH=/\0container=lxc\0' }, 'lxc'],
    [{ '/run/.containerenv': '' }, 'podman'],
    [{ '/run/systemd/container': 'systemd-nspawn\n' }, 'systemd-nspawn'],
    [{ '/proc/1/cgroup': '1:cpu:/docker/0123' }, 'docker'],
    [{ '/proc/1/cgroup': '0::/kubepods/x', '/.dockerenv': '' }, 'kubernetes'],
    [{ '/etc/hosts': '# Kubernetes-managed hosts file.\n127.0.0.1 localhost\n' }, 'kubernetes'],
  ])('finds the container in %o', async (files, container) => {
    expect((await describeEnvironment(reader(files))).container).toBe(container);
  });
});
