import type { CheckOutcome, Measurement, MetricId, Series } from '@preopen/core';
import type { Experiment } from './experiment.ts';
import { type Finding, findingsOf } from './findings.ts';
import type { ProbeLog } from './probe-log.ts';
import {
  around,
  type Figure,
  type Measured,
  pausesOf,
  recoveryMetrics,
  shareMeasurement,
  timeMeasurement,
  wherePossible,
} from './recovery-figures.ts';
import { answerCounts, type ExperimentOutcome } from './run-experiment.ts';

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
  const findings = findingsOf(experiment, result);
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
      ...shareMeasurement(
        result,
        (i) => !log.good[i],
        'share of the requests due from the fault to the end that failed',
      ),
      metric: metric('failedShare'),
    },
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
    {
      metric: metric('findings'),
      value: findings.length,
      unit: 'count',
      samples: recovery.scheduled,
      how:
        findings.map(({ kind, sentence }) => `${kind}: ${sentence}`).join('. ') ||
        'mistakes that the experiment has proved: none',
    },
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
    notes: notesOf(experiment, result, findings),
  };
}

/** What happened, in sentences for whoever has to mend it. */
function notesOf({ fault }: Experiment, result: Measured, findings: readonly Finding[]): string[] {
  const { recovery, faultMs, endMs, undoMs, log, problems, diedOf } = result;
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
  notes.push(...findings.map(({ kind, sentence }) => `${kind}: ${sentence}`));
  if (recovery.failed > 0 && problems.length > 0) {
    notes.push(
      `Most frequent: ${problems
        .slice(0, 3)
        .map(([message, count]) => `${message} (${count})`)
        .join('; ')}`,
    );
  }
  const { marked } = answerCounts(log, faultMs, endMs);
  if (marked > 0) notes.push(`${marked} answers were marked as stale or degraded`);
  notes.push(twinNote(result));
  return notes;
}

/** Whether a twin ran beside the target, and what it excused. */
function twinNote(result: Measured): string {
  const { twin } = result;
  if (!twin.ran) return `No control twin ran, and what the machine did counts as the fault's: ${twin.reason}`;
  const beside = 'A second instance without the fault ran beside it as a control';
  if (!twin.reading.isControl) return `${beside}, but excuses nothing: ${twin.reading.reason}`;
  const { times, totalMs, longestMs } = pausesOf(result)!;
  if (times === 0) return `${beside}: the machine did not stand still from the fault on`;
  return `${beside}: the machine stood still ${times} times for both (${totalMs.toFixed(0)} ms in all, the longest ${longestMs.toFixed(0)} ms), which is not charged to the fault`;
}
