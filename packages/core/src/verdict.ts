import type { Measurement, MetricId } from './measurement.ts';
import type { Requirement } from './requirement.ts';
import type { CheckResult, JudgedRequirement, Verdict } from './results.ts';
import { convertUnit, dimensionOf, formatQuantity } from './units.ts';

/** The range in which the true value may lie, in the requirement's unit; ends may be infinite. */
interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(measurement: Measurement, requirement: Requirement): Range | undefined {
  const convert = (value: number): number | undefined => convertUnit(value, measurement.unit, requirement.unit);
  const low = convert(measurement.interval?.low ?? measurement.value);
  const high = convert(measurement.interval?.high ?? measurement.value);
  if (low === undefined || high === undefined) return undefined;
  return {
    low: measurement.bound === 'at-most' ? Number.NEGATIVE_INFINITY : low,
    high: measurement.bound === 'at-least' ? Number.POSITIVE_INFINITY : high,
  };
}

/** Where a range lies against a limit. */
function side(range: Range, requirement: Requirement): 'right' | 'wrong' | 'across' {
  const { comparison, limit } = requirement;
  const holds = (value: number): boolean =>
    comparison === '<'
      ? value < limit
      : comparison === '<='
        ? value <= limit
        : comparison === '>'
          ? value > limit
          : value >= limit;
  const low = holds(range.low);
  const high = holds(range.high);
  return low && high ? 'right' : low || high ? 'across' : 'wrong';
}

/**
 * Holds one measurement against a requirement. With an interval, the whole interval must lie on one side of the limit
 * (a value that is only known `at-least` or `at-most` counts as an interval that is open on that side).
 * @param contaminated why figures of time taken by this check cannot be trusted; makes times and rates `inconclusive`
 */
export function judgeMeasurement(
  requirement: Requirement,
  measurement: Measurement,
  contaminated?: string,
): JudgedRequirement {
  const shown = formatQuantity(measurement.value, measurement.unit);
  if (!Number.isFinite(measurement.value)) {
    return { ...requirement, verdict: 'not-measured', reason: `the value came out as ${shown}` };
  }
  const range = rangeOf(measurement, requirement);
  if (range === undefined) {
    const reason = `measured in ${measurement.unit}, but the requirement is in ${requirement.unit}: write it in a unit of ${dimensionOf(measurement.unit)}`;
    return { ...requirement, verdict: 'not-measured', reason };
  }
  const dimension = dimensionOf(measurement.unit);
  if (contaminated !== undefined && (dimension === 'time' || dimension === 'rate')) {
    return { ...requirement, verdict: 'inconclusive', measured: measurement, reason: contaminated };
  }
  const limit = formatQuantity(requirement.limit, requirement.unit);
  const interval = measurement.interval;
  const spread = interval
    ? ` (${formatQuantity(interval.low, measurement.unit)} to ${formatQuantity(interval.high, measurement.unit)}, ${Math.round(interval.confidence * 1000) / 10} %)`
    : '';
  const bound = measurement.bound === undefined ? '' : measurement.bound === 'at-least' ? 'at least ' : 'at most ';
  const value = `${bound}${shown}${spread}`;
  switch (side(range, requirement)) {
    case 'right':
      return {
        ...requirement,
        verdict: 'pass',
        measured: measurement,
        reason: `${value} against ${requirement.comparison} ${limit}`,
      };
    case 'wrong':
      return {
        ...requirement,
        verdict: 'fail',
        measured: measurement,
        reason: `${value} against ${requirement.comparison} ${limit}`,
      };
    case 'across':
      return {
        ...requirement,
        verdict: 'inconclusive',
        measured: measurement,
        reason: `${value} lies across the limit ${requirement.comparison} ${limit} after ${measurement.samples.toLocaleString('en-US')} samples`,
      };
  }
}

const severity: Readonly<Record<Verdict, number>> = { fail: 3, inconclusive: 2, 'not-measured': 1, pass: 0 };

/** Whether a check declares a metric; a declaration may end in `.*`. */
export function declaresMetric(declared: readonly MetricId[], metric: MetricId): boolean {
  return declared.some((name) => (name.endsWith('.*') ? metric.startsWith(name.slice(0, -1)) : name === metric));
}

/**
 * Judges every requirement over what the checks of a run measured. A metric that several checks measured takes the
 * worst of its verdicts. What nothing measured is `not-measured`, with the best reason at hand.
 * @param metricsOf metrics that each check could have given, by check id; for the reason of what is missing
 * @param missing reason for a metric that no check of the run can give
 */
export function judgeRequirements(
  requirements: readonly Requirement[],
  checks: readonly CheckResult[],
  metricsOf: ReadonlyMap<string, readonly MetricId[]> = new Map(),
  missing: (metric: MetricId) => string = () => 'no check of this run measures it',
): JudgedRequirement[] {
  return requirements.map((requirement) => {
    const judged: JudgedRequirement[] = [];
    for (const check of checks) {
      const contaminated = check.noise?.contaminated ? check.noise.reason : undefined;
      for (const measurement of check.measurements) {
        if (measurement.metric === requirement.metric)
          judged.push(judgeMeasurement(requirement, measurement, contaminated));
      }
      const refused = check.notMeasured.find((entry) => entry.metric === requirement.metric);
      if (refused) judged.push({ ...requirement, verdict: 'not-measured', reason: refused.reason });
    }
    if (judged.length > 0) {
      return judged.reduce((worst, next) => (severity[next.verdict] > severity[worst.verdict] ? next : worst));
    }
    const responsible = checks.find((check) => declaresMetric(metricsOf.get(check.id) ?? [], requirement.metric));
    const reason = responsible
      ? responsible.status === 'completed'
        ? `${responsible.id} ended without measuring it`
        : `${responsible.id} ${responsible.status}: ${responsible.reason ?? 'no reason given'}`
      : missing(requirement.metric);
    return { ...requirement, verdict: 'not-measured', reason };
  });
}

/**
 * The verdict of a run over its required requirements: a failure outweighs what is undecided, which outweighs what was
 * not measured; only a run in which every required one passed has passed. Nothing required means nothing measured.
 */
export function overallVerdict(judged: readonly Pick<JudgedRequirement, 'required' | 'verdict'>[]): Verdict {
  const required = judged.filter((requirement) => requirement.required);
  if (required.length === 0) return 'not-measured';
  return required.reduce<Verdict>(
    (worst, next) => (severity[next.verdict] > severity[worst] ? next.verdict : worst),
    'pass',
  );
}
