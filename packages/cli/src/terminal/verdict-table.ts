import type { JudgedRequirement, Results, Verdict } from '@preopen/core';
import { formatLimit, formatMeasurement } from '@preopen/report';
import type { Style } from './style.ts';
import { type Cell, layoutTable, paragraph } from './table.ts';

const paintOf = (style: Style, verdict: Verdict): ((text: string) => string) =>
  ({
    pass: style.colors.green,
    fail: style.colors.red,
    inconclusive: style.colors.yellow,
    'not-measured': style.colors.dim,
  })[verdict];

/** One sentence in capitals: what the run as a whole came to. */
export function headline(results: Results): string {
  if (results.run.status === 'interrupted') return 'INTERRUPTED';
  return { pass: 'PASSED', fail: 'NOT READY', inconclusive: 'UNDECIDED', 'not-measured': 'NOT MEASURED' }[
    results.verdict
  ];
}

const units: readonly [Verdict, string][] = [
  ['pass', 'passed'],
  ['fail', 'failed'],
  ['inconclusive', 'undecided'],
  ['not-measured', 'not measured'],
];

/** `5 passed · 1 not measured`. */
export function countVerdicts(requirements: readonly JudgedRequirement[]): string {
  return units
    .map(
      ([verdict, word]) =>
        [requirements.filter((requirement) => requirement.verdict === verdict).length, word] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(' · ');
}

/** Why a verdict is not a pass; of a count of what must not be, what was seen. */
function whyNot(requirement: JudgedRequirement): string {
  switch (requirement.verdict) {
    case 'pass':
      return '';
    case 'fail':
      return requirement.measured.unit === 'count' ? (requirement.measured.how ?? '') : '';
    default:
      return requirement.reason;
  }
}

/** The requirements table that ends a run, and below it what the run came to. */
export function verdictTable(results: Results, style: Style): string {
  const { colors } = style;
  const rows = results.requirements.map((requirement): Cell[] => {
    const { verdict } = requirement;
    const paint = paintOf(style, verdict);
    return [
      { text: style.sign[verdict], paint },
      { text: requirement.id, paint: verdict === 'pass' ? (text) => text : colors.bold },
      {
        text: requirement.verdict === 'not-measured' ? 'not measured' : formatMeasurement(requirement.measured),
        paint,
      },
      { text: formatLimit(requirement) },
      { text: whyNot(requirement), paint: colors.dim },
    ];
  });
  const lines = rows.length > 0 ? [...layoutTable(rows, style.columns), ''] : ['  no requirements', ''];
  const paint = paintOf(style, results.run.status === 'interrupted' ? 'inconclusive' : results.verdict);
  const { suite, scale, seed } = results.run;
  const what = [
    `${suite} on ${results.target.name}`,
    ...(scale.days > 0 ? [`${scale.stocks} stocks × ${scale.days} days`] : []),
    `seed ${seed}`,
  ].join(', ');
  const word = headline(results);
  const counted = countVerdicts(results.requirements);
  const isOneLine = word.length + counted.length + what.length + 6 <= style.columns;
  lines.push(`  ${colors.bold(paint(word))}  ${counted}${isOneLine ? '  ' : '\n  '}${colors.dim(what)}`);
  for (const check of results.checks.filter((check) => check.status === 'failed')) {
    const text = `${check.id}: ${check.reason ?? ''}`;
    lines.push(...paragraph(text, style.columns, { head: `${colors.red('check failed')} `, headWidth: 13 }));
  }
  for (const note of results.notes) lines.push(...paragraph(note, style.columns, { paint: colors.dim }));
  return lines.join('\n');
}
