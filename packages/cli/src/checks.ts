import type { Check } from '@preopen/core';
import { failoverChecks, taiwanFaultChecks } from '@preopen/failover';
import { latencyChecks } from '@preopen/latency';
import { type LoadCheckOptions, loadChecks } from '@preopen/load';
import { taiwanChecks } from '@preopen/market-tw';
import { pipelineChecks } from '@preopen/pipeline';
import { profilerChecks } from '@preopen/profiler';
import { taiwanMarket } from './taiwan-market.ts';

/**
 * Every check that comes with the command, in the order in which a run takes them.
 * @param options.upstreams what the target's service asks itself, by its config: each is broken by checks of its own
 */
export function builtinChecks(
  options: LoadCheckOptions & { readonly upstreams?: readonly string[] } = {},
): readonly Check[] {
  return [
    ...latencyChecks(),
    ...loadChecks(options),
    ...profilerChecks(),
    ...pipelineChecks(),
    ...taiwanChecks(),
    ...failoverChecks(options),
    ...taiwanFaultChecks(taiwanMarket),
  ];
}
