import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CheckContext,
  type CheckOutcome,
  createRandom,
  type RunningService,
  type ServiceConfig,
  startService,
  systemClock,
} from '@preopen/core';
import {
  defineExperiment,
  modelVersionCheck,
  requestTaiwanFaults,
  runExperiment,
  taiwanServiceCheck,
  wireTaiwanFaults,
} from '@preopen/failover';
import { Booster } from '@preopen/lightgbm-wasm';
import { referenceTarget } from '@preopen/pipeline';
import { afterAll, describe, expect, it } from 'vitest';
import { taiwanMarket } from '../src/taiwan-market.ts';

const folder = mkdtempSync(join(tmpdir(), 'preopen-taiwan-service-'));
const { signal } = new AbortController();
afterAll(() => rmSync(folder, { recursive: true }));

async function withService<T>(
  config: ServiceConfig,
  name: string,
  use: (service: RunningService) => Promise<T>,
): Promise<T> {
  const options = { clock: systemClock, signal, workDir: folder, configDir: folder };
  const service = await startService({ ...config, name }, options);
  try {
    return await use(service);
  } finally {
    await service.stop();
  }
}

/** Invariants that do not hold. What is wrong with the figures P95 and throughput is counted as `slow` and `tooFew`. */
const violated = ({ measurements }: CheckOutcome): string[] =>
  measurements
    .filter(({ metric, value }) => value > 0 && !/\.(frontier|p95|throughput)$/.test(metric))
    .map(({ metric }) => metric);

const contextOf = (service: RunningService): CheckContext => ({
  signal,
  clock: systemClock,
  seed: 42,
  random: (purpose) => createRandom(42, purpose),
  scale: { stocks: 60, days: 63, users: 1 },
  budgetMs: 60_000,
  workDir: folder,
  keep: async (file, title, mediaType) => ({ title, path: file, mediaType }),
  emit: () => undefined,
  undecided: () => false,
  shared: (_key, make) => make(),
  service,
});

/** Judges a service whose prediction of a row is this code, of `value(row, feature)`, `row` and `rows`. */
function judged(
  name: string,
  prediction: string,
  options: Parameters<typeof taiwanServiceCheck>[1] = { frontierSteps: 3 },
): Promise<CheckOutcome> {
  writeFileSync(
    join(folder, `${name}.mjs`),
    `export default { features: 4, predict(values, rows) {
       const value = (row, feature) => values[row * 4 + feature];
       return Float64Array.from({ length: rows }, (_, row) => { return ${prediction}; });
     } };`,
  );
  const config: ServiceConfig = { kind: 'module', module: `./${name}.mjs`, model: name };
  return withService(config, name, (service) => taiwanServiceCheck(taiwanMarket, options).run(contextOf(service)));
}

