import { join } from 'node:path';
import type { Check, CheckContext, CheckOutcome, PipelineRun } from '@preopen/core';
import { startProbeServer } from '../node/probe-server.ts';
import { watchNode } from '../node/watch-node.ts';
import { type StageMemory, type StageTime, watchStages } from '../stages.ts';
import { type MemoryTimeline, type MemoryWatch, watchMemory } from '../timeline.ts';
import { gcPauseSeries, peakMeasurement, stageSeries, timelineSeries, whyUnseen } from './memory-series.ts';

const metric = 'memory.pipeline.peakRss';

/** A pipeline run and what was seen of its memory. */
export interface WatchedRun {
  readonly run: PipelineRun;
  readonly startMs: number;
  readonly timeline: MemoryTimeline;
  readonly stages: readonly StageMemory[];
  readonly stageTimes: readonly StageTime[];
}

/**
 * Runs the pipeline to its end and watches its memory.
 * @param environment what is added to the environment of its processes
 * @throws Error with the pipeline's last words if it fails
 */
export async function runWatched(
  context: CheckContext,
  inputDir: string,
  outputDir: string,
  environment?: Parameters<NonNullable<CheckContext['pipeline']>['run']>[0]['environment'],
): Promise<WatchedRun> {
  const { clock } = context;
  let watch: MemoryWatch | undefined;
  const stages = watchStages(() => watch?.mark() ?? { peakBytes: 0, nowBytes: 0 }, clock);
  const startMs = clock.nowMs();
  try {
    const run = await context.pipeline!.run({
      inputDir,
      outputDir,
      signal: context.signal,
      ...(environment ? { environment } : {}),
      onStart(process) {
        watch = watchMemory({ pids: () => process.pids(), clock });
      },
      onStage({ stage, event }) {
        const { nowBytes } = stages.on(stage, event);
        const message = `the pipeline runs: ${stage} ${event}, ${(nowBytes / 1e6).toFixed(0)} MB`;
        context.emit({ type: 'progress', message });
      },
    });
    context.signal.throwIfAborted();
    if (run.exit.code !== 0) {
      const words = run.lastWords.slice(-5).join(' ⏎ ');
      throw new Error(
        `the pipeline ended with ${run.exit.signal ?? `code ${run.exit.code}`}${words === '' ? '' : `; its last words: ${words}`}`,
      );
    }
    const timeline = watch!.stop();
    watch = undefined;
    return { run, startMs, timeline, stages: stages.ended(), stageTimes: stages.times() };
  } finally {
    watch?.stop();
  }
}

async function measurePipeline(context: CheckContext): Promise<CheckOutcome> {
  const { clock } = context;
  const probes = await startProbeServer();
  const node = watchNode(probes, clock);
  let watched: WatchedRun;
  try {
    const outputDir = join(context.workDir, 'output');
    watched = await runWatched(context, context.dataset!.dir, outputDir, probes.environment);
  } finally {
    await node.stop();
    await probes.close();
  }
  const { timeline, startMs, stages, stageTimes } = watched;
  const pauses = (await node.stop())?.pauses ?? [];
  const peak = peakMeasurement(metric, timeline);
  return {
    measurements: peak ? [peak] : [],
    notMeasured: peak ? [] : [{ metric, reason: whyUnseen() }],
    series: [
      timelineSeries('Resident memory of the pipeline', timeline, startMs),
      ...stageSeries(stages, stageTimes, startMs),
      ...gcPauseSeries(pauses, startMs),
    ],
    evidence: [],
    notes: [],
  };
}

/** Highest memory of the pipeline and all that it starts, over its whole run. */
export function pipelineMemory(): Check {
  return {
    id: 'memory/pipeline',
    title: 'Peak memory of the pipeline, children included',
    metrics: [metric],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 3000 + stocks * days * 0.1,
    timeoutMs: () => 3_600_000,
    run: measurePipeline,
  };
}
