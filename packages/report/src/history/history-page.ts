import { formatQuantity } from '@preopen/core';
import { escapeHtml } from '../escape.ts';
import { digestOf } from '../page/digest.ts';
import type { HistorySeries } from './history-series.ts';

const width = 640;
const height = 120;
const margin = 8;

/** One series as dots on a line, changes as bars across; each dot tells its run. */
function chart({ metric, unit, points, changes }: HistorySeries): string {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (i: number): number => margin + (i / Math.max(1, points.length - 1)) * (width - 2 * margin);
  const y = (value: number): number =>
    height - margin - ((value - low) / (high > low ? high - low : 1)) * (height - 2 * margin);
  const place = (i: number): string => `${x(i).toFixed(1)},${y(points[i]!.value).toFixed(1)}`;
  const used = points.flatMap(({ spoilt }, i) => (spoilt ? [] : [place(i)]));
  const dots = points.map(({ run, value, spoilt }, i) => {
    const [cx, cy] = place(i).split(',');
    const title = `${escapeHtml(run)}: ${escapeHtml(formatQuantity(value, unit))}${spoilt ? ' (spoilt by other work, not used)' : ''}`;
    return `<circle cx="${cx}" cy="${cy}" r="3" class="${spoilt ? 'spoilt' : 'used'}"><title>${title}</title></circle>`;
  });
  const marks = changes.map(
    ({ at }) =>
      `<line x1="${(x(at) - 2).toFixed(1)}" x2="${(x(at) - 2).toFixed(1)}" y1="0" y2="${height}" class="change"/>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(metric)} over ${points.length} runs">${marks.join('')}<polyline points="${used.join(' ')}"/>${dots.join('')}</svg>`;
}

function section(series: HistorySeries): string {
  const { metric, unit, target, suite, scale, environmentClass, points, changes } = series;
  const last = points.at(-1)!;
  const said = changes.map(({ at, change }) => {
    const { run } = points[at]!;
    return `<li>since ${escapeHtml(run)}: ${change > 0 ? '+' : '−'}${(Math.abs(change) * 100).toFixed(0)} %. A suspicion: <code>preopen compare</code> or <code>preopen ab</code> tells whether it is real.</li>`;
  });
  const rows = points.map(
    ({ run, startedAt, value, spoilt }) =>
      `<tr><th scope="row">${escapeHtml(run)}</th><td>${escapeHtml(startedAt)}</td><td>${escapeHtml(formatQuantity(value, unit))}</td><td>${spoilt ? 'spoilt, not used' : ''}</td></tr>`,
  );
  return `<section><h2>${escapeHtml(metric)} <small>${escapeHtml(formatQuantity(last.value, unit))}</small></h2>
<p>${escapeHtml(`${target}, suite ${suite}, ${scale}; ${environmentClass}; ${points.length} runs`)}</p>${chart(series)}
${said.length > 0 ? `<ul>${said.join('')}</ul>` : '<p>No change stands out.</p>'}
<details><summary>The values</summary><div class="scroll" tabindex="0" role="region" aria-label="values of ${escapeHtml(metric)}"><table><thead><tr><th scope="col">run</th><th scope="col">began</th><th scope="col">value</th><th scope="col"></th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details></section>`;
}

const style = `
:root { color-scheme: light dark; --ink: #16191d; --dim: #5b6470; --line: #1a6aa8; --change: #b3480a; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --dim: #9aa4b0; --line: #6db3e8; --change: #f0a060; --paper: #12161c } }
body { margin: 0 auto; padding: 1.5rem; max-width: 46rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Noto Sans TC", sans-serif }
h1 { font-size: 1.5rem } h2 { font-size: 1.05rem; margin: 2rem 0 0; overflow-wrap: anywhere } small, p, summary { color: var(--dim); font-weight: normal } p { margin: .2rem 0 }
svg { width: 100%; height: auto } polyline { fill: none; stroke: var(--line); stroke-width: 1.5 } .used { fill: var(--line) } .spoilt { fill: var(--paper); stroke: var(--dim) } .change { stroke: var(--change); stroke-width: 2; stroke-dasharray: 4 3 }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: .85rem } th, td { text-align: left; padding: .1rem .8rem .1rem 0; font-weight: normal; white-space: nowrap }
`;

/** The history as one page that loads nothing and runs nothing: a chart and a table a metric, suspected changes marked. */
export function renderHistoryPage(series: readonly HistorySeries[], problems: readonly string[]): string {
  const runs = new Set(series.flatMap(({ points }) => points.map(({ run }) => run))).size;
  const changed = series.filter(({ changes }) => changes.length > 0).length;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${digestOf(style)}">
<title>Preopen: history</title><style>${style}</style></head>
<body><main><h1>${runs} runs, ${series.length} series, a change suspected in ${changed}</h1>
${problems.map((problem) => `<p>${escapeHtml(problem)}</p>`).join('')}${series.map(section).join('\n')}</main></body></html>
`;
}
