import type { Results } from '@preopen/core';

/**
 * The stable facts of a machine in one line: figures are comparable where it is the same. What changes with each boot
 * or measurement (host name, free memory, frequency, patch level) is not part of it, so that a series does not begin
 * anew for nothing.
 */
export function environmentClass(environment: Omit<Results['environment'], 'noise'>): string {
  const { cpu, cores, memoryBytes, os, node, container, cgroup } = environment;
  const [system = 'unknown', release = '', arch = ''] = os.split(' ');
  const kernel = release.split('.').slice(0, 2).join('.');
  const gib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 30)} GiB`;
  return [
    `${system} ${kernel} ${arch}`.trim(),
    cpu,
    `${cores} cores`,
    gib(memoryBytes),
    `node ${node.split('.')[0]}`,
    ...(container === null ? [] : [container]),
    ...(cgroup.cpuLimitCores === null ? [] : [`limit ${cgroup.cpuLimitCores} cores`]),
    ...(cgroup.memoryLimitBytes === null ? [] : [`limit ${gib(cgroup.memoryLimitBytes)}`]),
  ].join(', ');
}
