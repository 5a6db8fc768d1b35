import type { Check } from '@preopen/core';
import { gcSettings } from './checks/gc.ts';
import { serviceLeak } from './checks/leak.ts';
import { pipelineMemory } from './checks/pipeline-memory.ts';
import { memoryPressure } from './checks/pressure.ts';
import { memoryScaling } from './checks/scaling.ts';
import { serviceMemory } from './checks/service-memory.ts';

/** The checks of this package. */
export function profilerChecks(): readonly Check[] {
  return [pipelineMemory(), serviceMemory(), serviceLeak(), memoryScaling(), memoryPressure(), gcSettings()];
}
