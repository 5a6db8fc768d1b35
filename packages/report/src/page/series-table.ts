import type { Series } from '@preopen/core';
import { termOf } from '../language/languages.ts';
import { type Html, html, nothing, trusted } from './html.ts';
import { type PageContext, said } from './parts.ts';

/** Rows that are written as a table. Longer series are written as CSV, a tenth of the size, and become a table when opened. */
const mostWrittenRows = 40;

type Cell = number | string | null | undefined;

const cell = (value: Cell): string => (value === null || value === undefined ? '' : String(value));

/** RFC 4180; a text that a spreadsheet would take for a formula is only shown here, and gets no more than quotes. */
const csvCell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** Every figure of a series, in full, as a table that opens and can be kept as CSV. */
export function seriesTable(series: Series, context: PageContext): Html {
  const { columns } = series;
  const { labels } = context.words;
  const rows = Math.max(0, ...columns.map((column) => column.values.length));
  const title = termOf(context.words, series.title);
  const summary = html`<summary>${labels.tableOf(rows.toLocaleString('en-US'))}</summary>`;
  const box = html`class="scroll" tabindex="0" role="group" aria-label="${title}"`;
  const save = html`<button type="button" class="save" data-name="${series.id.replace(/[^\w.-]+/g, '-').slice(0, 60)}" hidden>${labels.saveCsv}</button>`;
  if (rows > mostWrittenRows) {
    const head = columns.map(({ name, unit }) => termOf(context.words, name) + (unit ? ` (${unit})` : ''));
    const lines = Array.from({ length: rows }, (_, row) => columns.map(({ values }) => cell(values[row])));
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
    (_, row) => html`<tr>${columns.map(({ values }, k) => html`<td${kind(k)}>${cell(values[row])}</td>`)}</tr>`,
  )}</tbody></table></div>${save}</details>`;
}
