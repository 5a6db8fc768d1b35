import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml } from '../escape.ts';
import type { Chart, Mark, Panel, Positions, Tone } from './chart.ts';
import { type DisplayUnit, displayUnit, linearTicks, logTicks, nines, ninesTicks, type Ticks } from './scale.ts';
import { thinnedRows } from './thin.ts';

use([LineChart, BarChart, CustomChart, GridComponent, MarkLineComponent, MarkAreaComponent, SVGRenderer]);

/** A chart as an image, and where on it the marks stand. */
export interface Drawing {
  readonly svg: string;
  /** Left edge and width of the plot as shares of the image; top and height for rows. */
  readonly plot: { readonly start: number; readonly length: number };
  /** Rows of the chart that are drawn, and where they stand in the plot, 0 to 1. */
  readonly rows: readonly number[];
  readonly at: readonly number[];
}

export interface DrawingSize {
  /** Pixels; the image scales with its place. */
  readonly width: number;
  /** Positions drawn at most; peaks are kept. */
  readonly most: number;
  /** Names stand at the ends of lines where there is room. */
  readonly namesAtEnds: boolean;
}

/** Colours are variables of the page, so that one drawing serves light, dark and paper. */
const colour = (tone: Tone): string => `var(--series-${tone})`;
const soft = 'var(--soft)';
const rule = 'var(--rule)';
const fontSize = 11;
const panelTop = 24;
/** Rows have no name above them, unless a level stands there. */
const rowsTop = 6;
const axisBottom = 36;

/** Room that text takes; CJK letters are as wide as they are high. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter > '\u2e7f' ? fontSize : fontSize * 0.56), 0);

interface LaidPanel {
  readonly panel: Panel;
  readonly unit: DisplayUnit;
  readonly ticks: Ticks;
  readonly top: number;
  readonly height: number;
  /** Levels that are drawn; the others are told. */
  readonly levels: NonNullable<Panel['levels']>;
  /** Where a value of the panel's unit stands on the axis. */
  readonly place: (value: number) => number;
}

function valuesOf(panel: Panel): number[] {
  const stacked = panel.marks.filter(({ kind }) => kind === 'stack');
  const rows = stacked[0]?.values.length ?? 0;
  const sums = Array.from({ length: rows }, (_, row) =>
    stacked.reduce((sum, { values }) => sum + (values[row] ?? 0), 0),
  );
  const plain = panel.marks.filter(({ kind }) => kind !== 'stack').flatMap(({ values }) => values);
  const whiskers = (panel.whiskers ?? []).flatMap(({ low, high, value }) => [low, high, value]);
  return [...plain, ...sums, ...whiskers].filter((value): value is number => value !== null && Number.isFinite(value));
}

/** Levels that stand near enough to the marks to be drawn without pressing them flat. */
function levelsInReach(panel: Panel, least: number, most: number): NonNullable<Panel['levels']> {
  return (panel.levels ?? []).filter(({ value }) =>
    panel.scale === 'log'
      ? value > 0 && value <= most * 30 && value >= least / 30
      : Math.abs(value) <= 3 * Math.max(Math.abs(most), Math.abs(least)),
  );
}

function layPanel(panel: Panel, top: number, height: number): LaidPanel | undefined {
  const all = valuesOf(panel);
  const usable = panel.scale === 'log' ? all.filter((value) => value > 0) : all;
  if (usable.length === 0) return undefined;
  const levels = levelsInReach(panel, Math.min(...usable), Math.max(...usable));
  const low = Math.min(...usable, ...levels.map(({ value }) => value));
  const high = Math.max(...usable, ...levels.map(({ value }) => value));
  const unit = displayUnit(panel.unit, Math.max(Math.abs(low), Math.abs(high)));
  // Lengths of bars and areas mean something only from zero on; so do lines of counts, sizes and times.
  const fromZero = panel.scale === 'linear' && low >= 0;
  const ticks =
    panel.scale === 'log'
      ? logTicks(low * unit.factor, high * unit.factor, height < 110)
      : linearTicks(
          (fromZero ? 0 : Math.min(0, low)) * unit.factor,
          Math.max(0, high) * unit.factor,
          height < 90 ? 3 : 4,
        );
  const place = (value: number): number =>
    panel.scale === 'log' ? Math.log10(Math.max(value * unit.factor, 10 ** ticks.min)) : value * unit.factor;
  return { panel, unit, ticks, top, height, levels, place };
}

