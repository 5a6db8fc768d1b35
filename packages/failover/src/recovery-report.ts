import type { CheckOutcome, Measurement, MetricId, Series } from '@preopen/core';
import type { Experiment } from './experiment.ts';
import type { RequestLedger } from './ledger.ts';
import type { ProbeLog } from './probe-log.ts';
import { answerCounts, type ExperimentOutcome } from './run-experiment.ts';

/** What every experiment measures of its fault, as it stands in metric names: `recovery.<fault>.<figure>`. */
const alwaysMeasured = [
  'timeToSteadyState',
  'timeToFirstSuccess',
  'outage',
  'failedRequests',
  'lostRequests',
  'slowestResponse',
  'errorBudget',
  'relapses',
] as const;

/** What is measured where the service or the machine lets it. */
const measuredWherePossible = [
  'timeToDetect',
  'wrongAnswers',
  'degradedAnswers',
  'rightAnswers',
  'retryAmplification',
  'memoryGrowth',
  'lostAfterAnswer',
  'duplicatedRequests',
  'unexplainedRequests',
] as const;

type Figure = (typeof alwaysMeasured)[number] | (typeof measuredWherePossible)[number];

/** The metrics of an experiment with a fault. */
export function recoveryMetrics(faultId: string): MetricId[] {
  return [...alwaysMeasured, ...measuredWherePossible].map((figure) => `recovery.${faultId}.${figure}`);
}

/** Length of a regular session, 09:00 to 13:30. Source: TWSE, trading hours */
const tradingDayMs = 16_200_000;

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

type Measured = Extract<ExperimentOutcome, { outcome: 'measured' }>;

const around = (valueMs: number, byMs: number) => ({ low: valueMs - byMs, high: valueMs + byMs });

/** A time of the recovery; one that never came is a lower bound, so that it cannot pass a limit. */
function timeMeasurement(
  metric: MetricId,
  valueMs: number | undefined,
  {
    observedMs,
    between,
    method,
    how,
  }: {
    readonly observedMs: number;
    readonly between: { readonly low: number; readonly high: number };
    readonly method: string;
    readonly how: string;
  },
): Measurement {
  return {
    metric,
    value: (valueMs ?? observedMs) / 1000,
    unit: 's',
    samples: 1,
    how,
    ...(valueMs === undefined
      ? { bound: 'at-least' as const }
      : {
          interval: {
            low: Math.max(0, between.low) / 1000,
            high: between.high / 1000,
            confidence: 0.95,
            method,
          },
        }),
  };
}

/** What was measured of answers, memory, retries and detection, and why what was not was not. */
function wherePossible(
  result: Measured,
  spacingMs: number,
): Readonly<Record<(typeof measuredWherePossible)[number], Omit<Measurement, 'metric'> | string>> {
  const { answers, memory, retries, ledger, timeToDetectMs, faultMs, endMs, log, recovery } = result;
  const counts = answerCounts(log, faultMs, endMs);
  const count = (value: number, how: string) => ({ value, unit: 'count' as const, samples: recovery.scheduled, how });
  const journal = (value: (found: RequestLedger) => number, how: string) =>
    ledger === undefined
      ? 'the target is not known to keep a journal of requests (workload.acknowledgements)'
      : { value: value(ledger), unit: 'count' as const, samples: ledger.sent, how };
  const since = 'of the requests due from the fault to the end';
  return {
    timeToDetect:
      timeToDetectMs === undefined
        ? 'nothing showed the fault: the health endpoint, where there is one, stayed healthy, and no answer was marked as degraded'
        : timeMeasurement('', timeToDetectMs, {
            observedMs: 0,
            // How often the health is asked for.
            between: around(timeToDetectMs, Math.max(spacingMs, 50)),
            method: 'probe-spacing',
            how: 'from the fault until the health endpoint was not healthy or an answer was marked as degraded',
          }),
    wrongAnswers: answers.isComparable
      ? count(counts.wrong, `answers that are not bit for bit those before the fault, and not marked, ${since}`)
      : answers.reason,
    degradedAnswers: count(counts.marked, `answers that the service itself marked as stale or degraded, ${since}`),
    rightAnswers: answers.isComparable
      ? {
          value: recovery.scheduled === 0 ? 0 : counts.right / recovery.scheduled,
          unit: 'ratio',
          samples: recovery.scheduled,
          how: `share of answers that are bit for bit those before the fault, ${since}`,
        }
      : answers.reason,
    retryAmplification:
      retries === undefined
        ? 'nothing between load and service counts what arrives'
        : {
            value: retries.after / retries.before,
            unit: 'ratio',
            samples: recovery.scheduled,
            how: 'requests at the service for each one sent, from the fault on against before',
          },
    memoryGrowth:
      memory === undefined
        ? 'the processes of the service are not known'
        : {
            value: Math.max(0, memory.afterBytes - memory.beforeBytes),
            unit: 'bytes',
            samples: 2,
            how: 'resident memory of all processes when it was steady again, above that before the fault',
          },
    lostAfterAnswer: journal(
      ({ lostAfterAnswer }) => lostAfterAnswer,
      "requests with a good answer that are not in the target's own journal",
    ),
    duplicatedRequests: journal(
      ({ duplicated }) => duplicated,
      "entries of the target's own journal beyond the first for a request",
    ),
    unexplainedRequests: journal(
      ({ unexplained }) => unexplained,
      "entries of the target's own journal for requests that were never sent",
    ),
  };
}

