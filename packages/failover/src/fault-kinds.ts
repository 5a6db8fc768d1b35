import { didYouMean, InputError } from '@preopen/core';
import { skewClock } from './clock-fault.ts';
import type { Fault } from './fault.ts';
import { fillDisk, makeReadOnly } from './file-faults.ts';
import { exhaustDescriptors, stopMemoryGrowth, stopWrites } from './limit-faults.ts';
import { networkFault } from './network-faults.ts';
import { killProcess, pauseProcess, type RestartBy, terminateProcess } from './process-faults.ts';
import type { ToxicInput } from './proxy/toxic.ts';
import { sendWrongRequests } from './request-faults.ts';
import { contendCpu, exhaustMemory, throttleCpu } from './resource-faults.ts';

/** What a fault is made from beside its own argument. */
export interface FaultSettings {
  readonly durationMs: number;
  /** Who starts a service again that was ended. */
  readonly restart: RestartBy;
}

/** A kind of fault as the command line knows it: `NAME` or `NAME:ARGUMENT`. */
export interface FaultKind {
  readonly name: string;
  /** How it is written, as `pause[:TIME]`. */
  readonly synopsis: string;
  readonly title: string;
  /** @throws InputError in words for an argument that is none */
  readonly make: (argument: string | undefined, settings: FaultSettings) => Fault;
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };

/**
 * Reads a time such as `500ms`, `2s` or `-1min`, in milliseconds.
 * @throws InputError for anything else
 */
export function faultTimeMs(text: string): number {
  const [, number, unit = ''] = /^([+-]?\d+(?:\.\d+)?)(ms|s|min)$/.exec(text.trim()) ?? [];
  if (number === undefined) throw new InputError(`expected a time such as 500ms, 2s or 1min, got “${text}”`);
  return Number(number) * unitsMs[unit]!;
}

function share(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1] ?? Number.NaN);
  if (!(percent > 0 && percent <= 100)) throw new InputError(`expected a share such as 10%, got “${text}”`);
  return percent / 100;
}

function count(text: string, what: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text.trim())) throw new InputError(`expected ${what}, got “${text}”`);
  return Number(text);
}

function folder(text: string | undefined): string {
  if (!text) throw new InputError('expected a folder of the service, as disk-full:/var/lib/alpha');
  return text;
}

/** For kinds that take nothing. */
const without =
  (make: (settings: FaultSettings) => Fault): FaultKind['make'] =>
  (argument, settings) => {
    if (argument !== undefined) throw new InputError(`takes nothing after a colon, got “${argument}”`);
    return make(settings);
  };

/** Reads `TIME` or `TIME±TIME`; also `+-`, for keyboards without the sign. */
function timeWithJitter(text: string): { latencyMs: number; jitterMs?: number } {
  const [mean = '', jitter, ...rest] = text.split(/±|\+-/);
  if (rest.length > 0) throw new InputError(`expected a time such as 200ms±50ms, got “${text}”`);
  const latencyMs = faultTimeMs(mean);
  return jitter === undefined ? { latencyMs } : { latencyMs, jitterMs: faultTimeMs(jitter) };
}

/** For what a proxy between load and service does, and takes nothing. */
const onNetwork = (toxic: ToxicInput): FaultKind['make'] =>
  without(({ durationMs }) => networkFault(toxic, { durationMs }));

