import { formatQuantity, type Results, type Unit, type Verdict } from '@preopen/core';
import type { Chart } from '../charts/chart.ts';
import { nameOf } from '../format.ts';
import { drawnChart, seriesTable } from './figure.ts';
import { type Html, html } from './html.ts';
import { type PageContext, verdictBadge } from './parts.ts';

/** A metric's value in one earlier run. */
export interface HistoryPoint {
  /** ISO date and time of the run. */
  readonly startedAt: string;
  readonly metric: string;
  /** In the unit in which this run measured the metric. */
  readonly value: number;
  readonly verdict?: Verdict;
  /** Set at the first run of a new level. */
  readonly changePoint?: boolean;
}

/** Metrics that get a chart; those that are judged come first. */
const mostMetrics = 12;

function chartOfMetric(points: readonly HistoryPoint[], unit: Unit | undefined, context: PageContext): Chart {
  const values = points.map(({ value }) => (Number.isFinite(value) ? value : null));
  const changes = points.map(({ changePoint }, row) => (changePoint ? (values[row] ?? null) : null));
  const failed = points.map(({ verdict }, row) => (verdict === 'fail' ? (values[row] ?? null) : null));
  const { words } = context;
  const extra = [
    { name: words.labels.changed, tone: 4 as const, values: changes },
    { name: words.verdicts.fail, tone: 'bad' as const, values: failed },
  ].filter((mark) => mark.values.some((value) => value !== null));
  return {
    positions: {
      kind: 'ordered',
      name: words.labels.runs,
      values: points.map(({ startedAt }) => startedAt.slice(0, 10)),
    },
    panels: [
      {
        unit,
        scale: 'linear',
        share: 0.7,
        marks: [
          { name: words.labels.value, kind: 'line', tone: 1, values },
          ...extra.map((mark) => ({ ...mark, kind: 'points' as const })),
        ],
      },
    ],
  };
}

/** Earlier runs, a chart for each metric; change points are marked. */
export function historySection(
  results: Results,
  history: readonly HistoryPoint[] | undefined,
  context: PageContext,
): Html {
  const { words } = context;
  const units = new Map(
    results.checks.flatMap(({ measurements }) => measurements.map(({ metric, unit }) => [metric, unit])),
  );
  const byMetric = new Map<string, HistoryPoint[]>();
  for (const point of history ?? []) byMetric.set(point.metric, [...(byMetric.get(point.metric) ?? []), point]);
  const judged = new Set(results.requirements.map(({ metric }) => metric));
  const metrics = [...byMetric]
    .filter(([, points]) => points.length > 1)
    .sort(([a], [b]) => Number(judged.has(b)) - Number(judged.has(a)))
    .slice(0, mostMetrics);
  const figures = metrics.map(([metric, unordered], k) => {
    const points = unordered.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
    const unit = units.get(metric);
    const shown = (value: number): string => formatQuantity(value, unit ?? 'count');
    const values = points.map(({ value }) => value).filter(Number.isFinite);
    const title = nameOf(metric, words);
    const table = {
      id: metric,
      title,
      columns: [
        { name: 'date', values: points.map(({ startedAt }) => startedAt) },
        { name: words.labels.value, ...(unit ? { unit } : {}), values: points.map(({ value }) => value) },
        { name: words.labels.verdict, values: points.map(({ verdict }) => (verdict ? words.verdicts[verdict] : '')) },
      ],
    };
    return html`<figure class="chart"><figcaption><h3>${title}</h3><p>${words.captions.history({
      runs: String(points.length),
      low: shown(Math.min(...values)),
      high: shown(Math.max(...values)),
      changes: String(points.filter(({ changePoint }) => changePoint).length),
    })}</p></figcaption>${drawnChart(chartOfMetric(points, unit, context), { id: `history-${k}`, title, broad: false }, context)}${seriesTable(table, context)}</figure>`;
  });
  const body =
    figures.length > 0
      ? html`<div class="charts">${figures}</div>`
      : html`<p class="empty">${verdictBadge('not-measured', context)} ${words.labels.noHistory}</p>`;
  return html`<section id="history" aria-labelledby="history-title"><h2 id="history-title">${words.sections.history}</h2><p class="question">${words.questions.history}</p>${body}</section>`;
}
