import type { CheckResult, Results, Series } from '@preopen/core';
import type { Chart } from '../charts/chart.ts';
import type { ChartContext } from '../charts/context.ts';
import { chartOf } from '../charts/from-series.ts';
import { manyRows } from '../charts/layout.ts';
import { formatDuration, formatInterval, formatLimit, formatValue, nameOf } from '../format.ts';
import { type MeasuredSection, sectionOfCheck, sectionOfMetric, worstVerdict } from '../sections.ts';
import { type Place, seriesFigure } from './figure.ts';
import { type Html, html, nothing } from './html.ts';
import { isMini, miniCharts, type SharedEnds, sharedEnds } from './mini-charts.ts';
import { overview } from './overview.ts';
import { anchor, metricName, type PageContext, said, verdictBadge, withoutSubject } from './parts.ts';
import { recoveryTable } from './recovery-table.ts';
import { seriesTable } from './series-table.ts';

/** Figures that stand large above the charts; the rest is in the table of all figures. */
const mostKeys = 6;

function keyFigures(check: CheckResult, results: Results, context: PageContext): Html {
  const { words } = context;
  // What the table of recoveries says stands there, beside its like.
  const isInTable = sectionOfCheck(check) === 'recovery' && check.series.length > 0;
  const keys = isInTable ? [] : check.measurements.slice(0, mostKeys);
  if (keys.length === 0) return nothing;
  return html`<ul class="keys">${keys.map((measurement) => {
    const requirement = results.requirements.find(({ metric }) => metric === measurement.metric);
    const interval = formatInterval(measurement, words);
    return html`<li class="${requirement ? `tone-${requirement.verdict}` : ''}"><span class="key-name">${nameOf(measurement.metric, words)}</span><strong>${formatValue(measurement)}</strong><span class="soft">${interval || ' '}</span>${requirement ? html`<span class="key-limit">${verdictBadge(requirement.verdict, context)} <span class="soft">${formatLimit(requirement)}</span></span>` : nothing}</li>`;
  })}</ul>`;
}

function notMeasured(check: CheckResult, context: PageContext & { readonly toldOnce?: ReadonlySet<string> }): Html {
  const missing = check.notMeasured.filter(({ reason }) => !context.toldOnce?.has(reason));
  if (missing.length === 0) return nothing;
  const byReason = new Map<string, string[]>();
  for (const { metric, reason } of missing) byReason.set(reason, [...(byReason.get(reason) ?? []), metric]);
  return html`<ul class="missing">${[...byReason].map(
    ([reason, metrics]) =>
      html`<li>${verdictBadge('not-measured', context)} ${metrics.map((metric, k) => html`${k > 0 ? ' · ' : ''}${metrics.length > 1 ? html`<span class="name">${nameOf(metric, context.words)}</span>` : metricName(metric, context)}`)}<p class="reason">${said(reason, context)}</p></li>`,
  )}</ul>`;
}

function noticesOf(check: CheckResult, context: PageContext): Html {
  const { labels } = context.words;
  const notes = check.notes.length
    ? html`<details class="notes"><summary>${labels.notes}</summary><ul>${check.notes.map((note) => html`<li>${said(note, context)}</li>`)}</ul></details>`
    : nothing;
  // A link into the run's folder; a page that was mailed without it has the names of the files at least.
  const evidence = check.evidence.length
    ? html`<p class="soft small evidence">${labels.evidence}: ${check.evidence.map(({ title, path }, k) => html`${k > 0 ? ' · ' : ''}<a href="${encodeURI(path.replace(/\p{Surrogate}/gu, '?'))}">${said(title, context)}</a>`)}</p>`
    : nothing;
  return html`${notes}${evidence}`;
}

/** Sections of dozens of checks that are much alike. */
const isManyAlike = (section: MeasuredSection): boolean => section === 'recovery' || section === 'taiwan';

/** Reasons that several checks share, with what they leave unmeasured: told once, and not on every card. */
function sharedReasons(checks: readonly CheckResult[]): Map<string, { checks: number; metrics: string[] }> {
  const reasons = new Map<string, { checks: number; metrics: string[] }>();
  for (const check of checks) {
    for (const reason of new Set(check.notMeasured.map((one) => one.reason))) {
      const known = reasons.get(reason) ?? { checks: 0, metrics: [] };
      const own = check.notMeasured.filter((one) => one.reason === reason).map(({ metric }) => metric);
      reasons.set(reason, { checks: known.checks + 1, metrics: [...known.metrics, ...own] });
    }
  }
  for (const [reason, { checks: count }] of reasons) if (count < 2) reasons.delete(reason);
  return reasons;
}

function sharedList(shared: ReturnType<typeof sharedReasons>, context: PageContext): Html {
  if (shared.size === 0) return nothing;
  const { words } = context;
  return html`<ul class="missing shared">${[...shared].map(([reason, { metrics }]) => {
    // The same figure of several checks is one name with their number.
    const figures = new Map<string, number>();
    for (const metric of metrics) {
      const name = withoutSubject(nameOf(metric, words));
      figures.set(name, (figures.get(name) ?? 0) + 1);
    }
    const names = [...figures].map(([name, count]) => `${name} (${words.labels.ofChecks(count)})`).join(' · ');
    return html`<li>${verdictBadge('not-measured', context)} <span class="name">${names}</span><p class="reason">${said(reason, context)}</p></li>`;
  })}</ul>`;
}

