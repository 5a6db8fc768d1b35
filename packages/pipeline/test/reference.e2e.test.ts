import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRandom,
  type Dataset,
  openPipeline,
  type PipelineTarget,
  startService,
  systemClock,
} from '@preopen/core';
import { forwardReturns, readDataset, readPredictions, simulatedDataset } from '@preopen/market-tw';
import {
  informationCoefficient,
  informationCoefficients,
  lookAheadCheck,
  referenceFolds,
  referenceTarget,
  serve,
} from '@preopen/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFolds } from '../src/fold-file.ts';
import { aContext } from './support/check-context.ts';

const workDir = mkdtempSync(join(tmpdir(), 'preopen-reference-'));
const { signal } = new AbortController();
/** So many that there are five folds. */
const days = 84;
let dataset: Dataset;
let pipeline: PipelineTarget;

beforeAll(async () => {
  dataset = await simulatedDataset()({ dir: join(workDir, 'data'), stocks: 100, days, seed: 42, signal });
  const { pipeline: config } = referenceTarget();
  pipeline = openPipeline(config!, { name: 'reference', clock: systemClock, workDir, configDir: workDir });
});
afterAll(() => rmSync(workDir, { recursive: true, force: true }));

/** A service with the model and the features of a run says of its last session what the run said. */
async function expectServedAsPredicted(outputDir: string): Promise<void> {
  const panel = await readDataset(dataset.dir);
  const { values } = await readPredictions(outputDir, panel);
  const lastDay = values.subarray(-panel.stocks.length);
  const predicted = [...panel.stocks.keys()].filter((i) => !Number.isNaN(lastDay[i]!));
  expect(predicted.length).toBeGreaterThan(90);
  const service = await serve({
    modelPath: join(outputDir, 'model.txt'),
    featuresPath: join(outputDir, 'features.csv'),
  });
  try {
    const data = predicted.map((i) => panel.stocks[i]!.code);
    const response = await fetch(`${service.url}/v2/models/reference/infer`, {
      method: 'POST',
      body: JSON.stringify({ inputs: [{ name: 'stock', shape: [data.length], datatype: 'BYTES', data }] }),
    });
    const answer = (await response.json()) as { outputs: { data: number[] }[] };
    expect(answer.outputs[0]!.data).toEqual(predicted.map((i) => lastDay[i]!));
    expect(response.headers.get('preopen-data-date')).toBe(panel.dates.at(-1));
  } finally {
    await service.close();
  }
}