describe('a service under the failures of the Taiwan market', () => {
  it('bears all of them if it predicts rows by their features alone', async () => {
    const outcome = await judged('right', 'Math.tanh(value(row, 0) - value(row, 1))');
    expect(violated(outcome)).toEqual([]);
    expect(outcome.notMeasured).toEqual([]);
  });

  it.each([
    {
      title: 'ranks rows and breaks ties by their place',
      prediction:
        'Array.from({ length: rows }, (_, other) => other).filter((other) => value(other, 0) < value(row, 0) || (value(other, 0) === value(row, 0) && other < row)).length',
      metric: 'taiwan.tw-06.service.tied',
    },
    {
      title: 'keeps what it knows by the number of the row',
      prediction: 'value(row, 0) + row * 1e-3',
      metric: 'taiwan.tw-06.service.outOfOrder',
    },
    {
      title: 'divides by the length of a row, which is 0 where nothing traded',
      prediction: 'value(row, 0) / Math.hypot(value(row, 0), value(row, 1), value(row, 2), value(row, 3))',
      metric: 'taiwan.tw-08.service.nonFinite',
    },
    {
      title: 'wants the whole market in each request',
      prediction: "rows < 10 ? (() => { throw new Error('too few rows'); })() : value(row, 0)",
      metric: 'taiwan.tw-02.service.refused',
    },
  ])('is caught by $metric if it $title', async ({ prediction, metric, title }) => {
    expect(violated(await judged(title.replaceAll(/\W+/g, '-'), prediction))).toContain(metric);
  });

  it('is caught by its P95 and its throughput if rows without a trade take another way, which is slow', async () => {
    // 6 ms for each row of zeros; in a storm four in ten are, of sixty.
    const busy = 'const until = performance.now() + 6; while (performance.now() < until);';
    const prediction = `(() => { if (value(row, 0) === 0 && value(row, 1) === 0) { ${busy} } return value(row, 0); })()`;
    const faults = requestTaiwanFaults.filter(({ id }) => id === 'tw-08');
    const outcome = await judged('slow-on-zeros', prediction, { faults, frontierSteps: 0 });
    expect(violated(outcome)).toEqual(['taiwan.tw-08.service.slow', 'taiwan.tw-08.service.tooFew']);
    const figure = (name: string) => outcome.measurements.find(({ metric }) => metric.endsWith(`.${name}`))?.value;
    expect(figure('p95')).toBeGreaterThan(100);
    expect(figure('throughput')).toBeLessThan(1500);
  });

  it('has a frontier between what it bears and what it does not', async () => {
    // Of 60 rows it can do without three quarters.
    const few = "rows < 16 ? (() => { throw new Error('too few rows'); })() : value(row, 0)";
    const { measurements } = await judged('few', few);
    const frontier = measurements.find(({ metric }) => metric === 'taiwan.tw-02.service.frontier');
    expect(frontier).toMatchObject({ value: 0.625, interval: { low: 0.625, high: 0.75 } });
  });
});

