import { rm } from 'node:fs/promises';
import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  type Measurement,
  type PipelineTarget,
  type RunningService,
  type Series,
  type ServiceConfig,
  startService,
} from '@preopen/core';
import { type GcReport, type GcRun, gcExperiment } from '../gc/gc-experiment.ts';
import { commandWork } from '../gc/run-command.ts';
import { serviceWork } from '../gc/run-service.ts';
import { type GcSetting, usualSettings } from '../gc/setting.ts';
import { gcSentences } from '../gc/words.ts';
import { highest } from '../highest.ts';
import { startProbeServer } from '../node/probe-server.ts';
import { watchNode } from '../node/watch-node.ts';
import type { PairedRatio } from '../paired-ratio.ts';
import { commandPipeline } from './command-pipeline.ts';
import { listeningService, startedBy } from './started-service.ts';

/** What is set in many ways: a command that runs to its end, or the service of the target. */
export interface GcCheckOptions {
  readonly command?: readonly [string, ...string[]];
  /** Where the command answers, if it is a service. Default: `GET /` on the first port it listens on. */
  readonly service?: ServiceConfig;
  readonly rounds?: number;
}

const warmUpRequests = 60;
/** Looks at the heap between requests, of which the highest counts. */
const heapLooks = 20;
/** Measured requests take about this long under each setting. */
const measuredMs = 1500;
const fewestRequests = 40;
const mostRequests = 2000;

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function comparisonSeries({ comparisons }: GcReport): Series {
  const ratio = (
    name: string,
    of: (one: (typeof comparisons)[number]) => PairedRatio | undefined,
  ): Series['columns'] => [
    { name, unit: 'ratio', values: comparisons.map((one) => finite(of(one)?.ratio)) },
    { name: `${name}, at least`, unit: 'ratio', values: comparisons.map((one) => finite(of(one)?.interval.low)) },
    { name: `${name}, at most`, unit: 'ratio', values: comparisons.map((one) => finite(of(one)?.interval.high)) },
  ];
  return {
    id: 'memory.gc',
    title: 'The same work under other settings of the garbage collector; ratios are to the default',
    columns: [
      { name: 'setting', values: comparisons.map(({ setting }) => setting.name) },
      { name: 'time', unit: 'ms', values: comparisons.map(({ mean }) => finite(mean.workMs)) },
      { name: 'P95', unit: 'ms', values: comparisons.map(({ mean }) => finite(mean.p95Ms)) },
      { name: 'collecting', unit: 'ratio', values: comparisons.map(({ mean }) => finite(mean.gcShare)) },
      { name: 'peak', unit: 'bytes', values: comparisons.map(({ mean }) => finite(mean.peakBytes)) },
      ...ratio('time', (one) => one.ratio?.work),
      ...ratio('P95', (one) => one.ratio?.p95),
      ...ratio('peak', (one) => one.ratio?.peak),
    ],
  };
}

/** What an experiment found, as a check tells it. */
export function gcOutcome(report: GcReport): CheckOutcome {
  const [reference, ...others] = report.comparisons;
  const best = (of: (ratio: NonNullable<(typeof others)[number]['ratio']>) => PairedRatio | undefined) =>
    others
      .flatMap(({ ratio, setting }) => {
        const one = ratio && of(ratio);
        return one ? [{ ...one, setting }] : [];
      })
      .sort((a, b) => a.ratio - b.ratio)[0];
  const measurement = (name: string, found: ReturnType<typeof best>, what: string): Measurement[] =>
    found
      ? [
          {
            metric: `memory.gc.${name}`,
            value: found.ratio,
            unit: 'ratio',
            samples: found.rounds,
            interval: found.interval,
            how: `${what} with ${found.setting.name} over that of the default: the best of ${others.length}`,
          },
        ]
      : [];
  return {
    measurements: [
      {
        metric: 'memory.gc.share',
        value: reference!.mean.gcShare,
        unit: 'ratio',
        samples: reference!.rounds,
        how: 'time that stood still for garbage collection, under V8’s own settings',
      },
      ...measurement(
        'bestTime',
        best(({ work }) => work),
        'time',
      ),
      ...measurement(
        'bestP95',
        best(({ p95 }) => p95),
        'P95',
      ),
      ...measurement(
        'bestPeak',
        best(({ peak }) => peak),
        'peak memory',
      ),
    ],
    series: [comparisonSeries(report)],
    evidence: [],
    notes: gcSentences(report),
  };
}

async function experiment(
  context: CheckContext,
  work: {
    readonly run: (setting: GcSetting, signal: AbortSignal) => Promise<GcRun>;
    readonly heapBytes: number;
    readonly rounds: number | undefined;
  },
): Promise<CheckOutcome> {
  const { clock, signal, budgetMs } = context;
  const endMs = clock.nowMs() + budgetMs;
  return gcOutcome(
    await gcExperiment(work.run, {
      settings: usualSettings(work.heapBytes),
      random: context.random('memory/gc'),
      signal,
      ...(work.rounds === undefined ? {} : { rounds: work.rounds }),
      nowMs: clock.nowMs,
      hasTimeForMs: (durationMs) => clock.nowMs() + durationMs < endMs,
      onProgress: (message, fraction) => context.emit({ type: 'progress', message, fraction }),
    }),
  );
}

function notMeasured(reason: string): CheckOutcome {
  return {
    measurements: [],
    notMeasured: [{ metric: 'memory.gc.share', reason }],
    series: [],
    evidence: [],
    notes: [],
  };
}