/** Whether a chart is much higher than its like. */
const isTall = ({ positions }: Chart): boolean => positions.kind === 'rows' && positions.values.length > manyRows;

/** One check: its figures, what it could not measure and why, its charts. */
function checkArticle(
  check: CheckResult,
  results: Results,
  context: PageContext & { faultSpan?: readonly [number, number]; toldOnce?: ReadonlySet<string> },
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
  // Beside a chart of many rows there would be an empty place; so would be beside the last of an odd number.
  const tall = drawn.filter((one) => isTall(one.told!.chart)).map(({ series }) => series);
  const others = drawn.filter(({ series }) => !tall.includes(series));
  const broad = [...tall, ...(others.length % 2 === 1 ? [others[0]!.series] : [])];
  const isSmall = isManyAlike(sectionOfCheck(check));
  const placeOf = (series: Series): Place => (isSmall ? 'small' : broad.includes(series) ? 'broad' : 'half');
  const figures = [...drawn, ...told.filter((one) => one.told === undefined)].map(({ series, told: one }, k) =>
    seriesFigure(series, { id: `${id}-${k}`, place: placeOf(series), ...(one ? { told: one } : {}) }, chartContext),
  );
  return html`<article class="check" id="${id}"><div class="head"><h3>${said(check.title, context)}</h3><p class="soft small">${status}</p>${failed}${noise}${keyFigures(check, results, context)}${notMeasured(check, context)}</div>${figures.length > 0 ? html`<div class="charts">${figures}</div>` : nothing}${noticesOf(check, context)}</article>`;
}

/**
 * A check whose like there are dozens of, such as a scenario: small charts on axes that all of them share, and its figures in
 * lines, so that three of them stand in a row.
 */
function compactCard(
  check: CheckResult,
  results: Results,
  context: PageContext & { ends: SharedEnds; toldOnce: ReadonlySet<string> },
): Html {
  const { words } = context;
  // What it was to measure and did not counts too: what passed beside it must not stand for it.
  const of = [...check.measurements, ...check.notMeasured];
  const own = results.requirements.filter(({ metric }) => of.some((one) => one.metric === metric));
  const verdict = check.status === 'completed' ? worstVerdict(own) : 'not-measured';
  const lines = check.measurements.map((measurement) => {
    const requirement = own.find(({ metric }) => metric === measurement.metric);
    const interval = formatInterval(measurement, words);
    return html`<div${requirement ? html` class="tone-${requirement.verdict}"` : nothing}><dt>${withoutSubject(nameOf(measurement.metric, words))}</dt><dd>${requirement && requirement.verdict !== verdict ? html`${verdictBadge(requirement.verdict, context)} ` : nothing}<strong>${formatValue(measurement)}</strong>${requirement ? html` <span class="soft">${formatLimit(requirement)}</span>` : nothing}${interval ? html`<br><span class="soft">${interval}</span>` : nothing}</dd></div>`;
  });
  const facts = [
    html`<code>${check.id.slice(0, 80)}</code>`,
    html`${formatDuration(check.durationMs)}`,
    ...(check.noise?.contaminated ? [html`${words.labels.noisy}`] : []),
  ];
  const failed =
    check.status === 'completed' ? nothing : html`<p class="reason">${said(check.reason ?? '', context)}</p>`;
  return html`<article class="check compact${verdict ? ` tone-${verdict}` : ''}" id="${anchor('check', check.id)}"><div class="head"><h3>${said(check.title, context)}</h3><p class="soft small">${verdict ? html`${verdictBadge(verdict, context)} · ` : nothing}${facts.map((fact, k) => html`${k > 0 ? ' · ' : ''}${fact}`)}</p>${failed}</div>${check.series.map((series) => miniCharts(series, context.ends, context))}<dl class="lines">${lines}</dl>${check.series.map((series) => seriesTable(series, context))}${notMeasured(check, context)}${noticesOf(check, context)}</article>`;
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
  const shared: ReturnType<typeof sharedReasons> = isManyAlike(section) ? sharedReasons(ran) : new Map();
  const toldOnce = new Set(shared.keys());
  const article = (check: CheckResult): Html =>
    checkArticle(check, results, { ...context, toldOnce, ...(span ? { faultSpan: span } : {}) });
  // What has no chart is a card beside its like, not a chapter with one figure.
  const isCard = (check: CheckResult): boolean =>
    section === 'taiwan' || section === 'recovery' || check.series.length === 0;
  const chapters = ran.filter((check) => !isCard(check)).map(article);
  const ends = sharedEnds(section === 'taiwan' ? ran : []);
  const cards = ran
    .filter(isCard)
    .map((check) =>
      section === 'taiwan' && isMini(check)
        ? compactCard(check, results, { ...context, ends, toldOnce })
        : article(check),
    );
  return html`<section id="${section}" aria-labelledby="${section}-title"><h2 id="${section}-title">${words.sections[section]}${verdict ? html` ${verdictBadge(verdict, context)}` : nothing}</h2><p class="question">${words.questions[section]}</p>${empty}${section === 'recovery' ? recoveryTable(results, span, context) : nothing}${overview(section, results, context)}${sharedList(shared, context)}${chapters.length > 0 ? html`<div class="checks">${chapters}</div>` : nothing}${cards.length > 0 ? html`<div class="checks multiples${section === 'recovery' || section === 'taiwan' ? ' small' : ''}">${cards}</div>` : nothing}${skippedChecks(skipped, context)}</section>`;
}