describe('a model whose file is damaged in the middle of a session (TW-19)', () => {
  const artefact = async (name: string): Promise<string> => {
    const rowCount = 300;
    const names = ['x', 'y'];
    const columns = names.map((_, f) => Float64Array.from({ length: rowCount }, (__, i) => (i * (f + 3)) % 17));
    const params = { objective: 'regression', num_iterations: 5, min_data_in_leaf: 5, verbosity: -1 };
    const booster = await Booster.train({ data: { rowCount, columns, names }, label: columns[0]!, params });
    const path = join(folder, `${name}.txt`);
    writeFileSync(path, booster.toModelText());
    booster.dispose();
    return path;
  };
  const damaged = async (name: string, config: ServiceConfig, path: string) => {
    const before = readFileSync(path);
    const fault = wireTaiwanFaults
      .find(({ id }) => id === 'tw-19')!
      .make({ intensity: 1, durationMs: 2000, rows: 10, market: taiwanMarket, artefact: { path, reload: 'SIGHUP' } });
    const experiment = defineExperiment({
      fault,
      horizonMs: 3000,
      // What counts is what is answered, on however busy a machine.
      steadyState: { warmUpMs: 200, baselineMs: 1500, tolerance: { p50Ratio: 50, p95Ratio: 50, holdMs: 500 } },
      workload: { ratePerSecond: 80, rows: 10, timeoutMs: 5000 },
    });
    const result = await withService(config, name, (service) =>
      runExperiment(experiment, {
        service,
        clock: systemClock,
        signal,
        seed: 1,
        workDir: join(folder, `${name}-work`),
        journalDir: join(folder, 'journals'),
      }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
    if (result.outcome !== 'measured') throw new Error(result.reason);
    return { failed: result.recovery.failed, wrong: result.answers };
  };

  it('changes nothing of what the reference service answers', async () => {
    const path = await artefact('reference');
    const reference = referenceTarget().service;
    if (reference?.kind !== 'command') throw new Error('the reference is a command');
    const command = [...reference.command, '--model', path] as [string, ...string[]];
    const { failed } = await damaged('reference', { ...reference, command }, path);
    expect(failed).toBe(0);
  });

  it('is found in the answers of a service that takes whatever it reads', async () => {
    const path = await artefact('naive');
    writeFileSync(
      join(folder, 'naive-model.mjs'),
      `import { createServer } from 'node:http';
       import { readFileSync } from 'node:fs';
       let weight;
       const load = () => { weight = readFileSync(${JSON.stringify(path)}, 'utf8').length; };
       load();
       process.on('SIGHUP', load);
       createServer((request, response) => {
         let text = '';
         request.on('data', (part) => { text += part; });
         request.on('end', () => {
           if (request.method === 'GET') return response.end(request.url.includes('/models/')
             ? '{"name":"naive","inputs":[{"name":"input","datatype":"FP64","shape":[-1,2]}]}' : '{"extensions":[]}');
           const [{ shape: [rows], data }] = JSON.parse(text).inputs;
           const predictions = Array.from({ length: rows }, (_, row) => data[row * 2] * weight);
           response.end(JSON.stringify({ model_name: 'naive', outputs: [{ name: 'p', datatype: 'FP64', shape: [rows], data: predictions }] }));
         });
       }).listen(Number(process.argv[2]), '127.0.0.1');`,
    );
    const command = [process.execPath, join(folder, 'naive-model.mjs'), '{port}'] as [string, ...string[]];
    const config: ServiceConfig = { kind: 'command', command, readyUrl: 'http://127.0.0.1:{port}/', model: 'naive' };
    // A wrong answer that nothing marks is no good one.
    expect((await damaged('naive', config, path)).failed).toBeGreaterThan(0);
  });

  const versions = (name: string, config: ServiceConfig, path: string): Promise<CheckOutcome> =>
    withService(config, name, (service) => modelVersionCheck({ path, reload: 'SIGHUP' }).run(contextOf(service)));

  it('shows in the version that the reference service says, and only there and in the predictions', async () => {
    const path = await artefact('versions');
    const before = readFileSync(path);
    const reference = referenceTarget().service;
    if (reference?.kind !== 'command') throw new Error('the reference is a command');
    const command = [...reference.command, '--model', path] as [string, ...string[]];
    const { measurements, notMeasured } = await versions('reference', { ...reference, command }, path);
    expect(notMeasured).toEqual([]);
    expect(measurements).toMatchObject([{ metric: 'taiwan.tw-19.service.unversioned', value: 0 }]);
    // The one before, the other one, and the one before again.
    expect(measurements[0]!.samples).toBeGreaterThanOrEqual(3);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    ['says the version of its configuration', '"model_version":"1",', true],
    ['says none', '', false],
  ])('is found by a version that stays, or not measured, of a service that %s', async (title, stated, isMeasured) => {
    const path = await artefact('unversioned');
    const file = join(folder, 'unversioned.mjs');
    writeFileSync(
      file,
      `import { createServer } from 'node:http';
       import { readFileSync } from 'node:fs';
       let weight;
       const load = () => { weight = Number(/^leaf_value=(\\S+)/m.exec(readFileSync(${JSON.stringify(path)}, 'utf8'))[1]); };
       load();
       process.on('SIGHUP', load);
       createServer((request, response) => {
         let text = '';
         request.on('data', (part) => { text += part; });
         request.on('end', () => {
           if (request.method === 'GET') return response.end(request.url.includes('/models/')
             ? '{"name":"naive","inputs":[{"name":"input","datatype":"FP64","shape":[-1,2]}]}' : '{"extensions":[]}');
           const [{ shape: [rows], data }] = JSON.parse(text).inputs;
           const predictions = Array.from({ length: rows }, (_, row) => data[row * 2] * weight);
           response.end('{"model_name":"naive",${stated}"outputs":' + JSON.stringify([{ name: 'p', datatype: 'FP64', shape: [rows], data: predictions }]) + '}');
         });
       }).listen(Number(process.argv[2]), '127.0.0.1');`,
    );
    const command = [process.execPath, file, '{port}'] as [string, ...string[]];
    const config: ServiceConfig = { kind: 'command', command, readyUrl: 'http://127.0.0.1:{port}/', model: 'naive' };
    const { measurements, notMeasured } = await versions(title.replaceAll(' ', '-'), config, path);
    if (isMeasured) expect(measurements[0]!.value).toBeGreaterThan(0);
    else expect(notMeasured?.[0]?.reason).toContain('the target does not state it');
  });
});
