import type { JudgedRequirement, Measurement, Results, Series, Verdict } from '@preopen/core';
import { formatLimit, formatValue, nameOf } from '../format.ts';
import { sectionOfCheck, sectionOfMetric, urgency, worstVerdict } from '../sections.ts';
import { type Html, html, nothing, trusted } from './html.ts';
import { type PageContext, said, subjectOf, verdictBadge, verdictIcon, withoutSubject } from './parts.ts';

/** Figures of a recovery that have a column, in the order in which things happen; those that no fault has are left out. */
const columns = [
  'timeToDetect',
  'timeToFirstSuccess',
  'timeToSteadyState',
  'failedRequests',
  'lostRequests',
  'wrongAnswers',
  'findings',
] as const;

/** One fault, all that a reader asks of it. */
interface Recovery {
  readonly fault: string;
  readonly verdict: Verdict | undefined;
  readonly figures: ReadonlyMap<string, Measurement>;
  readonly limits: ReadonlyMap<string, JudgedRequirement>;
  readonly timeline: Series | undefined;
  /** Why nothing was measured of it; empty where something was. */
  readonly reason: string;
}

const faultOf = (metric: string): string | undefined => /^recovery\.([^.]+)\./.exec(metric)?.[1];
const figureOf = (metric: string): string => metric.split('.').slice(2).join('.');

/** Every fault that was injected, was to be injected, or is asked about; the worst first. */
export function recoveriesOf(results: Results): Recovery[] {
  const checks = results.checks.filter((check) => sectionOfCheck(check) === 'recovery');
  const measurements = checks.flatMap((check) => check.measurements);
  const missing = checks.flatMap((check) => check.notMeasured);
  const asked = results.requirements.filter(({ metric }) => sectionOfMetric(metric) === 'recovery');
  const faults = new Set([...measurements, ...missing, ...asked].flatMap(({ metric }) => faultOf(metric) ?? []));
  const isOf =
    (fault: string) =>
    (one: { readonly metric: string }): boolean =>
      faultOf(one.metric) === fault;
  const all = [...faults].map((fault): Recovery => {
    const own = measurements.filter(isOf(fault));
    const limits = asked.filter(isOf(fault));
    const unmeasured = limits.find(({ verdict }) => verdict === 'not-measured');
    return {
      fault,
      verdict: worstVerdict(limits) ?? (own.length === 0 ? 'not-measured' : undefined),
      figures: new Map(own.map((one) => [figureOf(one.metric), one])),
      limits: new Map(limits.map((one) => [figureOf(one.metric), one])),
      timeline: checks.flatMap(({ series }) => series).find(({ id }) => id === `recovery.${fault}`),
      reason: own.length > 0 ? '' : (missing.find(isOf(fault))?.reason ?? unmeasured?.reason ?? ''),
    };
  });
  const order = ({ verdict }: Recovery): number => (verdict === undefined ? urgency.length : urgency.indexOf(verdict));
  const steady = ({ figures }: Recovery): number => figures.get('timeToSteadyState')?.value ?? 0;
  return all.toSorted((a, b) => order(a) - order(b) || steady(b) - steady(a));
}

const stripWidth = 240;
const stripHeight = 18;

/**
 * The requests around one fault as a strip: answered, failed, both, none; stretches of one kind are one rectangle.
 * @param span seconds around the fault that all strips share
 */
function strip(series: Series, [from, to]: readonly [number, number]): Html {
  const column = (name: string): readonly (number | string | null)[] =>
    series.columns.find((one) => one.name === name)?.values ?? [];
  const at = column('since fault');
  const answered = column('answered');
  const failed = column('failed');
  if (at.length < 2 || to <= from) return nothing;
  const x = (second: number): number => ((second - from) / (to - from)) * stripWidth;
  const step = Number(at[1]) - Number(at[0]);
  const kinds = at.map((_, k) => {
    const good = Number(answered[k] ?? 0);
    const bad = Number(failed[k] ?? 0);
    return good + bad === 0 ? 'none' : bad === 0 ? 'good' : good === 0 ? 'bad' : 'both';
  });
  const stretches: string[] = [];
  for (let start = 0; start < kinds.length; ) {
    let end = start;
    while (kinds[end + 1] === kinds[start]) end++;
    const left = x(Number(at[start]));
    const right = x(Number(at[end]) + step);
    if (kinds[start] !== 'none')
      stretches.push(
        `<rect class="${kinds[start]}" x="${left.toFixed(1)}" y="4" width="${Math.max(0.6, right - left).toFixed(1)}" height="11"/>`,
      );
    start = end + 1;
  }
  return trusted(
    `<svg class="strip" viewBox="0 0 ${stripWidth} ${stripHeight}" preserveAspectRatio="none" aria-hidden="true">${stretches.join('')}<path class="moment" d="M${x(0).toFixed(1)} 0v${stripHeight}"/></svg>`,
  );
}

