import { formatQuantity } from '@preopen/core';
import { type ComparedMetric, type Comparison, compareRuns, formatFigure } from '@preopen/report';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { runsAt } from '../run-folders.ts';
import { type Streams, stylesOf } from '../streams.ts';
import type { Style } from '../terminal/style.ts';
import { type Cell, layoutTable, paragraph } from '../terminal/table.ts';

/** The flags of `preopen compare`. */
export interface CompareFlags {
  readonly failOn?: 'regression' | 'unsure';
  readonly forceIncomparable?: boolean;
  readonly json?: boolean;
}

function effectText({ effect, scale, unit }: ComparedMetric): string {
  // Why there is none stands below the table, once.
  if (effect === undefined) return '';
  const show = (value: number): string => {
    const size = scale === 'ratio' ? `${(Math.abs(value) * 100).toFixed(1)} %` : formatQuantity(Math.abs(value), unit);
    return `${value < 0 ? '−' : '+'}${size}`;
  };
  return `${show(effect.value)} (${show(effect.low)} to ${show(effect.high)}, 90 %)`;
}

/** Colours of what a comparison comes to. */
export const comparisonPaints = (style: Style): Readonly<Record<Comparison['verdict'], (text: string) => string>> => ({
  worse: style.colors.red,
  better: style.colors.green,
  same: style.colors.green,
  unsure: style.colors.yellow,
});

/** What a comparison means for whoever waits for the command. */
export const comparisonExitCode = (verdict: Comparison['verdict'], failOn: CompareFlags['failOn']): ExitCode => {
  if (failOn !== undefined && verdict === 'worse') return exitCodes.failed;
  return failOn === 'unsure' && verdict === 'unsure' ? exitCodes.undecided : exitCodes.ok;
};

/** `preopen compare BASE HEAD`. */
export async function compareCommand(
  base: string,
  head: string,
  flags: CompareFlags,
  streams: Streams,
): Promise<ExitCode> {
  const [a, b] = await Promise.all([runsAt(base), runsAt(head)]);
  const comparison = compareRuns(a, b, { force: flags.forceIncomparable === true });
  const code = comparisonExitCode(comparison.verdict, flags.failOn);
  if (flags.json) {
    streams.out.write(`${JSON.stringify(comparison, null, 2)}\n`);
    return code;
  }
  const style = stylesOf(streams, 'auto').out;
  const paint = comparisonPaints(style);
  const titles: Cell[] = ['', '', 'base', 'head', '', 'head against base'].map((text, column) => ({
    text,
    paint: style.colors.dim,
    ...(column === 2 || column === 3 ? { align: 'right' as const } : {}),
  }));
  const rows = comparison.metrics
    .toSorted((x, y) => Number(y.gated) - Number(x.gated))
    .map((one): Cell[] => [
      { text: one.verdict, paint: paint[one.verdict] },
      { text: one.metric },
      { text: formatFigure(one.base, one), align: 'right' },
      { text: formatFigure(one.head, one), align: 'right' },
      { text: one.gated ? '' : 'not gated', paint: style.colors.dim },
      { text: effectText(one) },
    ]);
  const heading = `  ${style.colors.bold(paint[comparison.verdict](comparison.verdict.toUpperCase()))}  ${a.length} ${a.length === 1 ? 'run' : 'runs'} of base, ${b.length} of head`;
  const reasons = comparison.reasons.flatMap((reason) => paragraph(reason, style.columns, { paint: style.colors.dim }));
  streams.out.write(
    `${[...(rows.length > 0 ? layoutTable([titles, ...rows], style.columns) : []), '', heading, ...reasons].join('\n')}\n`,
  );
  return code;
}
