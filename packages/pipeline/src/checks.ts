import type { Check } from '@preopen/core';
import { pipelineScale } from './scale-check.ts';
import { signalQuality } from './signal-check.ts';

/** The checks of this package. */
export function pipelineChecks(): readonly Check[] {
  return [pipelineScale(), signalQuality()];
}
