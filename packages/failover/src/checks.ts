import type { Check, CheckContext, CheckOutcome, Measurement, MetricId, RunningService, Series } from '@preopen/core';
import type { LatencyRecorder } from '@preopen/latency';
import { startOpenLoad } from '@preopen/load';
import {
  defineExperiment,
  type Experiment,
  type ExperimentOutcome,
  runExperiment,
  type Workload,
} from './experiment.ts';
import type { ProbeLog } from './probe-log.ts';
import { killAndRestart, pauseProcess } from './process-faults.ts';

/** Requests a second while a fault is on: enough for percentiles of half a second, few for any service. */
const probeRatePerSecond = 200;
/** Stocks per request of the probing traffic. */
const probeRows = 10;
/** A request without an answer after so long has failed. */
const probeTimeoutMs = 2000;

/** Open-loop traffic against a service, seen as a probe log. */
export type WorkloadStarter = (service: RunningService, context: CheckContext) => Workload;

const metricsOf = (id: string): MetricId[] => [
  `recovery.${id}.timeToSteadyState`,
  `recovery.${id}.timeToFirstSuccess`,
  `recovery.${id}.outage`,
  `recovery.${id}.failedRequests`,
];

/** The recovery timeline for the report: answers and failures by tenth of a second, 0 is the fault. */
function timeline(id: string, log: ProbeLog, startMs: number, faultMs: number, endMs: number): Series {
  const stepMs = 100;
  const count = Math.max(1, Math.ceil((endMs - startMs) / stepMs));
  const good = new Array<number>(count).fill(0);
  const failed = new Array<number>(count).fill(0);
  const slowest = new Array<number | null>(count).fill(null);
  for (let i = 0; i < log.count; i++) {
    const slot = Math.floor((log.dueMs[i]! - startMs) / stepMs);
    if (slot < 0 || slot >= count) continue;
    if (log.good[i]) good[slot]! += 1;
    else failed[slot]! += 1;
    slowest[slot] = Math.max(slowest[slot] ?? 0, log.doneMs[i]! - log.dueMs[i]!);
  }
  return {
    id: `recovery.${id}`,
    title: `Requests around the fault “${id}”`,
    columns: [
      { name: 'since fault', unit: 's', values: good.map((_, slot) => (startMs + slot * stepMs - faultMs) / 1000) },
      { name: 'answered', unit: 'count', values: good },
      { name: 'failed', unit: 'count', values: failed },
      { name: 'slowest response', unit: 'ms', values: slowest },
    ],
  };
}

/** What an experiment means in measurements. A recovery that never came is a lower bound, never a pass. */
function outcomeOf(experiment: Experiment, result: ExperimentOutcome): CheckOutcome {
  const { id } = experiment.fault;
  if (result.outcome === 'not-measured') {
    return {
      measurements: [],
      notMeasured: metricsOf(id).map((metric) => ({ metric, reason: result.reason })),
      series: [],
      evidence: [],
      notes: [result.reason],
    };
  }
  const { recovery, baseline } = result;
  const observedMs = result.endMs - result.undoMs;
  const time = (name: string, valueMs: number | undefined, resolutionMs: number, how: string): Measurement => ({
    metric: `recovery.${id}.${name}`,
    value: (valueMs ?? observedMs) / 1000,
    unit: 's',
    samples: 1,
    how,
    ...(valueMs === undefined
      ? { bound: 'at-least' as const }
      : {
          interval: {
            low: Math.max(0, valueMs - resolutionMs) / 1000,
            high: (valueMs + resolutionMs) / 1000,
            confidence: 0.95,
            method: resolutionMs >= experiment.tolerance.windowMs ? 'window' : 'probe-spacing',
          },
        }),
  });
  const spacingMs = 1000 / probeRatePerSecond;
  const never = recovery.timeToSteadyStateMs === undefined;
  return {
    measurements: [
      time(
        'timeToSteadyState',
        recovery.timeToSteadyStateMs,
        recovery.resolutionMs,
        `from the undo until response times and failures stay within tolerance of the ${baseline.samples} requests before the fault`,
      ),
      time(
        'timeToFirstSuccess',
        recovery.timeToFirstSuccessMs,
        spacingMs,
        'from the undo to the first good answer to a request due after it',
      ),
      time('outage', recovery.outageMs, spacingMs, 'longest time without a good answer'),
      { metric: `recovery.${id}.failedRequests`, value: recovery.failed, unit: 'count', samples: result.log.count },
    ],
    series: [timeline(id, result.log, result.startMs, result.faultMs, result.endMs)],
    evidence: [],
    notes: [
      `${experiment.fault.title}: outage ${(recovery.outageMs / 1000).toFixed(2)} s, ${recovery.failed} requests failed, ` +
        (never
          ? `not steady again within ${(observedMs / 1000).toFixed(0)} s`
          : `steady ${((recovery.timeToSteadyStateMs ?? 0) / 1000).toFixed(1)} s after the undo`) +
        `, slowest response ${(recovery.slowestMs / 1000).toFixed(2)} s, ${recovery.relapses} relapses`,
    ],
  };
}

/** What a load generator recorded, as a probe log; a request that is still under way has no good answer yet. */
function probeLogOf(recorder: LatencyRecorder): ProbeLog {
  const good = new Uint8Array(recorder.count);
  for (let slot = 0; slot < good.length; slot++) good[slot] = recorder.outcomeOf(slot) === 'ok' ? 1 : 0;
  return { count: recorder.count, dueMs: recorder.dueMs, doneMs: recorder.doneMs, good };
}

const openLoad: WorkloadStarter = (service, { clock, signal, seed }) => {
  const load = startOpenLoad(
    service,
    {
      arrivals: { kind: 'constant', ratePerSecond: probeRatePerSecond },
      batch: probeRows,
      timeoutMs: probeTimeoutMs,
      seed,
    },
    { clock, signal },
  );
  return { log: () => probeLogOf(load.recorder), stop: async () => void (await load.stop()) };
};

/** A check that runs one experiment on the service. */
export function failoverCheck(
  experiment: Experiment,
  { id, title }: { id: string; title: string },
  startWorkload: WorkloadStarter = openLoad,
): Check {
  return {
    id,
    title,
    metrics: metricsOf(experiment.fault.id),
    needs: ['service-process'],
    exclusive: ['cpu'],
    endsTarget: true,
    expectedMs: () => 15_000,
    timeoutMs: () => 120_000,
    async run(context) {
      const service = context.service!;
      const workload = startWorkload(service, context);
      try {
        const result = await runExperiment(experiment, service, workload, {
          clock: context.clock,
          signal: context.signal,
          tell: (message) => context.emit({ type: 'progress', message }),
        });
        return outcomeOf(experiment, result);
      } finally {
        await workload.stop();
      }
    },
  };
}

/** The checks of the `failover` suite. */
export function failoverChecks(): readonly Check[] {
  return [
    failoverCheck(defineExperiment({ fault: pauseProcess(500) }), {
      id: 'failover/pause',
      title: 'Recovery after the service froze for half a second',
    }),
    failoverCheck(defineExperiment({ fault: killAndRestart() }), {
      id: 'failover/kill-restart',
      title: 'Recovery after the service was killed and started again',
    }),
  ];
}
