import { join } from 'node:path';
import type { CheckContext, PipelineRun } from '@preopen/core';
import {
  type CompanyFigures,
  narrowFigures,
  type Panel,
  type Predictions,
  readDataset,
  readDatasetFigures,
  readManifest,
  readPredictions,
  type Stock,
  writeDataset,
} from '@preopen/market-tw';

/** A pipeline run whose results have been read. */
export interface FinishedRun {
  readonly run: PipelineRun;
  readonly panel: Panel;
  /** Sessions that a prediction looks ahead, as the dataset says. */
  readonly horizonDays: number;
  readonly predictions: Predictions;
}

/** A run of the pipeline on a dataset folder, to the end. @throws Error in words if it fails or leaves nothing to read */
export async function runOn(
  context: CheckContext,
  inputDir: string,
  outputDir: string,
  what: string,
): Promise<FinishedRun> {
  context.emit({ type: 'progress', message: what });
  const run = await context.pipeline!.run({
    inputDir,
    outputDir,
    signal: context.signal,
    onStage: ({ stage, event }) => {
      if (event === 'start') context.emit({ type: 'progress', message: `${what}: ${stage}` });
    },
  });
  context.signal.throwIfAborted();
  if (run.exit.code !== 0) {
    const words = run.lastWords.slice(-5).join(' ⏎ ');
    const ending = run.exit.signal ?? `code ${run.exit.code}`;
    throw new Error(`${what}: it ended with ${ending}${words === '' ? '' : `; its last words: ${words}`}`);
  }
  context.emit({ type: 'progress', message: 'reading its predictions' });
  const panel = await readDataset(inputDir);
  const predictions = await readPredictions(outputDir, panel);
  if (predictions.rows === 0) throw new Error(`${what}: it left a file of predictions without a row`);
  return { run, panel, predictions, horizonDays: await horizonOf(inputDir) };
}

/** Sessions that a prediction looks ahead, as `dataset.json` says. */
export async function horizonOf(datasetDir: string): Promise<number> {
  const { horizonDays } = await readManifest(datasetDir);
  return horizonDays;
}

/**
 * The run of the pipeline on the run's dataset, made once and shared by all checks that look at its results.
 * @throws Error in words if the pipeline fails or its predictions cannot be read
 */
export function sharedPipelineRun(context: CheckContext): Promise<FinishedRun> {
  return context.shared('pipeline-run', () =>
    runOn(context, context.dataset!.dir, join(context.workDir, 'output'), 'the pipeline runs'),
  );
}

/** What companies reported, by the run's dataset, and the stocks that its rows are numbered by. */
interface ReportedFigures {
  readonly stocks: readonly Stock[];
  readonly figures: CompanyFigures | undefined;
}

/** Read once for all checks. */
function reportedFigures(context: CheckContext): Promise<ReportedFigures> {
  return context.shared('company-figures', async () => {
    const { dir } = context.dataset!;
    const { stocks } = await readDataset(dir);
    return { stocks, figures: await readDatasetFigures(dir, stocks) };
  });
}

/**
 * A run of the pipeline on a panel made for a check, with the company figures of its stocks if the run's dataset has any.
 * @param trial.name of its folders below the check's own
 * @param trial.knownOn date after which no figure is published yet; default: figures stay as they are
 */
export async function trialRun(
  context: CheckContext,
  trial: {
    readonly name: string;
    readonly what: string;
    readonly panel: Panel;
    readonly horizonDays: number;
    readonly knownOn?: string;
  },
): Promise<FinishedRun> {
  const { name, what, panel, horizonDays, knownOn } = trial;
  const inputDir = join(context.workDir, `${name}-input`);
  const { stocks, figures } = await reportedFigures(context);
  await writeDataset(panel, inputDir, {
    source: context.dataset!.source,
    origin: `${context.dataset!.origin}; ${what}`,
    horizonDays,
    ...(figures && { figures: narrowFigures(figures, stocks, panel.stocks, knownOn) }),
  });
  return runOn(context, inputDir, join(context.workDir, `${name}-output`), what);
}