/** The kinds of fault on processes, files, requests and the network before the service. */
export const faultKinds: readonly FaultKind[] = [
  {
    name: 'kill',
    synopsis: 'kill',
    title: 'SIGKILL; then it is started again (--restart)',
    make: without(({ restart }) => killProcess(restart)),
  },
  {
    name: 'terminate',
    synopsis: 'terminate',
    title: 'SIGTERM, as a deployment does; then it is started again (--restart)',
    make: without(({ restart }) => terminateProcess(restart)),
  },
  {
    name: 'pause',
    synopsis: 'pause[:TIME]',
    title: 'SIGSTOP for a time: connections are taken and nothing answers',
    make: (argument, { durationMs }) => pauseProcess(argument === undefined ? durationMs : faultTimeMs(argument)),
  },
  {
    name: 'memory',
    synopsis: 'memory',
    title: 'memory of a control group is taken until the kernel kills the service',
    make: without(() => exhaustMemory()),
  },
  {
    name: 'memory-limit',
    synopsis: 'memory-limit',
    title: 'no memory beyond what the service has',
    make: without(({ durationMs }) => stopMemoryGrowth(durationMs)),
  },
  {
    name: 'cpu',
    synopsis: 'cpu[:THREADS]',
    title: 'threads beside the service take processor time',
    make: (argument, { durationMs }) =>
      argument === undefined
        ? contendCpu(durationMs)
        : contendCpu(durationMs, count(argument, 'a number of threads such as cpu:4')),
  },
  {
    name: 'cpu-quota',
    synopsis: 'cpu-quota:SHARE',
    title: 'the service has a share of one processor, as 10%',
    make: (argument, { durationMs }) => throttleCpu(durationMs, share(argument ?? '')),
  },
  {
    name: 'descriptors',
    synopsis: 'descriptors',
    title: 'no further file, socket or pipe can be opened',
    make: without(({ durationMs }) => exhaustDescriptors(durationMs)),
  },
  {
    name: 'writes',
    synopsis: 'writes',
    title: 'no file can grow',
    make: without(({ durationMs }) => stopWrites(durationMs)),
  },
  {
    name: 'disk-full',
    synopsis: 'disk-full:FOLDER',
    title: 'the small file system at a folder is full',
    make: (argument, { durationMs }) => fillDisk(durationMs, folder(argument)),
  },
  {
    name: 'read-only',
    synopsis: 'read-only:FOLDER',
    title: 'a folder of the service cannot be written to',
    make: (argument, { durationMs }) => makeReadOnly(durationMs, folder(argument)),
  },
  {
    name: 'clock',
    synopsis: 'clock:OFFSET',
    title: 'the wall clock of the service is off, as by -60s; needs faketime',
    make: (argument, { durationMs }) => skewClock(durationMs, faultTimeMs(argument ?? '')),
  },
  {
    name: 'exceptions',
    synopsis: 'exceptions[:RATE]',
    title: 'requests a second that raise exceptions',
    make: (argument, { durationMs }) =>
      argument === undefined
        ? sendWrongRequests(durationMs)
        : sendWrongRequests(durationMs, count(argument, 'a rate such as exceptions:100')),
  },
  {
    name: 'latency',
    synopsis: 'latency:TIME[±TIME]',
    title: 'answers come later, by a time and a jitter',
    make: (argument, { durationMs }) =>
      networkFault({ type: 'latency', ...timeWithJitter(argument ?? '') }, { durationMs }),
  },
  {
    name: 'bandwidth',
    synopsis: 'bandwidth:KILOBYTES',
    title: 'so many kB a second get through on each connection',
    make: (argument, { durationMs }) => {
      const bytesPerSecond = 1000 * count(argument ?? '', 'a number of kB a second such as bandwidth:100');
      return networkFault({ type: 'bandwidth', bytesPerSecond }, { durationMs });
    },
  },
  {
    name: 'timeout',
    synopsis: 'timeout',
    title: 'answers do not get through, and connections stay open',
    make: onNetwork({ type: 'timeout', timeoutMs: 0 }),
  },
  {
    name: 'reset-peer',
    synopsis: 'reset-peer',
    title: 'connections are broken by a TCP reset',
    make: onNetwork({ type: 'reset_peer', timeoutMs: 0 }),
  },
  {
    name: 'half-open',
    synopsis: 'half-open',
    title: 'the service is gone, and connections do not show it',
    make: onNetwork({ type: 'half_open' }),
  },
  { name: 'down', synopsis: 'down', title: 'nobody listens', make: onNetwork({ type: 'down' }) },
  {
    name: 'corrupt',
    synopsis: 'corrupt:BYTES',
    title: 'one byte in so many is another one',
    make: (argument, { durationMs }) => {
      const everyBytes = count(argument ?? '', 'a number of bytes such as corrupt:1000');
      return networkFault({ type: 'corrupt', everyBytes }, { durationMs });
    },
  },
];

/**
 * Reads a fault as it is written on the command line, such as `pause:500ms`.
 * @throws InputError for an unknown kind, or an argument that it does not take
 */
export function parseFault(text: string, settings: FaultSettings, kinds: readonly FaultKind[] = faultKinds): Fault {
  const [, name = '', argument] = /^([^:]*)(?::(.*))?$/.exec(text.trim()) ?? [];
  const kind = kinds.find((known) => known.name === name);
  if (!kind) {
    const names = kinds.map((known) => known.name);
    throw new InputError(
      `no fault is called “${name}”. Known are ${names.join(', ')}; \`preopen failover list\` explains them.${didYouMean(name, names)}`,
      { at: text },
    );
  }
  try {
    return kind.make(argument, settings);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`fault ${name}: ${cause.message}. It is written ${kind.synopsis}.`, { at: text, cause });
  }
}
