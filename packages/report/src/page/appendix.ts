import { formatQuantity, type Results } from '@preopen/core';
import { formatDuration, formatInterval, formatValue } from '../format.ts';
import { type Html, html, nothing } from './html.ts';
import { anchor, metricName, type PageContext, pairs, said, table, withoutFolders } from './parts.ts';

/** Every measurement of the run, and of each thing that was not measured the reason. */
export function figuresSection(results: Results, context: PageContext): Html {
  const { words } = context;
  const { labels } = words;
  const groups = results.checks
    .filter(({ measurements, notMeasured }) => measurements.length + notMeasured.length > 0)
    .map((check) => {
      const measured = check.measurements.map((measurement) => {
        const { interval } = measurement;
        const confidence = interval ? `${Number((interval.confidence * 100).toFixed(2))} %` : '';
        return [
          metricName(measurement.metric, context),
          formatValue(measurement),
          interval
            ? html`${formatInterval(measurement, words)}<br><span class="soft">${confidence} · ${said(interval.method, context)}</span>`
            : '–',
          measurement.samples.toLocaleString('en-US'),
          measurement.how ? said(measurement.how, context) : '',
        ];
      });
      const missing = check.notMeasured.map(({ metric, reason }) => [
        metricName(metric, context),
        labels.notMeasured,
        '–',
        '–',
        said(reason, context),
      ]);
      return html`<details class="figures" id="${anchor('figures', check.id)}"><summary><span>${said(check.id, context)}</span> <span class="soft">${check.measurements.length}</span></summary>${table(
        {
          label: `${labels.allFiguresOf} ${check.id.slice(0, 80)}`,
          head: [
            { text: labels.metric },
            { text: labels.measured, number: true },
            { text: labels.interval, number: true },
            { text: labels.samples, number: true },
            { text: labels.how },
          ],
          rows: [...measured, ...missing],
        },
      )}</details>`;
    });
  return html`<section id="figures" aria-labelledby="figures-title"><h2 id="figures-title">${words.sections.figures}</h2><p class="question">${words.questions.figures}</p>${groups.length > 0 ? html`<div class="groups">${groups}</div>` : html`<p class="empty">${labels.none}</p>`}</section>`;
}

const share = (value: number | null, unreadable: string): string =>
  value === null ? unreadable : `${(value * 100).toFixed(1)} %`;

/** What was run, on what, and how quiet it was there. */
export function environmentSection(results: Results, context: PageContext): Html {
  const { words } = context;
  const { labels } = words;
  const { run, environment, target, dataset } = results;
  const { cgroup, noise } = environment;
  const rows = results.checks.map((check) => [
    said(check.id, context),
    check.status === 'completed'
      ? words.completed.completed
      : html`${words.completed[check.status]}: ${said(check.reason ?? '', context)}`,
    check.status === 'skipped' ? '–' : formatDuration(check.durationMs),
    check.noise ? share(check.noise.foreignCpuShare, labels.unreadable) : '–',
    check.noise ? share(check.noise.stealShare, labels.unreadable) : '–',
    check.noise ? (check.noise.contaminated ? labels.noisy : labels.quiet) : '–',
  ]);
  return html`<section id="environment" aria-labelledby="environment-title"><h2 id="environment-title">${words.sections.environment}</h2><p class="question">${words.questions.environment}</p>${pairs(
    [
      [labels.run, html`<code>${run.id}</code>`],
      [labels.started, words.when(run.startedAt)],
      [labels.duration, formatDuration(run.durationMs)],
      [
        labels.scale,
        words.scaleOf(run.scale.stocks.toLocaleString('en-US'), String(run.scale.days), String(run.scale.users)),
      ],
      [labels.seed, `${run.seed}${run.seedGiven ? `, ${labels.seedGiven}` : ''}`],
      [labels.tool, `${run.tool.name} ${run.tool.version}`],
      [labels.target, html`${said(target.name, context)}: ${said(withoutFolders(target.description), context)}`],
      [labels.targetDigest, html`<code>${target.digest}</code>`],
      [
        labels.data,
        html`${said(dataset.origin, context)}${dataset.digest ? html`<br><code>${dataset.digest}</code>` : nothing}`,
      ],
      [
        labels.system,
        `${environment.os}, Node ${environment.node}${environment.container ? `, ${environment.container}` : ''}`,
      ],
      [
        labels.processor,
        `${environment.cpu}, ${environment.cores} × CPU${cgroup.cpuLimitCores ? ` (≤ ${cgroup.cpuLimitCores})` : ''}${environment.cpuGovernor ? `, ${environment.cpuGovernor}` : ''}`,
      ],
      [
        labels.memory,
        `${formatQuantity(environment.memoryBytes, 'bytes')}${cgroup.memoryLimitBytes ? ` (≤ ${formatQuantity(cgroup.memoryLimitBytes, 'bytes')})` : ''}`,
      ],
      [
        labels.otherWork,
        html`${labels.foreignCpu} ${share(noise.foreignCpuShare, labels.unreadable)}, ${labels.steal} ${share(noise.stealShare, labels.unreadable)}, ${labels.pressure} ${share(noise.cpuPressureShare, labels.unreadable)}${noise.reason ? html`<br>${said(noise.reason, context)}` : nothing}`,
      ],
    ],
  )}${
    rows.length > 0
      ? html`<h3>${labels.noiseOf}</h3>${table({
          label: labels.noiseOf,
          head: [
            { text: labels.check },
            { text: labels.status },
            { text: labels.took, number: true },
            { text: labels.foreignCpu, number: true },
            { text: labels.steal, number: true },
            { text: labels.otherWork },
          ],
          rows,
        })}`
      : nothing
  }${results.notes.length > 0 ? html`<ul class="run-notes">${results.notes.map((note) => html`<li>${said(note, context)}</li>`)}</ul>` : nothing}</section>`;
}

/** The terms of the page. */
export function glossarySection({ words }: PageContext): Html {
  return html`<section id="glossary" aria-labelledby="glossary-title"><h2 id="glossary-title">${words.sections.glossary}</h2><p class="question">${words.questions.glossary}</p><dl class="glossary">${words.glossary.map(([term, meaning]) => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>`)}</dl></section>`;
}
