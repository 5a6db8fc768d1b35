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

/** A sentence of a pipeline's code that a mutant says in another way, and the invariant of a fault by which it must be caught. */
interface Mutation {
  readonly title: string;
  readonly fault: string;
  readonly invariant: string;
}
interface Pipelines {
  readonly rightPipeline: string;
  readonly mutations: readonly Mutation[];
  mutant(mutation: Mutation, pipeline?: string): string;
}
interface PrintPipelines {
  readonly rightPrintPipeline: string;
  readonly printMutations: readonly Mutation[];
}

/** The pipelines of the mutation score, all of which scripts/verify-mutants.mjs runs. */
const program = (name: string) => import(new URL(`../../failover/mutants/${name}.mjs`, import.meta.url).href);
const { rightPipeline, mutations, mutant }: Pipelines = await program('taiwan-pipelines');
const { rightPrintPipeline, printMutations }: PrintPipelines = await program('print-pipelines');

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

/**
 * Invariants that do not hold. Frontier, coverage and rank information coefficient are figures and no counts: what is wrong with the
 * latter is counted as `ranking`.
 */
const violated = ({ measurements }: CheckOutcome): Map<string, string> =>
  new Map(
    measurements
      .filter(({ metric, value }) => value > 0 && !/\.(frontier|ic|coverage)$/.test(metric))
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
    const live = outcome.measurements.find(({ metric }) => metric === 'taiwan.tw-02.live.coverage');
    expect(live?.value).toBe(1);
    // Reversal earns nothing in a market without any; the oracle below ranks.
    expect(outcome.notMeasured?.filter(({ metric }) => !/\.(ic|ranking)$/.test(metric))).toEqual([]);
    const frontiers = outcome.measurements.filter(({ metric }) => metric.endsWith('.frontier'));
    expect(frontiers.map(({ value }) => value)).toEqual(datasetTaiwanFaults.map(() => 1));
  });

  it('is judged by how it ranks what is still there, if it ranks at all', async () => {
    // Knows the next close, which stands in the file: a ranking beyond doubt.
    const next = 'rows.find((one) => one.stock === row.stock && one.date === dates[row.at + 1])';
    const score = `row.score = (${next}?.close ?? row.close) / row.close;`;
    const told = rightPipeline.split('\n').map((line) => (line.includes('row.score = -recent') ? score : line));
    const right = told.join('\n');
    // Turns around where stocks are matched every five minutes, which is 54 times a day.
    const isStruck = '(rows.filter(({ trades }) => trades === 54).length > 5 ? -1 : 1)';
    const wrong = right.replace('?? row.close) / row.close;', `?? row.close) / row.close * ${isStruck};`);
    expect(wrong).not.toBe(right);
    const metric = 'taiwan.tw-16.ranking';
    const found = await judged('oracle', right, ['tw-16']);
    expect(found.measurements).toContainEqual(expect.objectContaining({ metric, value: 0 }));
    expect([...violated(await judged('wrong-oracle', wrong, ['tw-16'])).keys()]).toContain(metric);
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

  it('is not measured by what it does not state', async () => {
    const silent = rightPrintPipeline.replace('flag,volatility,late', 'flag');
    const outcome = await prints('silent-prints', silent, ['tw-03', 'tw-05', 'tw-08']);
    expect(violated(outcome)).toEqual(new Map());
    expect(outcome.notMeasured).toEqual(
      [
        ['taiwan.tw-03.prints.flatVolatility', 'volatility'],
        ['taiwan.tw-05.prints.lateUncounted', 'late'],
        ['taiwan.tw-08.prints.resumeJump', 'volatility'],
      ].map(([metric, column]) => ({
        metric,
        reason: `needs a column “${column}” in live.csv; the target does not state it`,
      })),
    );
  });

  it('is not measured if it takes days alone', async () => {
    const outcome = await prints('days', rightPipeline, ['tw-17']);
    expect(outcome.measurements).toEqual([]);
    expect(outcome.notMeasured?.[0]?.reason).toContain(
      'needs a pipeline that reads prints.csv, states.csv and as-of.csv',
    );
  });

  it.each(printMutations.map((mutation, i) => ({ ...mutation, name: `print-mutant-${i}` })))(
    'is caught by $invariant of $fault if it $title',
    async (mutation) => {
      const outcome = await prints(mutation.name, mutant(mutation, rightPrintPipeline), [mutation.fault]);
      expect([...violated(outcome).keys()]).toContain(`taiwan.${mutation.fault}.prints.${mutation.invariant}`);
    },
  );
});
