import type { CheckResult, Results } from '@preopen/core';
import { formatMeasurement } from '@preopen/report';
import type { Style } from './style.ts';
import { type Cell, layoutTable, paragraph } from './table.ts';
import { verdictTable } from './verdict-table.ts';

function linesOf(check: CheckResult, style: Style): string[] {
  const { colors, sign } = style;
  const title = `${colors.bold(check.title)}`;
  if (check.status !== 'completed') return [`  ${title}`, `  ${colors.red(`${check.status}: ${check.reason ?? ''}`)}`];
  const rows = [
    ...check.measurements.map((measurement): Cell[] => [
      { text: measurement.metric },
      { text: formatMeasurement(measurement), paint: colors.bold },
    ]),
  ];
  // One cause often stands for many metrics; it is told once.
  const refused = new Map<string, string[]>();
  for (const { metric, reason } of check.notMeasured) refused.set(reason, [...(refused.get(reason) ?? []), metric]);
  for (const [reason, metrics] of refused) {
    rows.push([
      { text: metrics.length === 1 ? metrics[0]! : `${metrics.length} metrics` },
      { text: `${sign['not-measured']} not measured: ${reason}`, paint: colors.dim },
    ]);
  }
  const how = [...new Set(check.measurements.flatMap((measurement) => measurement.how ?? []))];
  const said = [
    ...how.slice(0, 1),
    ...(check.noise?.contaminated ? [`Other work on the machine disturbed this: ${check.noise.reason}`] : []),
    ...check.notes,
  ];
  return [
    `  ${title}`,
    '',
    ...layoutTable(rows, style.columns),
    ...(said.length > 0 ? [''] : []),
    ...said.flatMap((note) => paragraph(note, style.columns, { paint: colors.dim })),
  ];
}

/** What an ad hoc command found, for people: every measurement, what was said of it, and the verdicts if any were asked for. */
export function findingsText(results: Results, style: Style): string {
  const parts = results.checks.map((check) => linesOf(check, style).join('\n'));
  if (results.requirements.length > 0) parts.push(verdictTable(results, style));
  return `\n${parts.join('\n\n')}\n`;
}
