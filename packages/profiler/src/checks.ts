import { join } from 'node:path';
import type { Check, CheckContext, CheckOutcome, Measurement, Series } from '@preopen/core';
import { type MemoryTimeline, type MemoryWatch, thinned, watchMemory } from './timeline.ts';

const noProc = 'the memory of other processes cannot be read on this system (no /proc)';

function peakMeasurement(metric: string, { peak, atMs }: MemoryTimeline): Measurement | undefined {
  if (!peak) return undefined;
  return {
    metric,
    value: peak.bytes,
    unit: 'bytes',
    samples: atMs.length,
    how: peak.source,
    ...(peak.interval ? { interval: peak.interval } : {}),
  };
}

function timelineSeries(title: string, timeline: MemoryTimeline, startMs: number): Series {
  const kept = thinned(timeline, 400);
  return {
    id: 'memory.timeline',
    title,
    columns: [
      { name: 'since start', unit: 's', values: kept.atMs.map((atMs) => (atMs - startMs) / 1000) },
      { name: 'resident', unit: 'bytes', values: kept.rssBytes },
      { name: 'processes', unit: 'count', values: kept.processes },
    ],
  };
}

async function measurePipeline(context: CheckContext): Promise<CheckOutcome> {
  const { clock } = context;
  let watch: MemoryWatch | undefined;
  const stages: { stage: string; peakBytes: number }[] = [];
  const startMs = clock.nowMs();
  const run = await context
    .pipeline!.run({
      inputDir: context.dataset!.dir,
      outputDir: join(context.workDir, 'output'),
      signal: context.signal,
      onStart(process) {
        watch = watchMemory({ pids: () => process.pids(), clock });
      },
      onStage({ stage, event }) {
        const peakBytes = watch?.mark() ?? 0;
        if (event === 'end') stages.push({ stage, peakBytes });
        context.emit({
          type: 'progress',
          message: `the pipeline runs: ${stage} ${event}, ${(peakBytes / 1e6).toFixed(0)} MB`,
        });
      },
    })
    .finally(() => watch?.mark());
  const timeline = watch!.stop();
  context.signal.throwIfAborted();
  if (run.exit.code !== 0) {
    const words = run.lastWords.slice(-5).join(' ⏎ ');
    throw new Error(
      `the pipeline ended with ${run.exit.signal ?? `code ${run.exit.code}`}${words === '' ? '' : `; its last words: ${words}`}`,
    );
  }
  const peak = peakMeasurement('memory.pipeline.peakRss', timeline);
  const byStage = new Map<string, number>();
  for (const { stage, peakBytes } of stages) byStage.set(stage, Math.max(byStage.get(stage) ?? 0, peakBytes));
  const stageSeries: Series = {
    id: 'memory.stages',
    title: 'Highest resident memory by stage',
    columns: [
      { name: 'stage', values: [...byStage.keys()] },
      { name: 'peak', unit: 'bytes', values: [...byStage.values()] },
    ],
  };
  return {
    measurements: peak ? [peak] : [],
    notMeasured: peak ? [] : [{ metric: 'memory.pipeline.peakRss', reason: noProc }],
    series: [
      timelineSeries('Resident memory of the pipeline', timeline, startMs),
      ...(byStage.size > 0 ? [stageSeries] : []),
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
    metrics: ['memory.pipeline.peakRss'],
    needs: ['pipeline'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks, days }) => 3000 + stocks * days * 0.1,
    timeoutMs: () => 3_600_000,
    run: measurePipeline,
  };
}

/** Requests of the service's memory check; whole cross-sections. */
const requests = 300;

async function measureService(context: CheckContext): Promise<CheckOutcome> {
  const service = context.service!;
  const { clock, signal } = context;
  const startMs = clock.nowMs();
  const watch = watchMemory({ pids: () => service.process!.pids(), clock });
  let failed = 0;
  try {
    const request = service.codec.encode(service.batch(context.scale.stocks, context.seed), service.model);
    for (let i = 0; i < requests; i++) {
      signal.throwIfAborted();
      const { outcome } = await service.send(request, { signal });
      if (outcome !== 'ok') failed++;
      if (i % 20 === 0) context.emit({ type: 'progress', message: 'memory under requests', fraction: i / requests });
    }
  } finally {
    watch.mark();
  }
  const timeline = watch.stop();
  const peak = failed < requests ? peakMeasurement('memory.service.peakRss', timeline) : undefined;
  return {
    measurements: peak ? [peak] : [],
    notMeasured: peak
      ? []
      : [{ metric: 'memory.service.peakRss', reason: failed === requests ? 'no request was answered' : noProc }],
    series: [timelineSeries('Resident memory of the service', timeline, startMs)],
    evidence: [],
    notes: failed > 0 ? [`${failed} of ${requests} requests failed`] : [],
  };
}

/** Highest memory of the service while it answers. */
export function serviceMemory(): Check {
  return {
    id: 'memory/service',
    title: 'Peak memory of the service under requests',
    metrics: ['memory.service.peakRss'],
    needs: ['service-process'],
    exclusive: ['cpu'],
    expectedMs: ({ stocks }) => 2000 + stocks * 3,
    run: measureService,
  };
}

/** The checks of this package. */
export function profilerChecks(): readonly Check[] {
  return [pipelineMemory(), serviceMemory()];
}
