import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CheckContext,
  type CheckOutcome,
  createRandom,
  openPipeline,
  type PipelineTarget,
  systemClock,
} from '@preopen/core';
import { datasetTaiwanFaults, printTaiwanFaults, taiwanPipelineCheck, taiwanPrintsCheck } from '@preopen/failover';
import { simulatedDataset } from '@preopen/market-tw';
import { afterAll, describe, expect, it } from 'vitest';
import { taiwanMarket } from '../src/taiwan-market.ts';
import { printMutations, rightPrintPipeline } from './support/print-pipelines.ts';
import { mutant, mutations, rightPipeline } from './support/taiwan-pipelines.ts';

const folder = mkdtempSync(join(tmpdir(), 'preopen-taiwan-faults-'));
const { signal } = new AbortController();
afterAll(() => rmSync(folder, { recursive: true }));

const contextOf = (more: Partial<CheckContext>): CheckContext => ({
  signal,
  clock: systemClock,
  seed: 42,
  random: (purpose) => createRandom(42, purpose),
  scale: { stocks: 40, days: 63, users: 1 },
  budgetMs: 600_000,
  workDir: folder,
  keep: async (name, title, mediaType) => ({ title, path: name, mediaType }),
  emit: () => undefined,
  undecided: () => false,
  shared: (_key, make) => make(),
  ...more,
});

let datasets = 0;
const datasetAt: NonNullable<CheckContext['datasetAt']> = ({ stocks, days }) =>
  simulatedDataset()({ dir: join(folder, `data-${datasets++}`), stocks, days, seed: 42, signal });

function pipelineOf(name: string, code: string): PipelineTarget {
  writeFileSync(join(folder, `${name}.mjs`), code);
  const options = { name, clock: systemClock, workDir: folder, configDir: folder };
  return openPipeline({ kind: 'module', module: `./${name}.mjs` }, options);
}

async function judged(name: string, code: string, ids: readonly string[]): Promise<CheckOutcome> {
  const pipeline = pipelineOf(name, code);
  const faults = datasetTaiwanFaults.filter(({ id }) => ids.includes(id));
  return taiwanPipelineCheck(taiwanMarket, { faults, frontierSteps: 0 }).run(contextOf({ pipeline, datasetAt }));
}

const violated = ({ measurements }: CheckOutcome): Map<string, string> =>
  new Map(
    measurements
      .filter(({ metric, value }) => value > 0 && !/\.(frontier|ic)$/.test(metric))
      .map(({ metric, how }) => [metric, how ?? '']),
  );

describe('a pipeline under the failures of the Taiwan market', () => {
  it('bears all of them if it does right, and has the whole of each as its frontier', async () => {
    const outcome = await judged(
      'right',
      rightPipeline,
      datasetTaiwanFaults.map(({ id }) => id),
    );
    expect(violated(outcome)).toEqual(new Map());
    expect(outcome.notMeasured?.filter(({ metric }) => !metric.endsWith('.ic'))).toEqual([]);
    const frontiers = outcome.measurements.filter(({ metric }) => metric.endsWith('.frontier'));
    expect(frontiers.map(({ value }) => value)).toEqual(datasetTaiwanFaults.map(() => 1));
  });

  it.each(mutations.map((mutation, i) => ({ ...mutation, name: `mutant-${i}` })))(
    'is caught by $invariant of $fault if it $title',
    async (mutation) => {
      const outcome = await judged(mutation.name, mutant(mutation), [mutation.fault]);
      expect([...violated(outcome).keys()]).toContain(`taiwan.${mutation.fault}.${mutation.invariant}`);
    },
  );
});

describe('a pipeline that takes the prints of a session', () => {
  const prints = (name: string, code: string, ids: readonly string[]): Promise<CheckOutcome> => {
    const faults = printTaiwanFaults.filter(({ id }) => ids.includes(id));
    const pipeline = pipelineOf(name, code);
    return taiwanPrintsCheck(taiwanMarket, { faults, frontierSteps: 0 }).run(contextOf({ pipeline, datasetAt }));
  };

  it('bears what feeds do to them if it does right', async () => {
    const outcome = await prints(
      'right-prints',
      rightPrintPipeline,
      printTaiwanFaults.map(({ id }) => id),
    );
    expect(violated(outcome)).toEqual(new Map());
    expect(outcome.notMeasured).toEqual([]);
  });

  it('is not measured if it takes days alone', async () => {
    const outcome = await prints('days', rightPipeline, ['tw-17']);
    expect(outcome.measurements).toEqual([]);
    expect(outcome.notMeasured?.[0]?.reason).toContain('needs a pipeline that reads prints.csv and as-of.csv');
  });

  it.each(printMutations.map((mutation, i) => ({ ...mutation, name: `print-mutant-${i}` })))(
    'is caught by $invariant of $fault if it $title',
    async (mutation) => {
      const outcome = await prints(mutation.name, mutant(mutation, rightPrintPipeline), [mutation.fault]);
      expect([...violated(outcome).keys()]).toContain(`taiwan.${mutation.fault}.prints.${mutation.invariant}`);
    },
  );
});