/** What an experiment means in measurements. */
export function recoveryReport(experiment: Experiment, result: ExperimentOutcome): CheckOutcome {
  const { fault } = experiment;
  const metric = (figure: Figure): MetricId => `recovery.${fault.id}.${figure}`;
  if (result.outcome === 'not-measured') {
    const { reason } = result;
    return {
      measurements: [],
      notMeasured: recoveryMetrics(fault.id).map((name) => ({ metric: name, reason })),
      series: [],
      evidence: [],
      notes: [`${fault.title}: not measured: ${reason}`],
    };
  }
  const { recovery, baseline, log, startMs, faultMs, undoMs, endMs } = result;
  const observedMs = endMs - undoMs;
  const spacingMs = 1000 / experiment.workload.ratePerSecond;
  const probed = (valueMs: number | undefined) => ({
    observedMs,
    between: around(valueMs ?? 0, spacingMs),
    method: 'probe-spacing',
  });
  const budgetADay = (experiment.workload.ratePerSecond * tradingDayMs * experiment.objectiveErrorShare) / 1000;
  const measurements: Measurement[] = [
    timeMeasurement(metric('timeToSteadyState'), recovery.timeToSteadyStateMs, {
      observedMs,
      between: recovery.steadyBetweenMs,
      method: 'last-worse-window',
      how: `from the undo until response times and failures stay within tolerance of the ${baseline.samples} requests before the fault`,
    }),
    timeMeasurement(metric('timeToFirstSuccess'), recovery.timeToFirstSuccessMs, {
      ...probed(recovery.timeToFirstSuccessMs),
      how: 'from the undo to the first good answer to a request due after it',
    }),
    timeMeasurement(metric('outage'), recovery.outageMs, {
      ...probed(recovery.outageMs),
      how: 'longest time without a good answer',
    }),
    { metric: metric('failedRequests'), value: recovery.failed, unit: 'count', samples: log.count },
    {
      metric: metric('lostRequests'),
      value: recovery.lost,
      unit: 'count',
      samples: recovery.scheduled,
      how: 'requests from the fault on to which nothing came back, no answer and no refusal',
    },
    { metric: metric('slowestResponse'), value: recovery.slowestMs, unit: 'ms', samples: recovery.scheduled },
    {
      metric: metric('errorBudget'),
      value: recovery.failed / budgetADay,
      unit: 'ratio',
      samples: recovery.scheduled,
      how:
        `share of a trading day's error budget that this fault burned: ${recovery.failed} failed of the ${Math.round(budgetADay)} ` +
        `that may at ${experiment.workload.ratePerSecond} requests a second and ${experiment.objectiveErrorShare * 100} %`,
    },
    { metric: metric('relapses'), value: recovery.relapses, unit: 'count', samples: 1 },
  ];
  const notMeasured: { metric: MetricId; reason: string }[] = [];
  for (const [figure, found] of Object.entries(wherePossible(result, spacingMs))) {
    const name = metric(figure as Figure);
    if (typeof found === 'string') notMeasured.push({ metric: name, reason: found });
    else measurements.push({ ...found, metric: name });
  }
  return {
    measurements,
    notMeasured,
    series: [timeline(fault.id, log, startMs, faultMs, endMs)],
    evidence: [],
    notes: notesOf(experiment, result),
  };
}

/** What happened, in sentences for whoever has to mend it. */
function notesOf({ fault, horizonMs }: Experiment, result: Measured): string[] {
  const { recovery, faultMs, endMs, undoMs, log, answers, problems, diedOf, restartProblem, retries } = result;
  const seconds = (ms: number, digits = 2): string => `${(ms / 1000).toFixed(digits)} s`;
  const { timeToSteadyStateMs: steadyMs } = recovery;
  const notes = [
    `${fault.title}: outage ${seconds(recovery.outageMs)}, ${recovery.failed} of ${recovery.scheduled} requests failed, ` +
      (steadyMs === undefined
        ? `not steady again within ${seconds(endMs - undoMs, 0)}`
        : `steady ${seconds(steadyMs, 1)} after the undo`) +
      `, slowest response ${seconds(recovery.slowestMs)}, ${recovery.relapses} relapses`,
  ];
  if (diedOf !== undefined)
    notes.push(`The service ended under the fault (${diedOf}) and was started again, as by a supervisor`);
  if (restartProblem !== undefined) notes.push(`The service did not come back: ${restartProblem}`);
  if (recovery.timeToFirstSuccessMs === undefined && restartProblem === undefined) {
    notes.push(
      `Nothing was answered within ${seconds(horizonMs, 0)} after the fault was undone: it does not recover by itself.`,
    );
  }
  if (recovery.failed > 0 && problems.length > 0) {
    notes.push(
      `Most frequent: ${problems
        .slice(0, 3)
        .map(([message, count]) => `${message} (${count})`)
        .join('; ')}`,
    );
  }
  const counts = answerCounts(log, faultMs, endMs);
  if (answers.isComparable && counts.wrong > 0) {
    const other = answers.ofAnotherRequest;
    notes.push(
      `${counts.wrong} answers were wrong and nothing said so` +
        (other > 0 ? `; ${other} of them are the answer to another request, as from a cache` : ''),
    );
  }
  if (counts.marked > 0) notes.push(`${counts.marked} answers were marked as stale or degraded`);
  if (retries && retries.after > retries.before * 1.5) {
    notes.push(
      `From the fault on ${retries.after.toFixed(1)} requests arrived for each one sent (${retries.before.toFixed(1)} before): retries`,
    );
  }
  return notes;
}
