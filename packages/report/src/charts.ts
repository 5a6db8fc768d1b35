import type { Series, SeriesColumn, Unit } from '@preopen/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, BarChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** Colours that stay apart for readers who see red and green alike. Source: Okabe & Ito, 2008 */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const ink = '#5b6472';

/** A unit that suits a column's values, so that no axis carries nine digits. */
function scaleOf(column: SeriesColumn): { factor: number; unit: string } {
  const most = Math.max(0, ...column.values.map((value) => (typeof value === 'number' ? Math.abs(value) : 0)));
  const unit: Unit | undefined = column.unit;
  if (unit === 'bytes') return most >= 1e9 ? { factor: 1e-9, unit: 'GB' } : { factor: 1e-6, unit: 'MB' };
  if (unit === '1/s') return { factor: 1, unit: '/s' };
  if (unit === 'ratio' || unit === 'count' || unit === undefined) return { factor: 1, unit: '' };
  return { factor: 1, unit };
}

const isNumeric = (column: SeriesColumn): boolean =>
  column.values.every((value) => value === null || typeof value === 'number');

/** How a series is drawn, by its id. What is not listed is drawn as lines over its first column. */
interface Drawing {
  readonly kind: 'lines' | 'bars';
  /** Percentiles are spread as in HdrHistogram’s plots: equal steps for 90, 99, 99.9 %. */
  readonly percentiles?: boolean;
  readonly logarithmic?: boolean;
  /** Columns to leave out of the drawing; they stay in the table. */
  readonly without?: readonly string[];
}

const drawings: Readonly<Record<string, Drawing>> = {
  'latency.percentiles': { kind: 'lines', percentiles: true, logarithmic: true },
  'pipeline.stages': { kind: 'bars' },
  'memory.stages': { kind: 'bars' },
  'ic.byDate': { kind: 'bars' },
  'load.capacity': { kind: 'lines', without: ['achieved predictions', 'failed', 'verdict'] },
  'load.capacitySingle': { kind: 'lines', without: ['achieved predictions', 'failed', 'verdict'] },
  'memory.timeline': { kind: 'lines', without: ['processes'] },
  'latency.overTime': { kind: 'lines', without: ['requests'] },
};

/** Where a percentile stands on the axis: the number of nines before it. */
const nines = (q: number): number => -Math.log10(Math.max(1e-6, 1 - q));

/** A measured limit drawn across a chart. */
export interface ChartLimit {
  readonly label: string;
  /** In the unit of the value columns. */
  readonly value: number;
}

/**
 * A series as an SVG image, drawn here so that the page needs no script for it; `undefined` where there is nothing to draw.
 * Names come from data: they stand in the image as text, escaped by the renderer.
 */
export function drawSeries(
  series: Series,
  options: {
    readonly width?: number;
    readonly height?: number;
    readonly limit?: ChartLimit;
    /** Unique on the page; ids inside of the image begin with it. */
    readonly id?: string;
  } = {},
): string | undefined {
  const { width = 640, height = 280, limit, id = 'chart' } = options;
  const [first, ...rest] = series.columns;
  if (!first) return undefined;
  // Names of things are apart from one another; numbers and dates are on a way that a line can follow.
  const isNamed = first.values.some((value) => typeof value === 'string' && !/^\d{4}-\d{2}-\d{2}/.test(value));
  const drawing: Drawing = drawings[series.id] ?? { kind: isNamed ? 'bars' : 'lines' };
  const values = rest.filter(
    (column) =>
      isNumeric(column) && !drawing.without?.includes(column.name) && column.values.some((value) => value !== null),
  );
  if (values.length === 0 || first.values.length < (drawing.kind === 'bars' ? 1 : 2)) return undefined;
  // Columns of one unit share the left axis; the first other unit gets the right one.
  const units = [...new Set(values.map((column) => column.unit ?? 'count'))].slice(0, 2);
  const drawn = values.filter((column) => units.includes(column.unit ?? 'count'));
  const scales = units.map((unit) =>
    scaleOf({
      name: '',
      ...(unit ? { unit } : {}),
      values: drawn.filter((column) => (column.unit ?? 'count') === unit).flatMap((column) => column.values),
    }),
  );
  const isLabels = !isNumeric(first) || drawing.kind === 'bars';
  const xScale = isLabels ? { factor: 1, unit: '' } : scaleOf(first);
  const axisText = { color: ink, fontSize: 11 };
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    color: palette,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: {
      left: 8,
      right: units.length > 1 ? 8 : 28,
      top: 48,
      bottom: 30,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 14,
      itemHeight: 8,
      textStyle: { color: ink, fontSize: 12 },
      icon: 'roundRect',
    },
    xAxis: isLabels
      ? {
          type: 'category',
          data: first.values.map((value) => String(value ?? '')),
          axisLabel: axisText,
          axisLine: { lineStyle: { color: ink } },
        }
      : {
          type: 'value',
          name: `${first.name}${xScale.unit ? ` (${xScale.unit})` : ''}`,
          nameLocation: 'middle',
          nameGap: 24,
          nameTextStyle: axisText,
          scale: true,
          ...(drawing.percentiles ? { interval: 1, max: (extent: { max: number }) => Math.ceil(extent.max) } : {}),
          splitLine: { show: false },
          axisLabel: drawing.percentiles
            ? {
                ...axisText,
                formatter: (x: number) =>
                  x === 0 ? '0' : `${(100 * (1 - 10 ** -x)).toFixed(Math.max(0, Math.ceil(x) - 2))} %`,
              }
            : { ...axisText, hideOverlap: true },
        },
    yAxis: units.map((_unit, k) => ({
      type: drawing.logarithmic ? 'log' : 'value',
      nameGap: 8,
      name: scales[k]!.unit,
      nameTextStyle: { ...axisText, align: k === 0 ? 'left' : 'right' },
      position: k === 0 ? 'left' : 'right',
      axisLabel: {
        ...axisText,
        hideOverlap: true,
        formatter: (y: number) => Number(y.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 }),
      },
      splitLine: { show: k === 0, lineStyle: { color: ink, opacity: 0.15 } },
    })),
    series: drawn.map((column, c) => {
      const k = units.indexOf(column.unit ?? 'count');
      const { factor } = scales[k]!;
      const y = column.values.map((value) => (typeof value === 'number' ? value * factor : null));
      const points = isLabels
        ? y
        : y.flatMap((value, i) => {
            const x = first.values[i];
            if (value === null || typeof x !== 'number' || (drawing.percentiles && x >= 1)) return [];
            return [[drawing.percentiles ? nines(x) : x * xScale.factor, value]];
          });
      return {
        type: drawing.kind === 'bars' ? 'bar' : 'line',
        name: column.name,
        yAxisIndex: k,
        data: points,
        showSymbol: points.length <= 20,
        symbolSize: 5,
        lineStyle: { width: 2 },
        ...(limit && c === 0
          ? {
              markLine: {
                symbol: 'none',
                silent: true,
                lineStyle: { color: '#b3261e', type: 'dashed' },
                label: {
                  position: 'insideEndTop',
                  formatter: limit.label.replace(/[{}]/g, ''),
                  color: '#b3261e',
                  fontSize: 11,
                },
                data: [{ yAxis: limit.value * factor }],
              },
            }
          : {}),
      };
    }),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  // The renderer numbers ids and classes by a counter of the process: the same page would differ from run to run.
  const names = new Map<string, string>();
  return svg.replace(/\bzr\d+-[a-z]+-?\d*/g, (name) => {
    if (!names.has(name)) names.set(name, `${id}-${names.size}`);
    return names.get(name)!;
  });
}
