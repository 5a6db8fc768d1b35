import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, type CheckContext, createRandom, openPipeline, systemClock } from '@preopen/core';
import { datasetTaiwanFaults, taiwanPipelineCheck, taiwanPrintsCheck } from '@preopen/failover';
import { simulatedDataset } from '@preopen/market-tw';
import { referenceTarget } from '@preopen/pipeline';
import { afterAll, describe, expect, it } from 'vitest';
import { taiwanMarket } from '../src/taiwan-market.ts';

const folder = mkdtempSync(join(tmpdir(), 'preopen-taiwan-reference-'));
const { signal } = new AbortController();
afterAll(() => rmSync(folder, { recursive: true }));

const run = (check: Check) => {
  let datasets = 0;
  const config = referenceTarget().pipeline!;
  const options = { name: 'reference', clock: systemClock, workDir: folder, configDir: folder };
  const context: CheckContext = {
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
    pipeline: openPipeline(config, options),
    datasetAt: ({ stocks, days }) =>
      simulatedDataset()({ dir: join(folder, `data-${datasets++}`), stocks, days, seed: 42, signal }),
  };
  return check.run(context);
};

describe('the reference pipeline', () => {
  it('bears what feeds and the market do to the prints of a session, and states all that is judged of them', async () => {
    const { measurements, notMeasured } = await run(taiwanPrintsCheck(taiwanMarket, { frontierSteps: 0 }));
    expect(measurements.filter(({ metric, value }) => value > 0 && !metric.endsWith('.frontier'))).toEqual([]);
    expect(notMeasured).toEqual([]);
  }, 300_000);

  it('settles past a closed day, and keeps apart two companies of one code', async () => {
    const faults = datasetTaiwanFaults.filter(({ id }) => ['tw-11', 'tw-15'].includes(id));
    const { measurements, notMeasured } = await run(taiwanPipelineCheck(taiwanMarket, { faults, frontierSteps: 0 }));
    const counts = measurements.filter(({ metric }) => !/\.(frontier|ic)$/.test(metric));
    expect(counts.filter(({ value }) => value > 0)).toEqual([]);
    for (const name of ['tw-11.settlement', 'tw-11.closedAfternoon', 'tw-15.claimedLive', 'tw-15.codeReused'])
      expect(counts.find(({ metric }) => metric === `taiwan.${name}`)?.samples, name).toBeGreaterThan(0);
    expect(notMeasured?.filter(({ metric }) => !/\.(ic|ranking)$/.test(metric))).toEqual([]);
  }, 300_000);
});
