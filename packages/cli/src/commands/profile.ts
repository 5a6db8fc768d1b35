import { basename } from 'node:path';
import { type Check, InputError, type ServiceConfig, type TargetConfig, targetAtAddress } from '@preopen/core';
import {
  type ClinicTool,
  clinicPage,
  gcSettings,
  type LimitKind,
  memoryPressure,
  memoryProfile,
  type ProfileSubject,
  type RecordingWish,
  requirePprof,
} from '@preopen/profiler';
import { type AdHocFlags, runAdHoc } from '../ad-hoc.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** The flags of `preopen profile`, already read; times in milliseconds, sizes in bytes. */
export interface ProfileFlags extends AdHocFlags, RecordingWish {
  readonly pid?: number;
  readonly interval: number;
  readonly duration?: number;
  readonly limit?: number;
  readonly heapMarks?: readonly [number, number];
  /** `true` for all kinds of limit. */
  readonly pressure?: true | readonly LimitKind[];
  readonly gcExperiment?: boolean;
  readonly rounds?: number;
  readonly clinic?: ClinicTool;
  readonly url?: string;
}

const shortestIntervalMs = 10;
/** Clinic.js takes some seconds to start before the command does. */
const readyTimeoutMs = 60_000;

function subjectOf(words: readonly string[], pid: number | undefined): ProfileSubject {
  const [program, ...args] = words;
  if ((program === undefined) === (pid === undefined)) {
    throw new InputError(
      'profile: expected either a command after --, as in `preopen profile -- node serve.js`, or --pid with a process that runs.',
    );
  }
  return program === undefined ? { kind: 'pid', pid: pid! } : { kind: 'command', command: [program, ...args] };
}

/** What contradicts each other, or cannot be had. */
function refuseFlags(flags: ProfileFlags, subject: ProfileSubject): void {
  const { interval, limit, outputDir } = flags;
  if (interval < shortestIntervalMs) {
    throw new InputError(
      `--interval ${interval}ms: looks more often than every ${shortestIntervalMs}ms disturb what they look at.`,
    );
  }
  const modes = (
    [
      ['--pressure', flags.pressure !== undefined],
      ['--gc-experiment', flags.gcExperiment === true],
      ['--clinic', flags.clinic !== undefined],
      ['--cpu, --allocations or --heap-snapshot', Boolean(flags.cpu || flags.allocations || flags.heapSnapshot)],
      ['--heap-marks', flags.heapMarks !== undefined],
    ] as const
  ).filter(([, isWanted]) => isWanted);
  if (modes.length > 1) {
    throw new InputError(
      `${modes.map(([name]) => name).join(' and ')} each run the command in their own way: ask for one at a time.`,
    );
  }
  if (subject.kind === 'pid' && (limit !== undefined || modes.length > 0)) {
    const what = limit === undefined ? modes[0]![0] : '--limit';
    throw new InputError(`${what} is for a command that is started; a process that runs keeps what it has.`);
  }
  const isWritten = flags.cpu || flags.allocations || flags.heapSnapshot || flags.clinic !== undefined;
  if (isWritten && outputDir === undefined) {
    throw new InputError(`${modes[0]![0]} writes files: say where with --output-dir.`);
  }
  if (flags.heapMarks && flags.duration !== undefined && flags.duration <= flags.heapMarks[1]) {
    throw new InputError('--heap-marks: the second mark comes after --duration, when the command is ended already.');
  }
  if (flags.pprof && !flags.cpu && !flags.allocations) {
    throw new InputError('--pprof is another form of what --cpu and --allocations write: ask for one of them, too.');
  }
  if (flags.url !== undefined && flags.clinic === undefined && !flags.gcExperiment) {
    throw new InputError('--url says where to send load with --clinic or --gc-experiment: ask for one of them.');
  }
}

async function serviceAt(address: string): Promise<ServiceConfig> {
  const { service } = await targetAtAddress(address, {}, AbortSignal.timeout(10_000));
  return { ...service!, readyTimeoutMs };
}

/** The check that the flags ask for, and what it is run on. */
async function plan(
  subject: ProfileSubject,
  flags: ProfileFlags,
): Promise<{ readonly check: Check; readonly target: TargetConfig }> {
  const { interval, duration, limit, cpu, allocations, heapSnapshot, pprof, pressure, rounds, clinic } = flags;
  const service = flags.url === undefined ? undefined : await serviceAt(flags.url);
  if (subject.kind === 'command') {
    const { command } = subject;
    const target: TargetConfig = { name: basename(command[0]), pipeline: { kind: 'command', command } };
    const often = rounds === undefined ? {} : { rounds };
    const whole = duration === undefined ? {} : { durationMs: duration };
    if (pressure !== undefined) {
      const kinds = pressure === true ? {} : { kinds: pressure };
      return { check: memoryPressure({ command, ...kinds }), target };
    }
    if (clinic !== undefined) {
      return { check: clinicPage({ tool: clinic, command, ...(service ? { service } : {}), ...whole }), target };
    }
    if (flags.gcExperiment) {
      return { check: gcSettings({ command, ...(service ? { service } : {}), ...often }), target };
    }
  }
  if (pprof) await requirePprof();
  const record = {
    ...(cpu ? { cpu } : {}),
    ...(allocations ? { allocations } : {}),
    ...(heapSnapshot ? { heapSnapshot } : {}),
  };
  const check = memoryProfile({
    subject,
    intervalMs: interval,
    ...(duration === undefined ? {} : { durationMs: duration }),
    ...(limit === undefined ? {} : { limitBytes: limit }),
    ...(flags.heapMarks === undefined ? {} : { heapMarksMs: flags.heapMarks }),
    ...(Object.keys(record).length > 0 ? { record: { ...record, ...(pprof ? { pprof } : {}) } } : {}),
  });
  const target: TargetConfig =
    subject.kind === 'pid'
      ? { name: `process ${subject.pid}` }
      : { name: basename(subject.command[0]), pipeline: { kind: 'command', command: subject.command } };
  return { check, target };
}

/** `preopen profile`: memory of a command or of processes that run, and what becomes of a command with less of it. */
export async function profileCommand(
  words: readonly string[],
  flags: ProfileFlags,
  streams: Streams,
): Promise<ExitCode> {
  const subject = subjectOf(words, flags.pid);
  refuseFlags(flags, subject);
  const { check, target } = await plan(subject, flags);
  return runAdHoc({ name: 'profile', target, configDir: process.cwd(), checks: [check] }, flags, streams);
}
