import { parseRequirement } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { claimsOf } from '../src/claims.ts';
import { formatMargin, verdictSentence } from '../src/format.ts';
import type { Language } from '../src/language/catalogue.ts';
import { catalogueOf } from '../src/language/languages.ts';
import { renderSummary } from '../src/summary.ts';
import { aHostileRun, anUnmeasuredRun, aRun } from './support/runs.ts';

describe('the verdict in one sentence', () => {
  it.each([
    [{}, /^Not ready\. Of 4 requirements 1 fails, 1 is undecided, 1 was not measured and 1 passes\./],
    [{ requirements: [] }, /^Nothing required\./],
  ])('%o', (change, sentence) => {
    expect(verdictSentence(aRun(change))).toMatch(sentence);
  });
  it('says ready of a run in which every requirement passed', () => {
    const requirements = aRun().requirements.filter(({ verdict }) => verdict === 'pass');
    expect(verdictSentence(aRun({ requirements, verdict: 'pass' }))).toBe('Ready. All 1 requirements passed.');
  });
  it('says nothing of a run that was interrupted but that', () => {
    const run = aRun({ verdict: 'pass' });
    const sentence = verdictSentence({ ...run, run: { ...run.run, status: 'interrupted' } });
    expect(sentence).toMatch(/^Interrupted\..*nothing can be concluded/);
  });
});

describe('the summary', () => {
  it.each<Language>(['en', 'zh-TW'])('makes no claim without its figures: %s', (language) => {
    for (const run of [aRun(), anUnmeasuredRun(), aRun({ checks: [], requirements: [] })]) {
      const claims = claimsOf(run, catalogueOf(language));
      expect(claims.length).toBeGreaterThan(0);
      for (const { text, figures } of claims) for (const figure of figures) expect(text).toContain(figure);
    }
  });

  it('is half a page: fewer than 20 sentences, however many requirements there are', () => {
    const [pass] = aRun().requirements;
    const requirements = Array.from({ length: 300 }, (_, k) => ({ ...pass!, id: `r${k}` }));
    expect(claimsOf(aRun({ requirements }), catalogueOf('en')).length).toBeLessThan(20);
  });

  it('tells what is not measured as such, never as passed', () => {
    const summary = renderSummary(anUnmeasuredRun());
    expect(summary.split('\n')[0]).toContain('was not measured');
    expect(summary.match(/✅/g)).toHaveLength(1);
    expect(summary).toMatch(/⬜ not measured \| Peak memory of the pipeline/);
  });

  it('keeps hostile text inside of its table cells', () => {
    const summary = renderSummary(aHostileRun());
    for (const line of summary.split('\n').filter((row) => row.startsWith('| ')))
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(6);
    expect(summary).not.toMatch(/(?<!\\)<script/);
  });

  it('fits a pull-request comment with 2,000 requirements, and says how many it left out', () => {
    const [one] = aRun().requirements;
    const requirements = Array.from({ length: 2000 }, (_, k) => ({ ...one!, id: `r${k}` }));
    const summary = renderSummary(aRun({ requirements }));
    expect(summary.length).toBeLessThan(64 * 1024);
    const shown = summary.split('\n').filter((row) => /^\| [✅❌❔⬜]/u.test(row)).length;
    expect(summary).toContain(`${2000 - shown} more: see the table.`);
  });

  it('speaks Chinese', () => {
    expect(renderSummary(aRun(), 'zh-TW')).toContain('# 不可上線。4 項要求中，1 項未通過');
  });
});

describe('the margin', () => {
  const judged = (expression: string, value: number) => ({
    ...parseRequirement(expression),
    verdict: 'pass' as const,
    reason: '',
    measured: { metric: 'a.metric', value, unit: 'ms' as const, samples: 1 },
  });
  it.each([
    ['a.metric < 100 ms', 61, '39 % below the limit'],
    ['a.metric < 100 ms', 104, '4.0 % above the limit'],
    ['a.metric < 1 s', 500, '50 % below the limit'],
    ['a.metric > 10 ms', 80, '8 × the limit'],
    ['a.metric < 100 ms', 0.01, '> 99.9 % below the limit'],
    ['a.metric <= 0 ms', 1, ''],
  ])('of %s at %d ms is “%s”', (expression, value, margin) => {
    expect(formatMargin(judged(expression, value))).toBe(margin);
  });
});
