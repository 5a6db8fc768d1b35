import { join } from 'node:path';
import type { CheckContext, PipelineRun } from '@preopen/core';
import { type Panel, type Predictions, readDataset, readPredictions } from '@preopen/market-tw';

/** A pipeline run whose results have been read. */
export interface FinishedRun {
  readonly run: PipelineRun;
  readonly panel: Panel;
  readonly predictions: Predictions;
}

/**
 * The run of the pipeline on the run's dataset, made once and shared by all checks that look at its results.
 * @throws Error in words if the pipeline fails or its predictions cannot be read
 */
export function sharedPipelineRun(context: CheckContext): Promise<FinishedRun> {
  return context.shared('pipeline-run', async () => {
    const inputDir = context.dataset!.dir;
    const outputDir = join(context.workDir, 'output');
    context.emit({ type: 'progress', message: 'the pipeline runs' });
    const run = await context.pipeline!.run({
      inputDir,
      outputDir,
      signal: context.signal,
      onStage: ({ stage, event }) => {
        if (event === 'start') context.emit({ type: 'progress', message: `the pipeline runs: ${stage}` });
      },
    });
    context.signal.throwIfAborted();
    if (run.exit.code !== 0) {
      const words = run.lastWords.slice(-5).join(' ⏎ ');
      throw new Error(
        `the pipeline ended with ${run.exit.signal ?? `code ${run.exit.code}`}${words === '' ? '' : `; its last words: ${words}`}`,
      );
    }
    context.emit({ type: 'progress', message: 'reading its predictions' });
    const panel = await readDataset(inputDir);
    const predictions = await readPredictions(outputDir, panel);
    return { run, panel, predictions };
  });
}
