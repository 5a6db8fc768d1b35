import type { Results, Verdict } from '@preopen/core';
import { escapeMarkdown } from './escape.ts';
import {
  formatDuration,
  formatLimit,
  formatMargin,
  formatMeasurement,
  verdictSentence,
  verdictWords,
} from './format.ts';

const signs: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', inconclusive: '❔', 'not-measured': '⬜' };

/**
 * The run on half a page of Markdown: fits a pull-request comment and GitHub's step summary.
 * Every sentence is made of figures in the results; what was not measured is never shown as passed.
 */
export function renderSummary(results: Results): string {
  const { run, environment, dataset } = results;
  const rows = results.requirements.map((requirement) => {
    const measured = requirement.verdict === 'not-measured' ? '–' : formatMeasurement(requirement.measured);
    const note =
      requirement.verdict === 'pass' || requirement.verdict === 'fail' ? formatMargin(requirement) : requirement.reason;
    const cells = [
      `${signs[requirement.verdict]} ${verdictWords[requirement.verdict]}`,
      requirement.id,
      measured,
      formatLimit(requirement),
      note,
    ];
    return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  });
  const failed = results.checks.filter((check) => check.status === 'failed');
  const lines = [
    `# ${escapeMarkdown(verdictSentence(results))}`,
    '',
    ...(rows.length > 0
      ? ['| verdict | requirement | measured | limit | |', '| --- | --- | --- | --- | --- |', ...rows, '']
      : []),
    ...failed.map((check) => `- Check \`${check.id}\` failed: ${escapeMarkdown(check.reason ?? 'no reason given')}`),
    ...results.notes.map((note) => `- ${escapeMarkdown(note)}`),
    ...(environment.noise.contaminated ? [`- Noise: ${escapeMarkdown(environment.noise.reason)}`] : []),
    '',
    `${escapeMarkdown(run.tool.name)} ${escapeMarkdown(run.tool.version)}, run ${escapeMarkdown(run.id)}, seed ${run.seed}, ${formatDuration(run.durationMs)}. ` +
      `${escapeMarkdown(environment.cpu)}, ${environment.cores} cores, Node ${escapeMarkdown(environment.node)}. Market data: ${escapeMarkdown(dataset.origin)}.`,
  ];
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}