interface LaidPositions {
  readonly ticks: Ticks | undefined;
  readonly unit: DisplayUnit;
  /** Where a row stands on the axis. */
  readonly of: (row: number) => number | string;
  readonly place: (value: number) => number;
}

function layPositions(positions: Positions, rows: readonly number[], plotWidth: number): LaidPositions {
  const plain: DisplayUnit = { factor: 1, name: '' };
  if (positions.kind === 'ordered' || positions.kind === 'rows')
    return { ticks: undefined, unit: plain, of: (row) => String(rows.indexOf(row)), place: (value) => value };
  if (positions.kind === 'nines')
    return {
      ticks: ninesTicks(positions.values),
      unit: plain,
      of: (row) => nines(positions.values[row]!),
      place: nines,
    };
  const { values, ends, scale } = positions;
  const largest = Math.max(...values.map(Math.abs));
  const unit = displayUnit(positions.unit, largest);
  const log = scale === 'log' && values.every((value) => value > 0);
  const count = Math.max(2, Math.floor(plotWidth / 70));
  const low = Math.min(...values) * unit.factor;
  const high = Math.max(...values) * unit.factor;
  const place = (value: number): number => (log ? Math.log10(value * unit.factor) : value * unit.factor);
  const given: readonly [number, number] | undefined = ends && [ends[0] * unit.factor, ends[1] * unit.factor];
  const ticks = log
    ? logTicks(low, high)
    : linearTicks(low, high, count, given ?? (low === high ? undefined : [low, high]));
  return { ticks, unit, of: (row) => place(values[row]!), place };
}

/** Names at the ends of lines, moved apart where they would touch. */
function spreadLabels(labels: readonly { y: number; name: string }[], low: number, high: number): number[] {
  const gap = fontSize + 3;
  const order = labels.map((_, k) => k).sort((a, b) => labels[a]!.y - labels[b]!.y);
  const y = labels.map((label) => label.y);
  order.forEach((k, turn) => {
    const before = order[turn - 1];
    y[k] = Math.max(low, before === undefined ? y[k]! : Math.max(y[k]!, y[before]! + gap));
  });
  [...order].reverse().forEach((k, turn, reversed) => {
    const after = reversed[turn - 1];
    y[k] = Math.min(y[k]!, after === undefined ? high : y[after]! - gap);
  });
  return y;
}

