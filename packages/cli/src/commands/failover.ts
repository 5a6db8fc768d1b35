import { InputError } from '@preopen/core';
import {
  defineExperiment,
  failoverCheck,
  faultKinds,
  identify,
  type ProcessIdentity,
  parseFault,
  type RestartBy,
  sweepJournals,
} from '@preopen/failover';
import { type AdHocFlags, runAdHoc } from '../ad-hoc.ts';
import { addressOptions, type EndpointFlags } from '../endpoint-flags.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { configAt, targetOrAddress } from '../target-choice.ts';
import { layoutTable } from '../terminal/table.ts';

/** The flags of `preopen failover`, already read; times in milliseconds. */
export interface FailoverFlags extends AdHocFlags, EndpointFlags {
  readonly fault?: readonly string[];
  readonly duration: number;
  readonly restart: 'us' | 'supervisor';
  readonly restartCommand?: string;
  readonly pid?: number;
  readonly allowExternalPid?: boolean;
  readonly rate: number;
  readonly batch: number;
  readonly timeout: number;
  readonly horizon: number;
}

function restartOf({ restart, restartCommand }: FailoverFlags): RestartBy {
  if (restartCommand === undefined) return { by: restart };
  const [program, ...args] = restartCommand.trim().split(/\s+/);
  if (!program) throw new InputError('--restart-command: expected a program and its arguments.');
  return { by: 'command', command: [program, ...args] };
}

/** A process that is none of ours is touched only if the user says so in so many words. */
function externalProcess({ pid, allowExternalPid }: FailoverFlags): ProcessIdentity | undefined {
  if (pid === undefined) return undefined;
  if (!allowExternalPid) {
    throw new InputError(
      `--pid ${pid}: Preopen did not start this process, and faults touch it with all that it started. Add --allow-external-pid if that is meant.`,
    );
  }
  if (pid <= 1 || pid === process.pid || pid === process.ppid) {
    throw new InputError(`--pid ${pid}: that is not a service but what this command runs in.`);
  }
  const found = identify(pid);
  if (!found) throw new InputError(`--pid ${pid}: there is no such process.`);
  return found;
}

/** `preopen failover`: faults on purpose, and the time until the target serves steadily again. */
export async function failoverCommand(
  wanted: string | undefined,
  flags: FailoverFlags,
  streams: Streams,
): Promise<ExitCode> {
  const { fault: written = [], duration: durationMs, rate, batch, timeout, horizon } = flags;
  if (written.length === 0) {
    throw new InputError('Which fault? Give --fault, as in --fault kill; `preopen failover list` says what there is.');
  }
  const restart = restartOf(flags);
  const external = externalProcess(flags);
  const faults = written.map((text) => parseFault(text, { durationMs, restart }));
  const twice = faults.find(({ id }, at) => faults.findIndex((other) => other.id === id) !== at);
  if (twice) throw new InputError(`--fault ${twice.id}: given twice; the figures of both would have one name.`);
  const checks = faults.map((fault) =>
    failoverCheck(
      defineExperiment({
        fault,
        horizonMs: horizon,
        workload: { ratePerSecond: rate, rows: batch, timeoutMs: timeout },
      }),
      { id: `failover/${fault.id}`, title: `Recovery: ${fault.title}`, external },
    ),
  );
  const config = await configAt(flags.config);
  const chosen = await targetOrAddress(wanted, config, addressOptions(flags), AbortSignal.timeout(10_000));
  return runAdHoc({ name: 'failover', ...chosen, checks, scale: { stocks: batch } }, flags, streams);
}

/** `preopen failover list`: what faults there are. */
export function failoverListCommand(json: boolean, streams: Streams): ExitCode {
  const kinds = faultKinds.map(({ name, synopsis, title }) => ({ name, synopsis, title }));
  if (json) streams.out.write(`${JSON.stringify(kinds, null, 2)}\n`);
  else {
    const { colors, columns } = stylesOf(streams, 'auto').out;
    const rows = kinds.map(({ synopsis, title }) => [{ text: synopsis, paint: colors.bold }, { text: title }]);
    streams.out.write(`${layoutTable(rows, columns).join('\n')}\n`);
  }
  return exitCodes.ok;
}

/** `preopen failover undo`: undoes what runs left behind that were killed. */
export async function failoverUndoCommand(json: boolean, streams: Streams): Promise<ExitCode> {
  const swept = await sweepJournals();
  if (json) streams.out.write(`${JSON.stringify(swept, null, 2)}\n`);
  else {
    const lines = [
      ...swept.undone.map((what) => `undone: ${what}`),
      ...swept.failed.map((what) => `not undone: ${what}`),
    ];
    streams.out.write(`${lines.length > 0 ? lines.join('\n') : 'Nothing was left behind.'}\n`);
  }
  return swept.failed.length === 0 ? exitCodes.ok : exitCodes.undecided;
}
