import {
  convertUnit,
  formatQuantity,
  type JudgedRequirement,
  type Measurement,
  type Results,
  type Unit,
  type Verdict,
} from '@preopen/core';
import type { Catalogue, Counts, Language } from './language/catalogue.ts';
import { english } from './language/english.ts';
import { catalogueOf } from './language/languages.ts';

/** Metrics of which people speak in percent. */
const shares =
  /^errors\.|\.(utilisation|gc\.share|gcShare|semiconductorShare|semiconductorRisk|rightAnswers|failedShare|wrongShare|degradedShare|errorBudget|errorShare|missingPredictions|complete|oracleShare|grossExcess|netExcess|turnover|lostPredictions|survivorship|contention|coherency)$/;

/** The unit in which a metric is drawn. */
export const unitOnAxis = (metric: string, unit: Unit | undefined): Unit | 'percent' | undefined =>
  unit === 'ratio' && shares.test(metric) ? 'percent' : unit;

/** Coefficients of correlation, which people give with three decimals: 0.157 and 0.163 are not the same. */
const coefficients = /^ic\.(mean|pearson|null)$|\.ic(Stress|Calm|Change)$/;

/** A metric's value for people, with a minus sign where there is one. */
export function formatFigure(value: number, { metric, unit }: Pick<Measurement, 'metric' | 'unit'>): string {
  if (unit === 'ratio' && coefficients.test(metric) && Number.isFinite(value) && Math.abs(value) >= 0.001)
    return value.toFixed(3).replace(/^-/, '−');
  const asPercent = unit === 'ratio' && shares.test(metric);
  return formatQuantity(value, unit, { asPercent });
}

/** A value alone: `61.2 ms`, `≥ 1,840 /s`. */
export function formatValue(measurement: Measurement): string {
  const bound = measurement.bound === 'at-least' ? '≥ ' : measurement.bound === 'at-most' ? '≤ ' : '';
  return `${bound}${formatFigure(measurement.value, measurement)}`;
}

/** The interval alone, `59.0 ms to 64.1 ms`; empty where there is none. */
export function formatInterval(measurement: Measurement, words: Catalogue = english): string {
  const { interval } = measurement;
  // Where nothing is known of either end, “0 ms to ∞” reads like a finding.
  if (interval && interval.low <= 0 && interval.high === Number.POSITIVE_INFINITY) return words.labels.unbounded;
  return interval ? words.range(formatFigure(interval.low, measurement), formatFigure(interval.high, measurement)) : '';
}

/** A measured value with its interval: `61.2 ms (59.0 ms to 64.1 ms)`. */
export function formatMeasurement(measurement: Measurement, words: Catalogue = english): string {
  const interval = formatInterval(measurement, words);
  return `${formatValue(measurement)}${interval ? ` (${interval})` : ''}`;
}

const signs: Readonly<Record<string, string>> = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' };

/** The limit as it was written: `< 100 ms`. */
export function formatLimit(requirement: JudgedRequirement): string {
  const written = requirement.expression.split(/<=|>=|<|>|≤|≥/)[1]?.trim();
  // As it was written, but for the thousands, which are grouped as in the values beside it.
  const grouped = written?.replace(/^\d{4,}/, (digits) => Number(digits).toLocaleString('en-US'));
  return `${signs[requirement.comparison]} ${grouped ?? formatQuantity(requirement.limit, requirement.unit)}`;
}

/** How a measured value and the ends of its interval lie against the limit. */
export interface Margin {
  /** Of the value, of the end nearest to the wrong side, and of the far end, as shares of the limit; positive is on the right side. */
  readonly value: number;
  readonly near: number;
  readonly far: number;
}

/** The distance from the limit; `undefined` where nothing was measured, or the limit is zero and has no share. */
export function marginOf(requirement: JudgedRequirement): Margin | undefined {
  if (requirement.verdict === 'not-measured' || requirement.limit === 0) return undefined;
  const { measured, comparison, limit, unit } = requirement;
  const upper = comparison.startsWith('<');
  const share = (value: number): number | undefined => {
    const converted = convertUnit(value, measured.unit, unit);
    return converted === undefined ? undefined : (upper ? limit - converted : converted - limit) / Math.abs(limit);
  };
  const low = share(
    measured.bound === 'at-most' ? Number.NEGATIVE_INFINITY : (measured.interval?.low ?? measured.value),
  );
  const high = share(
    measured.bound === 'at-least' ? Number.POSITIVE_INFINITY : (measured.interval?.high ?? measured.value),
  );
  const value = share(measured.value);
  if (low === undefined || high === undefined || value === undefined) return undefined;
  return { value, near: Math.min(low, high), far: Math.max(low, high) };
}

/**
 * How far the value is from the limit, as a share of the limit, and on which side: `39 % below it`.
 * Empty where the limit is zero or nothing was measured.
 */
export function formatMargin(requirement: JudgedRequirement, words: Catalogue = english): string {
  const margin = marginOf(requirement);
  if (!margin || requirement.verdict === 'not-measured') return '';
  const ratio = requirement.comparison.startsWith('<') ? 1 - margin.value : 1 + margin.value;
  if (!Number.isFinite(ratio)) return '';
  if (ratio === 1) return words.atLimit;
  if (ratio >= 3) return words.times(formatQuantity(ratio, 'ratio'));
  const percent = Math.abs(ratio - 1) * 100;
  // 99.97 % below is not all of it.
  const digits = percent < 10 || (percent > 99 && percent < 100) ? 1 : 0;
  const shown = `${digits === 1 && percent > 99.9 && percent < 100 ? '> 99.9' : percent.toFixed(digits)} %`;
  return ratio < 1 ? words.below(shown) : words.above(shown);
}

/** A metric as people call it, or its id. */
export const nameOf = (metric: string, words: Catalogue): string => words.metric(metric) ?? metric;

/** How many requirements came to which verdict; only those that are required. */
export function countsOf(results: Results): Counts {
  const required = results.requirements.filter((requirement) => requirement.required);
  const of = (verdict: Verdict): number => required.filter((requirement) => requirement.verdict === verdict).length;
  return {
    required: required.length,
    pass: of('pass'),
    fail: of('fail'),
    inconclusive: of('inconclusive'),
    notMeasured: of('not-measured'),
  };
}

/** How the run as a whole stands. */
export type Standing = Verdict | 'interrupted' | 'nothing';

export function standingOf(results: Results): Standing {
  if (results.run.status === 'interrupted') return 'interrupted';
  return countsOf(results).required === 0 ? 'nothing' : results.verdict;
}

/** The run in one sentence, from its figures alone. */
export function verdictSentence(results: Results, language: Language = 'en'): string {
  const words = catalogueOf(language);
  const standing = standingOf(results);
  const measured = String(results.checks.reduce((sum, check) => sum + check.measurements.length, 0));
  const sentence =
    standing === 'interrupted'
      ? words.summary.interrupted(measured)
      : standing === 'nothing'
        ? words.summary.nothingRequired(measured)
        : words.summary.counts(countsOf(results));
  return language === 'en' ? `${words.standing[standing]}. ${sentence}` : `${words.standing[standing]}。${sentence}`;
}

/** `12 min 52 s`, `1.3 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
