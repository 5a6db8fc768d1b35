import { createHash } from 'node:crypto';
import type { CheckResult } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../src/page.ts';
import { aCheck, aHostileRun, anUnmeasuredRun, aRun, hostile } from './support/runs.ts';

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** Everything between two tags, with the tags of inner elements taken away. */
const textsOf = (page: string, tag: string): string[] =>
  [...page.matchAll(new RegExp(`<${tag}[ >][\\s\\S]*?</${tag}>`, 'g'))].map(([element]) =>
    element.replace(/<[^>]*>/g, ' '),
  );

describe('renderReport', () => {
  it('holds every measured figure, every reason and the charts', () => {
    const page = renderReport(aRun());
    for (const text of [
      '61 ms',
      '59 ms to 64 ms',
      '900 /s',
      '0.046 to 0.062',
      'the pipeline ended with code 1',
      'given by URL',
      'too few samples',
      'evidence/latency-inference/response.hgrm',
    ]) {
      expect(page, text).toContain(text);
    }
    expect(page.match(/class="plot"/g)).toHaveLength(2);
  });

  it('holds scenarios beside each other: one chart a metric, and a sentence where all are the same', () => {
    const scenario = (id: string, ic: number): CheckResult =>
      aCheck({
        id: `taiwan/panel-${id}`,
        measurements: [
          { metric: `taiwan.${id}.icStress`, value: ic, unit: 'ratio', samples: 20 },
          { metric: `taiwan.${id}.missingPredictions`, value: 0, unit: 'ratio', samples: 20 },
        ],
      });
    const page = renderReport(aRun({ checks: [scenario('sars-2003', 0.01), scenario('halt-storm', 0.07)] }));
    const section = page.slice(page.indexOf('<section id="taiwan"'), page.indexOf('<section id="recovery"'));
    expect(section.match(/class="plot"/g)).toHaveLength(1);
    expect(section).toContain('0.010 to 0.070 over 2 scenarios.');
    expect(section).toContain('0 % in all 2 scenarios.');
    expect(section).toContain('SARS 2003');
  });

  it('shows failures of the market’s own with the other faults, by name, and what of each is borne', () => {
    const frontier = (id: string, value: number) =>
      ({ metric: `taiwan.${id}.frontier`, value, unit: 'ratio', samples: 4 }) as const;
    const check = aCheck({
      id: 'failover/taiwan-pipeline',
      measurements: [frontier('tw-06', 0.375), frontier('tw-14', 1)],
    });
    const page = renderReport(aRun({ checks: [check] }));
    const of = (from: string, to: string): string =>
      page.slice(page.indexOf(`<section id="${from}"`), page.indexOf(`<section id="${to}"`));
    expect(of('recovery', 'scaling')).toContain('Locked limit-down');
    expect(of('recovery', 'scaling')).toContain('0.38 to 1 over 2 scenarios.');
    expect(of('taiwan', 'recovery')).not.toContain('class="plot"');
  });

  it('names checks that did not run once under the reason they share', () => {
    const skipped = ['gaps', 'holes'].map((id) =>
      aCheck({ id: `taiwan/service-${id}`, title: `title of ${id}`, status: 'skipped', reason: 'left out by only x' }),
    );
    const page = renderReport(aRun({ checks: skipped }));
    const section = page.slice(page.indexOf('<section id="taiwan"'), page.indexOf('<section id="recovery"'));
    expect(section.match(/left out by only x/g)).toHaveLength(1);
    expect(section).toContain('title of gaps');
    expect(section).toContain('title of holes');
  });

  it('never shows what was not measured as passed', () => {
    const page = renderReport(anUnmeasuredRun());
    expect(page).toContain('Not shown');
    expect(page).toContain('1 was not measured and 1 passes');
    const [, requirements] = page.split('id="requirements"');
    const table = requirements!.slice(0, requirements!.indexOf('</table>'));
    expect(table.match(/<\/svg> passed/g)).toHaveLength(1);
    expect(table.match(/<\/svg> not measured/g)).toHaveLength(1);
  });

  it('loads nothing, and its policy knows its one style and one script by their digests', () => {
    const page = renderReport(aRun());
    expect(page.match(/<link rel="stylesheet"|<iframe|@import|url\((?!#)|<script src/g)).toBeNull();
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll('&#39;', "'");
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)![1]!;
    expect(policy).toBe(
      `default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page.replace(script, '').match(/<[^>]* (style|on[a-z]+)=/g)).toBeNull();
  });

  it('escapes hostile text wherever it stands', () => {
    const page = renderReport(aHostileRun());
    expect(page.match(/<script>alert|<img /g)).toBeNull();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.includes('\u0007')).toBe(false);
    expect(hostile).toContain('<script>');
  });

  it('shortens a text that would be the whole page', () => {
    const run = aRun();
    const page = renderReport({ ...run, target: { ...run.target, description: 'x'.repeat(10_000) } });
    expect(page).not.toContain('x'.repeat(1000));
    expect(page).toContain('x'.repeat(500));
  });

  it('tells no folder of the machine that measured', () => {
    const run = aRun();
    const description = 'service: /usr/bin/node /home/someone/project/serve.js --port {port}';
    const page = renderReport({ ...run, target: { ...run.target, description } });
    expect(page).toContain('service: …/node …/serve.js --port {port}');
    expect(page).not.toContain('someone');
  });

  it('says of a part that nothing of it was measured, and why, instead of an empty chart', () => {
    const page = renderReport(aRun());
    const taiwan = page.slice(page.indexOf('<section id="taiwan"'), page.indexOf('<section id="recovery"'));
    expect(taiwan).toContain('None of the checks of this section was part of this run.');
    expect(taiwan).not.toContain('class="plot"');
    const recovery = page.slice(page.indexOf('<section id="recovery"'), page.indexOf('<section id="scaling"'));
    expect(recovery).toContain('given by URL');
    expect(page).toContain('No earlier run of this target was given to this page.');
  });

  it('is drawn of an empty run too', () => {
    const page = renderReport(aRun({ checks: [], requirements: [], notes: [], verdict: 'not-measured' }));
    expect(page).toContain('Nothing required');
    expect(page).not.toContain('class="plot"');
  });

  it('draws series of checks that it does not know', () => {
    const series = [
      {
        id: 'my.curve',
        title: 'A curve of my own',
        columns: [
          { name: 'x', values: [1, 2, 3] },
          { name: 'y', unit: 'ms' as const, values: [3, null, 5] },
        ],
      },
      { id: 'my.words', title: 'Words alone', columns: [{ name: 'word', values: ['a', 'b'] }] },
      { id: 'my.nothing', title: 'Nothing', columns: [] },
    ];
    const page = renderReport(aRun({ checks: [aCheck({ id: 'mine/own', title: 'My check', series })] }));
    const other = page.slice(page.indexOf('<section id="other"'), page.indexOf('<section id="history"'));
    expect(other).toContain('A curve of my own');
    expect(other.match(/class="plot"/g)).toHaveLength(1);
    expect(other.match(/<table>/g)).toHaveLength(3);
  });

  it('is the same for the same results, whatever was drawn before', () => {
    const first = renderReport(aRun());
    renderReport(aHostileRun());
    expect(renderReport(aRun())).toBe(first);
  });

  it('marks change points and failures in the history it is given, and says how many', () => {
    const history = Array.from({ length: 12 }, (_, run) => ({
      startedAt: `2026-01-${String(run + 1).padStart(2, '0')}T00:00:00.000Z`,
      metric: 'latency.inference.p95',
      value: run < 8 ? 60 : 72,
      ...(run === 8 ? { change: 0.2 } : {}),
    }));
    const page = renderReport(aRun(), { history });
    expect(page).toContain('12 runs between 60 ms and 72 ms; suspected change: +20 % (2026-01-09).');
    expect(page).toMatch(/<text class="moment"[^>]*>\+20 %<\/text>/);
  });
});

describe('a page in 繁體中文', () => {
  const page = renderReport(aRun(), { language: 'zh-TW' });

  it('says so, and marks what stays in English', () => {
    expect(page).toContain('<html lang="zh-Hant-TW">');
    expect(page).toContain('<q lang="en" class="original">the pipeline ended with code 1</q>');
    expect(page).toContain('不可上線');
    expect(page).toContain('4 項要求中，1 項未通過、1 項無法判定、1 項未測量、1 項通過。');
  });

  it('has headings, labels and the menu in Chinese', () => {
    const own = page
      .replace(/<(span|code|q) ?(lang="en")?(?: class="original")?>[^<]*<\/\1>/g, '')
      .replace(/<bdi>[\s\S]*?<\/bdi>/g, '');
    const allowed = /\b(Preopen|P\d+|IC|CPU|id|steal|pass|[a-z]+(?:[./][A-Za-z0-9]+)+|ms|ratio)\b/g;
    for (const tag of ['h2', 'h3', 'dt', 'th', 'button', 'nav', 'summary'])
      for (const text of textsOf(own, tag))
        expect(text.replace(allowed, ''), `${tag}: ${text}`).not.toMatch(/[A-Za-z]{4,}/);
  });
});
