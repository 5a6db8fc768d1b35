import { didYouMean, InputError } from '@preopen/core';
import { skewClock } from './clock/skew-clock.ts';
import type { Fault } from './fault.ts';
import { fillDisk, makeReadOnly } from './file-faults.ts';
import { exhaustDescriptors, stopMemoryGrowth, stopWrites } from './limit-faults.ts';
import { nameFailure, networkFault } from './network-faults.ts';
import { killProcess, pauseProcess, type RestartBy, terminateProcess } from './process-faults.ts';
import { delayDistributions } from './proxy/delay.ts';
import type { ToxicInput } from './proxy/toxic.ts';
import { sendWrongRequests } from './request-faults.ts';
import { contendCpu, exhaustMemory, throttleCpu } from './resource-faults.ts';

/** What a fault is made from beside its own argument. */
export interface FaultSettings {
  readonly durationMs: number;
  /** Who starts a service again that was ended. */
  readonly restart: RestartBy;
  /** Of a network fault: between the service and this upstream of its own instead of between load and service. */
  readonly upstream?: string;
}

/** A kind of fault as the command line knows it: `NAME[:ARGUMENT]`, or `NAME@UPSTREAM[:ARGUMENT]` for networks. */
export interface FaultKind {
  readonly name: string;
  /** How it is written, as `pause[:TIME]`. */
  readonly synopsis: string;
  readonly title: string;
  /** Set for faults that can also come between the service and an upstream of its own. */
  readonly isNetwork?: true;
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

/** Reads a delay such as `200ms`, `200ms±50ms` or `200ms±50ms,normal`. */
function latencyOf(text: string): ToxicInput {
  const [times = '', distribution] = text.split(',');
  const [mean = '', jitter] = times.split(/±|\+-/);
  const shape = delayDistributions.find((known) => known === distribution?.trim());
  if (distribution !== undefined && !shape)
    throw new InputError(`expected one of ${delayDistributions.join(', ')} after the comma, got “${distribution}”`);
  return {
    type: 'latency',
    latencyMs: faultTimeMs(mean),
    ...(jitter === undefined ? {} : { jitterMs: faultTimeMs(jitter) }),
    ...(shape ? { distribution: shape } : {}),
  };
}

/** Reads a number of bytes such as `500`, `64kB` or `1MB`. */
function bytesOf(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*(B|kB|MB)?$/.exec(text.trim()) ?? [];
  if (number === undefined) throw new InputError(`expected a number of bytes such as 500, 64kB or 1MB, got “${text}”`);
  return Number(number) * ({ kB: 1e3, MB: 1e6 }[unit] ?? 1);
}

/** A kind of network fault by what it takes: nothing (an empty text), or more. */
const network = (
  name: string,
  argument: string,
  title: string,
  toxicOf: (argument: string | undefined) => ToxicInput,
): FaultKind => ({
  name,
  synopsis: `${name}[@UPSTREAM]${argument}`,
  title,
  isNetwork: true,
  make(given, { durationMs, upstream }) {
    if (argument === '' && given !== undefined) throw new InputError(`takes nothing after a colon, got “${given}”`);
    return networkFault(toxicOf(given), { durationMs, ...(upstream === undefined ? {} : { upstream }) });
  },
});

const networkKinds: readonly FaultKind[] = [
  network('latency', ':TIME[±TIME[,SHAPE]]', 'answers come later, as 200ms±50ms,normal', (text) =>
    latencyOf(text ?? ''),
  ),
  network('bandwidth', ':BYTES', 'answers come at so many bytes a second, as 100kB', (text) => ({
    type: 'bandwidth',
    bytesPerSecond: bytesOf(text ?? ''),
  })),
  network(
    'timeout',
    '[:TIME]',
    'no answer gets through; connections are closed after a time, or not at all',
    (text) => ({
      type: 'timeout',
      timeoutMs: text === undefined ? 0 : faultTimeMs(text),
    }),
  ),
  network('reset-peer', '[:TIME]', 'connections are reset, after a time or at once', (text) => ({
    type: 'reset_peer',
    timeoutMs: text === undefined ? 0 : faultTimeMs(text),
  })),
  network('slow-close', ':TIME', 'the end of an answer comes later than its last byte', (text) => ({
    type: 'slow_close',
    delayMs: faultTimeMs(text ?? ''),
  })),
  network('slicer', ':BYTES', 'answers come in small pieces, a millisecond apart', (text) => ({
    type: 'slicer',
    averageBytes: Math.round(bytesOf(text ?? '')),
    delayUs: 1000,
  })),
  network('limit-data', ':BYTES', 'connections are closed after so many bytes', (text) => ({
    type: 'limit_data',
    bytes: Math.round(bytesOf(text ?? '')),
  })),
  network('corrupt', ':BYTES', 'one byte in so many is another one, as 10kB', (text) => ({
    type: 'corrupt',
    everyBytes: bytesOf(text ?? ''),
  })),
  network('half-open', '', 'connections are half-open: nothing comes and nothing is refused', () => ({
    type: 'half_open',
  })),
  network('down', '', 'connections are refused', () => ({ type: 'down' })),
  {
    name: 'dns',
    synopsis: 'dns@UPSTREAM',
    title: 'the name of an upstream cannot be resolved; for services on Node',
    isNetwork: true,
    make(given, { durationMs, upstream }) {
      if (given !== undefined) throw new InputError(`takes nothing after a colon, got “${given}”`);
      if (upstream === undefined) throw new InputError('expected an upstream of the service, as dns@features');
      return nameFailure(upstream, { durationMs });
    },
  },
];

/** The kinds of fault on processes, files, requests and networks. */
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
    title: 'the wall clock of the service is off, as by -60s; neither Node nor Python: needs faketime',
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
  ...networkKinds,
];

/**
 * Reads a fault as it is written on the command line, such as `pause:500ms` or `latency@features:200ms±50ms`.
 * @throws InputError for an unknown kind, or an argument that it does not take
 */
export function parseFault(text: string, settings: FaultSettings, kinds: readonly FaultKind[] = faultKinds): Fault {
  const [, name = '', upstream, argument] = /^([^:@]*)(?:@([^:]*))?(?::(.*))?$/.exec(text.trim()) ?? [];
  const kind = kinds.find((known) => known.name === name);
  if (!kind) {
    const names = kinds.map((known) => known.name);
    throw new InputError(
      `no fault is called “${name.slice(0, 60)}”. Known are ${names.join(', ')}; \`preopen failover list\` explains them.${didYouMean(name, names)}`,
      { at: text },
    );
  }
  try {
    if (upstream !== undefined && !kind.isNetwork) throw new InputError('comes between no service and upstream');
    return kind.make(argument, upstream === undefined ? settings : { ...settings, upstream });
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`fault ${name}: ${cause.message}. It is written ${kind.synopsis}.`, { at: text, cause });
  }
}
