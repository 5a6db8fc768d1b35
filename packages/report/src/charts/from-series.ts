import { formatQuantity, type Series, type SeriesColumn } from '@preopen/core';
import type { Mark, Panel, Positions, Tone } from './chart.ts';
import { type ChartBuilder, type ChartContext, isNumeric, rowOfLargest, type Told, term } from './context.ts';
import { foldsChart } from './fold-charts.ts';
import {
  batchSizeChart,
  functionsChart,
  histogramChart,
  overTimeChart,
  percentileChart,
  stagesChart,
} from './latency-charts.ts';
import { capacityChart, scalabilityChart } from './load-charts.ts';
import { memoryTimelineChart, pressureChart } from './memory-charts.ts';
import { recoveryChart } from './recovery-charts.ts';
import { universeChart } from './scale-charts.ts';
import { icByDateChart, icBySectorChart, icDecayChart, icQuantilesChart, portfolioChart } from './signal-charts.ts';

/** Series that are drawn in a way of their own. All others are drawn by their shape. */
const known: readonly (readonly [RegExp, ChartBuilder])[] = [
  [/^latency\.percentiles$/, percentileChart],
  [/^latency\.histogram$/, histogramChart],
  [/^latency\.overTime$/, overTimeChart],
  [/^latency\.stages$/, stagesChart],
  [/^latency\.functions$/, functionsChart],
  [/^latency\.batchSize$/, batchSizeChart],
  [/^load\.capacity$/, capacityChart('throughput.predictions')],
  [/^load\.capacitySingle$/, capacityChart('throughput.requests')],
  [/^load\.scalability$/, scalabilityChart],
  [/^memory\.timeline$/, memoryTimelineChart],
  [/^memory\.pressure$/, pressureChart],
  [/^ic\.byDate$/, icByDateChart],
  [/^ic\.decay$/, icDecayChart],
  [/^ic\.bySector$/, icBySectorChart],
  [/^ic\.quantiles$/, icQuantilesChart],
  [/^portfolio\.growth$/, portfolioChart],
  [/^walkForward\.folds$/, foldsChart],
  [/^recovery\./, recoveryChart],
  [/^scale\.universe$/, universeChart],
];

/** What only other charts draw: it stays a table. */
const tablesOnly = new Set(['memory.stageTimes', 'memory.gcPauses']);
const mostMarks = 6;
const mostPanels = 3;
/** Beyond so many names, bars are thinner than their names are high. */
const mostRows = 40;

const isDay = (value: unknown): boolean => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value);

/**
 * A series as a chart and a sentence: in a way of its own where it is known, else by its shape. Numbers in the first column are positions of lines,
 * days are positions in their order, names get a bar each; columns of one unit share a panel. `undefined` where there is
 * nothing to draw; the figures are still a table.
 */
export function chartOf(series: Series, context: ChartContext): Told | undefined {
  if (tablesOnly.has(series.id)) return undefined;
  const builder = known.find(([pattern]) => pattern.test(series.id))?.[1];
  return builder?.(series, context) ?? chartByShape(series, context);
}

function positionsOf(first: SeriesColumn, context: ChartContext): Positions | undefined {
  const name = term(context, first.name);
  if (isNumeric(first) && first.values.every((value) => value !== null)) {
    const values = first.values as number[];
    if (values.length < 2 || new Set(values).size < 2) return undefined;
    // How hard something is pushed is read from none to all.
    const ends = first.name === 'intensity' ? { ends: [0, 1] as const } : {};
    return { kind: 'number', name, unit: first.unit, scale: spansDecades(values) ? 'log' : 'linear', values, ...ends };
  }
  const values = first.values.map((value) => term(context, String(value ?? '')));
  if (values.length === 0) return undefined;
  if (first.values.every(isDay) && values.length > 1) return { kind: 'ordered', name: '', values };
  return values.length > mostRows ? undefined : { kind: 'rows', name, values };
}

/** Steps that grow by factors, such as 1, 10, 100, are read on a logarithmic axis. */
function spansDecades(values: readonly number[]): boolean {
  const low = Math.min(...values);
  return low > 0 && Math.max(...values) / low >= 100 && values.length <= 20;
}

const tones: readonly Tone[] = [1, 2, 3, 4, 5, 6];
/** Percentiles go from quiet to strong. */
const rowTones: readonly (readonly Tone[])[] = [[1], [2, 1], ['quiet', 2, 1]];

const isPercentiles = (columns: readonly SeriesColumn[]): boolean => columns.every(({ name }) => /^P\d/.test(name));

function chartByShape(series: Series, context: ChartContext): Told | undefined {
  const [first, ...rest] = series.columns;
  const positions = first && positionsOf(first, context);
  if (!positions) return undefined;
  const columns = rest.filter(isNumeric);
  const units = [...new Set(columns.map(({ unit }) => unit))];
  const isRows = positions.kind === 'rows';
  // A line through several values at one position would go up and down at it.
  const repeats = positions.kind === 'number' && new Set(positions.values).size < positions.values.length;
  // Under names, a count such as a sample size beside the figures proper is for the table.
  const shownUnits = isRows ? units.slice(0, 1) : units.slice(0, mostPanels);
  const panels = shownUnits.map((unit, k): Panel => {
    const own = columns.filter((column) => column.unit === unit).slice(0, isRows ? 3 : mostMarks);
    const marks = own.map(
      (column, c): Mark => ({
        name: term(context, column.name),
        kind: isRows ? 'bars' : repeats ? 'points' : 'line',
        tone: (isRows && isPercentiles(own) ? rowTones[own.length - 1]! : tones)[c]!,
        values: column.values as (number | null)[],
      }),
    );
    return {
      ...(own.length === 1 ? { name: marks[0]!.name } : {}),
      unit,
      scale: 'linear',
      share: k === 0 ? 1 : 0.5,
      marks,
    };
  });
  if (panels.length === 0) return undefined;
  return { chart: { positions, panels }, ...captionOf(positions, panels[0]!, context) };
}

/** Of parts with a length each, the largest is what a reader looks for. */
function captionOf(positions: Positions, { marks, unit }: Panel, context: ChartContext): { caption?: string } {
  // Of coefficients and counts the largest is not what matters.
  const isLength = unit === 'ms' || unit === 's' || unit === 'bytes';
  if (positions.kind !== 'rows' || marks.length !== 1 || positions.values.length < 2 || !isLength) return {};
  const { values } = marks[0]!;
  const row = rowOfLargest(values);
  if (row < 0) return {};
  return {
    caption: context.words.captions.largest({
      name: positions.values[row]!,
      value: formatQuantity(values[row]!, unit),
    }),
  };
}
