import type { Check } from '@preopen/core';
import { serviceScenarios } from './stress/service-scenarios.ts';
import { panelScenarios, stressedPanelCheck } from './stress-panel-check.ts';
import { stressedServiceCheck } from './stress-service-check.ts';

/** The checks of the `taiwan` suite. */
export function taiwanChecks(): readonly Check[] {
  return [
    ...serviceScenarios.map(stressedServiceCheck),
    ...panelScenarios.map((scenario) => stressedPanelCheck(scenario)),
  ];
}
