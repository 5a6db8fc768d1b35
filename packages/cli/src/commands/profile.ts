import { basename } from 'node:path';
import { InputError, type TargetConfig } from '@preopen/core';
import { memoryProfile, type ProfileSubject } from '@preopen/profiler';
import { type AdHocFlags, runAdHoc } from '../ad-hoc.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';

/** The flags of `preopen profile`, already read; times in milliseconds, sizes in bytes. */
export interface ProfileFlags extends AdHocFlags {
  readonly pid?: number;
  readonly interval: number;
  readonly duration?: number;
  readonly limit?: number;
}

const shortestIntervalMs = 10;

function subjectOf(words: readonly string[], pid: number | undefined): ProfileSubject {
  const [program, ...args] = words;
  if ((program === undefined) === (pid === undefined)) {
    throw new InputError(
      'profile: expected either a command after --, as in `preopen profile -- node serve.js`, or --pid with a process that runs.',
    );
  }
  return program === undefined ? { kind: 'pid', pid: pid! } : { kind: 'command', command: [program, ...args] };
}

function targetOf(subject: ProfileSubject): TargetConfig {
  return subject.kind === 'pid'
    ? { name: `process ${subject.pid}` }
    : { name: basename(subject.command[0]), pipeline: { kind: 'command', command: subject.command } };
}

/** `preopen profile`: memory of a command or of processes that run. */
export async function profileCommand(
  words: readonly string[],
  flags: ProfileFlags,
  streams: Streams,
): Promise<ExitCode> {
  const { pid, interval, duration, limit } = flags;
  const subject = subjectOf(words, pid);
  if (interval < shortestIntervalMs) {
    throw new InputError(
      `--interval ${interval}ms: looks more often than every ${shortestIntervalMs}ms disturb what they look at.`,
    );
  }
  if (limit !== undefined && subject.kind === 'pid') {
    throw new InputError('--limit is set when a command is started; a process that runs keeps its own.');
  }
  const check = memoryProfile({
    subject,
    intervalMs: interval,
    ...(duration === undefined ? {} : { durationMs: duration }),
    ...(limit === undefined ? {} : { limitBytes: limit }),
  });
  return runAdHoc(
    { name: 'profile', target: targetOf(subject), configDir: process.cwd(), checks: [check] },
    flags,
    streams,
  );
}
