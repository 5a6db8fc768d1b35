import type { Check } from '@preopen/core';
import { failoverChecks, taiwanFaultChecks } from '@preopen/failover';
import { latencyChecks } from '@preopen/latency';
import { type LoadCheckOptions, loadChecks } from '@preopen/load';
import { taiwanChecks } from '@preopen/market-tw';
import { pipelineChecks } from '@preopen/pipeline';
import { profilerChecks } from '@preopen/profiler';
import { taiwanMarket } from './taiwan-market.ts';

/** Every check that comes with the command, in the order in which a run takes them. */
export function builtinChecks(options: LoadCheckOptions = {}): readonly Check[] {
  return [
    ...latencyChecks(),
    ...loadChecks(options),
    ...profilerChecks(),
    ...pipelineChecks(),
    ...taiwanChecks(),
    ...failoverChecks(),
    ...taiwanFaultChecks(taiwanMarket),
  ];
}
