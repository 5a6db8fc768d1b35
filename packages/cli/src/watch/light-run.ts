import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openPipeline,
  parseRequirement,
  plainHttpName,
  type Results,
  type RunningService,
  type RunRequest,
  type Suite,
  startService,
  systemClock,
  type TargetConfig,
} from '@preopen/core';
import { inferenceLatency } from '@preopen/latency';
import { runId } from '../run-id.ts';
import { type LogLevel, type Streams, stylesOf } from '../streams.ts';
import { runAtTerminal } from '../suite-shell.ts';
import type { ChosenTarget } from '../target-choice.ts';
import { defaultSeed, readTool } from '../tool.ts';

/** What may be said of a light run; times in milliseconds. */
export interface LightRunFlags {
  readonly batch: number;
  readonly rate: number;
  readonly timeout: number;
  /** A suite whose light checks are run instead of the few requests of a light run. */
  readonly watched?: Suite;
  /** Requirements to hold what is measured against. */
  readonly require?: readonly string[];
  readonly seed?: number;
  readonly color?: 'auto' | 'always' | 'never';
  readonly logLevel: LogLevel;
  readonly logFile?: string;
}

export const suiteName = 'watch';
const warmUpRequests = 60;
/** A P95 takes 200. */
const sampledRequests = 240;
/** A run that other work on the machine spoilt is made twice. */
export const mostPerRun: number = 2 * (warmUpRequests + sampledRequests);

/** Few requests, one look: what a target in use can bear every few minutes. */
function lightSuite({ service }: TargetConfig, flags: LightRunFlags): Suite {
  const isPlain = service?.codec?.name === plainHttpName;
  const check = inferenceLatency({
    title: 'Response time, few requests',
    ...(isPlain ? { metric: 'latency.response', subject: `${service.model} requests` } : {}),
    rows: flags.batch,
    maxRatePerSecond: flags.rate,
    timeoutMs: flags.timeout,
    minSamples: sampledRequests,
    // Requests are what is saved here, and not time.
    minDurationMs: 0,
    maxLooks: 1,
    maxWarmUpRequests: warmUpRequests,
    budgetMs: 20_000,
  });
  return {
    name: suiteName,
    checks: [check],
    requirements: (flags.require ?? []).map((limit) => parseRequirement(limit, { source: '--require' })),
    scale: { stocks: flags.batch, days: 0, users: 1 },
  };
}

/**
 * Starts services as ever, and asks before each request whether it may be sent: one that may not ends as if it had been
 * given up.
 */
const countingOpener = (maySend: () => boolean): NonNullable<RunRequest['opener']> => ({
  async startService(config, { name, ...options }) {
    const service = await startService({ ...config, name }, options);
    const send: RunningService['send'] = (request, given) =>
      service.send(request, maySend() ? given : { ...given, signal: AbortSignal.abort() });
    return Object.assign(Object.create(service) as RunningService, { send });
  },
  openPipeline,
});

/** What one run came to. */
export interface WatchRun {
  readonly results?: Results;
  /** Why the target could not be measured. */
  readonly problem?: string;
  readonly requests: number;
  /** It took all requests that were left to it, and was ended there. */
  readonly overspent: boolean;
}

/**
 * One light run; nothing of it stays on disk.
 * @param mostRequests it sends no more than these
 */
export async function runLightly(
  chosen: ChosenTarget,
  flags: LightRunFlags,
  { mostRequests, streams, signal }: { mostRequests: number; streams: Streams; signal: AbortSignal },
): Promise<WatchRun> {
  const outputDir = await mkdtemp(join(tmpdir(), 'preopen-watch-'));
  let requests = 0;
  const spent = new AbortController();
  const maySend = (): boolean => {
    if (requests < mostRequests) {
      requests++;
      return true;
    }
    spent.abort(new Error('the requests of this hour are spent'));
    return false;
  };
  try {
    // From here on the suite hears signals itself.
    signal.throwIfAborted();
    const { results } = await runAtTerminal(
      {
        suite: flags.watched ?? lightSuite(chosen.target, flags),
        ...chosen,
        runId: runId(systemClock.wallMs(), flags.watched?.name ?? suiteName),
        seed: flags.seed ?? defaultSeed,
        seedGiven: flags.seed !== undefined,
        outputDir,
        tool: readTool(),
        missing: (metric) => `\`preopen watch\` does not measure ${metric}`,
        opener: countingOpener(maySend),
      },
      {
        logLevel: flags.logLevel,
        ending: spent.signal,
        ...(flags.logFile === undefined ? {} : { logFile: flags.logFile }),
      },
      streams,
      stylesOf(streams, flags.color).err,
    );
    const measured = results.checks.flatMap(({ measurements }) => measurements);
    // Of a suite any figure shows that the target answers; errors alone do not.
    const isMeasured = measured.some(({ metric }) => metric.startsWith(flags.watched ? '' : 'latency.'));
    const without = results.checks.find(({ reason, notMeasured }) => reason !== undefined || notMeasured.length > 0);
    const problem = without?.reason ?? without?.notMeasured[0]?.reason ?? 'nothing was measured';
    return { results, requests, overspent: spent.signal.aborted, ...(isMeasured ? {} : { problem }) };
  } finally {
    await rm(outputDir, { recursive: true, force: true });
  }
}