/** A service that a command starts. */
async function ofStarted(
  context: CheckContext,
  config: ServiceConfig,
  rounds: number | undefined,
): Promise<CheckOutcome> {
  const { clock, signal, workDir } = context;
  const at = { clock, signal, workDir, configDir: process.cwd() };
  const service = await startService({ ...config, name: 'service' }, at);
  try {
    return await ofService(context, service, rounds);
  } finally {
    await service.stop();
  }
}

/** What a first run of a command shows: that it is a service, or how large its heap is; `NaN` where that cannot be asked. */
type FirstRun = { readonly service: ServiceConfig } | { readonly heapBytes: number } | { readonly failed: string };

/** It also warms up the files that are read. */
async function firstRun(pipeline: PipelineTarget, { clock, workDir, signal }: CheckContext): Promise<FirstRun> {
  const listens = new AbortController();
  const ended = new AbortController();
  let listening: Promise<ServiceConfig> | undefined;
  const probes = await startProbeServer();
  const watching = watchNode(probes, clock, { everyMs: 50 });
  try {
    const outputDir = `${workDir}/first`;
    const { exit, lastWords } = await pipeline.run({
      inputDir: workDir,
      outputDir,
      signal: AbortSignal.any([signal, listens.signal]),
      environment: probes.environment,
      onStart(started) {
        listening = listeningService(() => started.pids(), AbortSignal.any([signal, ended.signal]));
        listening.finally(() => listens.abort()).catch(() => undefined);
      },
    });
    signal.throwIfAborted();
    if (listens.signal.aborted) return { service: await listening! };
    await rm(outputDir, { recursive: true, force: true });
    if (exit.code !== 0)
      return {
        failed: `the command ended with ${exit.signal ?? `code ${exit.code}`}: ${lastWords.slice(-2).join(' ⏎ ')}`,
      };
    const node = await watching.stop();
    // A script that never turns its event loop is not asked; what V8 would allow it at most says nothing of what it needs.
    return { heapBytes: node ? highest(node.usedBytes) : Number.NaN };
  } finally {
    ended.abort();
    await watching.stop();
    await probes.close();
  }
}

async function ofCommand(
  context: CheckContext,
  command: readonly [string, ...string[]],
  rounds: number | undefined,
): Promise<CheckOutcome> {
  const { clock, workDir } = context;
  const pipeline = commandPipeline(command, context);
  const first = await firstRun(pipeline, context);
  if ('failed' in first) return notMeasured(first.failed);
  if ('service' in first) {
    const outcome = await ofStarted(context, startedBy(command, first.service), rounds);
    return {
      ...outcome,
      notes: [...outcome.notes, 'it listens on a port, and was asked for /: say what else with --url'],
    };
  }
  const { heapBytes } = first;
  if (Number.isNaN(heapBytes))
    return notMeasured(
      'no Node process turned its event loop while the command ran: how large its heap is cannot be asked',
    );
  return experiment(context, { run: commandWork(pipeline, { inputDir: workDir, workDir, clock }), heapBytes, rounds });
}

async function ofService(
  context: CheckContext,
  service: RunningService,
  rounds: number | undefined,
): Promise<CheckOutcome> {
  const { clock, scale, seed, signal } = context;
  const probes = await startProbeServer();
  let heapBytes: number;
  let requestMs: number;
  const request = service.codec.encode(service.batch(scale.stocks, seed), service.model);
  try {
    const started = await service.restart!(signal, probes.environment);
    const startMs = clock.nowMs();
    for (let i = 0; i < warmUpRequests; i++) {
      const { outcome, problem } = await started.send(request, { signal });
      signal.throwIfAborted();
      if (outcome !== 'ok')
        return notMeasured(`a request failed: ${outcome}${problem === undefined ? '' : `, ${problem}`}`);
    }
    requestMs = (clock.nowMs() - startMs) / warmUpRequests;
    const [node] = probes.processes();
    if (!node) return notMeasured('the service is no Node process: there is no V8 to set');
    // Right after a collection the heap looks small, and a service would break at half as much again of that.
    heapBytes = 0;
    for (let i = 0; i < heapLooks; i++) {
      await started.send(request, { signal });
      heapBytes = Math.max(heapBytes, (await node.heap()).usedBytes);
    }
  } finally {
    await probes.close();
  }
  const requests = Math.max(fewestRequests, Math.min(mostRequests, Math.round(measuredMs / requestMs)));
  return experiment(context, {
    run: serviceWork(service, { request, warmUpRequests, requests, clock }),
    heapBytes,
    rounds,
  });
}

function measure(context: CheckContext, { command, service, rounds }: GcCheckOptions): Promise<CheckOutcome> {
  if (!command) return ofService(context, context.service!, rounds);
  return service ? ofStarted(context, startedBy(command, service), rounds) : ofCommand(context, command, rounds);
}

/**
 * The same load under other settings of V8's garbage collector, in turns: young generation × old space, with the time that
 * stands still, P95, time and peak memory of each beside the default.
 */
export function gcSettings(options: GcCheckOptions = {}): Check {
  return {
    id: 'memory/gc',
    title: 'Settings of the garbage collector, measured side by side',
    metrics: ['memory.gc.*'],
    needs: options.command ? [] : ['service-process'],
    exclusive: ['cpu'],
    // It starts the service anew for each setting.
    endsTarget: true,
    expectedMs: () => 150_000,
    timeoutMs: () => 3_600_000,
    run: (context) => measure(context, options),
  };
}
