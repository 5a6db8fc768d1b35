import type { Results, Unit, Verdict } from '@preopen/core';
import type { Chart } from '../charts/chart.ts';
import { formatFigure, nameOf, unitOnAxis } from '../format.ts';
import type { Catalogue } from '../language/catalogue.ts';
import { drawnChart } from './figure.ts';
import { type Html, html, nothing } from './html.ts';
import { type PageContext, verdictBadge } from './parts.ts';
import { seriesTable } from './series-table.ts';

/** A metric's value in one earlier run. */
export interface HistoryPoint {
  /** ISO date and time of the run. */
  readonly startedAt: string;
  readonly metric: string;
  /** In the unit in which this run measured the metric. */
  readonly value: number;
  readonly run?: string;
  readonly verdict?: Verdict;
  /** Set at the first run of a new level: after ÷ before − 1. */
  readonly change?: number;
  /** Other work on the machine disturbed it: shown, and not part of the line. */
  readonly spoilt?: boolean;
}

/** Metrics that get a chart in the report; those that are judged come first. The history page shows all. */
const mostMetrics = 12;

/** `+12 %`. */
const changeText = (change: number): string => `${change > 0 ? '+' : '−'}${(Math.abs(change) * 100).toFixed(0)} %`;

function chartOfMetric(points: readonly HistoryPoint[], unit: Unit | undefined, words: Catalogue): Chart {
  const values = (wanted: (point: HistoryPoint) => boolean): (number | null)[] =>
    points.map((point) => (wanted(point) && Number.isFinite(point.value) ? point.value : null));
  const extra = [
    { name: words.verdicts.fail, tone: 'bad' as const, values: values(({ verdict }) => verdict === 'fail') },
    { name: words.labels.spoilt, tone: 'quiet' as const, values: values(({ spoilt }) => spoilt === true) },
  ].filter((mark) => mark.values.some((value) => value !== null));
  return {
    positions: {
      kind: 'ordered',
      name: words.labels.runs,
      values: points.map(({ startedAt }) => startedAt.slice(0, 10)),
    },
    panels: [
      {
        unit: unitOnAxis(points[0]?.metric ?? '', unit),
        scale: 'linear',
        aroundValues: true,
        share: 0.7,
        marks: [
          {
            name: words.labels.value,
            kind: 'line',
            bridges: true,
            tone: 1,
            values: values(({ spoilt }) => spoilt !== true),
          },
          ...extra.map((mark) => ({ ...mark, kind: 'points' as const })),
        ],
      },
    ],
    moments: points.flatMap(({ change }, at) => (change === undefined ? [] : [{ at, label: changeText(change) }])),
  };
}

/**
 * One metric over its runs, oldest first: the chart with its suspected changes, and the figures.
 * @param of.missed since when it is not measured any more, so that nobody takes the last point for a figure of today
 */
export function historyFigure(
  points: readonly HistoryPoint[],
  {
    id,
    title,
    unit,
    missed,
  }: {
    readonly id: string;
    readonly title: string;
    readonly unit: Unit | undefined;
    readonly missed?: string | undefined;
  },
  context: PageContext,
): Html {
  const { words } = context;
  const metric = points[0]?.metric ?? '';
  const shown = (value: number): string => formatFigure(value, { metric, unit: unit ?? 'count' });
  const values = points.filter(({ spoilt }) => !spoilt).map(({ value }) => value);
  const known = values.filter(Number.isFinite);
  const hasVerdicts = points.some(({ verdict }) => verdict !== undefined);
  const hasSpoilt = points.some(({ spoilt }) => spoilt);
  const table = {
    id: metric || id,
    title,
    columns: [
      { name: 'date', values: points.map(({ startedAt }) => startedAt) },
      ...(points.some(({ run }) => run !== undefined)
        ? [{ name: words.labels.run, values: points.map(({ run }) => run ?? '') }]
        : []),
      { name: words.labels.value, ...(unit ? { unit } : {}), values: points.map(({ value }) => value) },
      ...(hasVerdicts
        ? [
            {
              name: words.labels.verdict,
              values: points.map(({ verdict }) => (verdict ? words.verdicts[verdict] : '')),
            },
          ]
        : []),
      {
        name: words.labels.changed,
        values: points.map(({ change }) => (change === undefined ? '' : changeText(change))),
      },
      ...(hasSpoilt
        ? [{ name: words.labels.spoilt, values: points.map(({ spoilt }) => (spoilt ? words.labels.noisy : '')) }]
        : []),
    ],
  };
  const caption =
    known.length === 0
      ? words.labels.spoilt
      : words.captions.history({
          runs: String(known.length),
          low: shown(Math.min(...known)),
          high: shown(Math.max(...known)),
          changes: points.flatMap(({ change, startedAt }) =>
            change === undefined ? [] : [`${changeText(change)} (${startedAt.slice(0, 10)})`],
          ),
        });
  return html`<figure class="chart"><figcaption><h3>${title}</h3><p>${caption}</p>${missed === undefined ? nothing : html`<p>${verdictBadge('not-measured', context)} ${missed}</p>`}</figcaption>${drawnChart(chartOfMetric(points, unit, words), { id, title, place: 'half' }, context)}${seriesTable(table, context)}</figure>`;
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
  for (const point of history ?? []) {
    const known = byMetric.get(point.metric);
    if (known) known.push(point);
    else byMetric.set(point.metric, [point]);
  }
  const judged = new Set(results.requirements.map(({ metric }) => metric));
  const hasChanged = (points: readonly HistoryPoint[]): boolean => points.some(({ change }) => change !== undefined);
  const metrics = [...byMetric]
    .filter(([, points]) => points.length > 1)
    .sort(
      ([a, ofA], [b, ofB]) =>
        Number(judged.has(b)) - Number(judged.has(a)) || Number(hasChanged(ofB)) - Number(hasChanged(ofA)),
    )
    .slice(0, mostMetrics);
  const figures = metrics.map(([metric, points], k) =>
    historyFigure(
      points.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)),
      {
        id: `history-${k}`,
        title: nameOf(metric, words),
        unit: units.get(metric),
        missed: units.has(metric) ? undefined : words.labels.inThisRun,
      },
      context,
    ),
  );
  const body =
    figures.length > 0
      ? html`<p class="soft">${words.labels.changesHelp}</p><div class="charts">${figures}</div>`
      : html`<p class="empty">${verdictBadge('not-measured', context)} ${words.labels.noHistory}</p>`;
  return html`<section id="history" aria-labelledby="history-title"><h2 id="history-title">${words.sections.history}</h2><p class="question">${words.questions.history}</p>${body}</section>`;
}
