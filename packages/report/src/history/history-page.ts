import { nameOf } from '../format.ts';
import type { Language } from '../language/catalogue.ts';
import { catalogueOf } from '../language/languages.ts';
import { pageFrame } from '../page/frame.ts';
import { historyFigure } from '../page/history.ts';
import { type Html, html, nothing } from '../page/html.ts';
import { anchor, type PageContext } from '../page/parts.ts';
import { pointsOfSeries } from './history-points.ts';
import type { HistorySeries } from './history-series.ts';

/** Runs that can be held beside each other. */
interface Group {
  readonly id: string;
  readonly title: string;
  readonly facts: string;
  readonly members: readonly HistorySeries[];
}

/** Series by what was run on what; within a group those that changed come first. */
function groupsOf(series: readonly HistorySeries[]): Group[] {
  const groups = new Map<string, HistorySeries[]>();
  for (const one of series) {
    const key = JSON.stringify([one.target, one.suite, one.scale, one.environmentClass]);
    const known = groups.get(key);
    if (known) known.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map((members, k) => {
    const { target, suite, scale, environmentClass } = members[0]!;
    return {
      id: `group-${k}`,
      title: `${target.slice(0, 80)} · ${suite}`,
      facts: `${scale} · ${environmentClass}`,
      members: members.toSorted((a, b) => Number(b.changes.length > 0) - Number(a.changes.length > 0)),
    };
  });
}

function groupSection({ id, title, facts, members }: Group, context: PageContext): Html {
  const figures = members.map((one) =>
    historyFigure(
      pointsOfSeries(one),
      {
        id: `${id}-${anchor('', one.metric)}`,
        title: nameOf(one.metric, context.words),
        unit: one.unit,
        missed: one.missedSince === 0 ? undefined : context.words.missedSince(one.missedSince),
      },
      context,
    ),
  );
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title"><bdi>${title}</bdi></h2><p class="question">${facts}</p><div class="charts">${figures}</div></section>`;
}

/**
 * The history as one page that loads nothing: a chart and a table a metric, with the changes that are suspected.
 * @param problems lines of the history that could not be read, in words
 */
export function renderHistoryPage(
  series: readonly HistorySeries[],
  problems: readonly string[],
  { language = 'en' }: { readonly language?: Language } = {},
): string {
  const words = catalogueOf(language);
  const context: PageContext = { words };
  const groups = groupsOf(series);
  const runs = new Set(series.flatMap(({ points }) => points.map(({ run }) => run))).size;
  const changed = series.filter(({ changes }) => changes.length > 0).length;
  const sentence = words.historyOf({
    runs: runs.toLocaleString('en-US'),
    series: series.length.toLocaleString('en-US'),
    changed: String(changed),
  });
  const links = groups.map(
    ({ id, title }) => html`<li><a href="#${id}"><span class="icon"></span><bdi>${title}</bdi></a></li>`,
  );
  const said =
    problems.length === 0 ? nothing : html`<ul class="run-notes">${problems.map((one) => html`<li>${one}</li>`)}</ul>`;
  return pageFrame(
    {
      title: `Preopen · ${words.sections.history}`,
      subject: html`<span class="soft">${words.sections.history}</span>`,
      links,
      main: html`<section id="summary" class="verdict tone-${changed > 0 ? 'inconclusive' : 'not-measured'}" aria-labelledby="verdict"><h1 id="verdict"><span class="sentence">${sentence}</span></h1><p class="soft">${words.labels.changesHelp}</p>${said}</section>${groups.map((group) => groupSection(group, context))}`,
    },
    words,
  );
}