const text = (x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end', kind = 'note'): string =>
  `<text class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeHtml(content)}</text>`;

function fitted(name: string, room: number): string {
  if (textWidth(name) <= room) return name;
  const letters = [...name];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`) > room) letters.pop();
  return `${letters.join('')}…`;
}

function markOption(
  mark: Mark,
  data: unknown[],
  grid: number,
  flat: boolean,
  isThin: boolean,
): Record<string, unknown> {
  const tone = colour(mark.tone);
  const shared = { name: mark.name, data, xAxisIndex: grid, yAxisIndex: grid, silent: true, animation: false };
  if (mark.kind === 'stack' && isThin)
    // So many bars side by side would show hairs between them.
    return {
      ...shared,
      type: 'line',
      step: 'middle',
      stack: 'all',
      symbol: 'none',
      lineStyle: { width: 0 },
      areaStyle: { color: tone, opacity: mark.tone === 'bad' ? 0.95 : 0.4 },
    };
  if (mark.kind === 'bars' || mark.kind === 'stack')
    return {
      ...shared,
      type: 'bar',
      itemStyle: {
        color: tone,
        borderRadius: mark.kind === 'stack' || isThin ? 0 : flat ? [0, 2, 2, 0] : [2, 2, 0, 0],
      },
      barMaxWidth: flat ? 14 : 28,
      ...(isThin ? { barCategoryGap: '10%' } : {}),
      ...(mark.kind === 'stack' ? { stack: 'all', barCategoryGap: '0%', barMaxWidth: 40 } : {}),
    };
  return {
    ...shared,
    type: 'line',
    connectNulls: false,
    symbol: 'circle',
    symbolSize: mark.kind === 'points' ? 7 : 4,
    showSymbol: mark.kind === 'points' || (mark.kind !== 'area' && data.length <= 24),
    itemStyle: { color: tone, borderColor: 'var(--panel)', borderWidth: mark.kind === 'points' ? 1 : 0 },
    lineStyle: {
      color: tone,
      width: mark.kind === 'points' ? 0 : mark.tone === 'quiet' ? 1.25 : 2,
      type: mark.kind === 'dashes' ? [5, 4] : 'solid',
      opacity: mark.kind === 'points' ? 0 : 1,
    },
    ...(mark.kind === 'area' ? { areaStyle: { color: tone, opacity: 0.12 } } : {}),
  };
}

/**
 * Draws a chart as SVG; `undefined` where there is nothing to draw.
 * @param id unique on the page; ids inside of the image begin with it
 */
export function draw(chart: Chart, size: DrawingSize, id: string): Drawing | undefined {
  const { positions } = chart;
  const { width } = size;
  const flat = positions.kind === 'rows';
  const columns = chart.panels.flatMap(({ marks }) => marks.map(({ values }) => values));
  const rows = flat ? positions.values.map((_, row) => row) : thinnedRows(columns, positions.values.length, size.most);
  if (rows.length === 0) return undefined;
  // Heights first, then what stands in them.
  const hasLevels = chart.panels.some(({ levels }) => (levels?.length ?? 0) > 0);
  let top = flat && !hasLevels ? rowsTop : panelTop;
  const panels: LaidPanel[] = [];
  const base = width < 400 ? 170 : 190;
  for (const panel of chart.panels) {
    const height = flat ? rows.length * (panel.marks.length * 14 + 12) + 6 : Math.round(base * panel.share);
    const laid = layPanel(panel, top, height);
    if (!laid) continue;
    panels.push(laid);
    top += height + panelTop + 8;
  }
  const last = panels.at(-1);
  if (!last) return undefined;
  const height = last.top + last.height + (flat && !last.panel.name ? 24 : axisBottom);
  const named = flat
    ? Math.min(width * 0.42, Math.max(...positions.values.map(textWidth)))
    : Math.max(...panels.flatMap(({ ticks }) => ticks.at.map((at) => textWidth(ticks.text(at)))));
  // Charts of one kind beneath each other begin at one place where their numbers allow it.
  const left = Math.ceil(flat ? named : Math.max(34, named)) + 12;
  const endNames =
    size.namesAtEnds && !flat
      ? panels.map(({ panel }) => (namesFit(panel) ? panel.marks.map(({ name }) => name) : []))
      : [];
  const right = Math.max(flat ? 30 : 18, ...endNames.flat().map((name) => textWidth(name) + 14));
  const plotWidth = width - left - right;
  const across = layPositions(positions, rows, plotWidth);
  const renderer = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const labelStyle = { color: soft, fontSize };
  const line = { lineStyle: { color: rule } };
  const positionAxis = (grid: number, isLast: boolean): Record<string, unknown> => {
    const common = {
      gridIndex: grid,
      axisLine: { show: true, ...line, onZero: false },
      axisTick: { show: isLast && !flat, ...line, length: 4 },
      splitLine: { show: false },
      axisLabel: { ...labelStyle, show: isLast || flat },
    };
    if (!across.ticks) {
      const names = rows.map((row) => (positions.values as readonly string[])[row]!);
      const widest = Math.max(...names.map(textWidth)) + 14;
      const every = flat ? 1 : Math.max(1, Math.ceil((names.length * widest) / plotWidth));
      return {
        ...common,
        type: 'category',
        data: rows.map((_, k) => String(k)),
        inverse: flat,
        axisTick: { show: false },
        axisLabel: {
          ...common.axisLabel,
          interval: (k: number) => k % every === 0,
          formatter: (k: string) => (flat ? fitted(names[Number(k)]!, named) : names[Number(k)]!),
        },
      };
    }
    const { min, max, at, text: written } = across.ticks;
    return {
      ...common,
      type: 'value',
      min,
      max,
      axisTick: { ...common.axisTick, customValues: at },
      axisLabel: { ...common.axisLabel, customValues: at, formatter: written, hideOverlap: true },
    };
  };
  const valueAxis = ({ ticks, unit }: LaidPanel, grid: number): Record<string, unknown> => ({
    gridIndex: grid,
    type: 'value',
    min: ticks.min,
    max: ticks.max,
    axisLine: { show: false },
    axisTick: { show: false, customValues: ticks.at },
    axisLabel: {
      ...labelStyle,
      customValues: ticks.at,
      formatter: (value: number) =>
        flat && value !== 0 ? `${ticks.text(value)} ${unit.name}`.trim() : ticks.text(value),
      hideOverlap: true,
    },
    splitLine: { show: true, ...line },
  });
  const isThin = rows.length > 40;
  const series = panels.flatMap((laid, grid) => {
    const { panel, place } = laid;
    const options = panel.marks.map((mark) =>
      markOption(
        mark,
        rows.map((row) => {
          const value = mark.values[row];
          const y = value === null || value === undefined || !Number.isFinite(value) ? '-' : place(value);
          return flat ? [y, across.of(row)] : [across.of(row), y];
        }),
        grid,
        flat,
        isThin,
      ),
    );
    const whiskers = (panel.whiskers ?? []).map(({ at, value, low, high }) => [
      across.place(at),
      place(value),
      low > 0 || panel.scale === 'linear' ? place(low) : laid.ticks.min,
      Number.isFinite(high) ? place(high) : laid.ticks.max,
      // An end that is open has no cap.
      low > 0 || panel.scale === 'linear' ? 1 : 0,
      Number.isFinite(high) ? 1 : 0,
    ]);
    if (whiskers.length > 0) options.push(whiskerOption(whiskers, grid));
    const first = options[0];
    if (first) Object.assign(first, crossing(chart, laid, across, flat));
    return options;
  });
  renderer.setOption({
    animation: false,
    textStyle: { fontFamily: 'sans-serif' },
    grid: panels.map((panel) => ({ left, top: panel.top, width: plotWidth, height: panel.height })),
    [flat ? 'yAxis' : 'xAxis']: panels.map((_, grid) => positionAxis(grid, grid === panels.length - 1)),
    [flat ? 'xAxis' : 'yAxis']: panels.map(valueAxis),
    series,
  });
  // What echarts has no words for: names of panels, axes, and lines, written where they belong.
  const notes: string[] = [];
  panels.forEach(({ panel, unit, levels, top: panelStart, height: panelHeight, place, ticks }, grid) => {
    const label = [panel.name, unit.name].filter((part) => part).join(' · ');
    if (label && !flat) notes.push(text(0, panelStart - 11, label, 'start'));
    if (flat && panel.name) notes.push(text(left + plotWidth / 2, panelStart + panelHeight + 32, panel.name, 'middle'));
    const y = (at: number): number => panelStart + panelHeight * (1 - (at - ticks.min) / (ticks.max - ticks.min));
    const names = endNames[grid] ?? [];
    if (names.length > 0) {
      const ends = panel.marks.flatMap((mark) => {
        const value = rows.map((row) => mark.values[row]).findLast((one) => one !== null && one !== undefined);
        return typeof value === 'number' ? [{ y: y(place(value)), name: mark.name, tone: mark.tone }] : [];
      });
      const spread = spreadLabels(ends, panelStart + 4, panelStart + panelHeight);
      ends.forEach(({ name, tone }, k) => {
        notes.push(
          `<circle cx="${left + plotWidth + 6}" cy="${spread[k]!.toFixed(1)}" r="3" fill="${colour(tone)}"/>`,
          text(left + plotWidth + 12, spread[k]! + 4, name, 'start', 'name'),
        );
      });
    }
    // A limit beyond the drawing is told, not drawn: it would press the marks flat.
    for (const level of panel.levels ?? [])
      if (!levels.includes(level))
        notes.push(
          text(
            left + plotWidth,
            panelStart - 11,
            `${level.label} ${flat ? '→' : level.value > 0 ? '↑' : '↓'}`,
            'end',
            'limit',
          ),
        );
  });
  const firstPanel = panels[0]!;
  for (const { at, label } of chart.moments ?? []) {
    if (!across.ticks) break;
    const { min, max } = across.ticks;
    const share = (across.place(at) - min) / (max - min);
    const before = share > 0.7;
    notes.push(
      text(
        left + plotWidth * share + (before ? -5 : 5),
        firstPanel.top + 11,
        label,
        before ? 'end' : 'start',
        'moment',
      ),
    );
  }
  if (!flat && positions.name) {
    const axisName = across.unit.name ? `${positions.name} · ${across.unit.name}` : positions.name;
    notes.push(text(left + plotWidth / 2, height - 4, axisName, 'middle'));
  }
  const at = rows.map((row, k) => {
    if (!across.ticks) return (k + 0.5) / rows.length;
    const { min, max } = across.ticks;
    return ((across.of(row) as number) - min) / (max - min);
  });
  const svg = finish(renderer.renderToSVGString(), notes.join(''), id);
  renderer.dispose();
  return {
    svg,
    rows,
    at,
    plot: flat
      ? { start: panels[0]!.top / height, length: panels[0]!.height / height }
      : { start: left / width, length: plotWidth / width },
  };
}

/** Names at the ends are for a few lines; bars and more lines have a legend. */
export function namesFit(panel: Panel): boolean {
  return (
    panel.marks.length > 1 &&
    panel.marks.length <= 4 &&
    panel.marks.every(
      ({ kind, name }) => (kind === 'line' || kind === 'dashes' || kind === 'area') && textWidth(name) <= 110,
    )
  );
}

/** Levels, stretches and moments: echarts hangs them on a series. */
function crossing(chart: Chart, laid: LaidPanel, across: LaidPositions, flat: boolean): Record<string, unknown> {
  const { levels, place } = laid;
  const label = { fontSize, position: 'insideEndTop' };
  const lines = [
    ...levels.map(({ label: name, value, tone }) => ({
      [flat ? 'xAxis' : 'yAxis']: place(value),
      lineStyle: { color: tone === 'limit' ? 'var(--limit)' : 'var(--soft)', type: [6, 4], width: 1.5 },
      label: {
        ...label,
        ...(flat ? { position: 'end', rotate: 0 } : {}),
        formatter: () => name,
        color: tone === 'limit' ? 'var(--limit)' : 'var(--soft)',
      },
    })),
    ...(chart.moments ?? []).map(({ at }) => ({
      xAxis: across.place(at),
      lineStyle: { color: 'var(--soft)', type: [2, 3], width: 1.5 },
      label: { show: false },
    })),
  ];
  const areas = (chart.stretches ?? []).map(({ from, to, label: name, tone }, k) => [
    {
      xAxis: across.place(from),
      itemStyle: {
        color: tone === 'stall' ? 'var(--series-bad)' : 'var(--series-1)',
        opacity: tone === 'stall' ? 0.16 : tone === 'interval' ? 0.14 : k % 2 === 0 ? 0.07 : 0,
      },
      label: {
        show: name !== undefined && laid.top === panelTop,
        formatter: () => name ?? '',
        position: 'insideTop',
        color: 'var(--soft)',
        fontSize,
      },
    },
    { xAxis: across.place(to) },
  ]);
  return {
    ...(lines.length > 0 ? { markLine: { symbol: 'none', silent: true, animation: false, data: lines } } : {}),
    ...(areas.length > 0 ? { markArea: { silent: true, animation: false, data: areas } } : {}),
  };
}

interface WhiskerApi {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

function whiskerOption(data: number[][], grid: number): Record<string, unknown> {
  const style = { stroke: 'var(--ink)', lineWidth: 1.5, fill: 'none' };
  return {
    type: 'custom',
    data,
    xAxisIndex: grid,
    yAxisIndex: grid,
    silent: true,
    animation: false,
    z: 5,
    renderItem: (_: unknown, api: WhiskerApi) => {
      const [x, y] = api.coord([api.value(0), api.value(1)]);
      const [, low] = api.coord([api.value(0), api.value(2)]);
      const [, high] = api.coord([api.value(0), api.value(3)]);
      const stroke = (x1: number, y1: number, x2: number, y2: number): object => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style,
      });
      return {
        type: 'group',
        children: [
          stroke(x, low, x, high),
          ...(api.value(4) === 1 ? [stroke(x - 4, low, x + 4, low)] : []),
          ...(api.value(5) === 1 ? [stroke(x - 4, high, x + 4, high)] : []),
          { type: 'circle', shape: { cx: x, cy: y, r: 3.5 }, style: { fill: 'var(--ink)' } },
        ],
      };
    },
  };
}

/**
 * The image as it stands in the page: no style attributes, which the page's policy forbids (fonts are the page's), no
 * background, ids and classes of its own. The renderer numbers them by a counter of the process: the same page would
 * differ from run to run.
 */
function finish(svg: string, notes: string, id: string): string {
  const names = new Map<string, string>();
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<rect width="[\d.]+" height="[\d.]+" x="0" y="0" fill="none"[^>]*><\/rect>/, '')
    .replace(/ style="[^"]*"/g, '')
    .replace(/ class="zr[^"]*"| xmlns:xlink="[^"]*"| baseProfile="full"| version="1.1"| xml:space="preserve"/g, '')
    .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
    .replace(
      /<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>/,
      '<svg viewBox="0 0 $1 $2" aria-hidden="true" focusable="false">',
    )
    .replace(/\bzr\d+-[a-z]+-?\d*/g, (name) => {
      if (!names.has(name)) names.set(name, `${id}-${names.size}`);
      return names.get(name)!;
    })
    .replace(/ (?:d|points)="[^"]*"/g, (path) => path.replace(/(\d+\.\d)\d+/g, '$1'))
    .replace(/ transform="[^"]*"/g, (transform) => transform.replace(/(\d+\.\d\d)\d+/g, '$1'))
    .replace('</svg>', `${notes}</svg>`);
}
