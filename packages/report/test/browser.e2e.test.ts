import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Results } from '@preopen/core';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportOptions } from '../src/page.ts';
import { chromiumPath } from './support/chromium.ts';
import { aCheck, aHostileRun, anUnmeasuredRun, aRun, everyShape } from './support/runs.ts';

const built = new URL('../dist/index.js', import.meta.url);

const empty = aRun({ checks: [], requirements: [] });
const passed = aRun({ requirements: aRun().requirements.filter(({ verdict }) => verdict === 'pass'), verdict: 'pass' });
const long = 'x'.repeat(10_000);
const withLongNames: Results = {
  ...aRun(),
  checks: [aCheck({ title: long, notes: [long], notMeasured: [{ metric: long, reason: long }] })],
};

describe.skipIf(chromiumPath === undefined)('the page in a real browser (needs Chromium; set CHROME_PATH)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  let browser: Browser;
  /** One page for all that is asked of it, and one that runs no script. */
  const shared = new Map<boolean, { page: Page; requests: string[]; complaints: string[] }>();
  /** Drawn once, looked at often. */
  const drawn = new Map<string, string>();

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function fileOf(run: Results, options: ReportOptions): Promise<string> {
    const { renderReport } = (await import(built.href)) as typeof import('../src/index.ts');
    const key = JSON.stringify([run, options]);
    const path = drawn.get(key) ?? join(folder, `${drawn.size}.html`);
    if (!drawn.has(key)) writeFileSync(path, renderReport(run, options));
    drawn.set(key, path);
    return path;
  }

  async function tab(scripts: boolean): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
    const known = shared.get(scripts);
    if (known) return known;
    const page = await browser.newPage({ javaScriptEnabled: scripts });
    const made = { page, requests: [] as string[], complaints: [] as string[] };
    page.on('request', (request) => made.requests.push(request.url()));
    page.on('console', (message) => made.complaints.push(message.text()));
    page.on('pageerror', (error) => made.complaints.push(error.message));
    page.on('dialog', (dialog) => made.complaints.push(`dialog ${dialog.message()}`));
    shared.set(scripts, made);
    return made;
  }

  /** Opens the page of a run; what it asked for and complained of is collected. */
  async function open(
    run: Results,
    view: {
      width?: number;
      colorScheme?: 'light' | 'dark';
      options?: ReportOptions;
      scripts?: boolean;
      fresh?: boolean;
    } = {},
  ): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
    const path = await fileOf(run, view.options ?? {});
    const scripts = view.scripts ?? true;
    // A pointer that was elsewhere before is a state that no reader begins with.
    if (view.fresh) {
      await shared.get(scripts)?.page.close();
      shared.delete(scripts);
    }
    const { page, requests, complaints } = await tab(scripts);
    await page.goto('about:blank');
    await page.emulateMedia({ media: 'screen', colorScheme: view.colorScheme ?? 'light' });
    await page.setViewportSize({ width: view.width ?? 1280, height: 900 });
    requests.length = 0;
    complaints.length = 0;
    await page.goto(pathToFileURL(path).href);
    return { page, requests, complaints };
  }

  /** Lays out what lies beyond the screen too, which a browser does only when it comes near. */
  const layOutAll = (page: Page): Promise<void> =>
    page.evaluate("for (const one of document.querySelectorAll('section')) one.style.contentVisibility = 'visible'");

  it.each<[string, Results, number, ReportOptions]>([
    ['every kind of verdict and every shape of chart', everyShape(), 1280, {}],
    ['the same on a phone', everyShape(), 390, {}],
    ['the same in Chinese on a phone', everyShape(), 390, { language: 'zh-TW' }],
    ['hostile text', aHostileRun(), 1280, {}],
    ['hostile text on a phone', aHostileRun(), 390, {}],
    ['names of ten thousand letters', withLongNames, 390, {}],
    ['an empty run', empty, 1280, {}],
    ['a run that passed', passed, 1280, {}],
    ['a run with missing checks', anUnmeasuredRun(), 1280, {}],
  ])('asks for nothing, complains of nothing and fits its width: %s', async (_, run, width, options) => {
    const { page, requests, complaints } = await open(run, { width, options });
    expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
    expect(complaints).toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
    await layOutAll(page);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    expect(await page.locator('main > section').evaluateAll((all) => all.map(({ id }) => id))).toEqual([
      ...['summary', 'requirements', 'latency', 'throughput', 'memory', 'signal', 'taiwan', 'recovery', 'scaling'],
      ...(run.checks.some(({ id }) => id.startsWith('mine/')) ? ['other'] : []),
      ...['history', 'environment', 'figures', 'glossary'],
    ]);
  });

  it.each<[string, Results, 'light' | 'dark', number, ReportOptions]>([
    ['light', everyShape(), 'light', 1280, {}],
    ['dark', everyShape(), 'dark', 1280, {}],
    ['dark, phone, Chinese', everyShape(), 'dark', 390, { language: 'zh-TW' }],
    ['a run that passed', passed, 'light', 1280, {}],
    ['a run with missing checks', anUnmeasuredRun(), 'light', 1280, {}],
    ['an empty run', empty, 'dark', 390, {}],
  ])('has no violation that axe finds, with all its tables open: %s', async (_, run, colorScheme, width, options) => {
    const { page } = await open(run, { width, colorScheme, options });
    await layOutAll(page);
    // Rows of figures beyond the third are like the third, and there are thousands.
    await page.evaluate(
      "for (const one of document.querySelectorAll('details')) one.open = true; for (const row of document.querySelectorAll('details.data tr:nth-child(n + 4)')) row.remove()",
    );
    // The page's own policy forbids scripts from elsewhere; an isolated evaluation is not bound by it.
    await page.evaluate(axe.source);
    const violations = await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))",
    );
    expect(violations).toEqual([]);
  });

  it.each(['en', 'zh-TW'] as const)('shows every figure of every fault on a usual screen, %s', async (language) => {
    const figures = ['timeToDetect', 'timeToFirstSuccess', 'timeToSteadyState', 'failedRequests', 'lostRequests'];
    const run = everyShape();
    const faults = ['kill', 'pause', 'breaker-cascade'].map((fault) =>
      aCheck({
        id: `failover/${fault}-all`,
        measurements: [
          ...figures.map((figure, k) => ({
            metric: `recovery.${fault}.${figure}`,
            value: k < 3 ? 15 : 12_345,
            unit: k < 3 ? ('s' as const) : ('count' as const),
            samples: 20_000,
            ...(k === 2 ? { bound: 'at-least' as const } : {}),
          })),
          ...['wrongAnswers', 'findings'].map((figure) => ({
            metric: `recovery.${fault}.${figure}`,
            value: 2,
            unit: 'count' as const,
            samples: 20_000,
          })),
        ],
      }),
    );
    const { page } = await open({ ...run, checks: [...run.checks, ...faults] }, { width: 1200, options: { language } });
    const table = page.locator('.recoveries .scroll');
    expect(await table.locator('thead th').count()).toBe(2 + 7);
    expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
  });

  it('says the figures under the pointer, and under the arrow keys', async () => {
    const { page } = await open(aRun(), { fresh: true });
    const plot = page.locator('#latency .plot').first();
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.98, box.y + box.height / 2);
    const tip = page.locator('#tip');
    await tip.waitFor({ timeout: 5000 });
    // 80 ms is what the results say of the 99th percentile, the last that a scale of percentiles can show.
    expect(await tip.innerText()).toMatch(/P99[\s\S]*response[\s\S]*80 ms/);
    await page.mouse.move(2, 2);
    expect(await tip.isVisible()).toBe(false);
    await plot.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await tip.innerText()).toMatch(/P50[\s\S]*response[\s\S]*20 ms/);
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).toBe(false);
  });

  it('is complete without its script', async () => {
    const { page } = await open(everyShape(), { scripts: false });
    expect(await page.locator('.plot svg:visible').count()).toBe(await page.locator('.plot').count());
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.locator('nav a').first().isVisible()).toBe(true);
  });

  it('is dark where the reader’s system is, and changes with its switch', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor';
    const { page } = await open(aRun(), { colorScheme: 'dark' });
    expect(await page.evaluate(background)).toBe('rgb(15, 20, 26)');
    await page.locator('#theme').click();
    expect(await page.evaluate(background)).toBe('rgb(245, 246, 248)');
    await page.locator('#theme').click();
    expect(await page.evaluate(background)).toBe('rgb(15, 20, 26)');
  });

  it('draws a chart for each width, and shows one of them; among dozens of its like there is one for all', async () => {
    for (const [width, where, shown] of [
      [1280, 'section:not(#recovery) .plot', /broad|medium/],
      [1280, '#recovery .multiples .plot', /narrow/],
      [390, '.plot', /narrow/],
    ] as const) {
      const { page } = await open(everyShape(), { width });
      await layOutAll(page);
      const classes = await page
        .locator(where)
        .evaluateAll((plots) =>
          plots.map((plot) =>
            [...plot.querySelectorAll('svg')]
              .filter((svg) => svg.getClientRects().length > 0)
              .map((svg) => svg.getAttribute('class')),
          ),
        );
      for (const visible of classes) {
        expect(visible).toHaveLength(1);
        expect(visible[0]).toMatch(shown);
      }
    }
  });

  it('prints light, without menu and switches', async () => {
    const { page } = await open(everyShape(), { colorScheme: 'dark', fresh: true });
    await page.emulateMedia({ media: 'print' });
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    // Something of every kind, in as many pages as people leaf through; a comprehensive run of 16 checks has 14.
    expect(pages).toBeGreaterThan(3);
    expect(pages).toBeLessThanOrEqual(15);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('.tools').isVisible()).toBe(false);
  });

  it('makes a table of a long series when it is opened, with every row, and saves it as CSV', async () => {
    const rows = 1500;
    const run: Results = {
      ...aRun(),
      checks: [
        aCheck({
          series: [
            {
              id: 'mine.long',
              title: 'Long',
              columns: [
                { name: 'at', unit: 's', values: Array.from({ length: rows }, (_, k) => k / 3) },
                { name: 'what', values: Array.from({ length: rows }, (_, k) => (k === 7 ? 'a "b", <c>\nd' : null)) },
              ],
            },
          ],
        }),
      ],
    };
    const { page } = await open(run, { fresh: true });
    const details = page.locator('#latency details.data');
    await details.locator('summary').click();
    await page
      .locator('#latency details.data tbody tr')
      .nth(rows - 1)
      .waitFor();
    expect(await details.locator('tbody tr').nth(7).locator('td').allTextContents()).toEqual([
      '2.333333',
      'a "b", <c>\nd',
    ]);
    const [download] = await Promise.all([page.waitForEvent('download'), details.locator('.save').click()]);
    expect(download.suggestedFilename()).toBe('mine.long.csv');
    const path = join(folder, 'long.csv');
    await download.saveAs(path);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines[0]).toBe('at (s),what');
    expect(lines[1499 + 2]).toBe('499.6667,');
    expect(lines.slice(8, 10)).toEqual(['2.333333,"a ""b"", <c>', 'd"']);
  });

  it.each([1280, 390])('stands at a section that a link leads to, however far, %s px wide', async (width) => {
    const { page } = await open(everyShape(), { width, fresh: true });
    const sections = await page
      .locator('nav a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')!.slice(1)));
    // At the top of the screen, or as high as the ends of the page allow.
    const stands = (section: string): Promise<boolean> =>
      page.evaluate(`(() => {
        const { top } = document.getElementById('${section}').getBoundingClientRect();
        const isAtEnd = scrollY === 0 || scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
        return Math.abs(top - 16) < 8 || (isAtEnd && top >= 0 && top < innerHeight);
      })()`);
    for (const section of [...sections, ...sections.toReversed()]) {
      if (width > 1000) await page.locator(`nav a[href="#${section}"]`).click();
      else await page.evaluate(`location.hash = '${section}'`);
      await expect.poll(() => stands(section), { timeout: 5000, message: section }).toBe(true);
    }
  });

  it('opens a table of figures that a link leads to', async () => {
    const { page } = await open(aRun());
    await page.locator('#requirements details summary').first().click();
    await page.locator('#requirements details a').first().click();
    await page.locator('#figures details[open]').waitFor({ timeout: 5000 });
  });
});
