import type { Measurement, Results } from '@preopen/core';
import { manyRows } from '../charts/layout.ts';
import { formatLimit, formatValue, nameOf, unitOnAxis } from '../format.ts';
import { type MeasuredSection, sectionOfMetric } from '../sections.ts';
import { drawnChart, valueChart } from './figure.ts';
import { type Html, html, nothing } from './html.ts';
import { anchor, type PageContext, subjectOf, withoutSubject } from './parts.ts';

/** What is held beside each other, most wanted first. */
const compared: Readonly<Partial<Record<MeasuredSection, readonly string[]>>> = {
  taiwan: [
    'p95',
    'errorShare',
    'icStress',
    'missingPredictions',
    'nonFinitePredictions',
    'duration',
    'peakRss',
    'semiconductorRisk',
  ],
  recovery: ['frontier', 'service.frontier', 'prints.frontier'],
};

/** Bars of no length say less than a sentence does. */
const isEmpty = (found: readonly Measurement[]): boolean => found.every(({ value }) => value === 0);

/** One metric of all scenarios or faults: the same rows in each chart, so that a scenario is found at one height. */
function comparedFigure(
  found: readonly Measurement[],
  section: MeasuredSection,
  results: Results,
  context: PageContext & { readonly isBroad: boolean },
): Html {
  const { words, isBroad } = context;
  const { unit, metric } = found[0]!;
  const title = withoutSubject(nameOf(metric, words));
  const limits = results.requirements.filter(({ metric: id }) => found.some((one) => one.metric === id));
  const shared = new Set(limits.map(({ limit, unit: of }) => `${limit} ${of}`)).size === 1 ? limits[0] : undefined;
  const ordered = found.toSorted((a, b) => a.value - b.value);
  const [least, most] = [ordered[0]!, ordered.at(-1)!];
  const of = String(found.length);
  const caption =
    least.value === most.value
      ? html`<p>${words.captions.sameEverywhere({ value: formatValue(most), of })}</p>`
      : html`<p>${words.captions.span({ low: formatValue(least), high: formatValue(most), of })}</p>`;
  const chart = valueChart(
    found.map(({ metric: id, value }) => ({ name: subjectOf(nameOf(id, words), id), value })),
    unitOnAxis(metric, unit),
    {
      name: title,
      ...(shared && shared.unit === unit
        ? { limit: { label: words.limitOf(formatLimit(shared)), value: shared.limit } }
        : {}),
    },
  );
  const drawn = isEmpty(found)
    ? nothing
    : drawnChart(
        chart,
        { id: `overview-${anchor(section, metric)}`, title, place: isBroad ? 'broad' : 'half' },
        context,
      );
  return html`<figure class="chart${isBroad ? ' broad-figure' : ''}"><figcaption><h3>${title}</h3>${caption}</figcaption>${drawn}</figure>`;
}

/** Figures of every scenario beside each other, each with the limit they share. */
export function overview(section: MeasuredSection, results: Results, context: PageContext): Html {
  const groups = (compared[section] ?? []).flatMap((ending): Measurement[][] => {
    const found = results.checks.flatMap(({ measurements }) =>
      measurements.filter(
        ({ metric }) => sectionOfMetric(metric) === section && metric.split('.').slice(2).join('.') === ending,
      ),
    );
    return found.length > 1 && new Set(found.map(({ unit }) => unit)).size === 1 ? [found] : [];
  });
  const told = groups.filter(isEmpty);
  const drawn = groups.filter((found) => !isEmpty(found));
  const isHigh = (found: readonly Measurement[]): boolean => found.length > manyRows;
  // A low chart and a high one beside each other would leave an empty place.
  const alone = [false, true].flatMap((high) => {
    const alike = drawn.filter((found) => isHigh(found) === high);
    return alike.length % 2 === 1 ? [alike[0]] : [];
  });
  const figures = (of: readonly (readonly Measurement[])[]): Html[] =>
    of.map((found) =>
      comparedFigure(found, section, results, { ...context, isBroad: alone.includes(found as Measurement[]) }),
    );
  return html`${told.length > 0 ? html`<div class="charts bares">${figures(told)}</div>` : nothing}${drawn.length > 0 ? html`<div class="charts overview">${figures(drawn)}</div>` : nothing}`;
}
