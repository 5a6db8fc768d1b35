import { resolve } from 'node:path';
import { InputError } from '@preopen/core';
import {
  defineExperiment,
  failoverCheck,
  faultKinds,
  identify,
  type ModelArtefact,
  type ProcessIdentity,
  parseFault,
  parseTaiwanFault,
  type RestartBy,
  sweepJournals,
  taiwanChecksOf,
  taiwanFaults,
} from '@preopen/failover';
import { simulatedDataset } from '@preopen/market-tw';
import { type AdHocFlags, runAdHoc } from '../ad-hoc.ts';
import { addressOptions, type EndpointFlags } from '../endpoint-flags.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { taiwanMarket } from '../taiwan-market.ts';
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
  readonly frontier?: boolean;
  readonly modelFile?: string;
  readonly reload?: string;
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

/** Stocks of the cross-sections that a service is asked under the failures of the market. */
const crossSectionRows = 100;
/** What a pipeline’s own dataset is made at; each failure is tried on a smaller one. */
const trialScale = { stocks: crossSectionRows, days: 63 };
/** A bracket of a thirty-second. */
const frontierSteps = 5;

/** The model's file, for the fault that damages it. */
function artefactOf({ modelFile, reload }: FailoverFlags): ModelArtefact | undefined {
  if (modelFile === undefined) {
    if (reload !== undefined) throw new InputError('--reload: of which file? Give --model-file with it.');
    return undefined;
  }
  if (reload === undefined)
    throw new InputError('--model-file: how is it read again? Give --reload SIGHUP, or --reload http://…');
  if (reload === 'SIGHUP') return { path: resolve(modelFile), reload };
  if (!URL.canParse(reload) || !reload.startsWith('http:'))
    throw new InputError(`--reload: expected SIGHUP or an http address that takes POST, got “${reload}”.`);
  return { path: resolve(modelFile), reload: new URL(reload) };
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
  const experiment = { horizonMs: horizon, workload: { ratePerSecond: rate, rows: batch, timeoutMs: timeout } };
  const asked = written.map((text) => ({ text, market: parseTaiwanFault(text) }));
  const faults = asked.filter(({ market }) => !market).map(({ text }) => parseFault(text, { durationMs, restart }));
  const ids = asked.map(({ text, market }) => market?.fault.id ?? parseFault(text, { durationMs, restart }).id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw new InputError(`--fault ${twice}: given twice; the figures of both would have one name.`);
  const config = await configAt(flags.config);
  const chosen = await targetOrAddress(wanted, config, addressOptions(flags), AbortSignal.timeout(10_000));
  const { service, pipeline } = chosen.target;
  const checks = [
    ...faults.map((fault) =>
      failoverCheck(defineExperiment({ ...experiment, fault }), {
        id: `failover/${fault.id}`,
        title: `Recovery: ${fault.title}`,
        external,
      }),
    ),
    ...asked.flatMap(({ market }) =>
      market
        ? taiwanChecksOf(
            market.fault,
            market.intensity,
            { hasService: service !== undefined, hasPipeline: pipeline !== undefined },
            {
              market: taiwanMarket,
              durationMs,
              rows: crossSectionRows,
              artefact: artefactOf(flags),
              frontierSteps: flags.frontier ? frontierSteps : 0,
              experiment,
            },
          )
        : [],
    ),
  ];
  const isOfMarket = asked.some(({ market }) => market);
  const dataset = isOfMarket ? { dataset: { source: simulatedDataset(), simulated: true } } : {};
  return runAdHoc(
    { name: 'failover', ...chosen, ...dataset, checks, scale: isOfMarket ? trialScale : { stocks: batch } },
    flags,
    streams,
  );
}

/** `preopen failover list`: what faults there are. */
export function failoverListCommand(json: boolean, streams: Streams): ExitCode {
  const kinds = [
    ...faultKinds.map(({ name, synopsis, title }) => ({ name, synopsis, title })),
    ...taiwanFaults.map(({ id, title }) => ({ name: id, synopsis: `${id}[:INTENSITY]`, title })),
  ];
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
