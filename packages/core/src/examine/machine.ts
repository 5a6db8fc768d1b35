import { access, constants, readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { describeEnvironment } from '../environment.ts';
import { startNoiseProbe } from '../noise.ts';
import type { Environment, NoiseReading } from '../results.ts';
import { formatQuantity } from '../units.ts';
import type { Finding } from './finding.ts';

const GB = 1e9;
/** The limit that the specification sets a pipeline: with less memory than this it cannot be seen whole. */
const pipelineLimitBytes = 16 * GB;
/** A dataset of 2000 stocks × 252 days, as CSV and Parquet, with room for the outputs of several runs. */
const roomyBytes = 2 * GB;
/** Connections of a load test, on both ends, and what else a process holds open. */
const roomyDescriptors = 4096;

/** Node 20 has been without security fixes since 2026-04-30. Source: nodejs.org, release schedule. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const at = { subject: 'Node', found: version };
  if (major < 20 || (major === 20 && minor < 19))
    return { ...at, state: 'broken', advice: 'Preopen needs Node 20.19 or newer; 24 is advised.' };
  return major < 22
    ? { ...at, state: 'limited', advice: 'It works, but gets no security fixes any more: 22 or 24 are advised.' }
    : { ...at, state: 'ok' };
}

export function coresFinding({ cores, cpu, cgroup, cpuGovernor }: Omit<Environment, 'noise'>): Finding {
  const usable = Math.min(cores, cgroup.cpuLimitCores ?? cores);
  const at = { subject: 'Cores', found: `${usable} (${cpu})` };
  if (usable < 2)
    return {
      ...at,
      state: 'limited',
      advice: 'Target and load generator share one core: throughput will often be not measured, generator-limited.',
    };
  return cpuGovernor === 'powersave'
    ? {
        ...at,
        state: 'limited',
        advice: 'The governor “powersave” lowers the clock between requests: latencies get longer.',
      }
    : { ...at, state: 'ok' };
}

export function memoryFinding({ memoryBytes, cgroup }: Omit<Environment, 'noise'>): Finding {
  const usable = Math.min(memoryBytes, cgroup.memoryLimitBytes ?? memoryBytes);
  const limited = cgroup.memoryLimitBytes !== null && cgroup.memoryLimitBytes < memoryBytes;
  const at = {
    subject: 'Memory',
    found: `${formatQuantity(usable, 'bytes')}${limited ? ', the limit of the cgroup' : ''}`,
  };
  return usable < pipelineLimitBytes
    ? {
        ...at,
        state: 'limited',
        advice: 'A pipeline that needs more is killed before it has shown whether it stays below 16 GB.',
      }
    : { ...at, state: 'ok' };
}

export function containerFinding({ container, cgroup }: Omit<Environment, 'noise'>): Finding {
  const version = cgroup.version === null ? 'no cgroup' : `cgroup v${cgroup.version}`;
  return { subject: 'Container', state: 'ok', found: `${container ?? 'none'}, ${version}` };
}

async function procFinding(): Promise<Finding> {
  const has = await access('/proc/self/smaps_rollup').then(
    () => true,
    () => false,
  );
  return has
    ? { subject: '/proc', state: 'ok', found: 'readable' }
    : {
        subject: '/proc',
        state: 'limited',
        found: 'not readable',
        advice:
          'Memory of whole process trees, noise and leaks outside Node are not measured here: use Linux for those.',
      };
}

async function descriptorsFinding(): Promise<Finding[]> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (soft === undefined) return [];
  const at = { subject: 'Open files', found: `at most ${soft}` };
  return [
    Number(soft) < roomyDescriptors
      ? {
          ...at,
          state: 'limited',
          advice: `Raise it (ulimit -n ${roomyDescriptors}) before a load of many connections.`,
        }
      : { ...at, state: 'ok' },
  ];
}

async function temporaryFinding(): Promise<Finding> {
  const dir = os.tmpdir();
  try {
    await access(dir, constants.W_OK);
    const { bavail, bsize } = await statfs(dir);
    const at = { subject: 'Temporary files', found: `${formatQuantity(bavail * bsize, 'bytes')} free in ${dir}` };
    return bavail * bsize < roomyBytes
      ? {
          ...at,
          state: 'limited',
          advice: 'Datasets of the full universe may not fit: point TMPDIR at a larger place.',
        }
      : { ...at, state: 'ok' };
  } catch (cause) {
    return {
      subject: 'Temporary files',
      state: 'broken',
      found: `${dir}: ${(cause as Error).message}`,
      advice: 'Point TMPDIR at a folder that can be written.',
    };
  }
}

const loopbackFinding = (): Promise<Finding> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (cause) =>
      resolve({
        subject: 'Loopback',
        state: 'broken',
        found: cause.message,
        advice: 'Targets that are started here listen on 127.0.0.1: allow it.',
      }),
    );
    server.listen(0, '127.0.0.1', () =>
      server.close(() => resolve({ subject: 'Loopback', state: 'ok', found: 'a free port on 127.0.0.1' })),
    );
  });

export function noiseFinding({ contaminated, reason, foreignCpuShare }: NoiseReading): Finding {
  const share =
    foreignCpuShare === null ? 'not readable' : `others take ${(foreignCpuShare * 100).toFixed(1)} % of the machine`;
  return contaminated
    ? {
        subject: 'Noise',
        state: 'limited',
        found: reason,
        advice: 'Times measured now may pass but never fail: they would be undecided. End the other work first.',
      }
    : { subject: 'Noise', state: 'ok', found: share };
}

async function readNoise(clock: Clock, signal: AbortSignal, listenMs: number): Promise<NoiseReading> {
  const probe = startNoiseProbe({ clock, ownPids: () => [] });
  await wait(listenMs, undefined, { signal }).catch(() => undefined);
  return probe.stop();
}

/**
 * Looks at the machine before anything is measured on it: what it lacks, and what each lack costs.
 * @param options.listenMs how long to listen for other work on the machine
 */
export async function examineMachine(options: {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly listenMs?: number;
}): Promise<readonly Finding[]> {
  const environment = await describeEnvironment();
  return [
    nodeFinding(environment.node),
    coresFinding(environment),
    memoryFinding(environment),
    containerFinding(environment),
    await procFinding(),
    ...(await descriptorsFinding()),
    await temporaryFinding(),
    await loopbackFinding(),
    noiseFinding(await readNoise(options.clock, options.signal, options.listenMs ?? 2000)),
  ];
}
