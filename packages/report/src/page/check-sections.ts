import type { CheckResult, Measurement, Results } from '@preopen/core';
import type { ChartContext } from '../charts/context.ts';
import { chartOf } from '../charts/from-series.ts';
import { formatDuration, formatInterval, formatLimit, formatValue, nameOf } from '../format.ts';
import { type MeasuredSection, sectionOfCheck, sectionOfMetric, worstVerdict } from '../sections.ts';
import { drawnChart, seriesFigure, valueChart } from './figure.ts';
import { type Html, html, nothing } from './html.ts';
import { anchor, metricName, type PageContext, said, verdictBadge } from './parts.ts';

/** Figures that stand large above the charts; the rest is in the table of all figures. */
const mostKeys = 6;

/** Of “halt storm: latency P95” what follows the subject, which the heading of a scenario or fault says already. */
const withoutSubject = (name: string): string => name.split(/: |：/).at(-1)!;

function keyFigures(check: CheckResult, results: Results, context: PageContext): Html {
  const { words } = context;
  const isOfSubject = ['taiwan', 'recovery'].includes(sectionOfCheck(check));
  const keys = check.measurements.slice(0, mostKeys);
  if (keys.length === 0) return nothing;
  return html`<ul class="keys">${keys.map((measurement) => {
    const requirement = results.requirements.find(({ metric }) => metric === measurement.metric);
    const interval = formatInterval(measurement, words);
    return html`<li class="${requirement ? `tone-${requirement.verdict}` : ''}"><span class="key-name">${isOfSubject ? withoutSubject(nameOf(measurement.metric, words)) : nameOf(measurement.metric, words)}</span><strong>${formatValue(measurement)}</strong><span class="soft">${interval || ' '}</span>${requirement ? html`<span class="key-limit">${verdictBadge(requirement.verdict, context)} <span class="soft">${formatLimit(requirement)}</span></span>` : nothing}</li>`;
  })}</ul>`;
}

function notMeasured(check: CheckResult, context: PageContext): Html {
  if (check.notMeasured.length === 0) return nothing;
  return html`<ul class="missing">${check.notMeasured.map(
    ({ metric, reason }) =>
      html`<li>${verdictBadge('not-measured', context)} ${metricName(metric, context)}<p class="reason">${said(reason, context)}</p></li>`,
  )}</ul>`;
}

function noticesOf(check: CheckResult, context: PageContext): Html {
  const { labels } = context.words;
  const notes = check.notes.length
    ? html`<details class="notes"><summary>${labels.notes}</summary><ul>${check.notes.map((note) => html`<li>${said(note, context)}</li>`)}</ul></details>`
    : nothing;
  // A link into the run's folder; a page that was mailed without it has the names of the files at least.
  const evidence = check.evidence.length
    ? html`<p class="soft small">${labels.evidence}: ${check.evidence.map(({ title, path }, k) => html`${k > 0 ? ' · ' : ''}<a href="${encodeURI(path.replace(/\p{Surrogate}/gu, '?'))}">${said(title, context)}</a>`)}</p>`
    : nothing;
  return html`${notes}${evidence}`;
}

/** One check: its figures, what it could not measure and why, its charts. */
function checkArticle(
  check: CheckResult,
  results: Results,
  context: PageContext & { faultSpan?: readonly [number, number] },
): Html {
  const { words } = context;
  const id = anchor('check', check.id);
  const status =
    check.status === 'completed'
      ? html`${said(check.id, context)} · ${formatDuration(check.durationMs)}`
      : html`${said(check.id, context)} · ${words.completed[check.status]}`;
  const failed =
    check.status === 'completed'
      ? nothing
      : html`<p class="empty">${verdictBadge('not-measured', context)} ${said(check.reason ?? '', context)}</p>`;
  const noise = check.noise?.contaminated ? html`<p class="noise">${said(check.noise.reason, context)}</p>` : nothing;
  const chartContext: ChartContext & PageContext = {
    words,
    check,
    requirements: results.requirements,
    ...(context.faultSpan ? { faultSpan: context.faultSpan } : {}),
  };
  const told = check.series.map((series) => ({ series, told: chartOf(series, chartContext) }));
  const drawn = told.filter((one) => one.told !== undefined);
  // The first of an odd number takes the whole width, so that no half of a row is empty.
  const broad = drawn.length % 2 === 1 ? drawn[0]?.series : undefined;
  const figures = [...drawn, ...told.filter((one) => one.told === undefined)].map(({ series, told: one }, k) =>
    seriesFigure(series, { id: `${id}-${k}`, broad: series === broad, ...(one ? { told: one } : {}) }, chartContext),
  );
  return html`<article class="check" id="${id}"><h3>${said(check.title, context)}</h3><p class="soft small">${status}</p>${failed}${noise}${keyFigures(check, results, context)}${notMeasured(check, context)}${figures.length > 0 ? html`<div class="charts">${figures}</div>` : nothing}${noticesOf(check, context)}</article>`;
}

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
  recovery: ['timeToSteadyState'],
};

