import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, openPipeline, systemClock } from '@preopen/core';
import { datasetTaiwanFaults, printTaiwanFaults, taiwanPipelineCheck, taiwanPrintsCheck } from '@preopen/failover';
import { printMutations, rightPrintPipeline } from './print-pipelines.mjs';
import { simulatedDataset, taiwanMarket } from './taiwan-market.mjs';
import { mutant, mutations, rightPipeline } from './taiwan-pipelines.mjs';

const { signal } = new AbortController();
const forms = {
  days: { right: rightPipeline, all: mutations, metricOf: (fault, invariant) => `taiwan.${fault}.${invariant}` },
  prints: {
    right: rightPrintPipeline,
    all: printMutations,
    metricOf: (fault, invariant) => `taiwan.${fault}.prints.${invariant}`,
  },
};

/** Pipelines with one mistake each under a failure of the Taiwan market, and the figure that must name it. */
export const taiwanPipelines = Object.entries(forms).flatMap(([form, { all, metricOf }]) =>
  all.map(({ title, fault, invariant }) => ({
    mistake: `${fault}-${form}-${invariant}`,
    planted: title,
    fault,
    label: metricOf(fault, invariant),
    form,
  })),
);

const checkOf = (form, fault) =>
  form === 'days'
    ? taiwanPipelineCheck(taiwanMarket, {
        faults: datasetTaiwanFaults.filter(({ id }) => id === fault),
        frontierSteps: 0,
      })
    : taiwanPrintsCheck(taiwanMarket, {
        faults: printTaiwanFaults.filter(({ id }) => id === fault),
        frontierSteps: 0,
      });

/**
 * Runs a pipeline, with its mistake or without, on a dataset with the failure in it.
 * @param scene an entry of `taiwanPipelines`, or what it is without its mistake
 * @param options.mistake the mistake’s name, or nothing for the correct twin
 */
export async function runTaiwanPipeline({ fault, form, planted }, { folder, seed = 1, mistake }) {
  const work = mkdtempSync(join(folder, 'taiwan-'));
  const { right, all } = forms[form];
  try {
    const mutation = all.find(({ title, fault: of }) => title === planted && of === fault);
    writeFileSync(join(work, 'pipeline.mjs'), mistake ? mutant(mutation, right) : right);
    let datasets = 0;
    const options = { name: 'mutant', clock: systemClock, workDir: work, configDir: work };
    const outcome = await checkOf(form, fault).run({
      signal,
      clock: systemClock,
      seed: 41 + seed,
      random: (purpose) => createRandom(41 + seed, purpose),
      scale: { stocks: 40, days: 63, users: 1 },
      budgetMs: 60_000,
      workDir: work,
      keep: async (name, title, mediaType) => ({ title, path: name, mediaType }),
      emit: () => undefined,
      undecided: () => false,
      shared: (_key, make) => make(),
      pipeline: openPipeline({ kind: 'module', module: './pipeline.mjs' }, options),
      datasetAt: ({ stocks, days }) =>
        simulatedDataset()({ dir: join(work, `data-${datasets++}`), stocks, days, seed: 41 + seed, signal }),
    });
    const { measurements, notMeasured = [] } = outcome;
    if (measurements.length === 0) return { labels: [], reason: notMeasured[0]?.reason ?? 'nothing was measured' };
    const isCount = ({ metric, value }) => value > 0 && !/\.(frontier|ic|coverage)$/.test(metric);
    return { labels: measurements.filter(isCount).map(({ metric, how }) => ({ label: metric, sentence: how })) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