/** The kinds of a strip, for those who see it for the first time. */
function stripLegend({ words }: PageContext): Html {
  const sample = (kind: string): Html =>
    trusted(
      `<svg class="swatch strip" viewBox="0 0 18 10" aria-hidden="true"><rect class="${kind}" width="18" height="10"/></svg>`,
    );
  const moment = trusted(
    '<svg class="swatch strip" viewBox="0 0 18 10" aria-hidden="true"><path class="moment" d="M9 0v10"/></svg>',
  );
  const { labels } = words;
  return html`<ul class="legend"><li>${sample('good')} ${labels.answered}</li><li>${sample('both')} ${labels.partlyFailed}</li><li>${sample('bad')} ${labels.failedRequests}</li><li>${moment} ${labels.fault}</li></ul>`;
}

function row(
  { fault, verdict, figures, limits, timeline, reason }: Recovery,
  shown: readonly string[],
  span: readonly [number, number] | undefined,
  context: PageContext,
): Html {
  const { words } = context;
  const name = subjectOf(nameOf(`recovery.${fault}.timeToSteadyState`, words), fault);
  const column = (label: string): Html => html` data-label="${label}"`;
  const cells = shown.map((figure) => {
    const measured = figures.get(figure);
    const limit = limits.get(figure);
    const label = withoutSubject(nameOf(`recovery.${fault}.${figure}`, words));
    return html`<td role="cell" class="number"${column(label)}>${measured ? (figure === 'timeToSteadyState' ? html`<strong>${formatValue(measured)}</strong>` : formatValue(measured)) : '–'}${limit ? html`<br><span class="soft">${limit.verdict === verdict ? nothing : html`${verdictIcon(limit.verdict)} `}${formatLimit(limit)}</span>` : nothing}</td>`;
  });
  // What has no timeline, as a pipeline that was killed, has figures of its own instead.
  const own = [...figures].filter(([figure]) => !shown.includes(figure)).map(([, measured]) => measured);
  const told = own.map((one) => `${withoutSubject(nameOf(one.metric, words))} ${formatValue(one)}`).join(' · ');
  const picture = timeline && span ? strip(timeline, span) : html`<span class="soft">${told}</span>`;
  return html`<tr role="row"${verdict ? html` class="tone-${verdict}"` : nothing}>
<th role="rowheader" scope="row"><span class="name">${name}</span>${verdict ? html`<br>${verdictBadge(verdict, context)}` : nothing}</th>
<td role="cell" class="strip-cell"${column(words.labels.requestsOverTime)}>${reason ? html`<span class="soft">${said(reason, context)}</span>` : picture}</td>${cells}</tr>`;
}

/**
 * All faults beneath each other: the requests around each on one time axis, how soon it was noticed, answered and steady
 * again, and what was lost. However many there are, a fault is one row.
 */
export function recoveryTable(
  results: Results,
  span: readonly [number, number] | undefined,
  context: PageContext,
): Html {
  const recoveries = recoveriesOf(results);
  if (recoveries.length === 0) return nothing;
  const { words } = context;
  const { labels } = words;
  const shown = columns.filter((figure) => recoveries.some(({ figures }) => figures.has(figure)));
  const head = shown.map((figure) => withoutSubject(nameOf(`recovery.kill.${figure}`, words)));
  const axis = span ? html` <span class="soft">${words.seconds(span[0])} … ${words.seconds(span[1])}</span>` : nothing;
  const steady = recoveries.flatMap(({ figures }) => figures.get('timeToSteadyState') ?? []);
  const slowest = steady.toSorted((a, b) => b.value - a.value)[0];
  const caption = slowest
    ? html`<p>${words.captions.recoveries({
        measured: String(recoveries.filter(({ figures }) => figures.size > 0).length),
        of: String(recoveries.length),
        slowest: formatValue(slowest),
        fault: subjectOf(nameOf(slowest.metric, words), faultOf(slowest.metric)!),
      })}</p>`
    : nothing;
  return html`<div class="recoveries">${caption}${span ? stripLegend(context) : nothing}<div class="scroll cards" tabindex="0" role="group" aria-label="${words.sections.recovery}"><table role="table" class="requirements"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${labels.fault}</th><th role="columnheader" scope="col">${labels.requestsOverTime}${axis}</th>${head.map((text) => html`<th role="columnheader" scope="col" class="number">${text}</th>`)}</tr></thead><tbody role="rowgroup">${recoveries.map((one) => row(one, shown, span, context))}</tbody></table></div></div>`;
}
