import { describe, expect, it } from 'vitest';
import { renderCertificatePage } from '../src/certificate/certificate-page.ts';
import { verificationSummary } from '../src/certificate/verification-summary.ts';
import { verify } from '../src/certificate/verify.ts';
import { compareRuns } from '../src/compare/compare-runs.ts';
import { sideAt } from '../src/compare/two-builds.ts';
import { renderCsv } from '../src/csv.ts';
import { renderGithubAnnotations } from '../src/github.ts';
import { historyEntry } from '../src/history/history-entry.ts';
import { renderHistoryPage } from '../src/history/history-page.ts';
import { historySeries } from '../src/history/history-series.ts';
import { renderJUnit } from '../src/junit.ts';
import { renderOpenMetrics } from '../src/open-metrics.ts';
import { renderReport } from '../src/page.ts';
import { renderSummary } from '../src/summary.ts';
import { newWatch, renderWatchMetrics } from '../src/watch/watch-metrics.ts';
import { aFullRun, aKey, certified, nowMs } from './support/certified.ts';
import { aCheck } from './support/runs.ts';

/** A full run in which all passes, but for the one thing of which nothing is known. */
const metric = 'ic.mean';
const unknown = aFullRun({ [metric]: undefined });
const complete = aFullRun();
/** The same, and its check says why; a second check came to nothing at all, and nobody asked for what it was to measure. */
const refused = {
  ...unknown,
  checks: [
    ...unknown.checks.map((check) => ({ ...check, notMeasured: [{ metric, reason: 'too few days' }] })),
    aCheck({ id: 'memory/service', notMeasured: [{ metric: 'memory.service.leak', reason: 'no /proc here' }] }),
  ],
};

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
    const row = summary.split('\n').find((line) => /^\| [^|]*\| [^|]*IC \|/.test(line));
    expect(row).toMatch(language === 'en' ? /^\| ⬜ not measured \|/ : /^\| ⬜ 未測量 \|/);
  });

  it('in JUnit XML: it is an error', () => {
    expect(renderJUnit(unknown)).toMatch(/name="ic\.mean &gt; 0\.05" time="0"><error /);
    expect(renderJUnit(complete)).not.toContain('<error');
  });
  it('in JUnit XML: a check that came to nothing, and a metric nobody asked for, are skipped with their reason', () => {
    const xml = renderJUnit(refused);
    expect(xml).toMatch(/checks" name="memory\/service" [^>]*><skipped message="no \/proc here"\/>/);
    expect(xml).toMatch(/metrics" name="memory\.service\.leak" [^>]*><skipped message="no \/proc here"\/>/);
    expect(xml).toContain(' skipped="2"');
  });

  it('in CSV: it has no value and its own verdict', () => {
    const lines = renderCsv(unknown)
      .split('\n')
      .filter((line) => line.includes(metric));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).not.toMatch(/(^|,)"?pass"?(,|$)/);
    expect(lines.some((line) => line.includes('not-measured'))).toBe(true);
  });
  it('in CSV: what nobody asked for has its row and its reason too', () => {
    const [line, ...more] = renderCsv(refused)
      .split('\r\n')
      .filter((one) => one.includes('memory.service.leak'));
    expect(line).toMatch(/,memory\/service,memory\.service\.leak,,.*,not-measured,no \/proc here$/);
    expect(more).toEqual([]);
  });

  it('in OpenMetrics text: the state “pass” is 0, and there is no figure', () => {
    const text = renderOpenMetrics(unknown);
    const states = text.split('\n').filter((line) => line.includes(`requirement="${metric}"`));
    expect(states.find((line) => line.includes('="pass"'))).toMatch(/ 0$/);
    expect(text).not.toMatch(/^preopen_ic_mean/m);
  });
  it('in what a watch serves: before a run there is no word of the target, and after it no figure of what it lacks', () => {
    const state = newWatch({ target: 'mine', periodMs: 300_000, requestsPerHour: 4000 });
    expect(renderWatchMetrics(state)).not.toMatch(/^preopen_(watch_up|verdict|requirement)/m);
    const text = renderWatchMetrics({ ...state, up: true, results: unknown });
    expect(text).toMatch(/^preopen_requirement_verdict\{.*requirement="ic\.mean".*="pass"\} 0$/m);
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

  it('in the summary of a verifier: it failed', async () => {
    const { envelope, resultsBytes } = await certified(unknown);
    const found = await verify({ certificate: envelope, results: resultsBytes, key: aKey.publicPem, nowMs });
    expect(found.outcome).toBe('verified');
    const summary = await verificationSummary(found, {
      certificate: envelope,
      certificateUri: 'certificate.dsse.json',
      policy: { acceptConditions: [] },
      verifierId: 'https://example.org/us',
      toolVersion: '0.1.0',
      timeVerified: '2026-01-05T00:02:00Z',
    });
    expect(summary?.predicate).toMatchObject({ verificationResult: 'FAILED', verifiedLevels: ['FAILED'] });
  });

  const at = (run: typeof complete, n: number): typeof complete => ({
    ...run,
    run: { ...run.run, id: `run ${n}`, startedAt: new Date(Date.UTC(2026, 0, 5, 0, n)).toISOString() },
  });

  it('in the history: it has no value there, and what earlier runs measured is no figure of today', () => {
    expect(historyEntry(unknown).metrics.map((one) => one.metric)).not.toContain(metric);
    expect(historyEntry(unknown).verdict).toBe('not-measured');
    const series = historySeries([historyEntry(at(complete, 1)), historyEntry(at(unknown, 2))]);
    expect(series.find((one) => one.metric === metric)?.missedSince).toBe(1);
    expect(series.find((one) => one.metric === 'errors.rate')?.missedSince).toBe(0);
    const page = renderHistoryPage(series, []);
    const [figure] = around(page, 'Mean rank IC', '<figure').slice(-1);
    expect(figure).toContain('</svg> not measured</span> in the latest run');
    expect(page.match(/in the latest run/g)).toHaveLength(1);
  });
  it('in the history on the page of a run that did not measure it', () => {
    const history = [1, 2].map((n) => ({ startedAt: at(complete, n).run.startedAt, metric, value: 0.06 }));
    expect(renderReport(unknown, { history })).toContain('</svg> not measured</span> in this run');
    expect(renderReport(complete, { history })).not.toContain('</span> in this run');
  });

  it('in a comparison: builds are unsure where no run measured a required thing', () => {
    const builds = (run: typeof complete): [(typeof complete)[], (typeof complete)[]] => {
      const sides: [(typeof complete)[], (typeof complete)[]] = [[], []];
      for (let n = 0; n < 10; n++) {
        const side = sideAt(n);
        const made = at(run, n);
        sides[side].push({ ...made, target: { ...made.target, digest: `sha256:${`${side}`.repeat(64)}` } });
      }
      return sides;
    };
    expect(compareRuns(...builds(complete)).verdict).toBe('same');
    const found = compareRuns(...builds(unknown));
    expect(found.verdict).toBe('unsure');
    expect(found.reasons).toContain('ic.mean: required, and not measured in any of these runs');
    expect(found.metrics.map((one) => one.metric)).not.toContain(metric);
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
