import type { Results, Verdict } from '@preopen/core';
import { formatMeasurement } from './format.ts';

/** What a requirement that did not pass is called in a title. */
const titles: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'undecided',
  'not-measured': 'not measured',
};

/** GitHub shows ten annotations of a kind a step; the tenth tells of the rest. */
const mostShown = 10;

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const annotation = (kind: 'error' | 'warning', title: string, message: string): string =>
  `::${kind} title=${escapeProperty(title)}::${escapeData(message)}`;

/**
 * The run as GitHub workflow commands, to be printed to standard output: an `error` for each required requirement that
 * did not pass, be it failed, undecided or not measured, and a `warning` for each check that failed.
 */
export function renderGithubAnnotations(results: Results): string {
  const errors = results.requirements
    .filter(({ required, verdict }) => required && verdict !== 'pass')
    .map((one) => {
      const figures = one.verdict === 'not-measured' ? one.reason : `${formatMeasurement(one.measured)}: ${one.reason}`;
      return annotation('error', `${titles[one.verdict]}: ${one.expression}`, figures);
    });
  const warnings = results.checks
    .filter(({ status }) => status === 'failed')
    .map(({ id, reason }) => annotation('warning', `check failed: ${id}`, reason ?? 'no reason given'));
  const capped = (all: readonly string[], kind: 'error' | 'warning'): string[] => {
    if (all.length <= mostShown) return [...all];
    const rest = all.length - (mostShown - 1);
    return [
      ...all.slice(0, mostShown - 1),
      annotation(kind, 'and more', `${rest} more of this kind; see results.json`),
    ];
  };
  return [...capped(errors, 'error'), ...capped(warnings, 'warning')].map((line) => `${line}\n`).join('');
}
