import { describe, expect, it } from 'vitest';
import { renderCertificatePage } from '../src/certificate/certificate-page.ts';
import { renderCsv } from '../src/csv.ts';
import { renderGithubAnnotations } from '../src/github.ts';
import { historyEntry } from '../src/history/history-entry.ts';
import { renderJUnit } from '../src/junit.ts';
import { renderOpenMetrics } from '../src/open-metrics.ts';
import { renderReport } from '../src/page.ts';
import { renderSummary } from '../src/summary.ts';
import { aFullRun, certified } from './support/certified.ts';

/** A full run in which all passes, but for the one thing of which nothing is known. */
const metric = 'ic.mean';
const unknown = aFullRun({ [metric]: undefined });
const complete = aFullRun();

/** What stands around a text, from one of these marks to the next. */
function around(page: string, text: string, mark: string): string[] {
  return page.split(mark).filter((part) => part.includes(text));
}

describe('what was not measured never shows as passed', () => {
  it('in the results themselves: neither its requirement nor the run', () => {
    expect(complete.verdict).toBe('pass');
    expect(unknown.verdict).toBe('not-measured');
    expect(unknown.requirements.find((one) => one.metric === metric)?.verdict).toBe('not-measured');
  });

  it.each([
    ['en', 'not measured', 'passed', 'Ready'],
    ['zh-TW', '未測量', '通過', '可以上線'],
  ] as const)('in the HTML report, %s', (language, notMeasured, passed, ready) => {
    const page = renderReport(unknown, { language });
    const table = /<section id="requirements"[\s\S]*?<\/section>/.exec(page)![0];
    const rows = around(table, `<code>${metric}</code>`, '<tr role="row"');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`</svg> ${notMeasured}</span>`);
    expect(rows[0]).not.toContain(`</svg> ${passed}</span>`);
    expect(table).toContain(`</svg> ${passed}</span>`);
    expect(page).not.toContain(`<title>${ready} `);
    expect(renderReport(complete, { language })).toContain(`<title>${ready} `);
  });

  it.each(['en', 'zh-TW'] as const)('in summary.md, %s', (language) => {
    const title = (text: string): string => text.split('\n')[0]!;
    const summary = renderSummary(unknown, language);
    expect(title(summary)).not.toBe(title(renderSummary(complete, language)));
    for (const line of summary.split('\n').filter((one) => one.includes('| ') && one.includes('IC')))
      expect(line).not.toMatch(/passed|✓| 通過/);
  });

  it('in JUnit XML: it is an error', () => {
    expect(renderJUnit(unknown)).toMatch(/name="ic\.mean &gt; 0\.05" time="0"><error /);
    expect(renderJUnit(complete)).not.toContain('<error');
  });

  it('in CSV: it has no value and its own verdict', () => {
    const lines = renderCsv(unknown)
      .split('\n')
      .filter((line) => line.includes(metric));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).not.toMatch(/(^|,)"?pass"?(,|$)/);
    expect(lines.some((line) => line.includes('not-measured'))).toBe(true);
  });

  it('in OpenMetrics text: the state “pass” is 0, and there is no figure', () => {
    const text = renderOpenMetrics(unknown);
    const states = text.split('\n').filter((line) => line.includes(`requirement="${metric}"`));
    expect(states.find((line) => line.includes('="pass"'))).toMatch(/ 0$/);
    expect(text).not.toMatch(/^preopen_ic_mean/m);
  });

  it('in GitHub annotations: it is an error', () => {
    expect(renderGithubAnnotations(unknown)).toContain('::error title=not measured%3A ic.mean');
    expect(renderGithubAnnotations(complete)).not.toContain('::error');
  });

  it('in the certificate: it is none, and the in-toto twin counts it as failed', async () => {
    const { statement, twinStatement } = await certifiedStatements();
    expect(statement.title).toMatch(/^Statement of Result/);
    expect(statement.verdict).toBe('not-measured');
    expect(twinStatement.result).toBe('FAILED');
    expect(twinStatement.failedTests.join()).toContain(metric);
    expect(twinStatement.passedTests.join()).not.toContain(metric);
  });

  it('on the printable certificate page', async () => {
    const page = await renderCertificatePage(await certified(unknown));
    expect(page).toContain('<main class="statement">');
    const [row] = around(page, 'ic.mean &gt; 0.05', '<tr');
    expect(row).toContain('○ not measured');
    expect(row).not.toContain('passed');
  });

  it('in the history: it has no value there', () => {
    expect(historyEntry(unknown).metrics.map((one) => one.metric)).not.toContain(metric);
    expect(historyEntry(unknown).verdict).toBe('not-measured');
  });
});

/** What the statement of a run and its twin for other readers say. */
async function certifiedStatements() {
  const made = await certified(unknown);
  const twin = JSON.parse(
    Buffer.from(JSON.parse(new TextDecoder().decode(made.testResult)).payload, 'base64').toString(),
  ) as { predicate: { result: string; passedTests: string[]; failedTests: string[] } };
  return { statement: made.statement.predicate, twinStatement: twin.predicate };
}
