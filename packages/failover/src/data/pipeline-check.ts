import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check, CheckContext, CheckOutcome, Measurement, PipelineRun } from '@preopen/core';
import { type DatasetFault, datasetFaults } from './dataset-faults.ts';
import { type Handling, judgePipeline, type PipelineEnd } from './judge-pipeline.ts';
import { findPredictions, type PredictionMap } from './predictions-file.ts';
import type { DatasetFiles } from './price-table.ts';

/** Enough for a pipeline to train and predict; each fault is a run or two of it. */
const stocks = 40;
const days = 63;
/** A pipeline that still runs after so many times its usual duration hangs; never less than half a minute. */
const patience = 5;
const leastPatienceMs = 30_000;

const metricOf = (id: string): string => `data.${id}.swallowed`;

/** The files of a dataset folder. */
export async function filesOf(dir: string): Promise<DatasetFiles> {
  const entries = await readdir(dir, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(await Promise.all(files.map(async ({ name }) => [name, await readFile(join(dir, name))] as const)));
}

async function writeFiles(dir: string, files: DatasetFiles): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(dir, name), bytes);
}

function endOf(run: PipelineRun, found: PipelineEnd['found'], folder: string): PipelineEnd {
  // The whole log, since a warning may stand at its beginning; without our folder, which is gone when it is read.
  const said = readFileSync(run.logPath, 'utf8').replaceAll(`${folder}/`, '').split('\n');
  return { code: run.exit.code, signal: run.exit.signal, said, found };
}

/**
 * Runs the pipeline on files, in folders that are gone afterwards.
 * @param extraFile a further file of its output, whose text is given as `extra` where it is there
 */
export async function runOn(
  files: DatasetFiles,
  name: string,
  context: CheckContext,
  limitMs: number,
  extraFile?: string,
): Promise<{ end: PipelineEnd; tookMs: number; extra: string | undefined } | 'hangs'> {
  const inputDir = join(context.workDir, name, 'input');
  const outputDir = join(context.workDir, name, 'output');
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    await writeFiles(inputDir, files);
    const run = await context.pipeline!.run({
      inputDir,
      outputDir,
      signal: AbortSignal.any([context.signal, limit.signal]),
      onStart: () => {
        timer = setTimeout(() => limit.abort(), limitMs);
      },
    });
    context.signal.throwIfAborted();
    if (limit.signal.aborted) return 'hangs';
    const extraPath = join(outputDir, extraFile ?? '');
    const extra = extraFile !== undefined && existsSync(extraPath) ? readFileSync(extraPath, 'utf8') : undefined;
    return {
      end: endOf(run, await findPredictions(outputDir), join(context.workDir, name)),
      tookMs: run.endMs - run.startMs,
      extra,
    };
  } finally {
    clearTimeout(timer);
    await rm(join(context.workDir, name), { recursive: true, force: true });
  }
}

async function handlingOf(
  fault: DatasetFault,
  files: DatasetFiles,
  clean: PredictionMap,
  context: CheckContext,
  limitMs: number,
): Promise<{ handling: Handling; where: string }> {
  const faulty = fault.damage(files, context.random(`data/${fault.id}`));
  const { where } = faulty;
  const ran = await runOn(faulty.files, fault.id, context, limitMs);
  if (ran === 'hangs')
    return {
      where,
      handling: { kind: 'swallowed', sentence: `it did not end within ${limitMs / 1000} s, and was ended` },
    };
  const handling = await judgePipeline(ran.end, clean, faulty, async () => {
    if (!faulty.withoutWrongRows) return undefined;
    const reduced = await runOn(faulty.withoutWrongRows, `${fault.id}-without`, context, limitMs);
    return reduced !== 'hangs' && reduced.end.found.isThere ? reduced.end.found.predictions : undefined;
  });
  return { handling, where };
}

/** What was done, in words. */
export function sentenceOf(handling: Handling): string {
  switch (handling.kind) {
    case 'refused':
      return `refused: “${handling.said.slice(0, 200)}”`;
    case 'repaired':
      return 'predicts as from right data';
    case 'left-out':
      return 'leaves the wrong rows out';
    case 'warned':
      return `went on and said so: “${handling.said.slice(0, 200)}”`;
    case 'swallowed':
      return handling.sentence;
  }
}

async function run(faults: readonly DatasetFault[], context: CheckContext): Promise<CheckOutcome> {
  const dataset = await context.datasetAt!({ stocks, days });
  try {
    const files = await filesOf(dataset.dir);
    context.emit({ type: 'progress', message: 'right data', fraction: 0 });
    const clean = await runOn(files, 'clean', context, 600_000);
    if (clean === 'hangs' || clean.end.code !== 0 || !clean.end.found.isThere) {
      const reason =
        clean === 'hangs'
          ? 'the pipeline does not end on right data'
          : `the pipeline fails on right data: ${clean.end.found.isThere ? `code ${clean.end.code}` : clean.end.found.reason}`;
      return {
        measurements: [],
        notMeasured: faults.map(({ id }) => ({ metric: metricOf(id), reason })),
        series: [],
        evidence: [],
        notes: [reason],
      };
    }
    const limitMs = Math.max(leastPatienceMs, Math.ceil(clean.tookMs) * patience);
    const measurements: Measurement[] = [];
    const notes: string[] = [];
    for (const [i, fault] of faults.entries()) {
      context.signal.throwIfAborted();
      context.emit({ type: 'progress', message: fault.title, fraction: (i + 1) / (faults.length + 1) });
      const { handling, where } = await handlingOf(fault, files, clean.end.found.predictions, context, limitMs);
      const isBad = handling.kind === 'swallowed';
      const sentence = sentenceOf(handling);
      measurements.push({ metric: metricOf(fault.id), value: isBad ? 1 : 0, unit: 'count', samples: 1, how: sentence });
      notes.push(
        isBad
          ? `${fault.title} (${where}): ${sentence}. A good pipeline ${fault.expected}.`
          : `${fault.title}: ${sentence}.`,
      );
    }
    return { measurements, series: [], evidence: [], notes };
  } finally {
    await rm(dataset.dir, { recursive: true, force: true });
    if (dataset.truthDir !== undefined) await rm(dataset.truthDir, { recursive: true, force: true });
  }
}

/**
 * Runs the pipeline on data with one thing wrong at a time, and judges what it made of it: refused with a word, the same as
 * from right data or from those without the wrong rows, said what it met; or swallowed it.
 */
export const pipelineDataFaults = (faults: readonly DatasetFault[] = datasetFaults): Check => ({
  id: 'failover/data-pipeline',
  title: 'A pipeline is given data that are wrong',
  metrics: faults.map(({ id }) => metricOf(id)),
  needs: ['pipeline'],
  exclusive: ['pipeline'],
  expectedMs: () => faults.length * 4000,
  timeoutMs: () => 1_800_000,
  run: (context) => run(faults, context),
});
