import type { Check } from '@preopen/core';
import { panelScenarios, stressedPanelCheck } from './stress-panel-check.ts';
import { serviceScenarios, stressedServiceCheck } from './stress-service-check.ts';

/** The checks of the `taiwan` suite. */
export function taiwanChecks(): readonly Check[] {
  return [...serviceScenarios.map(stressedServiceCheck), ...panelScenarios.map(stressedPanelCheck)];
}
