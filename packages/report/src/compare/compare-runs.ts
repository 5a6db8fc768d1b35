import { InputError, type Measurement, type Requirement, type Results } from '@preopen/core';
import { dimensionOf } from '@preopen/core/judge';
import { incomparabilities } from './comparable.ts';
import { type ComparisonVerdict, type Decision, decideTwoBuilds, type MetricRuns, sideAt } from './two-builds.ts';

/** One metric of two builds. */
export interface ComparedMetric {
  readonly metric: string;
  readonly unit: Measurement['unit'];
  /** Whether it can fail anything: only metrics with a requirement do. */
  readonly gated: boolean;
  readonly verdict: ComparisonVerdict;
  /** Middle value of each side. */
  readonly base: number;
  readonly head: number;
  /** `ratio`: head ÷ base − 1; `difference`: head − base in the unit; `exact`: no spread is allowed. */
  readonly scale: 'ratio' | 'difference' | 'exact';
  /** With 90 %; `undefined` below five runs a side and for `exact`. */
  readonly effect: { readonly value: number; readonly low: number; readonly high: number } | undefined;
  readonly runsPerSide: number;
  readonly reason: string;
}

/** Two builds. */
export interface Comparison {
  readonly verdict: ComparisonVerdict;
  /** Why nothing can be proved by these runs; empty if something can. */
  readonly reasons: readonly string[];
  readonly metrics: readonly ComparedMetric[];
}

const middle = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

/** A run's value of a metric; `undefined` where it has none that can be trusted. */
export function trustedValue(results: Results, metric: string): Measurement | undefined {
  for (const check of results.checks) {
    const found = check.measurements.find((measurement) => measurement.metric === metric);
    if (!found || !Number.isFinite(found.value)) continue;
    const dimension = dimensionOf(found.unit);
    const isTimed = dimension === 'time' || dimension === 'rate';
    if (!(isTimed && check.noise?.contaminated)) return found;
  }
  return undefined;
}

/** Which of the runs have no value of a metric that can be trusted, and what is the matter. */
function whyUntrusted(metric: string, without: readonly Results[], of: number): string {
  const reasons = without.map(({ checks }) => {
    const check = checks.find(({ measurements }) =>
      measurements.some((one) => one.metric === metric && Number.isFinite(one.value)),
    );
    return check?.noise?.reason;
  });
  const disturbed = without.flatMap(({ run }, i) => (reasons[i] === undefined ? [] : [`${run.id}: ${reasons[i]}`]));
  const missing = without.flatMap(({ run }, i) => (reasons[i] === undefined ? [run.id] : []));
  return [
    ...(missing.length > 0 ? [`no value in ${missing.join(', ')}`] : []),
    ...(disturbed.length > 0
      ? [
          `disturbed in ${disturbed.length} of ${of} runs (${disturbed[0]}): make them on a quieter machine, or measure both at once with preopen ab`,
        ]
      : []),
  ].join('; ');
}

/** 5 % is what is worth an alarm, unless the metric has a limit that tells its scale. */
const leastRatio = 0.05;

interface Column {
  readonly metric: string;
  readonly unit: Measurement['unit'];
  readonly requirement: Requirement | undefined;
  readonly lowerIsBetter: boolean;
  readonly scale: ComparedMetric['scale'];
  readonly leastEffect: number;
  /** In the order of the runs. */
  readonly values: readonly number[];
}

function columnsOf(runs: readonly Results[]): { columns: Column[]; untrusted: Map<string, string> } {
  const untrusted = new Map<string, string>();
  const columns: Column[] = [];
  const requirements = runs[0]?.requirements ?? [];
  const first = new Map(
    runs
      .flatMap(({ checks }) => checks.flatMap(({ measurements }) => measurements))
      .map((one) => [one.metric, one.unit]),
  );
  for (const [metric, unit] of first) {
    const requirement = requirements.find((one) => one.metric === metric && one.required);
    const dimension = dimensionOf(unit);
    const isPlainCount = unit === 'count' && requirement !== undefined;
    // Without a limit nobody knows which way a share or a count is good.
    if (requirement === undefined && dimension === 'number') continue;
    const values = runs.map((results) => trustedValue(results, metric)?.value);
    const without = runs.filter((_, i) => values[i] === undefined);
    if (without.length > 0) {
      untrusted.set(metric, whyUntrusted(metric, without, runs.length));
      continue;
    }
    const known = values as number[];
    const scale = isPlainCount
      ? 'exact'
      : dimension !== 'number' && known.every((value) => value > 0)
        ? 'ratio'
        : 'difference';
    columns.push({
      metric,
      unit,
      requirement,
      lowerIsBetter: requirement ? requirement.comparison.startsWith('<') : dimension !== 'rate',
      scale,
      leastEffect: scale === 'ratio' ? Math.log1p(leastRatio) : leastRatio * Math.abs(requirement?.limit || 0.2),
      values: known,
    });
  }
  for (const { metric, required } of requirements)
    if (required && !first.has(metric)) untrusted.set(metric, 'required, and not measured in any of these runs');
  return { columns, untrusted };
}

/** Counts have no luck in them: a worse worst case is worse. */
function decideExact({ metric, values, lowerIsBetter }: Column, sides: readonly (0 | 1)[]): Decision {
  const worst = (side: 0 | 1): number => {
    const of = values.filter((_, i) => sides[i] === side);
    return lowerIsBetter ? Math.max(...of) : Math.min(...of);
  };
  const [base, head] = [worst(0), worst(1)];
  const verdict = head === base ? 'same' : head > base === lowerIsBetter ? 'worse' : 'better';
  return { metric, verdict, runsPerSide: Math.floor(values.length / 2), standing: undefined };
}

