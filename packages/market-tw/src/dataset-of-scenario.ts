import type { DatasetSource } from '@preopen/core';
import { writeDataset } from './dataset-folder.ts';
import { historicalScenarios } from './scenarios/historical-scenario.ts';
import { scenario, scenarioLibrary } from './scenarios/library.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { simulatedHorizonDays } from './simulate.ts';

/** Every scenario and every period of history. */
export const allScenarios: readonly Scenario[] = [...scenarioLibrary, ...historicalScenarios];

/** A scenario or a period by its id. @throws InputError for an unknown one */
export const anyScenario = (id: string): Scenario => historicalScenarios.find((one) => one.id === id) ?? scenario(id);

/** A simulated market under stress as a dataset. */
export function scenarioDataset(one: Scenario, severity: number): DatasetSource {
  return async ({ dir, stocks, days, seed }) => {
    const { panel, oracle, figures, origin } = one.simulate({ stocks, days, seed, severity });
    return writeDataset(panel, dir, {
      source: 'simulated',
      origin,
      oracle,
      figures,
      horizonDays: simulatedHorizonDays,
    });
  };
}
