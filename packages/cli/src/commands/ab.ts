import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  endedByItself,
  formatQuantity,
  InputError,
  type RunningService,
  startService,
  systemClock,
} from '@preopen/core';
import { measureSideBySide, type SideBySide } from '@preopen/latency';
import { judgeSideBySide, looks, type RoundTimes, type SideBySideVerdict } from '@preopen/report';
import { addressOptions, type EndpointFlags } from '../endpoint-flags.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { type ChosenTarget, configAt, targetOrAddress } from '../target-choice.ts';
import { layoutTable, paragraph } from '../terminal/table.ts';
import { defaultSeed } from '../tool.ts';
import { type CompareFlags, comparisonExitCode, comparisonPaints } from './compare.ts';

/** The flags of `preopen ab`. */
export interface AbFlags extends EndpointFlags, Pick<CompareFlags, 'failOn' | 'json'> {
  readonly batch: number;
  readonly pairs: number;
  readonly rounds: number;
  readonly seed?: number;
  readonly config?: string;
}

async function open(
  { target, configDir }: ChosenTarget,
  workDir: string,
  signal: AbortSignal,
): Promise<RunningService> {
  if (!target.service)
    throw new InputError(`target “${target.name}” is no service: ab compares services.`, { code: 'E152' });
  return startService({ ...target.service, name: target.name }, { clock: systemClock, signal, workDir, configDir });
}

const percent = (ratio: number): string => `${ratio < 0 ? '−' : '+'}${(Math.abs(ratio) * 100).toFixed(1)} %`;

/** `preopen ab A B`: rounds of both targets under the same interleaved requests, until they are decided. */
export async function abCommand(nameA: string, nameB: string, flags: AbFlags, streams: Streams): Promise<ExitCode> {
  const config = await configAt(flags.config);
  const user = new AbortController();
  const onSignal = (): void => user.abort(new Error('interrupted'));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const workDir = await mkdtemp(join(tmpdir(), 'preopen-ab-'));
  try {
    const { signal } = user;
    const options = addressOptions(flags);
    const [a, b] = [
      await targetOrAddress(nameA, config, options, signal),
      await targetOrAddress(nameB, config, options, signal),
    ];
    const rounds: SideBySide[] = [];
    const times: RoundTimes[] = [];
    let judged = judgeSideBySide(times);
    for (let round = 0; round < flags.rounds; round++) {
      streams.err.write(`  round ${round + 1} of at most ${flags.rounds}\n`);
      // Started anew and in turn: what a process happens to get at its start is part of what is compared.
      const order = round % 2 === 0 ? [a, b] : [b, a];
      const started: RunningService[] = [];
      try {
        for (const one of order) started.push(await open(one, workDir, signal));
        const [first, second] = started as [RunningService, RunningService];
        const [serviceA, serviceB] = round % 2 === 0 ? [first, second] : [second, first];
        const context = { clock: systemClock, signal, seed: flags.seed ?? defaultSeed, emit: () => undefined };
        const measured = await measureSideBySide(
          serviceA,
          serviceB,
          { rows: flags.batch, pairs: flags.pairs },
          context,
        );
        for (const service of started) {
          const ended = endedByItself(service, `round ${round + 1} ran`);
          if (ended) throw ended;
        }
        rounds.push(measured);
        if (measured.timesMs) times.push(measured.timesMs);
      } finally {
        for (const service of started) await service.stop();
      }
      judged = judgeSideBySide(
        times,
        rounds.map(({ failures }) => failures),
      );
      if (judged.isFinal && looks.some(({ runsPerSide }) => runsPerSide === times.length)) break;
    }
    report(
      {
        a: a.target.name,
        b: b.target.name,
        startedAnew: [a, b].every(({ target }) => target.service?.kind !== 'url'),
        judged,
        rounds,
      },
      flags,
      streams,
    );
    return comparisonExitCode(judged.verdict, flags.failOn);
  } catch (cause) {
    if (!user.signal.aborted) throw cause;
    streams.err.write('Interrupted: nothing can be concluded from the rounds so far.\n');
    return exitCodes.interrupted;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await rm(workDir, { recursive: true, force: true });
  }
}

