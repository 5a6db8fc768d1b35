import { type Check, parseRequirement, type Requirement } from '@preopen/core';
import { failoverCheck } from '../checks.ts';
import { defineExperiment, type Experiment } from '../experiment.ts';
import { requirementsOf } from '../limits.ts';
import type { TaiwanMarket } from './market.ts';
import { wireTaiwanFaults } from './wire-faults.ts';

/** Those that every service that we start must bear, and the one for those whose config names the file of their model. */
const suiteIds = ['tw-01', 'tw-09', 'tw-13', 'tw-20'];
const ofModelFile = 'tw-19';
const suite = { intensity: 1, durationMs: 3000, rows: 100 };

function experiments(market: TaiwanMarket, ids: readonly string[]): readonly (readonly [Experiment, string])[] {
  return wireTaiwanFaults
    .filter(({ id }) => ids.includes(id))
    .map(
      ({ make, title, limits = {} }) =>
        [defineExperiment({ fault: make({ ...suite, market }), limits }), title] as const,
    );
}

/** The experiments of the `failover` suite with the Taiwan market’s failures. */
export const taiwanExperimentChecks = (market: TaiwanMarket): readonly Check[] =>
  experiments(market, [...suiteIds, ofModelFile]).map(([experiment, title]) =>
    failoverCheck(experiment, { id: `failover/taiwan-${experiment.fault.id}`, title: `Recovery: ${title}` }),
  );

/** What they must meet. */
export const taiwanExperimentRequirements = (market: TaiwanMarket): readonly Requirement[] =>
  experiments(market, suiteIds).flatMap(([experiment]) => requirementsOf(experiment));

/** What the `failover` suite requires besides of a service whose config names the file of its model. */
export const modelFileRequirements = (market: TaiwanMarket): readonly Requirement[] => [
  ...experiments(market, [ofModelFile]).flatMap(([experiment]) => requirementsOf(experiment)),
  // Not all services say which version answers: one that does must not lie.
  parseRequirement('taiwan.tw-19.service.unversioned <= 0', { source: 'design', required: false }),
];
