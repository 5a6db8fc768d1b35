import { readFileSync } from 'node:fs';
import { type Check, InputError, parseRequirement } from '@preopen/core';
import {
  capacityRun,
  hopelessRules,
  type LoadScenario,
  loadRun,
  type PacerKind,
  parseArrivals,
  parseTrace,
  sessionLoad,
  usersRun,
} from '@preopen/load';
import { type SessionPhase, sessionPhases } from '@preopen/market-tw';
import { type AdHocFlags, runAdHoc } from '../ad-hoc.ts';
import { type AgentFlags, agentsWanted } from '../agents.ts';
import { addressOptions, type EndpointFlags } from '../endpoint-flags.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';
import { configAt, targetOrAddress } from '../target-choice.ts';

/** The flags of `preopen load`, already read; times in milliseconds. */
export interface LoadFlags extends AdHocFlags, EndpointFlags, AgentFlags {
  readonly rate?: number;
  /** Default: 10 s; a trace is played to its end. */
  readonly duration?: number;
  readonly arrivals: string;
  readonly speed?: number;
  readonly pacer?: PacerKind;
  readonly users?: number;
  readonly think?: number;
  readonly connections?: number;
  readonly batch?: readonly number[];
  readonly limit: number;
  readonly timeout: number;
  readonly protocol: 'h1' | 'h2';
  readonly threads?: number;
}

/** Any trading day with the hours of today. */
const sampleDay = '2025-06-02';

const defaultDurationMs = 10_000;
const tracePrefix = 'trace:';

function traceOf(path: string, { speed = 1, duration }: LoadFlags): Pick<LoadScenario, 'arrivals'> & Lasting {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`--arrivals ${tracePrefix}${path}: cannot be read: ${(cause as Error).message}`, {
      cause,
      at: path,
    });
  }
  const timesMs = parseTrace(text, path);
  const lastMs = timesMs.at(-1)! / speed;
  return { arrivals: { kind: 'trace', timesMs, speed }, durationMs: duration ?? lastMs + 1 };
}

interface Lasting {
  readonly durationMs: number;
}

/** When requests are due, for how long, and which stretches of the run get figures of their own. */
function trafficOf(flags: LoadFlags): Pick<LoadScenario, 'arrivals' | 'windows'> & Lasting {
  const { arrivals, rate, speed, duration: durationMs = defaultDurationMs } = flags;
  if (arrivals.startsWith(tracePrefix)) {
    if (rate !== undefined)
      throw new InputError('A trace has a rate of its own: leave --rate out, or play it with --speed N.');
    return traceOf(arrivals.slice(tracePrefix.length), flags);
  }
  if (speed !== undefined) throw new InputError('--speed is that of a trace: give --arrivals trace:FILE with it.');
  if (arrivals !== 'session')
    return { arrivals: parseArrivals(arrivals, { ratePerSecond: rate, durationMs }), durationMs };
  if (rate === undefined) throw new InputError('arrivals session: at which rate at midday? Give --rate N.');
  const hours = (phase: SessionPhase['phase']): SessionPhase =>
    sessionPhases(sampleDay).find((stretch) => stretch.board === 'regular' && stretch.phase === phase)!;
  const closing = hours('closing-auction');
  const day = sessionLoad(
    {
      collectsFromSecond: hours('order-collection').fromSecond,
      opensAtSecond: hours('trading').fromSecond,
      closingAuctionFromSecond: closing.fromSecond,
      closesAtSecond: closing.toSecond,
    },
    { ratePerSecond: rate, durationMs },
  );
  return { ...day, durationMs };
}

/** The one check that the flags ask for. */
function checkFor(flags: LoadFlags): Check {
  const { rate, users, think, connections, timeout: timeoutMs, protocol, threads, pacer } = flags;
  const { duration: durationMs = defaultDurationMs } = flags;
  const sizes = flags.batch ?? [1];
  const batch = sizes.map((rows) => ({ rows, share: 1 }));
  const agents = agentsWanted(flags);
  const requirements = (flags.require ?? []).map((expression) => parseRequirement(expression, { source: '--require' }));
  const isShaped = flags.arrivals !== 'poisson' && flags.arrivals !== 'constant';
  if (users !== undefined) {
    if (rate !== undefined || isShaped) {
      throw new InputError('--users is a closed loop and has no rate: leave --rate and --arrivals out, or --users.');
    }
    if (agents) throw new InputError('--users runs in this process; agents send at a --rate.');
    return usersRun({
      users,
      batch,
      durationMs,
      timeoutMs,
      protocol,
      ...(think === undefined ? {} : { thinkMs: think }),
      ...(threads === undefined ? {} : { lanes: threads }),
    });
  }
  if (think !== undefined) throw new InputError('--think is the pause of a user: give --users N with it.');
  if (rate === undefined && !isShaped) {
    if (sizes.length > 1)
      throw new InputError('A capacity is that of one size of request: give one --batch, or a --rate.');
    return capacityRun(
      {
        rows: sizes[0]!,
        p95Ms: flags.limit,
        probeMs: Math.max(500, durationMs / 20),
        budgetMs: durationMs,
        concurrency: Math.min(16, connections ?? 16),
        checkEvery: 16,
        precision: 0.05,
        protocol,
        ...(pacer === undefined ? {} : { pacer }),
        ...(threads === undefined ? {} : { lanes: threads }),
      },
      { agents },
    );
  }
  return loadRun(
    {
      ...trafficOf(flags),
      batch,
      abortWhen: hopelessRules(requirements),
      timeoutMs,
      protocol,
      ...(connections === undefined ? {} : { connections }),
      ...(threads === undefined ? {} : { lanes: threads }),
      ...(pacer === undefined ? {} : { pacer }),
    },
    { agents },
  );
}

/** `preopen load`: one load on an address or a target. */
export async function loadCommand(wanted: string | undefined, flags: LoadFlags, streams: Streams): Promise<ExitCode> {
  const check = checkFor(flags);
  const config = await configAt(flags.config);
  const chosen = await targetOrAddress(wanted, config, addressOptions(flags), AbortSignal.timeout(10_000));
  return runAdHoc({ name: 'load', ...chosen, checks: [check] }, flags, streams);
}
