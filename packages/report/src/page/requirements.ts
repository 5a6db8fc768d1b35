import type { CheckResult, JudgedRequirement, Results } from '@preopen/core';
import { formatInterval, formatLimit, formatMargin, formatValue, type Margin, marginOf, nameOf } from '../format.ts';
import { urgency } from '../sections.ts';
import { type Html, html, nothing, trusted } from './html.ts';
import { anchor, type PageContext, said, verdictBadge } from './parts.ts';

/** What must be known first: what fails, what is unproven, what is undecided, then what passed with the least to spare. */
export function byUrgency(requirements: readonly JudgedRequirement[]): JudgedRequirement[] {
  const spare = (one: JudgedRequirement): number => marginOf(one)?.near ?? Number.POSITIVE_INFINITY;
  return requirements.toSorted((a, b) => {
    const order = urgency.indexOf(a.verdict) - urgency.indexOf(b.verdict);
    if (order !== 0) return order;
    return spare(a) === spare(b) ? 0 : spare(a) < spare(b) ? -1 : 1;
  });
}

/** The value and its interval against the limit, all requirements on one axis: the limit in the middle, ± 100 % of it at the ends. */
function marginBar({ value, near, far }: Margin): Html {
  const x = (share: number): number => 60 + 56 * Math.min(1, Math.max(-1, share));
  const from = x(near);
  const to = x(far);
  const beyond =
    value > 1
      ? '<path class="beyond" d="M114 4l5 4-5 4z"/>'
      : value < -1
        ? '<path class="beyond" d="M6 4L1 8l5 4z"/>'
        : '';
  return trusted(
    `<svg class="margin" viewBox="0 0 120 16" aria-hidden="true"><path class="wrong" d="M2 4h58v8H2z"/><path class="right" d="M60 4h58v8H60z"/><path class="limit" d="M60 0v16"/><path class="whisker" d="M${from.toFixed(1)} 8H${to.toFixed(1)}"/>${beyond === '' ? `<circle class="dot" cx="${x(value).toFixed(1)}" cy="8" r="4"/>` : beyond}</svg>`,
  );
}

function requirementRow(requirement: JudgedRequirement, checks: readonly CheckResult[], context: PageContext): Html {
  const { words } = context;
  const { labels } = words;
  const measured = requirement.verdict === 'not-measured' ? undefined : requirement.measured;
  const margin = marginOf(requirement);
  const check = checks.find(({ measurements }) => measurements.some(({ metric }) => metric === requirement.metric));
  const confidence = measured?.interval ? `${Number((measured.interval.confidence * 100).toFixed(2))} %` : '';
  const interval = measured ? formatInterval(measured, words) : '';
  const note = requirement.verdict === 'pass' || requirement.verdict === 'fail' ? '' : requirement.reason;
  const details: [string, Html][] = [
    [labels.metric, html`<code>${requirement.metric}</code>`],
    ...(requirement.id === requirement.metric ? [] : [['id', html`<code>${requirement.id}</code>`] as [string, Html]]),
    [labels.askedBy, said(requirement.source, context)],
    ...(measured?.how ? [[labels.how, said(measured.how, context)] as [string, Html]] : []),
    ...(measured?.interval
      ? [
          [labels.interval, html`${words.confidence(confidence, '')}${said(measured.interval.method, context)}`] as [
            string,
            Html,
          ],
        ]
      : []),
    ...(check
      ? [
          [labels.check, html`<a href="#${anchor('figures', check.id)}">${said(check.id, context)}</a>`] as [
            string,
            Html,
          ],
        ]
      : []),
  ];
  const column = (label: string): Html => html` data-label="${label}"`;
  return html`<tr role="row" class="tone-${requirement.verdict}">
<td role="cell"${column(labels.verdict)}>${verdictBadge(requirement.verdict, context)}</td>
<th role="rowheader" scope="row"${column(labels.requirement)}><span class="name">${nameOf(requirement.metric, words)}</span>${requirement.required ? nothing : html` <span class="soft">(${labels.notRequired})</span>`}${note === '' ? nothing : html`<p class="reason">${said(note, context)}</p>`}<details><summary>${labels.how}</summary><dl class="how">${details.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details></th>
<td role="cell" class="number"${column(labels.measured)}>${measured ? html`<strong>${formatValue(measured)}</strong>${interval ? html`<br><span class="soft">${interval}</span>` : nothing}` : '–'}</td>
<td role="cell" class="number"${column(labels.limit)}>${formatLimit(requirement)}</td>
<td role="cell" class="spare"${column(labels.margin)}>${margin ? html`${marginBar(margin)}<span class="soft">${formatMargin(requirement, words)}</span>` : '–'}</td>
<td role="cell" class="number"${column(labels.samples)}>${measured ? measured.samples.toLocaleString('en-US') : '–'}</td>
</tr>`;
}

/** Rows that stand open at most, unless what does not pass has more: what passed with the most to spare is folded. */
const mostOpenRows = 40;

/** The table of requirements; on a phone each row is a card. */
export function requirementsTable(results: Results, context: PageContext): Html {
  const { labels, sections, standing } = context.words;
  const { requirements, checks } = results;
  if (requirements.length === 0) return html`<p class="empty">${standing.nothing}</p>`;
  const head = [
    { text: labels.verdict },
    { text: labels.requirement },
    { text: labels.measured, number: true },
    { text: labels.limit, number: true },
    { text: labels.margin },
    { text: labels.samples, number: true },
  ];
  const tableOf = (label: string, rows: readonly JudgedRequirement[]): Html =>
    html`<div class="scroll cards" tabindex="0" role="group" aria-label="${label}"><table role="table" class="requirements"><thead role="rowgroup"><tr role="row">${head.map(
      ({ text, number }) =>
        html`<th role="columnheader" scope="col"${trusted(number ? ' class="number"' : '')}>${text}</th>`,
    )}</tr></thead><tbody role="rowgroup">${rows.map((one) => requirementRow(one, checks, context))}</tbody></table></div>`;
  const sorted = byUrgency(requirements);
  const unsettled = sorted.filter(({ verdict }) => verdict !== 'pass').length;
  const open = Math.max(mostOpenRows, unsettled);
  const folded = sorted.slice(open);
  const more = labels.morePassed(folded.length.toLocaleString('en-US'));
  return html`${tableOf(sections.requirements, sorted.slice(0, open))}
${folded.length === 0 ? nothing : html`<details class="figures more"><summary>${more}</summary>${tableOf(more, folded)}</details>`}
<p class="soft small">${labels.marginHelp}</p>`;
}
