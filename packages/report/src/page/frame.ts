import type { Catalogue } from '../language/catalogue.ts';
import { digestOf } from './digest.ts';
import { type Html, html, trusted } from './html.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';

/** Nothing is loaded from anywhere; the one style and the one script are known by their digests. */
const policy = `default-src 'none'; style-src ${digestOf(pageStyle)}; script-src ${digestOf(pageScript)}; img-src data:; base-uri 'none'; form-action 'none'`;

/** What differs between pages. */
export interface PageParts {
  readonly title: string;
  /** What the page is about, beside the name of the tool. */
  readonly subject: Html;
  /** Entries of the menu. */
  readonly links: readonly Html[];
  /** The sections; the first has the id `summary`. */
  readonly main: Html;
  readonly generator?: string;
}

/** A whole page around its sections: head with its policy, bar, menu, script. */
export function pageFrame({ title, subject, links, main, generator = 'preopen' }: PageParts, words: Catalogue): string {
  const { labels, language } = words;
  const page = html`<!doctype html>
<html lang="${language === 'en' ? 'en' : 'zh-Hant-TW'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${generator}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#summary">${labels.skipToContent}</a>
<header class="top"><p><strong>Preopen</strong> ${subject}</p><p class="tools" hidden><button type="button" id="theme">${labels.theme}</button><button type="button" id="print">${labels.print}</button></p></header>
<div class="frame">
<nav aria-label="${labels.menu}"><details open><summary>${labels.menu}</summary><ul>${links}</ul></details></nav>
<main>
${main}
</main>
</div>
<div id="tip" role="status" hidden></div>
<script>${trusted(pageScript)}</script>
</body>
</html>
`;
  return page.markup;
}
