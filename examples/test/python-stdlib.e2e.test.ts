import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRandom,
  loadConfig,
  openInferenceCodec,
  openPipeline,
  type PipelineRun,
  type RunningService,
  startService,
  systemClock,
} from '../../packages/core/src/index.ts';

const configDir = fileURLToPath(new URL('../python-stdlib', import.meta.url));
const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']);
const noPython = python.status !== 0 ? 'python3 of 3.10 or newer is not installed here' : '';
const made: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'preopen-example-'));
  made.push(path);
  return path;
};
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});
const options = {
  clock: systemClock,
  signal: new AbortController().signal,
  workDir: folder(),
  configDir,
};

/** Daily bars in which a tenth of each day's return comes back the next day; from 20 stocks on one is halted at times. */
function pricesCsv({ stocks, days }: { stocks: number; days: number }): string[] {
  const random = createRandom(7, 'examples/prices');
  const close = Array.from({ length: stocks }, () => 100);
  const before = Array.from({ length: stocks }, () => 0);
  const rows: string[] = [];
  for (let day = 0; day < days; day++) {
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
    for (let stock = 0; stock < stocks; stock++) {
      const change = Math.max(-0.09, Math.min(0.09, 0.02 * random.normal() - 0.3 * before[stock]!));
      before[stock] = change;
      const open = close[stock]! * (1 + 0.002 * random.normal());
      close[stock] = close[stock]! * Math.exp(change);
      const [high, low] = [Math.max(open, close[stock]!) * 1.004, Math.min(open, close[stock]!) * 0.996];
      const prices = [open, high, low, close[stock]!].map((price) => price.toFixed(4));
      const volume = Math.round(1e6 * Math.exp(0.4 * random.normal()));
      const isHalted = stock === 20 && day % 9 === 8;
      const cells = isHalted ? ['', '', '', '', 0, 0] : [...prices, volume, Math.round(volume * close[stock]!)];
      rows.push([date, 1000 + stock, ...cells].join(','));
    }
  }
  return rows;
}

const header = 'date,stock,open,high,low,close,volume,turnoverTwd';

async function runOn(rows: readonly string[]): Promise<PipelineRun & { readonly predictions: readonly string[] }> {
  const config = await loadConfig(join(configDir, 'preopen.config.json'));
  const inputDir = folder();
  writeFileSync(join(inputDir, 'prices.csv'), `${[header, ...rows].join('\n')}\n`);
  const outputDir = join(folder(), 'output');
  mkdirSync(outputDir);
  const pipeline = openPipeline(config.targets[0]!.pipeline!, { ...options, name: 'mine' });
  const run = await pipeline.run({ inputDir, outputDir, signal: options.signal });
  expect(run.lastWords.join('\n')).not.toContain('Traceback');
  expect(run.exit).toMatchObject({ code: 0 });
  const text = readFileSync(join(outputDir, 'predictions.csv'), 'utf8').trimEnd();
  return { ...run, predictions: text.split('\n').slice(1) };
}

describe.skipIf(noPython)(`the Python service${noPython && ` (${noPython})`}`, () => {
  let service: RunningService;
  beforeAll(async () => {
    const config = await loadConfig(join(configDir, 'preopen.config.json'));
    service = await startService({ ...config.targets[0]!.service!, name: 'mine' }, options);
  });
  afterAll(() => service?.stop());

  it('is started from its config and says what it takes', () => {
    expect(service.metadata).toEqual({ name: 'alpha', features: 8, inputName: 'features', datatype: 'FP64' });
    expect(service.codec.name).toBe('open-inference/binary');
  });

  it('gives the weighted sum of each row, the same by JSON and by binary tensors of both widths', async () => {
    // The built-in weights of model.py, in the order of its features.
    const weights = [-0.3, -0.2, 0.1, -0.2, -0.1, -0.1, 0, 0];
    const batch = service.batch(50, 3);
    const expected = Array.from({ length: 50 }, (_, row) =>
      weights.reduce((sum, weight, column) => sum + weight * batch.values[row * 8 + column]!, 0),
    );
    for (const [binary, datatype, digits] of [
      [true, 'FP64', 14],
      [false, 'FP64', 14],
      [true, 'FP32', 6],
    ] as const) {
      const codec = openInferenceCodec({ binary, inputName: 'features', datatype });
      const exchange = await service.send(codec.encode(batch, 'alpha'));
      expect(exchange.outcome).toBe('ok');
      for (const [row, value] of expected.entries()) expect(exchange.predictions![row]).toBeCloseTo(value, digits);
    }
  });

  it.each([
    ['{"inputs": []}', 400, 'expected one input tensor'],
    ['no json', 400, 'expected one input tensor'],
    [
      '{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP64", "data": [1, 2]}]}',
      400,
      'shape [1, 2], expected [rows, 8]',
    ],
    ['{"inputs": [{"name": "x", "shape": [1, 8], "datatype": "FP64", "data": [1, NaN]}]}', 400, 'NaN is not JSON'],
    ['{"inputs": [{"name": "x", "shape": [1, 8], "datatype": "FP64", "data": [1, "a"]}]}', 400, 'cannot be read'],
    ['{"inputs": [{"name": "x", "shape": [2, 8], "datatype": "FP64", "data": [1]}]}', 400, '1 values, expected 2 x 8'],
    ['{"inputs": ["x"]}', 400, 'expected one input tensor'],
  ])('refuses %s', async (body, status, message) => {
    const exchange = await service.send({
      method: 'POST',
      path: '/v2/models/alpha/infer',
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
      body: Buffer.from(body),
      predictions: 1,
    });
    expect(exchange.status).toBe(status);
    expect(exchange.problem).toContain(message);
  });
});

