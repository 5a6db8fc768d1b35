import { type Check, parseRequirement, type Requirement } from '@preopen/core';
import { pipelineDataFaults } from './data/pipeline-check.ts';
import { dataFaultRequirements } from './data/requirements.ts';
import { serviceDataFaults } from './data/service-check.ts';
import { defineExperiment, type Experiment } from './experiment.ts';
import { exhaustDescriptors, stopMemoryGrowth, stopWrites } from './limit-faults.ts';
import { requirementsOf } from './limits.ts';
import { networkFault } from './network-faults.ts';
import { pipelineKill } from './pipeline-kill.ts';
import { killProcess, pauseProcess, terminateProcess } from './process-faults.ts';
import type { ProcessIdentity } from './processes.ts';
import { recoveryMetrics } from './recovery-figures.ts';
import { recoveryReport } from './recovery-report.ts';
import { sendWrongRequests } from './request-faults.ts';
import { contendCpu, exhaustMemory } from './resource-faults.ts';
import { runExperiment } from './run-experiment.ts';

/** A check that runs one experiment on the service. */
export function failoverCheck(
  experiment: Experiment,
  options: {
    readonly id: string;
    readonly title: string;
    /** A process that we did not start and that the user allowed by name. */
    readonly external?: ProcessIdentity | undefined;
  },
): Check {
  const { fault, steadyState, durationMs, horizonMs } = experiment;
  const { tolerance, warmUpMs, baselineMs } = steadyState;
  const leastMs = warmUpMs + baselineMs + durationMs + tolerance.holdMs;
  return {
    id: options.id,
    title: options.title,
    metrics: recoveryMetrics(fault.id),
    needs: [fault.touches === 'processes' && !options.external ? 'service-process' : 'service'],
    exclusive: ['cpu'],
    endsTarget: fault.touches === 'processes',
    expectedMs: () => leastMs + 3000,
    timeoutMs: () => leastMs + baselineMs + horizonMs + 60_000,
    async run(context) {
      const result = await runExperiment(experiment, {
        service: context.service!,
        clock: context.clock,
        signal: context.signal,
        seed: context.seed,
        workDir: context.workDir,
        external: options.external,
        tell: (message) => context.emit({ type: 'progress', message }),
      });
      return recoveryReport(experiment, result);
    },
  };
}

interface Listed {
  readonly experiment: Experiment;
  readonly id: string;
  readonly title: string;
}

/** The experiments of the `failover` suite. */
const experiments: readonly Listed[] = [
  {
    experiment: defineExperiment({ fault: pauseProcess(500) }),
    id: 'failover/pause',
    title: 'Recovery after the service froze for half a second',
  },
  {
    experiment: defineExperiment({ fault: killProcess() }),
    id: 'failover/kill-restart',
    title: 'Recovery after the service was killed and started again',
  },
  {
    experiment: defineExperiment({ fault: terminateProcess() }),
    id: 'failover/terminate-restart',
    title: 'Recovery after the service was asked to end and started again',
  },
  {
    experiment: defineExperiment({ fault: exhaustMemory() }),
    id: 'failover/memory',
    title: 'Recovery after the kernel killed the service for lack of memory',
  },
  {
    experiment: defineExperiment({ fault: stopMemoryGrowth(2000) }),
    id: 'failover/memory-limit',
    title: 'Recovery after the service could have no more memory',
  },
  {
    experiment: defineExperiment({ fault: contendCpu(3000) }),
    id: 'failover/cpu',
    title: 'Recovery after other work took the processors',
  },
  {
    experiment: defineExperiment({ fault: sendWrongRequests(3000) }),
    id: 'failover/exceptions',
    title: 'Recovery after a cascade of requests that raise exceptions',
  },
  {
    experiment: defineExperiment({
      fault: networkFault({ type: 'latency', latencyMs: 200, jitterMs: 50 }, { durationMs: 3000 }),
    }),
    id: 'failover/latency',
    title: 'Recovery after the network was slow',
  },
  {
    experiment: defineExperiment({ fault: networkFault({ type: 'timeout', timeoutMs: 0 }, { durationMs: 3000 }) }),
    id: 'failover/timeout',
    title: 'Recovery after nothing got through the network',
  },
  {
    experiment: defineExperiment({ fault: networkFault({ type: 'down' }, { durationMs: 3000 }) }),
    id: 'failover/down',
    title: 'Recovery after the network was down',
  },
  {
    experiment: defineExperiment({ fault: exhaustDescriptors(2000) }),
    id: 'failover/descriptors',
    title: 'Recovery after the service could open no file or connection',
  },
  {
    experiment: defineExperiment({ fault: stopWrites(2000) }),
    id: 'failover/writes',
    title: 'Recovery after the service could write nothing',
  },
];

const idOf = (upstream: string): string => upstream.toLowerCase().replaceAll('_', '-');

/** Experiments between a service and what it asks itself: it hangs, and it is not there. */
const upstreamExperiments = (upstream: string): readonly Listed[] => [
  {
    experiment: defineExperiment({
      fault: networkFault({ type: 'timeout', timeoutMs: 0 }, { durationMs: 4000, upstream }),
    }),
    id: `failover/${idOf(upstream)}-timeout`,
    title: `Recovery after nothing came from ${upstream}`,
  },
  {
    experiment: defineExperiment({ fault: networkFault({ type: 'down' }, { durationMs: 3000, upstream }) }),
    id: `failover/${idOf(upstream)}-down`,
    title: `Recovery after ${upstream} was down`,
  },
];

/** The checks of the `failover` suite. @param upstreams names, in the config, of what the service asks itself */
export function failoverChecks({ upstreams = [] }: { readonly upstreams?: readonly string[] } = {}): readonly Check[] {
  return [
    ...[...experiments, ...upstreams.flatMap(upstreamExperiments)].map(({ experiment, id, title }) =>
      failoverCheck(experiment, { id, title }),
    ),
    serviceDataFaults,
    pipelineDataFaults(),
    pipelineKill(),
  ];
}

/** What the `failover` suite requires besides of a service that asks others. */
export const upstreamRequirements = (upstreams: readonly string[]): readonly Requirement[] =>
  upstreams.flatMap(upstreamExperiments).flatMap(({ experiment }) => requirementsOf(experiment));

/** What the `failover` suite requires. */
export function failoverRequirements(): readonly Requirement[] {
  const figures = ['tornOutputs', 'failedResumes', 'differentResults'];
  return [
    ...experiments.flatMap(({ experiment }) => requirementsOf(experiment)),
    ...dataFaultRequirements(),
    ...figures.map((figure) => parseRequirement(`recovery.pipeline-kill.${figure} <= 0`, { source: 'design' })),
  ];
}
