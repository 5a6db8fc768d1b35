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

/** Whether disturbance can only make it harder to hold a requirement: times grow by it, and rates fall. */
function isHarderDisturbed({ comparison }: Requirement, dimension: ReturnType<typeof dimensionOf>): boolean {
  return dimension === 'time' ? comparison.startsWith('<') : dimension === 'rate' && comparison.startsWith('>');
}

const percent = (share: number): string => formatQuantity(share, 'ratio', { asPercent: true });

/**
 * Why a quantile is surely below a limit although its interval reaches across: so few are at the limit or above.
 * @returns `undefined` where the tail does not say so
 */
function belowByItsTail(
  { tail, unit }: Measurement,
  { comparison, limit, unit: limitUnit }: Requirement,
): string | undefined {
  const limitHere = convertUnit(limit, limitUnit, unit);
  if (tail === undefined || limitHere === undefined || !comparison.startsWith('<')) return undefined;
  // Fewer lie at the limit than at a round value below it.
  const bound = tail.bounds.findLast(({ from }) => from <= limitHere);
  // 1 − 0.95 is a little more than 0.05 in floating point.
  if (bound === undefined || !(bound.atMost < 1 - tail.quantile - 1e-12)) return undefined;
  return `at most ${percent(bound.atMost)} are at ${formatQuantity(bound.from, unit)} or above (${Math.round(tail.confidence * 10_000) / 100} %), and ${percent(1 - tail.quantile)} may be`;
}

/**
 * Holds one measurement against a requirement. With an interval, the whole interval must lie on one side of the limit
 * (a value that is only known `at-least` or `at-most` counts as an interval that is open on that side); a quantile whose
 * interval reaches across passes if its tail says that surely fewer are above the limit than it leaves.
 * @param contaminated why figures of time taken by this check cannot be trusted; makes times and rates `inconclusive`,
 * but for those that pass: other work on the machine can only slow a target down
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
  const judged = judgeRange(requirement, measurement, range);
  if (contaminated === undefined || (dimension !== 'time' && dimension !== 'rate')) return judged;
  return judged.verdict === 'pass' && isHarderDisturbed(requirement, dimension)
    ? { ...judged, reason: `${judged.reason}, although ${contaminated}` }
    : { ...requirement, verdict: 'inconclusive', measured: measurement, reason: contaminated };
}

function judgeRange(
  requirement: Requirement,
  measurement: Measurement,
  range: Range,
): Exclude<JudgedRequirement, { verdict: 'not-measured' }> {
  const limit = formatQuantity(requirement.limit, requirement.unit);
  const { interval, bound, unit } = measurement;
  const spread = interval
    ? ` (${formatQuantity(interval.low, unit)} to ${formatQuantity(interval.high, unit)}, ${Math.round(interval.confidence * 1000) / 10} %)`
    : '';
  const value = `${bound === undefined ? '' : bound === 'at-least' ? 'at least ' : 'at most '}${formatQuantity(measurement.value, unit)}${spread}`;
  const against = `${value} against ${requirement.comparison} ${limit}`;
  switch (side(range, requirement)) {
    case 'right':
      return { ...requirement, verdict: 'pass', measured: measurement, reason: against };
    case 'wrong':
      return { ...requirement, verdict: 'fail', measured: measurement, reason: against };
    case 'across': {
      const below = belowByItsTail(measurement, requirement);
      return below === undefined
        ? {
            ...requirement,
            verdict: 'inconclusive',
            measured: measurement,
            reason: `${value} lies across the limit ${requirement.comparison} ${limit} after ${measurement.samples.toLocaleString('en-US')} samples`,
          }
        : { ...requirement, verdict: 'pass', measured: measurement, reason: `${against}: ${below}` };
    }
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
