import { resolve } from 'node:path';
import { formatQuantity, matchesPattern, writeFileAtomic } from '@preopen/core';
import {
  type HistorySeries,
  historySeries,
  type Language,
  readHistory,
  renderHistoryPage,
  sparkline,
} from '@preopen/report';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { layoutTable } from '../terminal/table.ts';

/** The flags of `preopen history`. */
export interface HistoryFlags {
  readonly dir: string;
  readonly html?: string;
  readonly lang: Language;
  readonly json?: boolean;
}

const changeText = ({ changes, points }: HistorySeries): string => {
  const last = changes.at(-1);
  if (!last) return '';
  const size = `${last.change > 0 ? '+' : '−'}${(Math.abs(last.change) * 100).toFixed(0)} %`;
  return `${size} since ${points[last.at]!.run}, a suspicion`;
};

/** `preopen history`: what was measured over time, and where it seems to have changed. Fails nothing. */
export async function historyCommand(
  patterns: readonly string[],
  flags: HistoryFlags,
  streams: Streams,
): Promise<ExitCode> {
  const { entries, problems } = await readHistory(resolve(flags.dir));
  const isWanted = ({ metric }: HistorySeries): boolean =>
    patterns.length === 0 || patterns.some((pattern) => matchesPattern(metric, pattern));
  const series = historySeries(entries).filter(isWanted);
  if (flags.html !== undefined)
    await writeFileAtomic(flags.html, renderHistoryPage(series, problems, { language: flags.lang }));
  for (const problem of problems) streams.err.write(`${problem}\n`);
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
    `  ${style.colors.bold(group)}`,
    ...layoutTable(
      members.map((one) => [
        { text: one.metric },
        { text: formatQuantity(one.points.at(-1)!.value, one.unit), align: 'right' as const },
        { text: `${one.points.length} ${one.points.length === 1 ? 'run' : 'runs'}`, align: 'right' as const },
        { text: sparkline(one.points) },
        { text: changeText(one), paint: style.colors.yellow },
      ]),
      style.columns,
    ),
    '',
  ]);
  if (lines.length === 0) lines.push(`  no runs in ${flags.dir}; each \`preopen run\` adds one`);
  if (flags.html !== undefined) lines.push(`  page  ${flags.html}`);
  streams.out.write(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}
