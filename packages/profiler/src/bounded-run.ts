import { rm } from 'node:fs/promises';
import type { Clock, EnvironmentChange, PipelineRun, PipelineTarget } from '@preopen/core';
import { type MemoryTimeline, type MemoryWatch, watchMemory } from './timeline.ts';

/** One run of a workload to its end, or to the end of its time. */
export interface BoundedRun {
  readonly run: PipelineRun;
  readonly timeline: MemoryTimeline;
  readonly durationMs: number;
  /** Whether we ended it because its time was over. */
  readonly wasCut: boolean;
}

/** How a workload is run. */
export interface BoundedRunRequest {
  readonly inputDir: string;
  readonly outputDir: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly environment?: EnvironmentChange;
  readonly onStart?: (pid: number) => void;
  /** Looks at what it left, before that is removed. */
  readonly beforeRemoval?: (outputDir: string) => Promise<void>;
}

/**
 * Runs a workload once with its memory watched, and removes what it wrote.
 * @throws the signal's reason if it is aborted; TargetError if the workload cannot be started
 */
export async function runBounded(pipeline: PipelineTarget, request: BoundedRunRequest): Promise<BoundedRun> {
  const { inputDir, outputDir, signal, clock, timeoutMs, environment, onStart, beforeRemoval } = request;
  const cut = new AbortController();
  let watch: MemoryWatch | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const run = await pipeline.run({
      inputDir,
      outputDir,
      signal: AbortSignal.any([signal, cut.signal]),
      ...(environment ? { environment } : {}),
      onStart(process) {
        onStart?.(process.pid);
        watch = watchMemory({ pids: () => process.pids(), clock });
        timer = setTimeout(() => cut.abort(), timeoutMs);
      },
    });
    signal.throwIfAborted();
    const timeline = watch!.stop();
    watch = undefined;
    await beforeRemoval?.(outputDir);
    return { run, timeline, durationMs: run.endMs - run.startMs, wasCut: cut.signal.aborted };
  } finally {
    clearTimeout(timer);
    watch?.stop();
    await rm(outputDir, { recursive: true, force: true });
  }
}
