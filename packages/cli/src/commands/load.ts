import { type Check, InputError } from '@preopen/core';
import { capacityRun, type LoadScenario, loadRun, parseArrivals, sessionLoad, usersRun } from '@preopen/load';
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
  readonly duration: number;
  readonly arrivals: string;
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

/** When requests are due, and which stretches of the run get figures of their own. */
function trafficOf({ arrivals, rate, duration: durationMs }: LoadFlags): Pick<LoadScenario, 'arrivals' | 'windows'> {
  if (arrivals !== 'session') return { arrivals: parseArrivals(arrivals, { ratePerSecond: rate, durationMs }) };
  if (rate === undefined) throw new InputError('arrivals session: at which rate at midday? Give --rate N.');
  const hours = (phase: SessionPhase['phase']): SessionPhase =>
    sessionPhases(sampleDay).find((stretch) => stretch.board === 'regular' && stretch.phase === phase)!;
  const closing = hours('closing-auction');
  return sessionLoad(
    {
      collectsFromSecond: hours('order-collection').fromSecond,
      opensAtSecond: hours('trading').fromSecond,
      closingAuctionFromSecond: closing.fromSecond,
      closesAtSecond: closing.toSecond,
    },
    { ratePerSecond: rate, durationMs },
  );
}

/** The one check that the flags ask for. */
function checkFor(flags: LoadFlags): Check {
  const { rate, users, think, connections, timeout: timeoutMs, duration: durationMs, protocol, threads } = flags;
  const sizes = flags.batch ?? [1];
  const batch = sizes.map((rows) => ({ rows, share: 1 }));
  const agents = agentsWanted(flags);
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
      },
      { agents },
    );
  }
  return loadRun(
    {
      ...trafficOf(flags),
      batch,
      durationMs,
      timeoutMs,
      protocol,
      ...(connections === undefined ? {} : { connections }),
      ...(threads === undefined ? {} : { lanes: threads }),
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
