import type { Check, Requirement } from '@preopen/core';
import { failoverCheck } from '../checks.ts';
import { defineExperiment, type Experiment } from '../experiment.ts';
import { requirementsOf } from '../limits.ts';
import type { TaiwanMarket } from './market.ts';
import { wireTaiwanFaults } from './wire-faults.ts';

/** Those that every service can be tried with; the clock needs faketime, the model its file. */
const suiteIds = ['tw-01', 'tw-09', 'tw-20'];
const suite = { intensity: 1, durationMs: 3000, rows: 100 };

function experiments(market: TaiwanMarket): readonly (readonly [Experiment, string])[] {
  return wireTaiwanFaults
    .filter(({ id }) => suiteIds.includes(id))
    .map(({ make, title }) => [defineExperiment({ fault: make({ ...suite, market }) }), title] as const);
}

/** The experiments of the `failover` suite with the Taiwan market’s failures. */
export const taiwanExperimentChecks = (market: TaiwanMarket): readonly Check[] =>
  experiments(market).map(([experiment, title]) =>
    failoverCheck(experiment, { id: `failover/taiwan-${experiment.fault.id}`, title: `Recovery: ${title}` }),
  );

/** What they must meet. */
export const taiwanExperimentRequirements = (market: TaiwanMarket): readonly Requirement[] =>
  experiments(market).flatMap(([experiment]) => requirementsOf(experiment));
