import type { Chart, Mark, Tone } from './chart.ts';
import { type LaidPanel, type LaidPositions, type Layout, panelTop } from './layout.ts';
import { fontSize } from './letters.ts';

/** Colours are variables of the page, so that one drawing serves light, dark and paper. */
export const colour = (tone: Tone): string => `var(--series-${tone})`;

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
      ...(mark.kind === 'stack' ? { stack: 'all', barCategoryGap: flat ? '40%' : '0%', barMaxWidth: 40 } : {}),
    };
  return {
    ...shared,
    type: 'line',
    connectNulls: mark.bridges === true,
    symbol: 'circle',
    symbolSize: mark.kind === 'points' ? 7 : 4,
    showAllSymbol: true,
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
        show: flat || !laid.levelsAbove,
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

/** What echarts draws in one panel. */
export function marksOf(chart: Chart, layout: Layout, grid: number): Record<string, unknown>[] {
  const { rows, across, flat, panels } = layout;
  const laid = panels[grid]!;
  const isThin = rows.length > 40;
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
}
