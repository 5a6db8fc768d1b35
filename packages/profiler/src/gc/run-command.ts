import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, PipelineTarget } from '@preopen/core';
import { runBounded } from '../bounded-run.ts';
import { startProbeServer } from '../node/probe-server.ts';
import { readRecordings } from '../node/recording.ts';
import { withNodeFlags } from '../pressure/limit.ts';
import type { GcRun } from './gc-experiment.ts';
import type { GcSetting } from './setting.ts';

/** A whole run may take this long under any setting. */
const timeoutMs = 600_000;

/** A command or a pipeline that runs to its end, as work for an experiment. Its Node processes record their collections. */
export function commandWork(
  pipeline: PipelineTarget,
  { inputDir, workDir, clock }: { readonly inputDir: string; readonly workDir: string; readonly clock: Clock },
): (setting: GcSetting, signal: AbortSignal) => Promise<GcRun> {
  return async ({ flags }, signal) => {
    const folder = await mkdtemp(join(workDir, 'collections-'));
    const probes = await startProbeServer({ folder, collections: true });
    try {
      const { run, timeline, durationMs, wasCut } = await runBounded(pipeline, {
        inputDir,
        outputDir: join(folder, 'output'),
        signal,
        clock,
        timeoutMs,
        environment: (before) => probes.environment({ ...before, ...withNodeFlags(flags)(before) }),
      });
      if (wasCut || run.exit.code !== 0) {
        const how = wasCut
          ? `longer than ${timeoutMs / 1000} s`
          : `ended with ${run.exit.signal ?? `code ${run.exit.code}`}`;
        return { outcome: 'broke', reason: [how, ...run.lastWords.slice(-1)].join(': ') };
      }
      const recordings = await readRecordings(folder);
      if (recordings.length === 0)
        return { outcome: 'broke', reason: 'no Node process told of its collections: are there any?' };
      const pausedMs = recordings.reduce((sum, { collections }) => sum + (collections?.totalPauseMs ?? 0), 0);
      return {
        outcome: 'done',
        figures: { workMs: durationMs, gcShare: pausedMs / durationMs, peakBytes: timeline.peak?.bytes ?? Number.NaN },
      };
    } finally {
      await probes.close();
      await rm(folder, { recursive: true, force: true });
    }
  };
}