function report(
  found: { a: string; b: string; startedAnew: boolean; judged: SideBySideVerdict; rounds: readonly SideBySide[] },
  flags: AbFlags,
  streams: Streams,
): void {
  const { a, b, judged, rounds, startedAnew } = found;
  const failures = {
    a: rounds.reduce((sum, one) => sum + one.failures.a, 0),
    b: rounds.reduce((sum, one) => sum + one.failures.b, 0),
  };
  const problems = {
    a: rounds.find((one) => one.problems.a)?.problems.a,
    b: rounds.find((one) => one.problems.b)?.problems.b,
  };
  const agreement = rounds.at(-1)?.agreement;
  if (flags.json) {
    streams.out.write(
      `${JSON.stringify({ a, b, startedAnew, ...judged, failures, problems, agreement: agreement ?? null }, null, 2)}\n`,
    );
    return;
  }
  const style = stylesOf(streams, 'auto').out;
  const paint = comparisonPaints(style);
  const say = (text: string): string[] => paragraph(text, style.columns);
  const head = ['', '', a, b, `${b} ÷ ${a} − 1`].map((text, k) => ({
    text,
    paint: style.colors.dim,
    ...(k === 2 || k === 3 ? { align: 'right' as const } : {}),
  }));
  const rows = judged.metrics.map((one) => [
    { text: one.verdict, paint: paint[one.verdict] },
    { text: one.metric },
    { text: judged.rounds === 0 ? '–' : formatQuantity(one.a, 'ms'), align: 'right' as const },
    { text: judged.rounds === 0 ? '–' : formatQuantity(one.b, 'ms'), align: 'right' as const },
    {
      text: one.effect
        ? `${percent(one.effect.value)} (${percent(one.effect.low)} to ${percent(one.effect.high)}, 90 %)`
        : `${judged.rounds} of at least 5 rounds`,
    },
  ]);
  const lines = [
    ...layoutTable([head, ...rows], style.columns),
    '',
    ...paragraph(
      `${b} against ${a}${judged.reason === '' ? '' : `: ${judged.reason}`}; ${rounds.length} ${rounds.length === 1 ? 'round' : 'rounds'} of ${flags.pairs} pairs`,
      style.columns,
      {
        head: `${style.colors.bold(paint[judged.verdict](judged.verdict.toUpperCase()))}  `,
        headWidth: judged.verdict.length + 2,
      },
    ),
    ...say('geometric means over the rounds; what is judged is their ratio, round by round'),
    ...say(
      'of identical services at most 0.1 % are called better or worse by their times, and 0.1 % by their failures',
    ),
  ];
  if (!startedAnew)
    lines.push(...say('one of them was running already: what differs from start to start is not in the figures'));
  if (failures.a + failures.b > 0)
    lines.push(...say(`not answered well: ${failures.a} requests of ${a}, ${failures.b} of ${b}`));
  for (const [name, problem] of [
    [a, problems.a],
    [b, problems.b],
  ])
    if (problem) lines.push(...say(`the first of ${name}: ${problem}`));
  if (agreement && agreement.requests > 0) {
    const correlation = agreement.rankCorrelation;
    const ranks = correlation
      ? `rank correlation ${correlation.mean.toFixed(4)} (worst request ${correlation.worst.toFixed(4)})`
      : 'no ranks to correlate';
    lines.push(...say(`predictions: ${(agreement.identicalShare * 100).toFixed(1)} % identical, ${ranks}`));
    for (const { request, row, a: ofA, b: ofB } of agreement.largest.slice(0, 3))
      lines.push(`    request ${request}, row ${row}: ${ofA} against ${ofB}`);
  } else lines.push(...say('predictions: not compared, for no request was answered well by both'));
  streams.out.write(`${lines.join('\n')}\n`);
}
