import type { CheckResult, JudgedRequirement, Measurement, Results, Series } from '@preopen/core';
import { type ChartLimit, drawSeries } from './charts.ts';
import { escapeHtml } from './escape.ts';
import {
  formatDuration,
  formatLimit,
  formatMargin,
  formatMeasurement,
  verdictSentence,
  verdictWords,
} from './format.ts';
import { pageStyle } from './page-style.ts';

const text = escapeHtml;

/** Rows of a series that its table shows; the rest is in results.json. */
const tableRows = 200;

function requirementRow(requirement: JudgedRequirement): string {
  const { verdict } = requirement;
  const measured = verdict === 'not-measured' ? '–' : formatMeasurement(requirement.measured);
  const note = verdict === 'pass' || verdict === 'fail' ? '' : requirement.reason;
  const samples = verdict === 'not-measured' ? '' : requirement.measured.samples.toLocaleString('en-US');
  return `<tr>
<td class="badge tone-${verdict}">${verdictWords[verdict]}</td>
<td><strong>${text(requirement.id)}</strong>${requirement.required ? '' : ' <span class="soft">(not required)</span>'}${note === '' ? '' : `<br><span class="soft">${text(note)}</span>`}</td>
<td class="number">${text(measured)}</td>
<td class="number">${text(formatLimit(requirement))}</td>
<td>${text(formatMargin(requirement))}</td>
<td class="number">${samples}</td>
<td class="soft">${text(requirement.source)}</td>
</tr>`;
}

function measurementRow(measurement: Measurement): string {
  const { interval } = measurement;
  const got = interval
    ? `${measurement.how ? `${measurement.how}; ` : ''}interval ${Math.round(interval.confidence * 1000) / 10} %, ${interval.method}`
    : (measurement.how ?? '');
  return `<tr><td>${text(measurement.metric)}</td><td class="number">${text(formatMeasurement(measurement))}</td><td class="number">${measurement.samples.toLocaleString('en-US')}</td><td class="soft">${text(got)}</td></tr>`;
}

function seriesTable({ columns }: Series): string {
  const rows = Math.max(0, ...columns.map((column) => column.values.length));
  const shown = Math.min(rows, tableRows);
  const cell = (value: number | string | null | undefined): string =>
    value === null || value === undefined
      ? ''
      : typeof value === 'number'
        ? String(Number(value.toPrecision(6)))
        : text(value);
  const body = Array.from(
    { length: shown },
    (_, row) => `<tr>${columns.map((column) => `<td class="number">${cell(column.values[row])}</td>`).join('')}</tr>`,
  );
  const head = columns.map(
    (column) =>
      `<th scope="col" class="number">${text(column.name)}${column.unit ? ` <span class="soft">${text(column.unit)}</span>` : ''}</th>`,
  );
  const rest =
    rows > shown
      ? `<p class="soft">${(rows - shown).toLocaleString('en-US')} further rows are in results.json.</p>`
      : '';
  return `<details><summary>The figures (${rows.toLocaleString('en-US')} rows)</summary><div class="scroll" tabindex="0"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>${rest}</details>`;
}

/** The limit that belongs across a chart: that of a requirement on the figure it shows. */
function limitOf(series: Series, requirements: readonly JudgedRequirement[]): ChartLimit | undefined {
  const metric = {
    'latency.percentiles': 'latency.inference.p95',
    'ic.byDate': 'ic.mean',
    'memory.timeline': undefined,
  }[series.id];
  const requirement = metric === undefined ? undefined : requirements.find((one) => one.metric === metric);
  return requirement
    ? { label: `${requirement.metric} ${formatLimit(requirement)}`, value: requirement.limit }
    : undefined;
}

function figure(series: Series, requirements: readonly JudgedRequirement[], id: string): string {
  const limit = limitOf(series, requirements);
  const svg = drawSeries(series, { id, ...(limit ? { limit } : {}) });
  // The image is told in words by its table; a reader of the page by ear is not given its thousand points.
  const image = svg
    ? `<div role="img" aria-label="${text(`${series.title}; the figures follow as a table`)}">${svg}</div>`
    : '';
  return `<figure><h3>${text(series.title)}</h3>${image}${seriesTable(series)}</figure>`;
}

const anchor = (check: CheckResult): string => `check-${check.id.replace(/[^A-Za-z0-9]+/g, '-')}`;

