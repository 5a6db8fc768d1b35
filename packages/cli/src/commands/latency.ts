import { InputError, plainHttpName, type Requirement } from '@preopen/core';
import { inferenceLatency, inferenceProfile, operationRequirements } from '@preopen/latency';
import { type AdHocFlags, runAdHoc } from '../ad-hoc.ts';
import { addressOptions, type EndpointFlags } from '../endpoint-flags.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Streams } from '../streams.ts';
import { configAt, targetOrAddress } from '../target-choice.ts';

/** The flags of `preopen latency`, already read; times in milliseconds. */
export interface LatencyFlags extends AdHocFlags, EndpointFlags {
  readonly batch: number;
  readonly rate: number;
  readonly duration: number;
  /** Default 5 s, and three times its limit for an operation that the specification has one for. */
  readonly timeout?: number;
  /** What the address is asked for, as it stands in metric names: not a prediction. */
  readonly operation?: string;
  /** A CPU profile, too, of a target that we start. */
  readonly profile?: boolean;
}

const defaultTimeoutMs = 5000;

/** The specification's limit of an operation: shown beside what was measured, and missed without failing. */
function limitOf(operation: string | undefined): Requirement | undefined {
  return operationRequirements().find(({ metric }) => metric === `latency.${operation}.p95`);
}

/** What plain requests are called: after the operation, if they are one. */
function plainNames(operation: string | undefined, endpoint: string): { metric: string; subject: string } {
  if (operation === undefined) return { metric: 'latency.response', subject: `${endpoint} requests` };
  if (!/^[a-z][\w-]*$/i.test(operation))
    throw new InputError(
      `--operation ${operation}: expected letters, digits and hyphens, as in signal or data-update.`,
    );
  return { metric: `latency.${operation}`, subject: `“${operation}” requests` };
}

/** `preopen latency`: response times of an address or a target. */
export async function latencyCommand(
  wanted: string | undefined,
  flags: LatencyFlags,
  streams: Streams,
): Promise<ExitCode> {
  const config = await configAt(flags.config);
  const chosen = await targetOrAddress(wanted, config, addressOptions(flags), AbortSignal.timeout(10_000));
  const { service } = chosen.target;
  const isPlain = service?.codec?.name === plainHttpName;
  const { operation } = flags;
  if (operation !== undefined && !isPlain)
    throw new InputError('--operation: expected an HTTP address that is asked as it is, as in :8080/signal.');
  const limit = limitOf(operation);
  const limitMs = limit === undefined ? 0 : limit.limit * 1000;
  const check = inferenceLatency({
    title: 'Response time, open-loop, well below capacity',
    ...(isPlain ? plainNames(operation, service.model) : {}),
    rows: flags.batch,
    maxRatePerSecond: flags.rate,
    timeoutMs: flags.timeout ?? Math.max(defaultTimeoutMs, 3 * limitMs),
    budgetMs: flags.duration,
    precision: 0.1,
    maxLooks: 6,
  });
  // What cannot be profiled is skipped by the runner, with the reason.
  const profile = flags.profile ? [inferenceProfile({ rows: flags.batch, maxRatePerSecond: flags.rate })] : [];
  return runAdHoc(
    {
      name: 'latency',
      ...chosen,
      checks: [check, ...profile],
      requirements: limit === undefined ? [] : [limit],
      scale: { stocks: flags.batch },
    },
    flags,
    streams,
  );
}
