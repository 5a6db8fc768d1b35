import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { positionAxis, valueAxis } from './axes.ts';
import type { Chart } from './chart.ts';
import { finished } from './image.ts';
import { type DrawingSize, layOut } from './layout.ts';
import { marksOf } from './marks.ts';
import { notesOf } from './notes.ts';

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

/**
 * Draws a chart as SVG; `undefined` where there is nothing to draw.
 * @param id unique on the page; ids inside of the image begin with it
 */
export function draw(chart: Chart, size: DrawingSize, id: string): Drawing | undefined {
  const layout = layOut(chart, size);
  if (!layout) return undefined;
  const { flat, rows, panels, across, width, height, left, plotWidth } = layout;
  const renderer = init(null, null, { renderer: 'svg', ssr: true, width, height });
  renderer.setOption({
    animation: false,
    textStyle: { fontFamily: 'sans-serif' },
    grid: panels.map((panel) => ({ left, top: panel.top, width: plotWidth, height: panel.height })),
    [flat ? 'yAxis' : 'xAxis']: panels.map((_, grid) => positionAxis(chart, layout, grid)),
    [flat ? 'xAxis' : 'yAxis']: panels.map((_, grid) => valueAxis(layout, grid)),
    series: panels.flatMap((_, grid) => marksOf(chart, layout, grid)),
  });
  const svg = finished(renderer.renderToSVGString(), notesOf(chart, layout), id);
  renderer.dispose();
  return {
    svg,
    rows,
    at: rows.map((row) => across.share(valueAt(chart, row))),
    plot: flat
      ? { start: panels[0]!.top / height, length: panels[0]!.height / height }
      : { start: left / width, length: plotWidth / width },
  };
}

/** What a row's place on the axis is told by. */
const valueAt = ({ positions: { values } }: Chart, row: number): number => {
  const value = values[row]!;
  return typeof value === 'number' ? value : row;
};
