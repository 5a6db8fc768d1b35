import type { Series } from '@preopen/core';
import type { Chart, Mark, Panel, Tone } from '../charts/chart.ts';
import type { ChartContext, Told } from '../charts/context.ts';
import { draw } from '../charts/draw.ts';
import { chartOf } from '../charts/from-series.ts';
import { type DrawingSize, namesFit } from '../charts/layout.ts';
import { displayUnit } from '../charts/scale.ts';
import { escapeJson } from '../escape.ts';
import { termOf } from '../language/languages.ts';
import { type Html, html, nothing, trusted } from './html.ts';
import { type PageContext, said } from './parts.ts';
import { seriesTable } from './series-table.ts';

/** A chart is drawn for each width it may get, so that its letters stay as large as the page's. */
const sizes: readonly (DrawingSize & { readonly name: string })[] = [
  { name: 'broad', width: 1000, most: 360, namesAtEnds: true },
  { name: 'medium', width: 500, most: 240, namesAtEnds: true },
  { name: 'narrow', width: 330, most: 160, namesAtEnds: false },
];

/** Made once: a format is dear, and there are thousands of points. */
const grouped = new Intl.NumberFormat('en-US');

const rounded = (value: number): number => Number(value.toPrecision(4));

/** What the page says where the pointer stands: positions and values, in the units of the drawing. */
function pointsOf(chart: Chart, rows: readonly number[], at: readonly number[]): Html {
  const { positions } = chart;
  const unit =
    positions.kind === 'number' ? displayUnit(positions.unit, Math.max(...positions.values.map(Math.abs))) : undefined;
  const label = (row: number): string => {
    const value = positions.values[row]!;
    if (typeof value === 'string') return value;
    if (positions.kind === 'nines') return `P${Number((value * 100).toPrecision(7))}`;
    return `${grouped.format(rounded(value * unit!.factor))} ${unit!.name}`.trim();
  };
  const marks = chart.panels.flatMap((panel) => {
    const largest = Math.max(0, ...panel.marks.flatMap(({ values }) => values.map((value) => Math.abs(value ?? 0))));
    const shown = displayUnit(panel.unit, largest);
    return panel.marks.map(({ name, tone, values }) => ({
      n: name,
      t: String(tone),
      u: shown.name,
      v: rows.map((row) => {
        const value = values[row];
        return typeof value === 'number' && Number.isFinite(value) ? rounded(value * shown.factor) : null;
      }),
    }));
  });
  const name = positions.kind === 'nines' ? '' : positions.name;
  const points = {
    x: name,
    flat: positions.kind === 'rows',
    at: at.map((share) => Number(share.toFixed(4))),
    l: rows.map(label),
    m: marks,
  };
  return trusted(`<script type="application/json">${escapeJson(points)}</script>`);
}

function swatch(mark: Pick<Mark, 'kind' | 'tone'>): Html {
  const tone: Tone = mark.tone;
  const shape =
    mark.kind === 'points'
      ? `<circle cx="9" cy="5" r="4" fill="var(--series-${tone})"/>`
      : mark.kind === 'bars' || mark.kind === 'stack'
        ? `<rect x="3" y="0" width="12" height="10" rx="1.5" fill="var(--series-${tone})"/>`
        : `<path d="M0 5h18" stroke="var(--series-${tone})" stroke-width="2.5"${mark.kind === 'dashes' ? ' stroke-dasharray="5 3"' : ''}/>`;
  return trusted(`<svg class="swatch" viewBox="0 0 18 10" aria-hidden="true">${shape}</svg>`);
}

/** Names of the marks, where they do not stand beside them. */
function legend(chart: Chart): Html {
  const marks = chart.panels.filter((panel) => panel.marks.length > 1).flatMap((panel) => panel.marks);
  const distinct = marks.filter((mark, k) => marks.findIndex(({ name }) => name === mark.name) === k);
  if (distinct.length < 2) return nothing;
  // Where lines carry their names, only a narrow drawing needs the legend.
  const always =
    chart.positions.kind === 'rows' || chart.panels.some((panel) => panel.marks.length > 1 && !namesFit(panel));
  return html`<ul class="legend${always ? '' : ' narrow-only'}">${distinct.map((mark) => html`<li>${swatch(mark)} ${mark.name}</li>`)}</ul>`;
}

/** Where a chart stands: alone in its row, beside another, or among dozens of its like. */
export type Place = 'broad' | 'half' | 'small';

const sizesIn: Readonly<Record<Place, readonly string[]>> = {
  broad: ['broad', 'medium', 'narrow'],
  half: ['medium', 'narrow'],
  small: ['narrow'],
};

/** A drawing with the widths that it needs in its place, its legend, and what is said under the pointer. */
export function drawnChart(
  chart: Chart,
  options: { readonly id: string; readonly title: string; readonly place: Place },
  context: PageContext,
): Html {
  const { id, title, place } = options;
  const drawings = sizes
    .filter(({ name }) => sizesIn[place].includes(name))
    .flatMap((size) => {
      const drawing = draw(chart, size, `${id}${size.name[0]}`);
      return drawing ? [{ ...drawing, name: size.name }] : [];
    });
  const finest = drawings[0];
  if (!finest) return nothing;
  const images = drawings.map(({ svg, name, plot }) =>
    trusted(
      svg.replace(
        '<svg ',
        `<svg class="${name}" data-start="${plot.start.toFixed(4)}" data-length="${plot.length.toFixed(4)}" `,
      ),
    ),
  );
  return html`${legend(chart)}<div class="plot" tabindex="0" role="img" aria-label="${context.words.labels.chartOf(title)}">${images}</div>${pointsOf(chart, finest.rows, finest.at)}`;
}

/** A series as a figure: what it shows in a sentence, the drawing, and its figures as a table. */
export function seriesFigure(
  series: Series,
  options: { readonly id: string; readonly place: Place; readonly told?: Told },
  context: PageContext & ChartContext,
): Html {
  const told = options.told ?? chartOf(series, context);
  const title = termOf(context.words, series.title);
  const chart = told ? drawnChart(told.chart, { id: options.id, title, place: options.place }, context) : nothing;
  const heading = told?.caption;
  const shape = told === undefined ? 'chart bare' : options.place === 'broad' ? 'chart broad-figure' : 'chart';
  return html`<figure class="${shape}"><figcaption><h4>${said(series.title, context)}</h4>${heading ? html`<p>${heading}</p>` : nothing}</figcaption>${chart}${seriesTable(series, context)}</figure>`;
}

/** A chart of a few measured values with names, such as one metric of several scenarios. */
export function valueChart(
  rows: readonly { readonly name: string; readonly value: number }[],
  unit: Panel['unit'],
  options: { readonly limit?: { readonly label: string; readonly value: number }; readonly name: string },
): Chart {
  return {
    positions: { kind: 'rows', name: '', values: rows.map(({ name }) => name) },
    panels: [
      {
        unit,
        scale: 'linear',
        share: 1,
        marks: [{ name: options.name, kind: 'bars', tone: 1, values: rows.map(({ value }) => value) }],
        ...(options.limit ? { levels: [{ ...options.limit, tone: 'limit' as const }] } : {}),
      },
    ],
  };
}
