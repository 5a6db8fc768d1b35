import type { Check, Requirement } from '@preopen/core';
import type { TaiwanMarket } from './market.ts';
import { modelVersionCheck } from './model-version.ts';
import { taiwanPipelineCheck, taiwanPipelineRequirements } from './pipeline-check.ts';
import { taiwanPrintsCheck } from './prints-check.ts';
import { taiwanServiceCheck, taiwanServiceRequirements } from './service-check.ts';
import { taiwanExperimentChecks, taiwanExperimentRequirements } from './suite-experiments.ts';

/** The checks of the `failover` suite that need a Taiwan market. */
export function taiwanFaultChecks(market: TaiwanMarket): readonly Check[] {
  return [
    ...taiwanExperimentChecks(market),
    modelVersionCheck(),
    taiwanServiceCheck(market),
    taiwanPipelineCheck(market),
    taiwanPrintsCheck(market),
  ];
}

/**
 * What the `failover` suite requires of them. Nothing of prints: most pipelines take none, and what cannot be measured of them
 * is said by the check.
 */
export const taiwanFaultRequirements = (market: TaiwanMarket): readonly Requirement[] => [
  ...taiwanExperimentRequirements(market),
  ...taiwanServiceRequirements(),
  ...taiwanPipelineRequirements(),
];
