import type { Results, Verdict } from '@preopen/core';
import { type Claim, claimsOf } from './claims.ts';
import { escapeMarkdown } from './escape.ts';
import { formatLimit, formatMargin, formatMeasurement, nameOf, verdictSentence } from './format.ts';
import type { Catalogue, Language } from './language/catalogue.ts';
import { catalogueOf } from './language/languages.ts';
import { byUrgency } from './page/requirements.ts';

const signs: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', inconclusive: '❔', 'not-measured': '⬜' };

/** A pull-request comment holds 65,536 letters; below it there is room for what a workflow adds. */
const mostLetters = 60_000;
/** Letters of a cell; the whole stands in the report. */
const cellLetters = 300;

const cell = (text: string): string => {
  const letters = [...text];
  return escapeMarkdown(letters.length > cellLetters ? `${letters.slice(0, cellLetters).join('')} …` : text);
};

/** Sentences under their heading; the first of a kind carries it. */
export function groupedClaims(claims: readonly Claim[]): { kind: Claim['kind']; texts: string[] }[] {
  const groups: { kind: Claim['kind']; texts: string[] }[] = [];
  for (const { kind, text } of claims) {
    const last = groups.at(-1);
    if (last?.kind === kind) last.texts.push(text);
    else groups.push({ kind, texts: [text] });
  }
  return groups;
}

function requirementRows(results: Results, words: Catalogue): string[] {
  return byUrgency(results.requirements).map((requirement) => {
    const measured = requirement.verdict === 'not-measured' ? '–' : formatMeasurement(requirement.measured, words);
    const note =
      requirement.verdict === 'pass' || requirement.verdict === 'fail'
        ? formatMargin(requirement, words)
        : (words.term(requirement.reason) ?? requirement.reason);
    const cells = [
      `${signs[requirement.verdict]} ${words.verdicts[requirement.verdict]}`,
      nameOf(requirement.metric, words),
      measured,
      formatLimit(requirement),
      note,
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
}

/**
 * The run on half a page of Markdown: fits a pull-request comment and GitHub's step summary.
 * Every sentence is made of figures in the results; what was not measured is never shown as passed.
 */
export function renderSummary(results: Results, language: Language = 'en'): string {
  const words = catalogueOf(language);
  const { labels } = words;
  const colon = language === 'en' ? ': ' : '：';
  const sentences = groupedClaims(claimsOf(results, words)).map(
    ({ kind, texts }) =>
      `**${words.summary[kind]}**${colon}${texts.map((one) => escapeMarkdown(one)).join(language === 'en' ? ' ' : '')}`,
  );
  const failed = results.checks
    .filter((check) => check.status === 'failed')
    .map((check) => `- ${labels.failedCheck}${colon}\`${check.id.replaceAll('`', '')}\` ${cell(check.reason ?? '')}`);
  const head = [`# ${escapeMarkdown(verdictSentence(results, language))}`, '', sentences.join('\n\n'), ''];
  const tail = [
    ...(failed.length > 0 ? ['', ...failed] : []),
    ...(results.notes.length > 0 ? ['', ...results.notes.map((note) => `- ${cell(note)}`)] : []),
    '',
    `${cell(results.run.tool.name)} ${cell(results.run.tool.version)} · ${cell(results.run.id)} · ${cell(results.target.name)} · ${cell(results.dataset.origin)}`,
  ];
  const rows = requirementRows(results, words);
  const table = (shown: readonly string[]): string[] =>
    shown.length === 0
      ? []
      : [
          `| ${labels.verdict} | ${labels.requirement} | ${labels.measured} | ${labels.limit} | ${labels.margin} |`,
          '| --- | --- | --- | --- | --- |',
          ...shown,
          ...(shown.length < rows.length ? ['', words.summary.more(String(rows.length - shown.length))] : []),
        ];
  const text = (shown: readonly string[]): string => `${[...head, ...table(shown), ...tail].join('\n')}\n`;
  // As many rows as fit, with room for the heads of the table and the line that counts the rest.
  let room = mostLetters - text([]).length - 500;
  const fits = rows.findIndex((row) => {
    room -= row.length + 1;
    return room < 0;
  });
  const shown = fits < 0 ? rows.length : fits;
  const whole = text(rows.slice(0, shown));
  return whole.length > mostLetters ? `${whole.slice(0, mostLetters)}\n` : whole;
}
