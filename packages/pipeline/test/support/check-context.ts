import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckContext, createRandom, type Dataset, type PipelineTarget, systemClock } from '@preopen/core';
import { type Panel, readDataset, simulatedDataset } from '@preopen/market-tw';
import { onTestFinished } from 'vitest';

/** What a pipeline under test makes of a panel: `[days × stocks]`, `NaN` is no prediction. */
export type Predict = (panel: Panel, run: number, inputDir: string) => Float64Array | Promise<Float64Array>;

/** A pipeline that runs here and speaks as any other: by files and an exit code. */
export function aPipeline(predict: Predict, change: (csv: string) => string = (csv) => csv): PipelineTarget {
  let runs = 0;
  return {
    name: 'planted',
    async run({ inputDir, outputDir, onStage }) {
      const startMs = systemClock.nowMs();
      onStage?.({ stage: 'features', event: 'start', atMs: startMs });
      const panel = await readDataset(inputDir);
      const values = await predict(panel, runs++, inputDir);
      const n = panel.stocks.length;
      const lines = ['date,stock,prediction'];
      values.forEach((value, at) => {
        if (!Number.isNaN(value))
          lines.push(`${panel.dates[Math.floor(at / n)]},${panel.stocks[at % n]!.code},${value}`);
      });
      await mkdir(outputDir, { recursive: true });
      await writeFile(join(outputDir, 'predictions.csv'), change(`${lines.join('\n')}\n`));
      const endMs = systemClock.nowMs();
      return {
        outputDir,
        startMs,
        endMs,
        exit: { code: 0, signal: null, atMs: endMs },
        stages: [{ stage: 'features', startMs, endMs }],
        lastWords: [],
        logPath: '',
      };
    },
  };
}

/** What a check is given by the runner, on a small simulated market. */
export async function aContext(
  pipeline: PipelineTarget,
  {
    stocks = 60,
    days = 60,
    seed = 3,
    signalStrength = 0.2,
  }: { stocks?: number; days?: number; seed?: number; signalStrength?: number } = {},
): Promise<CheckContext & { readonly kept: Map<string, string>; readonly dataset: Dataset }> {
  const workDir = await mkdtemp(join(tmpdir(), 'preopen-pipeline-'));
  onTestFinished(() => rm(workDir, { recursive: true, force: true }));
  const { signal } = new AbortController();
  const dataset = await simulatedDataset({ signalStrength })({
    dir: join(workDir, 'data'),
    stocks,
    days,
    seed,
    signal,
  });
  const work = new Map<string, Promise<unknown>>();
  const kept = new Map<string, string>();
  return {
    signal,
    clock: systemClock,
    seed,
    random: (purpose) => createRandom(seed, purpose),
    scale: { stocks, days, users: 2 },
    budgetMs: 60_000,
    workDir,
    keep: async (name, title, mediaType, content) => {
      kept.set(name, String(content));
      return { title, path: name, mediaType };
    },
    emit: () => undefined,
    pipeline,
    dataset,
    datasetAt: (size) =>
      simulatedDataset({ signalStrength })({ dir: join(workDir, `data-${size.stocks}`), ...size, seed, signal }),
    undecided: () => false,
    shared: <T>(key: string, make: () => Promise<T>) => {
      if (!work.has(key)) work.set(key, make());
      return work.get(key) as Promise<T>;
    },
    kept,
  };
}
