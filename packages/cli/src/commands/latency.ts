import { plainHttpName } from '@preopen/core';
import { inferenceLatency, inferenceProfile } from '@preopen/latency';
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
  readonly timeout: number;
  /** A CPU profile, too, of a target that we start. */
  readonly profile?: boolean;
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
  const check = inferenceLatency({
    title: 'Response time, open-loop, well below capacity',
    ...(isPlain ? { metric: 'latency.response', subject: `${service.model} requests` } : {}),
    rows: flags.batch,
    maxRatePerSecond: flags.rate,
    timeoutMs: flags.timeout,
    budgetMs: flags.duration,
    precision: 0.1,
    maxLooks: 6,
  });
  // What cannot be profiled is skipped by the runner, with the reason.
  const profile = flags.profile ? [inferenceProfile({ rows: flags.batch, maxRatePerSecond: flags.rate })] : [];
  return runAdHoc(
    { name: 'latency', ...chosen, checks: [check, ...profile], scale: { stocks: flags.batch } },
    flags,
    streams,
  );
}
