import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CheckContext,
  type CheckOutcome,
  createRandom,
  type Dataset,
  openPipeline,
  startService,
  systemClock,
} from '@preopen/core';
import { afterAll, describe, expect, it } from 'vitest';
import { datasetFaults } from '../src/data/dataset-faults.ts';
import { pipelineDataFaults } from '../src/data/pipeline-check.ts';
import { serviceDataFaults } from '../src/data/service-check.ts';
import { aDataset, leavingOut, pipelineCode, strict, writeDatasetFiles } from './support/pipelines.ts';

const folder = mkdtempSync(join(tmpdir(), 'failover-data-'));
const { signal } = new AbortController();
afterAll(() => rmSync(folder, { recursive: true }));

const contextOf = (more: Partial<CheckContext>): CheckContext => ({
  signal,
  clock: systemClock,
  seed: 1,
  random: (purpose) => createRandom(1, purpose),
  scale: { stocks: 10, days: 20, users: 1 },
  budgetMs: 60_000,
  workDir: folder,
  keep: async (name, title, mediaType) => ({ title, path: name, mediaType }),
  emit: () => undefined,
  undecided: () => false,
  shared: (_key, make) => make(),
  ...more,
});

/** The faults that were handled badly, with the sentence that says how. */
const badOnes = ({ measurements }: CheckOutcome): Map<string, string> =>
  new Map(measurements.filter(({ value }) => value > 0).map(({ metric, how }) => [metric.split('.')[1]!, how ?? '']));

async function pipelineOutcome(name: string, code: string, ids: readonly string[]): Promise<CheckOutcome> {
  const faults = datasetFaults.filter(({ id }) => ids.includes(id));
  writeFileSync(join(folder, `${name}.mjs`), code);
  const options = { name, clock: systemClock, workDir: folder, configDir: folder };
  const dir = join(folder, `${name}-data`);
  const datasetAt = async (): Promise<Dataset> => {
    writeDatasetFiles(dir, aDataset({ stocks: 10, days: 20 }));
    return { source: 'simulated', dir, stocks: 10, days: 20, digest: '', origin: 'test' };
  };
  const pipeline = openPipeline({ kind: 'module', module: `./${name}.mjs` }, options);
  return pipelineDataFaults(faults).run(contextOf({ pipeline, datasetAt }));
}

describe('a pipeline that is given wrong data', () => {
  it('passes if it refuses them by file, line and value', async () => {
    const ids = ['missing-prices', 'truncated-prices', 'wrong-types', 'time-travel', 'out-of-order-rows'];
    const outcome = await pipelineOutcome('strict', pipelineCode(strict), ids);
    expect(outcome.measurements).toHaveLength(ids.length);
    expect(badOnes(outcome)).toEqual(new Map());
    expect(outcome.notes).toContain('rows come in another order: predicts as from right data.');
  });

  it('passes if it leaves wrong rows out', async () => {
    const outcome = await pipelineOutcome('lenient', pipelineCode(leavingOut), ['negative-prices', 'duplicated-rows']);
    expect(outcome.measurements.map(({ how }) => how).toSorted()).toEqual([
      'leaves the wrong rows out',
      'predicts as from right data',
    ]);
  });

  it('fails where it goes on as if nothing were, with a sentence that says what became of it', async () => {
    const ids = ['wrong-types', 'negative-prices', 'out-of-order-rows', 'mojibake'];
    const bad = badOnes(await pipelineOutcome('naive', pipelineCode(''), ids));
    expect([...bad.keys()]).toEqual(['wrong-types', 'negative-prices', 'mojibake']);
    expect(bad.get('wrong-types')).toMatch(/^it ended with code 0, and \d+ of 200 predictions are not finite$/);
    expect(bad.get('negative-prices')).toContain('neither those from right data nor those without the wrong rows');
    expect(bad.get('mojibake')).toMatch(
      /^it ended with code 0 and without a word, and \d+ of 200 predictions are missing$/,
    );
  });

  it('is not measured if it fails on right data', async () => {
    const broken = 'export function run() { throw new Error("no"); }';
    const outcome = await pipelineOutcome('broken', broken, ['missing-prices', 'mojibake']);
    expect(outcome.measurements).toEqual([]);
    expect(outcome.notMeasured).toHaveLength(2);
    expect(outcome.notes[0]).toContain('the pipeline fails on right data');
  });
});

describe('a service that is sent wrong requests', () => {
  it('passes if it refuses them or gives finite predictions', async () => {
    writeFileSync(
      join(folder, 'careful.mjs'),
      `export default { features: 4, predict: (values, rows) =>
         Float64Array.from({ length: rows }, (_, row) => Math.tanh(Number.isNaN(values[row * 4]) ? 0 : values[row * 4])) };`,
    );
    const service = await startService(
      { kind: 'module', name: 'careful', module: './careful.mjs', model: 'careful' },
      { clock: systemClock, signal, workDir: folder, configDir: folder },
    );
    try {
      const outcome = await serviceDataFaults.run(contextOf({ service }));
      expect(outcome.measurements).toHaveLength(serviceDataFaults.metrics.length);
      expect(badOnes(outcome)).toEqual(new Map());
    } finally {
      await service.stop();
    }
  });

  it('fails where it breaks, guesses, or is another one afterwards', async () => {
    // Reads whatever comes, blames itself for what it cannot read, and keeps what it saw.
    writeFileSync(
      join(folder, 'naive-server.mjs'),
      `import { createServer } from 'node:http';
       let worst = 0;
       createServer((request, response) => {
         let text = '';
         request.on('data', (part) => { text += part; });
         request.on('end', () => {
           try {
             if (request.method === 'GET') return response.end(request.url.includes('/models/')
               ? '{"name":"naive","inputs":[{"name":"input","datatype":"FP64","shape":[-1,4]}]}' : '{"extensions":[]}');
             const [{ shape: [rows], data }] = JSON.parse(text).inputs;
             worst = Math.max(worst, ...data.filter(Number.isFinite).map(Math.abs).filter((value) => value > 1e200));
             const predictions = Array.from({ length: rows }, (_, row) => Number(data[row * 4]) + worst);
             response.end(JSON.stringify({ model_name: 'naive', outputs: [{ name: 'p', datatype: 'FP64', shape: [rows], data: predictions }] }));
           } catch (cause) {
             response.writeHead(500).end(String(cause));
           }
         });
       }).listen(Number(process.argv[2]), '127.0.0.1');`,
    );
    const command = [process.execPath, join(folder, 'naive-server.mjs'), '{port}'] as const;
    const service = await startService(
      { kind: 'command', name: 'naive', model: 'naive', command, readyUrl: 'http://127.0.0.1:{port}/' },
      { clock: systemClock, signal, workDir: folder, configDir: folder },
    );
    try {
      const bad = badOnes(await serviceDataFaults.run(contextOf({ service })));
      expect([...bad.keys()]).toEqual(
        expect.arrayContaining([
          'extreme-features',
          'missing-column',
          'truncated-payload',
          'empty-payload',
          'words-for-numbers',
        ]),
      );
      expect(bad.get('truncated-payload')).toContain('it takes the client’s mistake for its own');
      expect(bad.get('extreme-features')).toBe(
        'afterwards the service answers the right request with other predictions than before',
      );
    } finally {
      await service.stop();
    }
  });
});
