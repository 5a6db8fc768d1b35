import type { Interval, Measurement, MetricId } from '@preopen/core';
import type { RequestLedger } from './ledger.ts';
import { indicesDue, quality } from './probe-log.ts';
import { answerCounts, type ExperimentOutcome } from './run-experiment.ts';
import { amplificationInterval, requestShareInterval } from './share-interval.ts';
import { stoodStillMs } from './standstill.ts';

/** What every experiment measures of its fault, as it stands in metric names: `recovery.<fault>.<figure>`. */
const alwaysMeasured = [
  'timeToSteadyState',
  'timeToFirstSuccess',
  'outage',
  'failedRequests',
  'failedShare',
  'lostRequests',
  'slowestResponse',
  'errorBudget',
  'relapses',
  'findings',
] as const;

/** What is measured where the service or the machine lets it. */
const measuredWherePossible = [
  'timeToDetect',
  'wrongAnswers',
  'wrongShare',
  'degradedAnswers',
  'degradedShare',
  'rightAnswers',
  'retryAmplification',
  'memoryGrowth',
  'lostAfterAnswer',
  'duplicatedRequests',
  'unexplainedRequests',
  'machinePauses',
] as const;

export type Figure = (typeof alwaysMeasured)[number] | (typeof measuredWherePossible)[number];

/** The metrics of an experiment with a fault. */
export function recoveryMetrics(faultId: string): MetricId[] {
  return [...alwaysMeasured, ...measuredWherePossible].map((figure) => `recovery.${faultId}.${figure}`);
}

/** An experiment with a steady state before its fault. */
export type Measured = Extract<ExperimentOutcome, { outcome: 'measured' }>;

/** So much either way. */
export const around = (valueMs: number, byMs: number): { readonly low: number; readonly high: number } => ({
  low: valueMs - byMs,
  high: valueMs + byMs,
});

/** A time of the recovery; one that never came is a lower bound, so that it cannot pass a limit. */
export function timeMeasurement(
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

/** A share of the requests due from the fault to the end, with its interval. */
export function shareMeasurement(
  { log, faultMs, endMs }: Measured,
  isOne: (slot: number) => boolean,
  how: string,
): Omit<Measurement, 'metric'> {
  const { from, to } = indicesDue(log, faultMs, endMs);
  const flags = Uint8Array.from({ length: to - from }, (_, k) => (isOne(from + k) ? 1 : 0));
  const ones = flags.reduce((sum, flag) => sum + flag, 0);
  return {
    value: flags.length === 0 ? 0 : ones / flags.length,
    unit: 'ratio',
    samples: flags.length,
    how,
    ...(flags.length > 0 && { interval: requestShareInterval(flags) }),
  };
}

/** How often and how long the machine stood still from the fault on, by the word of a twin; `undefined` without one. */
export function pausesOf({
  twin,
  faultMs,
  endMs,
}: Measured): { readonly times: number; readonly totalMs: number; readonly longestMs: number } | undefined {
  if (!twin.ran || !twin.reading.isControl) return undefined;
  const { standstills } = twin.reading;
  return {
    times: standstills.length,
    totalMs: stoodStillMs(standstills, faultMs, endMs),
    longestMs: standstills.reduce((longest, { fromMs, toMs }) => Math.max(longest, toMs - fromMs), 0),
  };
}

/** What was measured of answers, memory, retries and detection, and why what was not was not. */
export function wherePossible(
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
  const share = (worth: number, what: string) =>
    shareMeasurement(result, (i) => log.quality?.[i] === worth, `share of ${what} ${since}`);
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
    wrongShare: answers.isComparable
      ? share(quality.wrong, 'answers that are not bit for bit those before the fault, and not marked,')
      : answers.reason,
    degradedAnswers: count(counts.marked, `answers that the service itself marked as stale or degraded, ${since}`),
    degradedShare: share(quality.marked, 'answers that the service itself marked as stale or degraded,'),
    rightAnswers: answers.isComparable
      ? share(quality.right, 'answers that are bit for bit those before the fault,')
      : answers.reason,
    retryAmplification:
      retries === undefined
        ? 'nothing between load and service counts what arrives'
        : {
            value: retries.after / retries.before,
            unit: 'ratio',
            samples: recovery.scheduled,
            how: 'requests at the service for each one sent, from the fault on against before',
            ...withInterval(amplificationInterval(retries.counts.before, retries.counts.after)),
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
    machinePauses: machinePauses(result),
  };
}

const withInterval = (interval: Interval | undefined) => (interval ? { interval } : {});

/** What a twin excused, or why there was none to do so. */
function machinePauses(result: Measured): Omit<Measurement, 'metric'> | string {
  const pauses = pausesOf(result);
  const { twin } = result;
  if (pauses && twin.ran) {
    const { from, to } = indicesDue(twin.log, result.faultMs, result.endMs);
    return {
      value: pauses.totalMs / 1000,
      unit: 's',
      samples: to - from,
      how: 'time from the fault to the end in which a second instance without the fault got nothing done either; not charged to the fault',
    };
  }
  if (!twin.ran) return `no control twin: ${twin.reason}`;
  return twin.reading.isControl ? '' : `the control twin excuses nothing: ${twin.reading.reason}`;
}