describe.skipIf(noPython)(`the Python pipeline${noPython && ` (${noPython})`}`, () => {
  const rows = pricesCsv({ stocks: 40, days: 60 });
  let run: Awaited<ReturnType<typeof runOn>>;
  beforeAll(async () => {
    run = await runOn(rows);
  });

  it('announces its stages with their rows', () => {
    expect(run.stages).toMatchObject([
      { stage: 'features', rows: 2400 },
      { stage: 'training', rows: 50 },
      { stage: 'prediction', rows: 2000 },
    ]);
    expect(run.stages.every((stage) => stage.endMs !== undefined)).toBe(true);
  });

  it('predicts each stock that is listed, halted or not, on each day after the first ten of training', () => {
    expect(run.predictions).toHaveLength(50 * 40);
    const keys = run.predictions.map((line) => line.split(',').slice(0, 2).join());
    expect(keys).toEqual(rows.slice(10 * 40).map((row) => row.split(',').slice(0, 2).join()));
    expect(run.predictions.every((line) => Number.isFinite(Number(line.split(',')[2])))).toBe(true);
  });

  it('finds the reversal that was planted: high predictions are followed by higher returns', () => {
    const closes = new Map(rows.map((row) => [row.split(',').slice(0, 2).join(), Number(row.split(',')[5])]));
    const dates = [...new Set(rows.map((row) => row.split(',')[0]!))];
    let [agreeing, pairs] = [0, 0];
    for (const date of dates.slice(20, -1)) {
      const next = dates[dates.indexOf(date) + 1]!;
      const day = run.predictions
        .filter((line) => line.startsWith(date))
        .map((line) => {
          const [, stock, prediction] = line.split(',');
          return {
            prediction: Number(prediction),
            change: closes.get(`${next},${stock}`)! / closes.get(`${date},${stock}`)!,
          };
        })
        .filter(({ change }) => change > 0 && Number.isFinite(change));
      for (const [index, left] of day.entries()) {
        for (const right of day.slice(0, index)) {
          pairs++;
          if (left.prediction > right.prediction === left.change > right.change) agreeing++;
        }
      }
    }
    // Without a signal half of the pairs agree; a correlation of 0.29 (0.3 of the return's own spread) lets
    // 1/2 + asin(0.29)/π = 0.59 agree. The bound is half way.
    expect(agreeing / pairs).toBeGreaterThan(0.545);
  });

  it('is the same for the same data, byte for byte', async () => {
    expect((await runOn(rows)).predictions).toEqual(run.predictions);
  });

  it('looks nowhere ahead: without the last days all earlier predictions are what they were', async () => {
    const cut = await runOn(rows.slice(0, 45 * 40));
    expect(cut.predictions).toEqual(run.predictions.slice(0, 35 * 40));
  });

  it('writes weights that the service takes', async () => {
    const config = await loadConfig(join(configDir, 'preopen.config.json'));
    const { service: base } = config.targets[0]!;
    if (base?.kind !== 'command') throw new Error('the example starts its service by a command');
    const weights = join(run.outputDir, 'model.json');
    const command = [...base.command, '--weights', weights] as [string, ...string[]];
    const service = await startService({ ...base, command, name: 'fitted' }, options);
    try {
      const exchange = await service.send(
        service.codec.encode({ rows: 1, features: 8, values: Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0) }, 'alpha'),
      );
      expect(exchange.predictions![0]).toBe(JSON.parse(readFileSync(weights, 'utf8')).weights[0]);
    } finally {
      await service.stop();
    }
  });
});
