import type { Verdict } from '@preopen/core';
import type { Catalogue } from '../language/catalogue.ts';
import { type Html, html, type Part, trusted } from './html.ts';

/** What every part of the page needs. */
export interface PageContext {
  readonly words: Catalogue;
}

/** Letters of a text of the run that are shown in one place; a name of ten thousand would be the whole page. */
const mostLetters = 600;

const clipped = (text: string): string => {
  if (text.length <= mostLetters) return text;
  return `${[...text].slice(0, mostLetters).join('')} …`;
};

/** Folders of the machine that measured are nobody’s business: of a path its last part is left. */
export const withoutFolders = (text: string): string =>
  text.replace(/(^|[\s"'=:])(?:[A-Za-z]:)?(?:[\\/][^\s\\/"']+)+[\\/]([^\s\\/"']+)/g, '$1…/$2');

/** A text of the run in the page's language; one that is not known there stays English, and is marked as such. */
export function said(text: string, { words }: PageContext): Html {
  if (words.language === 'en') return html`${clipped(text)}`;
  const known = words.term(text);
  if (known !== undefined) return html`${clipped(known)}`;
  // A sentence in another language is marked as the original that it is; a name or an id needs no mark.
  const isSentence = text.trim().split(/\s+/).length > 3;
  return isSentence
    ? html`<q lang="en" class="original">${clipped(text)}</q>`
    : html`<span lang="en">${clipped(text)}</span>`;
}

/** A name for a metric, with its id for those who look for it. */
export function metricName(metric: string, { words }: PageContext): Html {
  const name = words.metric(metric);
  return name === undefined
    ? html`<code>${clipped(metric)}</code>`
    : html`<span class="name">${name}</span> <code>${clipped(metric)}</code>`;
}

/** Of “halt storm: latency P95” what follows the subject, where the heading of a scenario or fault says that already. */
export const withoutSubject = (name: string): string => name.split(/: |：/).at(-1)!;

/** Of “halt storm: latency P95” the subject; a name without one is an id that nobody has a name for. */
export const subjectOf = (name: string, id: string): string =>
  /: |：/.test(name) ? name.split(/: |：/)[0]! : id.replaceAll('-', ' ');

/** Shapes that differ in outline, so that nobody needs their colours: disc, octagon, triangle, ring. */
const shapes: Readonly<Record<Verdict, string>> = {
  pass: '<circle cx="8" cy="8" r="7.5" fill="currentColor"/><path d="M4.5 8.3l2.4 2.4 4.6-5.1" class="cut"/>',
  fail: '<path d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z" fill="currentColor"/><path d="M5.3 5.3l5.4 5.4m0-5.4l-5.4 5.4" class="cut"/>',
  inconclusive: '<path d="M8 .8l7.6 14H.4z" fill="currentColor"/><path d="M8 5.6v4.6m0 1.6v1.4" class="cut"/>',
  'not-measured':
    '<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2.1"/>',
};

/** The sign of a verdict alone; a word stands beside it. */
export const verdictIcon = (verdict: Verdict): Html =>
  trusted(`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shapes[verdict]}</svg>`);

/** A verdict as shape, word and colour. */
export const verdictBadge = (verdict: Verdict, { words }: PageContext): Html =>
  html`<span class="badge tone-${verdict}">${verdictIcon(verdict)} ${words.verdicts[verdict]}</span>`;

/** A table in a box that scrolls by itself, so that the page never moves sideways. */
export function table(options: {
  readonly label: string;
  readonly head: readonly { readonly text: Part; readonly number?: boolean }[];
  readonly rows: readonly (readonly Part[])[];
}): Html {
  const { label, head, rows } = options;
  const kind = (k: number): Html => trusted(head[k]?.number ? ' class="number"' : '');
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table><thead><tr>${head.map(
    ({ text }, k) => html`<th scope="col"${kind(k)}>${text}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, k) => (k === 0 ? html`<th scope="row"${kind(k)}>${cell}</th>` : html`<td${kind(k)}>${cell}</td>`))}</tr>`,
  )}</tbody></table></div>`;
}

/** Names and their values. */
export const pairs = (entries: readonly (readonly [Part, Part])[]): Html =>
  html`<dl class="pairs">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** An id that is safe in a link, from a check's id. */
export const anchor = (prefix: string, id: string): string =>
  `${prefix}-${id.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 80)}`;
