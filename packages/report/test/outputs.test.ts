import { describe, expect, it } from 'vitest';
import { verdictSentence } from '../src/format.ts';
import { renderJUnit } from '../src/junit.ts';
import { renderReport } from '../src/page.ts';
import { renderSummary } from '../src/summary.ts';
import { aHostileRun, aRun, hostile } from './support/runs.ts';

/** A run in which one required thing was not measured and all else passed. */
const unmeasured = () => {
  const run = aRun();
  const requirements = run.requirements.filter(({ verdict }) => verdict === 'pass' || verdict === 'not-measured');
  return aRun({ requirements, verdict: 'not-measured' });
};

describe('what was not measured', () => {
  it('is never shown as passed in the page', () => {
    const page = renderReport(unmeasured());
    expect(page).toContain('Not shown: memory.pipeline.peakRss was not measured');
    expect(page.match(/tone-pass">passed/g)).toHaveLength(1);
    expect(page).toContain('<td class="badge tone-not-measured">not measured</td>');
    expect(page).not.toContain('All 2 requirements passed');
  });
  it('is never shown as passed in the summary', () => {
    const summary = renderSummary(unmeasured());
    expect(summary.split('\n')[0]).toContain('was not measured');
    expect(summary.match(/✅/g)).toHaveLength(1);
    expect(summary).toMatch(/⬜ not measured \| memory\.pipeline\.peakRss/);
  });
  it('is an error in JUnit, never a passed or skipped case', () => {
    const xml = renderJUnit(unmeasured());
    expect(xml).toMatch(
      /name="memory\.pipeline\.peakRss &lt; 16 GB" time="0"><error message="[^"]*the pipeline ended with code 1" type="not-measured"\/>/,
    );
  });
});

describe('renderJUnit', () => {
  it('tells failure from error, and its counts agree with its cases', () => {
    const xml = renderJUnit(aRun());
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml.match(/<error /g)).toHaveLength(3); // inconclusive, not measured, and the check that failed
    expect(xml.match(/<skipped /g)).toHaveLength(1);
    expect(xml).toContain('<testsuites name="preopen" tests="9" failures="1" errors="3" skipped="1"');
    expect(xml.match(/<testcase /g)).toHaveLength(9);
  });
  it('drops control characters and escapes all else', () => {
    const xml = renderJUnit(aHostileRun());
    expect(xml).not.toContain('<script>');
    expect(xml).not.toContain('\u0007');
  });
});

describe('the verdict in one sentence', () => {
  it.each([
    [{}, /^Not ready: throughput\.predictions failed \(1 of 4 requirements\)/],
    [{ verdict: 'pass' as const }, /^All 4 requirements passed/],
    [{ verdict: 'inconclusive' as const }, /^Undecided: the figures do not settle ic\.mean/],
    [{ requirements: [] }, /^Nothing was required/],
  ])('%o', (change, sentence) => {
    expect(verdictSentence(aRun(change))).toMatch(sentence);
  });
  it('says nothing of a run that was interrupted but that', () => {
    const run = aRun({ verdict: 'pass' });
    expect(verdictSentence({ ...run, run: { ...run.run, status: 'interrupted' } })).toMatch(
      /interrupted.*nothing can be concluded/,
    );
  });
});

describe('renderReport', () => {
  it('holds every measured figure, every reason and the charts as images with their tables', () => {
    const page = renderReport(aRun());
    for (const text of [
      '61 ms (59 ms to 64 ms)',
      '900 /s',
      '0.054 (0.046 to 0.062)',
      'the pipeline ended with code 1',
      'given by URL',
      'too few samples',
    ]) {
      expect(page, text).toContain(text);
    }
    expect(page.match(/<svg /g)?.length).toBe(2);
    expect(page).toContain('evidence/latency-inference/response.hgrm');
  });
  it('loads nothing and runs no script', () => {
    const page = renderReport(aRun());
    expect(page).not.toMatch(/<script|<link rel="stylesheet"|<iframe|@import|url\(http/);
    expect(page).toContain("default-src 'none'");
  });
  it('escapes hostile text wherever it stands', () => {
    const page = renderReport(aHostileRun());
    expect(page).not.toContain('<script>alert');
    expect(page).not.toMatch(/<img /);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(hostile).toContain('<script>');
  });
  it('is drawn of an empty run too', () => {
    expect(renderReport(aRun({ checks: [], requirements: [], notes: [], verdict: 'not-measured' }))).toContain(
      'Nothing was required of this run',
    );
  });
  it('is the same for the same results', () => {
    expect(renderReport(aRun())).toBe(renderReport(aRun()));
  });
});

describe('renderSummary', () => {
  it('keeps hostile text inside of its table cells', () => {
    const summary = renderSummary(aHostileRun());
    for (const line of summary.split('\n').filter((row) => row.startsWith('| ')))
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(6);
    expect(summary).not.toMatch(/(?<!\\)<script/);
  });
  it('fits a pull-request comment', () => {
    expect(renderSummary(aRun()).length).toBeLessThan(64 * 1024);
  });
});
