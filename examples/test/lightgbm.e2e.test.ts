import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EncodedRequest,
  loadConfig,
  openPipeline,
  type RunningService,
  startService,
  systemClock,
} from '../../packages/core/src/index.ts';
import { Booster } from '../../packages/lightgbm-wasm/dist/index.js';
import { simulateMarket, writeDataset } from '../../packages/market-tw/src/index.ts';

const example = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
/** Why an example cannot run here; empty where it can. */
const lacking = (name: string): string =>
  existsSync(join(example(name), '.venv', 'installed'))
    ? ''
    : ': skipped, its Python packages are not installed (node scripts/install-examples.mjs gets them from PyPI)';

const made: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'preopen-example-'));
  made.push(path);
  return path;
};
const path = process.env.PATH;
afterAll(() => {
  process.env.PATH = path;
  for (const one of made) rmSync(one, { recursive: true, force: true });
});

/** The example's files in a folder of its own, with its Python first on the path, as after `activate`. */
function checkOut(name: string): string {
  const dir = join(folder(), name);
  cpSync(example(name), dir, { recursive: true, filter: (file) => !/\.venv|__pycache__/.test(file) });
  process.env.PATH = [join(example(name), '.venv', 'bin'), path].join(delimiter);
  return dir;
}

const signal = new AbortController().signal;
const optionsIn = (configDir: string) => ({ clock: systemClock, signal, configDir, workDir: folder() });

async function serviceIn(dir: string): Promise<RunningService> {
  const config = await loadConfig(join(dir, 'preopen.config.json'));
  return startService({ ...config.targets[0]!.service!, name: 'alpha' }, optionsIn(dir));
}

/** What Node makes of the same model and rows. */
function inNode(modelFile: string, service: RunningService, rows: number): Float64Array {
  const booster = Booster.load(readFileSync(modelFile, 'utf8'));
  const { values, features } = service.batch(rows, 7);
  const columns = Array.from({ length: features }, (_, column) =>
    Float64Array.from({ length: rows }, (_, row) => values[row * features + column]!),
  );
  return booster.predict({ rowCount: rows, columns });
}

const batchOf = (service: RunningService, rows: number): EncodedRequest =>
  service.codec.encode(service.batch(rows, 7), 'alpha');

let model = '';

describe.skipIf(lacking('fastapi-lightgbm'))(`the FastAPI example${lacking('fastapi-lightgbm')}`, () => {
  let dir = '';
  let predictions: string[] = [];
  const predict = async (panel: ReturnType<typeof simulateMarket>['panel']): Promise<string[]> => {
    const inputDir = join(folder(), 'data');
    await writeDataset(panel, inputDir, { source: 'simulated', origin: 'example' });
    const config = await loadConfig(join(dir, 'preopen.config.json'));
    const outputDir = folder();
    const run = await openPipeline(config.targets[0]!.pipeline!, { ...optionsIn(dir), name: 'alpha' }).run({
      inputDir,
      outputDir,
      signal,
    });
    expect(run.exit.code, run.lastWords.join('\n')).toBe(0);
    expect(run.stages.map(({ stage }) => stage)).toContain('features');
    model = join(outputDir, 'model.txt');
    return readFileSync(join(outputDir, 'predictions.csv'), 'utf8').trimEnd().split('\n').slice(1);
  };
  const market = simulateMarket({ stocks: 60, days: 60, seed: 3 }).panel;
  beforeAll(async () => {
    dir = checkOut('fastapi-lightgbm');
    predictions = await predict(market);
  });

  it('predicts finite numbers for stocks of every day after the first sixteen', () => {
    expect(new Set(predictions.map((line) => line.slice(0, 10))).size).toBe(60 - 16);
    expect(predictions.every((line) => Number.isFinite(Number(line.split(',')[2])))).toBe(true);
  });
  it('serves the model it trained, and Node gives the same predictions from the file, bit for bit', async () => {
    writeFileSync(join(dir, 'model.txt'), readFileSync(model));
    const service = await serviceIn(dir);
    try {
      expect(service.metadata).toMatchObject({ features: 8, inputName: 'features', datatype: 'FP64' });
      const exchange = await service.send(batchOf(service, 200));
      expect(exchange.outcome, exchange.problem).toBe('ok');
      expect(exchange.predictions).toEqual(inNode(model, service, 200));
      expect(exchange.reply?.headers['server-timing']).toMatch(/decode;dur=.*predict;dur=/);
      const wrong = Buffer.from('{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[1,2]}]}');
      const refused = await service.send({ ...batchOf(service, 1), headers: {}, body: wrong });
      expect(refused.status).toBe(400);
      expect(refused.problem).toContain('expected [rows, 8]');
    } finally {
      await service.stop();
    }
  });
});

describe.skipIf(lacking('mlserver-lightgbm') || lacking('fastapi-lightgbm'))(
  `the MLServer example${lacking('mlserver-lightgbm')}`,
  () => {
    it('speaks the protocol as it is: its answers are those that Node gives from the same file', async () => {
      const dir = checkOut('mlserver-lightgbm');
      writeFileSync(join(dir, 'model.txt'), readFileSync(model));
      const service = await serviceIn(dir);
      try {
        expect(service.metadata.features).toBe(8);
        const exchange = await service.send(batchOf(service, 50));
        expect(exchange.outcome, exchange.problem).toBe('ok');
        expect(exchange.predictions).toEqual(inNode(model, service, 50));
      } finally {
        await service.stop();
      }
    });
  },
);
