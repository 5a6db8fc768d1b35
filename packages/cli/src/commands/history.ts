import { resolve } from 'node:path';
import { declaresMetric, didYouMean, InputError, matchesPattern } from '@preopen/core';
import {
  formatFigure,
  type HistorySeries,
  historySeries,
  type Language,
  readHistory,
  renderHistoryPage,
  sparkline,
} from '@preopen/report';
import { builtinChecks } from '../checks.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import type { Style } from '../terminal/style.ts';
import { layoutTable, paragraph } from '../terminal/table.ts';
import { writeNamedFile } from '../written-file.ts';

/** The flags of `preopen history`. */
export interface HistoryFlags {
  readonly dir: string;
  readonly html?: string;
  readonly lang: Language;
  readonly json?: boolean;
}

/** What a reader must know of a series before its last value is taken for what is true today. */
const noteOf = ({ changes, points, missedSince }: HistorySeries): string => {
  const last = changes.at(-1);
  const size = last && `${last.change > 0 ? '+' : '−'}${(Math.abs(last.change) * 100).toFixed(0)} %`;
  return [
    ...(missedSince === 0 ? [] : [`not measured in the latest ${missedSince === 1 ? 'run' : `${missedSince} runs`}`]),
    ...(last ? [`${size} since ${points[last.at]!.run}, a suspicion`] : []),
  ].join('; ');
};

function whyEmpty(runs: number, patterns: readonly string[], dir: string): string {
  if (runs === 0) return `no runs in ${dir}; each \`preopen run\` adds one`;
  if (patterns.length === 0) return `no finished run in ${dir}: those that were interrupted are left out`;
  return `no metric in ${dir} is called ${patterns.join(' or ')}; \`preopen history\` without a name lists all`;
}

/** Bars of a sparkline at most and, on a narrow terminal, at least. */
const bars = { most: 30, least: 8 };

function seriesTable(members: readonly HistorySeries[], style: Style): string[] {
  const told = members.map((one) => ({
    one,
    value: formatFigure(one.points.at(-1)!.value, one),
    runs: `${one.points.length} ${one.points.length === 1 ? 'run' : 'runs'}`,
  }));
  const widest = (of: (row: (typeof told)[number]) => string): number =>
    Math.max(...told.map((row) => of(row).length + 2));
  const room =
    style.columns - 2 - widest(({ one }) => one.metric) - widest(({ value }) => value) - widest(({ runs }) => runs);
  const width = Math.min(bars.most, Math.max(bars.least, room));
  return layoutTable(
    told.map(({ one, value, runs }) => [
      { text: one.metric },
      { text: value, align: 'right' as const },
      { text: runs, align: 'right' as const },
      { text: sparkline(one.points, width) },
      { text: noteOf(one), paint: style.colors.yellow },
    ]),
    style.columns,
  );
}

/**
 * Refuses a name that neither the runs nor any check knows: nothing will ever be kept under it.
 * @throws InputError (E107)
 */
function refuseUnknown(patterns: readonly string[], kept: readonly HistorySeries[]): void {
  if (patterns.length === 0) return;
  const declared = builtinChecks().flatMap(({ metrics }) => metrics);
  const known = [...new Set([...kept.map(({ metric }) => metric), ...declared])];
  for (const pattern of patterns) {
    const isKnown = known.some((metric) => matchesPattern(metric, pattern)) || declaresMetric(declared, pattern);
    if (isKnown) continue;
    throw new InputError(
      `no metric is called “${pattern}”.${didYouMean(pattern, known)} \`preopen list metrics\` tells all; * stands for any text.`,
      { code: 'E107', at: pattern },
    );
  }
}

/** `preopen history`: what was measured over time, and where it seems to have changed. Fails nothing. */
export async function historyCommand(
  patterns: readonly string[],
  flags: HistoryFlags,
  streams: Streams,
): Promise<ExitCode> {
  const { entries, problems } = await readHistory(resolve(flags.dir));
  const isWanted = ({ metric }: HistorySeries): boolean =>
    patterns.length === 0 || patterns.some((pattern) => matchesPattern(metric, pattern));
  const kept = historySeries(entries);
  refuseUnknown(patterns, kept);
  const series = kept.filter(isWanted);
  if (flags.html !== undefined)
    await writeNamedFile('--html', flags.html, renderHistoryPage(series, problems, { language: flags.lang }));
  for (const problem of problems) streams.err.write(`${flags.dir}: ${problem}\n`);
  if (flags.json) {
    streams.out.write(`${JSON.stringify({ runs: entries.length, problems, series }, null, 2)}\n`);
    return exitCodes.ok;
  }
  const style = stylesOf(streams, 'auto').out;
  const groups = new Map<string, HistorySeries[]>();
  for (const one of series) {
    const group = `${one.target}, suite ${one.suite}, ${one.scale}; ${one.environmentClass}`;
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  const lines = [...groups].flatMap(([group, members]) => [
    ...paragraph(group, style.columns, { paint: style.colors.bold }),
    ...seriesTable(members, style),
    '',
  ]);
  if (lines.length === 0) lines.push(...paragraph(whyEmpty(entries.length, patterns, flags.dir), style.columns));
  if (flags.html !== undefined) lines.push(`  page  ${flags.html}`);
  streams.out.write(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}