/** One metric of all scenarios or faults: the same rows in each chart, so that a scenario is found at one height. */
function comparedFigure(
  found: readonly Measurement[],
  section: MeasuredSection,
  results: Results,
  context: PageContext & { readonly isAlone: boolean },
): Html {
  const { words, isAlone } = context;
  const { unit, metric } = found[0]!;
  const title = withoutSubject(nameOf(metric, words));
  const limits = results.requirements.filter(({ metric: id }) => found.some((one) => one.metric === id));
  const shared = new Set(limits.map(({ limit, unit: of }) => `${limit} ${of}`)).size === 1 ? limits[0] : undefined;
  const ordered = found.toSorted((a, b) => a.value - b.value);
  const [least, most] = [ordered[0]!, ordered.at(-1)!];
  const of = String(found.length);
  const caption =
    section !== 'taiwan'
      ? nothing
      : least.value === most.value
        ? html`<p>${words.captions.sameEverywhere({ value: formatValue(most), of })}</p>`
        : html`<p>${words.captions.span({ low: formatValue(least), high: formatValue(most), of })}</p>`;
  const chart = valueChart(
    found.map(({ metric: id, value }) => ({ name: nameOf(id, words).split(/: |：/)[0]!, value })),
    unit,
    {
      name: title,
      ...(shared && shared.unit === unit
        ? { limit: { label: words.limitOf(formatLimit(shared)), value: shared.limit } }
        : {}),
    },
  );
  // Bars of no length say less than the sentence does.
  const isEmpty = least.value === 0 && most.value === 0;
  const drawn = isEmpty
    ? nothing
    : drawnChart(chart, { id: `overview-${anchor(section, metric)}`, title, broad: isAlone }, context);
  return html`<figure class="${isAlone ? 'chart broad-figure' : isEmpty ? 'chart bare' : 'chart'}"><figcaption><h3>${title}</h3>${caption}</figcaption>${drawn}</figure>`;
}

/** Figures of every scenario or fault beside each other, each with the limit they share. */
function overview(section: MeasuredSection, results: Results, context: PageContext): Html {
  const groups = (compared[section] ?? []).flatMap((ending): Measurement[][] => {
    const found = results.checks.flatMap(({ measurements }) =>
      measurements.filter(({ metric }) => metric.startsWith(`${section}.`) && metric.endsWith(`.${ending}`)),
    );
    return found.length > 1 && new Set(found.map(({ unit }) => unit)).size === 1 ? [found] : [];
  });
  if (groups.length === 0) return nothing;
  const isAlone = groups.length === 1;
  return html`<div class="charts overview">${groups.map((found) => comparedFigure(found, section, results, { ...context, isAlone }))}</div>`;
}

/** Checks that did not run, under the reason that they share. */
function skippedChecks(checks: readonly CheckResult[], context: PageContext): Html {
  const reasons = new Map<string, CheckResult[]>();
  for (const check of checks) reasons.set(check.reason ?? '', [...(reasons.get(check.reason ?? '') ?? []), check]);
  return html`${[...reasons].map(
    ([reason, members]) =>
      html`<div class="empty skipped"><p>${verdictBadge('not-measured', context)} ${said(reason, context)}</p><ul>${members.map((check) => html`<li id="${anchor('check', check.id)}">${said(check.title, context)} <code>${check.id.slice(0, 80)}</code></li>`)}</ul></div>`,
  )}`;
}

/** The time around faults that all timelines share. */
function faultSpan(checks: readonly CheckResult[]): readonly [number, number] | undefined {
  const times = checks.flatMap(({ series }) =>
    series
      .filter(({ id }) => id.startsWith('recovery.'))
      .flatMap(({ columns }) => columns[0]?.values.filter((value): value is number => typeof value === 'number') ?? []),
  );
  return times.length > 1 ? [Math.min(...times), Math.max(...times)] : undefined;
}

/** A part of the page that shows what checks measured; without any it says why there is nothing. */
export function measuredSection(section: MeasuredSection, results: Results, context: PageContext): Html {
  const { words } = context;
  const checks = results.checks.filter((check) => sectionOfCheck(check) === section);
  const requirements = results.requirements.filter(({ metric }) => sectionOfMetric(metric) === section);
  if (section === 'other' && checks.length === 0) return nothing;
  const verdict = worstVerdict(requirements);
  const missing = requirements.filter((one) => one.verdict === 'not-measured');
  const span = section === 'recovery' ? faultSpan(checks) : undefined;
  const empty =
    checks.length === 0
      ? html`<p class="empty">${verdictBadge('not-measured', context)} ${words.labels.noMeasurement}</p>${missing.map(
          (one) =>
            html`<p class="empty">${verdictBadge('not-measured', context)} ${metricName(one.metric, context)}: ${said(one.reason, context)}</p>`,
        )}`
      : nothing;
  const ran = checks.filter(({ status }) => status !== 'skipped');
  const skipped = checks.filter(({ status }) => status === 'skipped');
  const article = (check: CheckResult): Html =>
    checkArticle(check, results, { ...context, ...(span ? { faultSpan: span } : {}) });
  // What has no chart is a card beside its like, not a chapter with one figure.
  const isCard = (check: CheckResult): boolean =>
    section === 'taiwan' || section === 'recovery' || check.series.length === 0;
  const chapters = ran.filter((check) => !isCard(check)).map(article);
  const cards = ran.filter(isCard).map(article);
  return html`<section id="${section}" aria-labelledby="${section}-title"><h2 id="${section}-title">${words.sections[section]}${verdict ? html` ${verdictBadge(verdict, context)}` : nothing}</h2><p class="question">${words.questions[section]}</p>${empty}${overview(section, results, context)}${chapters.length > 0 ? html`<div class="checks">${chapters}</div>` : nothing}${cards.length > 0 ? html`<div class="checks multiples">${cards}</div>` : nothing}${skippedChecks(skipped, context)}</section>`;
}