describe('the reference pipeline', () => {
  it('finds the signal of a small simulated market, on days that it did not train on', async () => {
    const outputDir = join(workDir, 'whole');
    const { exit, stages } = await pipeline.run({ inputDir: dataset.dir, outputDir, signal });
    expect(exit.code).toBe(0);
    expect(new Set(stages.map(({ stage }) => stage))).toEqual(
      new Set(['load', 'features', 'training', 'prediction', 'write']),
    );
    expect(stages.every(({ endMs }) => endMs !== undefined)).toBe(true);
    const panel = await readDataset(dataset.dir);
    const shape = { days: panel.dates.length, stocks: panel.stocks.length };
    const { values } = await readPredictions(outputDir, panel);
    const first = Math.floor(values.findIndex((value) => !Number.isNaN(value)) / shape.stocks);
    expect(first).toBe(referenceFolds(days, 1)[0]!.testFrom);
    const daily = informationCoefficients(values, forwardReturns(panel, 1), shape);
    expect(informationCoefficient(daily, { random: createRandom(1) })!.interval.low).toBeGreaterThan(0.05);
    const model = await readFile(join(outputDir, 'model.txt'), 'utf8');
    expect(model).toMatch(/^tree\n/);
    expect(model).toMatch(/^feature_names=.*\brevenue_growth\b/m);
    expect(await readdir(outputDir)).toEqual([
      'features.csv',
      'folds.csv',
      'importance.csv',
      'model.txt',
      'predictions.csv',
      'settlement.csv',
    ]);
  });

  it('knows neither later days nor later company reports', async () => {
    const { measurements } = await lookAheadCheck().run(await aContext(pipeline, { stocks: 60, days: 60, seed: 5 }));
    expect(measurements).toMatchObject([{ metric: 'pit.violations', value: 0 }]);
    expect(measurements[0]!.samples).toBeGreaterThan(500);
  });

  it('killed in the third of five folds and started again, it ends as if nothing had happened', async () => {
    const outputDir = join(workDir, 'killed');
    let trainings = 0;
    let kill = (): void => undefined;
    const killed = await pipeline.run({
      inputDir: dataset.dir,
      outputDir,
      signal,
      onStart: (process) => {
        kill = () => process.kill('SIGKILL');
      },
      onStage: ({ stage, event }) => {
        if (stage === 'training' && event === 'start' && ++trainings === 3) kill();
      },
    });
    expect(killed.exit.signal).toBe('SIGKILL');
    expect(await readdir(outputDir)).toEqual(['folds']);
    const resumed = await pipeline.run({ inputDir: dataset.dir, outputDir, signal });
    expect(resumed.exit.code).toBe(0);
    const folds = referenceFolds(days, 1).length;
    expect(folds).toBe(5);
    expect(resumed.stages.filter(({ stage }) => stage === 'training')).toHaveLength(folds - 2);
    for (const file of ['predictions.csv', 'model.txt', 'importance.csv', 'features.csv', 'folds.csv'])
      expect(await readFile(join(outputDir, file), 'utf8')).toBe(await readFile(join(workDir, 'whole', file), 'utf8'));
  });

  it('generates features for each fold where asked, and keeps within the rules of the rest', async () => {
    const { pipeline: config } = referenceTarget();
    if (config?.kind !== 'command') throw new Error('expected a command');
    const [node, ...rest] = config.command;
    const command: [string, ...string[]] = [node, ...rest, '--generate', '5'];
    const generating = openPipeline(
      { kind: 'command', command },
      { name: 'generating', clock: systemClock, workDir, configDir: workDir },
    );
    const outputDir = join(workDir, 'generated');
    const { exit, stages } = await generating.run({ inputDir: dataset.dir, outputDir, signal });
    expect(exit.code).toBe(0);
    expect(stages.filter(({ stage }) => stage === 'generation')).toHaveLength(referenceFolds(days, 1).length);
    expect(await readFile(join(outputDir, 'model.txt'), 'utf8')).toMatch(/feature_names=.*[(|]/);
    await expectServedAsPredicted(outputDir);
  });

  it('leaves what a service predicts its last session with, by stock code, to the bit', async () => {
    const outputDir = join(workDir, 'whole');
    await expectServedAsPredicted(outputDir);
    const panel = await readDataset(dataset.dir);
    expect(await readFolds(outputDir, panel.dates)).toEqual(referenceFolds(days, 1));
  });

  it('says in words what is wrong with its input', async () => {
    const { exit, lastWords } = await pipeline.run({ inputDir: workDir, outputDir: join(workDir, 'none'), signal });
    expect(exit.code).toBe(1);
    expect(lastWords.join()).toContain('dataset.json');
  });
});

describe('the reference service', () => {
  it('is ready, answers a whole market and ends on SIGTERM', async () => {
    const { service: config } = referenceTarget();
    const service = await startService(
      { ...config!, name: 'reference' },
      { clock: systemClock, workDir, configDir: workDir, signal },
    );
    try {
      expect(service.metadata.features).toBeGreaterThan(60);
      const exchange = await service.send(service.codec.encode(service.batch(2000, 1), service.model));
      expect(exchange.outcome).toBe('ok');
      expect(exchange.predictions).toHaveLength(2000);
      expect(String(exchange.reply!.headers['server-timing'])).toMatch(/predict;dur=/);
    } finally {
      await service.stop();
    }
    expect(service.process!.exit()!.code).toBe(0);
  });
});
