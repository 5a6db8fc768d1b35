import { expect, it } from 'vitest';
import { memoryCgroupOf } from '../src/cgroup.ts';

const mounts = `tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,nosuid,memory 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
`;

it('version 1 accounts memory in a tree of its own', () => {
  expect(memoryCgroupOf('5:cpu:/a\n4:memory:/jobs/7\n0::/x\n', mounts)).toEqual({
    version: 1,
    path: '/sys/fs/cgroup/memory/jobs/7',
  });
});

it('version 2 has one tree for everything', () => {
  expect(memoryCgroupOf('0::/user.slice/a.service\n', 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n')).toEqual({
    version: 2,
    path: '/sys/fs/cgroup/user.slice/a.service',
  });
});

it('without any there is none', () => {
  expect(memoryCgroupOf('5:cpu:/a\n', 'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n')).toBeUndefined();
});