/** Why runs in this order prove nothing; `undefined` if they alternate. */
function orderProblem(sides: readonly (0 | 1)[]): string | undefined {
  if (sides.length < 10) return `${Math.floor(sides.length / 2)} runs a side: at least 5 of each are needed`;
  const alternates = [0, 1].some((first) => sides.every((side, i) => side === (first ^ sideAt(i))));
  if (alternates) return undefined;
  return 'the runs were not made in the order base, head, head, base, …: under drift, base-then-head order calls up to 93 % of identical builds a regression';
}

/**
 * Compares two builds by finished runs. The unit is the run: what lies within one is not independent. Drift over the
 * order of runs is taken out, which needs runs in alternating order (base, head, head, base, …); without it, or below
 * five runs a side, everything is `unsure`, with the figures shown all the same.
 * @param options.force compare what differs in more than the build; the verdict is then `unsure`
 * @throws InputError (E150) if the runs cannot be compared; its message names every difference at once
 */
export function compareRuns(
  base: readonly Results[],
  head: readonly Results[],
  options: { readonly force?: boolean } = {},
): Comparison {
  const isEnded = ({ run }: Results): boolean => run.status === 'completed';
  const dropped = [...base, ...head].filter((results) => !isEnded(results)).map(({ run }) => run.id);
  const [a, b] = [base.filter(isEnded), head.filter(isEnded)];
  if (a.length === 0 || b.length === 0)
    throw new InputError('nothing to compare: each side needs at least one run that was not interrupted.', {
      code: 'E150',
    });
  const differ = incomparabilities(a, b);
  if (differ.length > 0 && !options.force) {
    throw new InputError(
      `these runs cannot be compared, for they differ in more than the build:\n${differ.map((one) => `  ${one}`).join('\n')}\nMeasure both under the same conditions, or give --force-incomparable to see the figures without a verdict.`,
      { code: 'E150' },
    );
  }
  const ordered = [
    ...a.map((results) => ({ results, side: 0 as const })),
    ...b.map((results) => ({ results, side: 1 as const })),
  ].toSorted((x, y) => (x.results.run.startedAt < y.results.run.startedAt ? -1 : 1));
  const sides = ordered.map(({ side }) => side);
  const order = orderProblem(sides);
  const reasons = [
    ...(dropped.length > 0 ? [`left out, for they were interrupted: ${dropped.join(', ')}`] : []),
    ...differ.map((one) => `compared by force although they differ in ${one}`),
    ...(order === undefined ? [] : [order]),
  ];
  const canProve = order === undefined && differ.length === 0;
  const { columns, untrusted } = columnsOf(ordered.map(({ results }) => results));
  // Where head came first the sides change places, and so does the sign of the effect.
  const sign = sides[0] === 1 ? -1 : 1;
  const asRuns = ({ metric, values, scale, leastEffect, lowerIsBetter }: Column): MetricRuns => ({
    metric,
    values: values.map((value) => sign * (scale === 'ratio' ? Math.log(value) : value)),
    leastEffect,
    lowerIsBetter,
  });
  const sampled = columns.filter(({ scale }) => scale !== 'exact');
  const isGated = (column: Column): boolean => column.requirement !== undefined;
  const decisions = new Map(
    [
      ...decideTwoBuilds(sampled.filter(isGated).map(asRuns)),
      ...sampled.filter((column) => !isGated(column)).flatMap((column) => decideTwoBuilds([asRuns(column)])),
      ...columns.filter(({ scale }) => scale === 'exact').map((column) => decideExact(column, sides)),
    ].map((decision) => [decision.metric, decision]),
  );
  const metrics = columns.map((column): ComparedMetric => {
    const { metric, unit, scale, values } = column;
    const { verdict, standing, runsPerSide } = decisions.get(metric)!;
    const of = (side: 0 | 1): number => middle(values.filter((_, i) => sides[i] === side));
    const shown = (effect: number): number => (scale === 'ratio' ? Math.expm1(effect) : effect);
    const proves = canProve && (scale === 'exact' || standing !== undefined);
    return {
      metric,
      unit,
      gated: isGated(column),
      verdict: proves ? verdict : 'unsure',
      base: of(0),
      head: of(1),
      scale,
      effect:
        standing && order === undefined
          ? { value: shown(standing.effect), low: shown(standing.interval.low), high: shown(standing.interval.high) }
          : undefined,
      runsPerSide: proves ? runsPerSide : Math.min(a.length, b.length),
      reason: proves ? '' : (reasons.at(-1) ?? ''),
    };
  });
  // One run that other work disturbed spoils dozens of metrics.
  const spoilt = new Map<string, string[]>();
  for (const [metric, why] of untrusted) spoilt.set(why, [...(spoilt.get(why) ?? []), metric]);
  for (const [why, of] of spoilt) reasons.push(`${of.join(', ')}: ${why}`);
  const gated = metrics.filter((one) => one.gated);
  const has = (verdict: ComparisonVerdict): boolean => gated.some((one) => one.verdict === verdict);
  const isOpen =
    gated.length === 0 ||
    has('unsure') ||
    ordered[0]!.results.requirements.some(({ metric, required }) => required && untrusted.has(metric));
  const verdict = has('worse') ? 'worse' : isOpen ? 'unsure' : has('better') ? 'better' : 'same';
  return { verdict, reasons, metrics };
}
