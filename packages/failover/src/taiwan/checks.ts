import type { Check, Requirement } from '@preopen/core';
import type { TaiwanMarket } from './market.ts';
import { taiwanPipelineCheck, taiwanPipelineRequirements } from './pipeline-check.ts';

/** The checks of the `failover` suite that need a Taiwan market. */
export function taiwanFaultChecks(market: TaiwanMarket): readonly Check[] {
  return [taiwanPipelineCheck(market)];
}

/** What the `failover` suite requires of them. */
export const taiwanFaultRequirements = (): readonly Requirement[] => taiwanPipelineRequirements();
