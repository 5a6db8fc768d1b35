import { parseRequirement, type Requirement } from '@preopen/core';
import { pipelineDataFaults } from './pipeline-check.ts';
import { serviceDataFaults } from './service-check.ts';

/** No fault in data is swallowed, and none makes a service fail. */
export const dataFaultRequirements = (): Requirement[] =>
  [...pipelineDataFaults().metrics, ...serviceDataFaults.metrics].map((metric) =>
    parseRequirement(`${metric} < 1`, { source: 'specification' }),
  );
