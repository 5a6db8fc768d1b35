import { formatQuantity, type JudgedRequirement, type Measurement, type Results, type Verdict } from '@preopen/core';

/** A measured value with its interval: `61.2 ms (59.0 ms to 64.1 ms)`. */
export function formatMeasurement(measurement: Measurement): string {
  const show = (value: number): string => formatQuantity(value, measurement.unit);
  const bound = measurement.bound === 'at-least' ? '≥ ' : measurement.bound === 'at-most' ? '≤ ' : '';
  const { interval } = measurement;
  return `${bound}${show(measurement.value)}${interval ? ` (${show(interval.low)} to ${show(interval.high)})` : ''}`;
}

/** The limit as it was written: `< 100 ms`. */
export function formatLimit(requirement: JudgedRequirement): string {
  const written = requirement.expression.split(/<=|>=|<|>|≤|≥/)[1]?.trim();
  return `${requirement.comparison} ${written ?? formatQuantity(requirement.limit, requirement.unit)}`;
}

/**
 * How far the value is from the limit, as a share of the limit, and on which side: `39 % below`.
 * Empty where the limit is zero or nothing was measured.
 */
export function formatMargin(requirement: JudgedRequirement): string {
  if (requirement.verdict === 'not-measured' || requirement.limit === 0) return '';
  const { measured } = requirement;
  const scale =
    measured.unit === requirement.unit
      ? 1
      : measured.unit === 'ms' && requirement.unit === 's'
        ? 1e-3
        : measured.unit === 's' && requirement.unit === 'ms'
          ? 1e3
          : 1;
  const ratio = (measured.value * scale) / requirement.limit;
  if (ratio > 10) return `${formatQuantity(ratio, 'ratio')} times the limit`;
  const share = Math.abs(ratio - 1) * 100;
  return `${share.toFixed(share < 10 ? 1 : 0)} % ${ratio < 1 ? 'below' : 'above'}`;
}

/** What a verdict is called on pages. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'undecided',
  'not-measured': 'not measured',
};

const counted = (results: Results, verdict: Verdict): JudgedRequirement[] =>
  results.requirements.filter((requirement) => requirement.required && requirement.verdict === verdict);

/** The run in one sentence, from its figures alone. */
export function verdictSentence(results: Results): string {
  const { suite, status, scale } = results.run;
  const required = results.requirements.filter((requirement) => requirement.required).length;
  const names = (verdict: Verdict): string =>
    counted(results, verdict)
      .map(({ id }) => id)
      .join(', ');
  const on = `${results.target.name}, suite ${suite}, ${scale.stocks.toLocaleString('en-US')} stocks × ${scale.days} days`;
  if (status === 'interrupted')
    return `The run was interrupted before its end (${on}): nothing can be concluded from it.`;
  if (required === 0) return `Nothing was required of this run (${on}).`;
  switch (results.verdict) {
    case 'pass':
      return `All ${required} requirements passed: ${on}.`;
    case 'fail':
      return `Not ready: ${names('fail')} failed (${counted(results, 'fail').length} of ${required} requirements): ${on}.`;
    case 'inconclusive':
      return `Undecided: the figures do not settle ${names('inconclusive')}: ${on}.`;
    case 'not-measured':
      return `Not shown: ${names('not-measured')} ${counted(results, 'not-measured').length === 1 ? 'was' : 'were'} not measured: ${on}.`;
  }
}

/** `12 min 52 s`, `1.3 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
