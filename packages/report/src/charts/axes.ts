import type { Chart } from './chart.ts';
import type { Layout } from './layout.ts';
import { fitted, fontSize, textWidth } from './letters.ts';

const labelStyle = { color: 'var(--soft)', fontSize };
const line = { lineStyle: { color: 'var(--rule)' } };

/** The axis of positions under, or beside, one panel. */
export function positionAxis({ positions }: Chart, layout: Layout, grid: number): Record<string, unknown> {
  const { across, flat, rows, plotWidth, named, panels } = layout;
  const isLast = grid === panels.length - 1;
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
}

/** The axis of values of one panel. */
export function valueAxis({ flat, panels }: Layout, grid: number): Record<string, unknown> {
  const { ticks, unit } = panels[grid]!;
  return {
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
  };
}