function checkSection(check: CheckResult, requirements: readonly JudgedRequirement[]): string {
  const told =
    check.status === 'completed' ? `${formatDuration(check.durationMs)}` : `${check.status}: ${check.reason ?? ''}`;
  const measurements = check.measurements.map(measurementRow).join('');
  const missing = check.notMeasured
    .map(
      ({ metric, reason }) =>
        `<tr><td>${text(metric)}</td><td class="badge tone-not-measured" colspan="2">not measured</td><td class="soft">${text(reason)}</td></tr>`,
    )
    .join('');
  const table =
    measurements || missing
      ? `<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">metric</th><th scope="col" class="number">measured</th><th scope="col" class="number">samples</th><th scope="col">how</th></tr></thead><tbody>${measurements}${missing}</tbody></table></div>`
      : '';
  const noise = check.noise?.contaminated ? `<p>Noise: ${text(check.noise.reason)}</p>` : '';
  const notes = check.notes.map((note) => `<p>${text(note)}</p>`).join('');
  const figures = check.series.map((series, k) => figure(series, requirements, `${anchor(check)}-${k}`)).join('');
  const evidence = check.evidence
    .map(({ title, path }) => `<a href="${text(encodeURI(path))}">${text(title)}</a>`)
    .join(' · ');
  return `<section class="check" id="${anchor(check)}"><h2>${text(check.title)}</h2>
<p>${text(check.id)} · ${text(told)}</p>${noise}${notes}${table}
${figures ? `<div class="grid" style="margin-top:16px">${figures}</div>` : ''}
${evidence ? `<p class="soft">Evidence: ${evidence}</p>` : ''}</section>`;
}

function pairs(entries: readonly (readonly [string, string])[]): string {
  return `<dl>${entries.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join('')}</dl>`;
}

const share = (value: number | null): string => (value === null ? 'cannot be read' : `${(value * 100).toFixed(1)} %`);

/**
 * The run as one HTML file: nothing is loaded from anywhere, no script runs, and every text of the results is escaped.
 * It can be drawn again from `results.json` at any time.
 */
export function renderReport(results: Results): string {
  const { run, environment, target, dataset, requirements } = results;
  const tone = run.status === 'interrupted' ? 'inconclusive' : results.verdict;
  const links = results.checks
    .filter((check) => check.status !== 'skipped')
    .map((check) => `<a href="#${anchor(check)}">${text(check.id)}</a>`);
  const skipped = results.checks.filter((check) => check.status === 'skipped');
  const title = `${run.tool.name}: ${target.name}, ${run.suite}`;
  const requirementsTable =
    requirements.length === 0
      ? '<p>Nothing was required of this run.</p>'
      : `<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">verdict</th><th scope="col">requirement</th><th scope="col" class="number">measured</th><th scope="col" class="number">limit</th><th scope="col">margin</th><th scope="col" class="number">samples</th><th scope="col">asked by</th></tr></thead><tbody>${requirements.map(requirementRow).join('')}</tbody></table></div>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="generator" content="${text(`${run.tool.name} ${run.tool.version}`)}">
<link rel="icon" href="data:,">
<title>${text(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header class="verdict tone-${tone}">
<h1>${text(verdictSentence(results))}</h1>
<p>${text(run.startedAt.slice(0, 16).replace('T', ' '))} UTC · ${text(formatDuration(run.durationMs))} · seed ${run.seed} · ${text(environment.cpu)}, ${environment.cores} cores</p>
<nav aria-label="Checks">${links.join('')}<a href="#run">run and machine</a></nav>
</header>
<h2 id="requirements">Requirements</h2>
${requirementsTable}
${results.notes.map((note) => `<p class="soft">${text(note)}</p>`).join('')}
${results.checks
  .filter((check) => check.status !== 'skipped')
  .map((check) => checkSection(check, requirements))
  .join('\n')}
${skipped.length > 0 ? `<h2>Not run</h2><div class="scroll" tabindex="0"><table><tbody>${skipped.map((check) => `<tr><td>${text(check.id)}</td><td class="soft">${text(check.reason ?? '')}</td></tr>`).join('')}</tbody></table></div>` : ''}
<h2 id="run">Run and machine</h2>
${pairs([
  ['run', run.id],
  ['tool', `${run.tool.name} ${run.tool.version}`],
  ['target', `${target.name}: ${target.description}`],
  ['target digest', target.digest],
  ['market data', `${dataset.origin}${dataset.digest ? ` (${dataset.digest})` : ''}`],
  ['seed', `${run.seed}${run.seedGiven ? ', given by hand' : ''}`],
  [
    'system',
    `${environment.os}, Node ${environment.node}${environment.container ? `, in ${environment.container}` : ''}`,
  ],
  [
    'processor',
    `${environment.cpu}, ${environment.cores} cores${environment.cpuGovernor ? `, governor ${environment.cpuGovernor}` : ''}`,
  ],
  [
    'memory',
    `${(environment.memoryBytes / 1e9).toFixed(1)} GB${environment.cgroup.memoryLimitBytes ? `, limited to ${(environment.cgroup.memoryLimitBytes / 1e9).toFixed(1)} GB` : ''}`,
  ],
  [
    'other work on the machine',
    `at most ${share(environment.noise.foreignCpuShare)} of its cores, steal ${share(environment.noise.stealShare)}${environment.noise.reason ? `: ${environment.noise.reason}` : ''}`,
  ],
])}
</main>
</body>
</html>
`;
}
