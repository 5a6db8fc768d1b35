import type { Series } from '@preopen/core';
import type { Catalogue } from '../language/catalogue.ts';
import { industries } from '../language/industries.ts';
import { termOf } from '../language/languages.ts';
import { type Html, html, nothing, trusted } from './html.ts';
import { type PageContext, said } from './parts.ts';

/** Rows that are written as a table. Longer series are written as CSV, a tenth of the size, and become a table when opened. */
const mostWrittenRows = 12;

type Cell = number | string | null | undefined;

/** A value in the page's language; an industry with its code, by which it can be looked up. */
function cell(value: Cell, column: string, words: Catalogue): string {
  if (value === null || value === undefined) return '';
  // Seven digits are more than anything here is measured to, and half as long as what a computer makes of them.
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(7)));
  const industry = column === 'sector' ? industries[value]?.[words.language] : undefined;
  return industry === undefined ? termOf(words, value) : `${value} ${industry}`;
}

/** RFC 4180; a text that a spreadsheet would take for a formula is only shown here, and gets no more than quotes. */
const csvCell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** Every figure of a series, in full, as a table that opens and can be kept as CSV. */
export function seriesTable(series: Series, context: PageContext): Html {
  const { columns } = series;
  const { words } = context;
  const { labels } = words;
  const rows = Math.max(0, ...columns.map((column) => column.values.length));
  const title = termOf(words, series.title);
  const summary = html`<summary>${labels.tableOf(rows.toLocaleString('en-US'))}</summary>`;
  const box = html`class="scroll" tabindex="0" role="group" aria-label="${title}"`;
  const save = html`<button type="button" class="save" data-name="${series.id.replace(/[^\w.-]+/g, '-').slice(0, 60)}" hidden>${labels.saveCsv}</button>`;
  if (rows > mostWrittenRows) {
    const head = columns.map(({ name, unit }) => termOf(words, name) + (unit ? ` (${unit})` : ''));
    const lines = Array.from({ length: rows }, (_, row) =>
      columns.map(({ name, values }) => cell(values[row], name, words)),
    );
    const csv = [head, ...lines].map((line) => line.map(csvCell).join(',')).join('\n');
    return html`<details class="data">${summary}<pre ${box}>${csv}</pre>${save}</details>`;
  }
  const numeric = columns.map(({ values }) => values.some((value) => typeof value === 'number'));
  const kind = (k: number): Html => trusted(numeric[k] ? ' class="number"' : '');
  return html`<details class="data">${summary}<div ${box}><table><thead><tr>${columns.map(
    ({ name, unit }, k) =>
      html`<th scope="col"${kind(k)}>${said(name, context)}${unit ? html` <span class="soft">(${unit})</span>` : nothing}</th>`,
  )}</tr></thead><tbody>${Array.from(
    { length: rows },
    (_, row) =>
      html`<tr>${columns.map(({ name, values }, k) => html`<td${kind(k)}>${cell(values[row], name, words)}</td>`)}</tr>`,
  )}</tbody></table></div>${save}</details>`;
}
