import type { Check } from '@preopen/core';
import { determinism } from './honesty/determinism-check.ts';
import { lookAheadCheck } from './honesty/look-ahead-check.ts';
import { nullMarket } from './honesty/null-market-check.ts';
import { survivorship } from './honesty/survivorship-check.ts';
import { pipelineScale } from './scale/pipeline-check.ts';
import { universeScaling } from './scale/universe-check.ts';
import { signalQuality } from './signal-check.ts';

/** The checks of this package. */
export function pipelineChecks(): readonly Check[] {
  return [
    pipelineScale(),
    universeScaling(),
    signalQuality(),
    determinism(),
    lookAheadCheck(),
    survivorship(),
    nullMarket(),
  ];
}
