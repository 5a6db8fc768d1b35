import { join } from 'node:path';
import type { Clock, PipelineTarget } from '@preopen/core';
import { runBounded } from '../bounded-run.ts';
import { highest } from '../highest.ts';
import { startProbeServer } from '../node/probe-server.ts';
import { watchNode } from '../node/watch-node.ts';
import type { EndedRun } from './ending.ts';
import { layLimit, type MemoryLimit } from './limit.ts';
import { markOutput, type OutputMark } from './output-mark.ts';

/** A run of a workload, under a limit or without one. */
export interface PressureRun extends EndedRun {
  /** `NaN` where memory cannot be seen. */
  readonly peakBytes: number;
  /** Highest sum of mapped memory over its processes. */
  readonly virtualBytes: number;
  /** Highest heap of a Node process that was seen; `NaN` where it was not asked for, or there is none. */
  readonly heapBytes: number;
}

/** Work that can be done again and again, under one limit or another. */
export interface PressureWorkload {
  /** Does the work once under a limit, or under none. */
  run(request: {
    readonly limit: MemoryLimit | undefined;
    /** Whether Node processes are to be asked for their heaps. */
    readonly asksHeap: boolean;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  }): Promise<PressureRun>;
}

/** A command or a pipeline as such work. Its output is what it writes to its output folder. */
export function pipelineWorkload(
  pipeline: PipelineTarget,
  { inputDir, workDir, clock }: { readonly inputDir: string; readonly workDir: string; readonly clock: Clock },
): PressureWorkload {
  let runs = 0;
  return {
    async run({ limit, asksHeap, timeoutMs, signal }) {
      const name = `pressure-${++runs}`;
      const laid = layLimit(limit, name);
      const probes = asksHeap ? await startProbeServer() : undefined;
      const heap = probes ? watchNode(probes, clock, { everyMs: 50 }) : undefined;
      let output: ReadonlyMap<string, OutputMark> = new Map();
      try {
        const { run, timeline, durationMs, wasCut } = await runBounded(pipeline, {
          inputDir,
          outputDir: join(workDir, name),
          signal,
          clock,
          timeoutMs,
          environment: (before) => ({ ...probes?.environment(before), ...laid.environment(before) }),
          onStart: laid.apply,
          beforeRemoval: async (folder) => {
            output = await markOutput(folder);
          },
        });
        const node = await heap?.stop();
        return {
          exit: wasCut ? undefined : run.exit,
          durationMs,
          lastWords: run.lastWords,
          kills: laid.kills(),
          output,
          peakBytes: timeline.peak?.bytes ?? Number.NaN,
          virtualBytes: highest(timeline.virtualBytes),
          heapBytes: node ? highest(node.usedBytes) : Number.NaN,
        };
      } finally {
        await heap?.stop();
        await probes?.close();
        laid.remove();
      }
    },
  };
}
