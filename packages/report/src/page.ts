import type { Results, Verdict } from '@preopen/core';
import { claimsOf } from './claims.ts';
import { formatDuration, standingOf, verdictSentence } from './format.ts';
import type { Language, SectionId } from './language/catalogue.ts';
import { catalogueOf } from './language/languages.ts';
import { environmentSection, figuresSection, glossarySection } from './page/appendix.ts';
import { measuredSection } from './page/check-sections.ts';
import { pageFrame } from './page/frame.ts';
import { type HistoryPoint, historySection } from './page/history.ts';
import { type Html, html, nothing } from './page/html.ts';
import { type PageContext, said, verdictIcon } from './page/parts.ts';
import { requirementsTable } from './page/requirements.ts';
import { measuredSections, sectionOfCheck, sectionOfMetric, worstVerdict } from './sections.ts';
import { groupedClaims } from './summary.ts';

/** How a page is written. */
export interface ReportOptions {
  /** Default: English. */
  readonly language?: Language;
  /** Earlier runs of the same target on the same kind of machine. */
  readonly history?: readonly HistoryPoint[];
}

function menuLinks(results: Results, shown: readonly SectionId[], { words }: PageContext): readonly Html[] {
  const verdictOf = (section: SectionId): Verdict | undefined =>
    section === 'requirements'
      ? worstVerdict(results.requirements)
      : worstVerdict(results.requirements.filter(({ metric }) => sectionOfMetric(metric) === section));
  return shown.map((section) => {
    const verdict = verdictOf(section);
    return html`<li><a href="#${section}"${verdict ? html` class="tone-${verdict}"` : nothing}>${verdict ? html`${verdictIcon(verdict)}<span class="unseen">${words.verdicts[verdict]}: </span>` : html`<span class="icon"></span>`}${words.sections[section]}</a></li>`;
  });
}

/** The first screen: the verdict, and the run in half a page. */
function summarySection(results: Results, context: PageContext): Html {
  const { words } = context;
  const standing = standingOf(results);
  const tone: Verdict =
    standing === 'interrupted' ? 'inconclusive' : standing === 'nothing' ? 'not-measured' : standing;
  const sentence = verdictSentence(results, words.language)
    .slice(words.standing[standing].length + 1)
    .trim();
  const claims = groupedClaims(claimsOf(results, words)).map(
    ({ kind, texts }) =>
      html`<div><dt>${words.summary[kind]}</dt><dd>${texts.length === 1 ? texts[0] : html`<ul>${texts.map((one) => html`<li>${one}</li>`)}</ul>`}</dd></div>`,
  );
  return html`<section id="summary" class="verdict tone-${tone}" aria-labelledby="verdict"><h1 id="verdict"><span class="standing">${verdictIcon(tone)} ${words.standing[standing]}</span> <span class="sentence">${sentence}</span></h1><dl class="claims">${claims}</dl></section>`;
}

/**
 * The run as one HTML file: nothing is loaded from anywhere, and every text of the results is escaped. Without its script
 * the page is complete; the script adds the figures under the pointer and the switch between light and dark.
 * It can be drawn again from `results.json` at any time, and is the same for the same results.
 */
export function renderReport(results: Results, options: ReportOptions = {}): string {
  const { language = 'en', history } = options;
  const words = catalogueOf(language);
  const context: PageContext = { words };
  const { run, target } = results;
  const shown: SectionId[] = [
    'summary',
    'requirements',
    ...measuredSections.filter(
      (section) => section !== 'other' || results.checks.some((check) => sectionOfCheck(check) === 'other'),
    ),
    'history',
    'environment',
    'figures',
    'glossary',
  ];
  const title = words.labels.reportOf(target.name.slice(0, 120), run.suite);
  return pageFrame(
    {
      title: `${words.standing[standingOf(results)]} · ${title}`,
      generator: `${run.tool.name} ${run.tool.version}`,
      subject: html`<bdi>${said(target.name.slice(0, 80), context)}</bdi> <span class="soft">${run.suite} · ${words.when(run.startedAt)} · ${formatDuration(run.durationMs)}</span>`,
      links: menuLinks(results, shown, context),
      main: html`${summarySection(results, context)}
<section id="requirements" aria-labelledby="requirements-title"><h2 id="requirements-title">${words.sections.requirements}</h2><p class="question">${words.questions.requirements}</p>${requirementsTable(results, context)}</section>
${measuredSections.map((section) => measuredSection(section, results, context))}
${historySection(results, history, context)}
${environmentSection(results, context)}
${figuresSection(results, context)}
${glossarySection(context)}`,
    },
    words,
  );
}
